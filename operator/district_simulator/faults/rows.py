"""Faults in the rows themselves: records as careless systems write them.

Every tenth row of a collection is spoilt, or every n-th with `every=n`.
"""

# ruff: noqa: ARG001 - all faults of a stage have one signature, whether or not they need all of it

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from district_simulator.exchange import Page
from district_simulator.faults.model import Fault, fault_kind

STAGE = "rows"
_REFERENCES = ("user", "class", "school", "course", "org")
_NUMBERING = re.compile(r"\d{7}|(?<=_)\d{4}$")
_FIRST = {7: "1000001", 4: "1001"}
_DATES = ("beginDate", "endDate", "startDate")
_DATE_FORMS = {
    "datetime": "{}T00:00:00.000Z",
    "end-of-day": "{}T23:59:59-08:00",
    "spaced": " {} 00:00:00",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A row as JSON text, for what no object can say."""

    text: str


def _numeric_ids(row: dict[str, Any], number: int) -> Any:
    """sourcedId is a JSON number (the digits of the id)."""
    return {**row, "sourcedId": int("0" + "".join(c for c in row["sourcedId"] if c.isdigit()))}


def _nulls(row: dict[str, Any], number: int) -> Any:
    """Everything but the id and the references is null."""
    kept = ("sourcedId", *_REFERENCES, "orgs", "terms", "role")
    return {name: value if name in kept else None for name, value in row.items()}


def _blanks(row: dict[str, Any], number: int) -> Any:
    """Every text but the id is empty."""
    return {n: "" if isinstance(value, str) and n != "sourcedId" else value for n, value in row.items()}


def _wrong_types(row: dict[str, Any], number: int) -> Any:
    """Texts where objects or lists belong, lists where texts belong."""
    return {n: v if n == "sourcedId" else ("x" if isinstance(v, dict | list) else [v]) for n, v in row.items()}


def _unknown_enums(row: dict[str, Any], number: int) -> Any:
    """Tokens outside the vocabularies for status, role and type."""
    strange = {"status": "pending", "role": "ext:wizard", "type": "galaxy", "classType": "ext:club"}
    return {name: strange.get(name, value) for name, value in row.items()}


def _padded_ids(row: dict[str, Any], number: int) -> Any:
    """Blanks round every id, the referenced ones included."""
    padded = {
        name: {**value, "sourcedId": f" {value['sourcedId']} "} if isinstance(value, dict) else value
        for name, value in row.items()
    }
    return {**padded, "sourcedId": f"  {row['sourcedId']} "}


def _missing_ids(row: dict[str, Any], number: int) -> Any:
    """No sourcedId at all."""
    return {name: value for name, value in row.items() if name != "sourcedId"}


def _dangling(row: dict[str, Any], number: int) -> Any:
    """References to users, classes and courses that do not exist."""
    return {n: {**v, "sourcedId": f"GONE-{number}"} if n in _REFERENCES else v for n, v in row.items()}


def _no_course(row: dict[str, Any], number: int) -> Any:
    """Classes without a course and without terms, enrollments without dates."""
    return {n: v for n, v in row.items() if n not in ("course", "terms", "beginDate", "endDate")}


def _booleans(row: dict[str, Any], number: int) -> Any:
    """Booleans as JSON booleans, periods as one text."""
    changed = dict(row)
    for name in ("primary", "enabledUser"):
        if name in changed:
            changed[name] = changed[name] == "true"
    if "periods" in changed:
        changed["periods"] = ",".join(changed["periods"])
    return changed


def _not_objects(row: dict[str, Any], number: int) -> Any:
    """Rows that are null, a text or a number instead of an object."""
    return (None, "row", 7)[number % 3]


def _reversed_dates(row: dict[str, Any], number: int) -> Any:
    """End dates before begin dates."""
    if "beginDate" not in row:
        return row
    return {**row, "beginDate": row["endDate"], "endDate": row["beginDate"]}


def _disabled(row: dict[str, Any], number: int) -> Any:
    """Users who are not enabled."""
    return {**row, "enabledUser": "false"} if "enabledUser" in row else row


def _odd_emails(row: dict[str, Any], number: int) -> Any:
    """Addresses in capitals with blanks round them, or without their @."""
    if "email" not in row:
        return row
    email = row["email"]
    return {**row, "email": f" {email.upper()} " if number % 2 else email.replace("@", ".")}


def _shared_emails(row: dict[str, Any], number: int) -> Any:
    """One address and one username for several persons."""
    if "email" not in row:
        return row
    return {**row, "email": "office@shared.example.org", "username": "office"}


def _leading_zeros(row: dict[str, Any], number: int) -> Any:
    """Identifiers with zeros in front, as when a spreadsheet was in between."""
    return {**row, "identifier": f"00{row['identifier']}"} if "identifier" in row else row


def _shared_ids(row: dict[str, Any], number: int) -> Any:
    """The id of the first row of the kind: two things, one id."""
    return {**row, "sourcedId": _NUMBERING.sub(lambda match: _FIRST[len(match[0])], row["sourcedId"])}


def _zeros_in_references(row: dict[str, Any], number: int) -> Any:
    """Zeros in front of the ids of referenced persons, which have none in their own rows."""
    user = row.get("user")
    return row if user is None else {**row, "user": {**user, "sourcedId": f"00{user['sourcedId']}"}}


def _duplicate_keys(row: dict[str, Any], number: int) -> Any:
    """The keys status and sourcedId twice, first with other values."""
    return Text(f'{{"sourcedId":"GONE-{number}","status":"tobedeleted",{json.dumps(row)[1:]}')


def _not_a_number(row: dict[str, Any], number: int) -> Any:
    """NaN and Infinity, which JSON does not have."""
    return {**row, "metadata": {"score": float("nan"), "rank": float("inf")}}


def _huge_numbers(row: dict[str, Any], number: int) -> Any:
    """Whole numbers of four hundred digits."""
    return {**row, "identifier": 10**400, "metadata": {"rank": 10**400}}


def _control_characters(row: dict[str, Any], number: int) -> Any:
    """NUL and other control characters inside texts."""
    named = ("username", "email", "identifier", "givenName", "title", "courseCode", "name")
    return {n: f"{v[:2]}\x00{v[2:]}\x1b" if n in named and isinstance(v, str) else v for n, v in row.items()}


def _lone_surrogates(row: dict[str, Any], number: int) -> Any:
    """Half of a surrogate pair inside texts: JSON that is no Unicode."""
    named = ("username", "email", "identifier", "givenName", "title", "name")
    return {n: f"{v}\ud800" if n in named and isinstance(v, str) else v for n, v in row.items()}


def _long_values(row: dict[str, Any], number: int) -> Any:
    """Texts of a hundred thousand letters."""
    named = ("username", "email", "identifier", "title", "courseCode", "name")
    return {n: v * (100_000 // len(v)) if n in named and v else v for n, v in row.items()}


SPOILERS: dict[str, Callable[[dict[str, Any], int], Any]] = {
    "numeric-ids": _numeric_ids,
    "nulls": _nulls,
    "blanks": _blanks,
    "wrong-types": _wrong_types,
    "unknown-enums": _unknown_enums,
    "padded-ids": _padded_ids,
    "missing-ids": _missing_ids,
    "dangling": _dangling,
    "no-course": _no_course,
    "booleans": _booleans,
    "not-objects": _not_objects,
    "reversed-dates": _reversed_dates,
    "disabled": _disabled,
    "odd-emails": _odd_emails,
    "shared-emails": _shared_emails,
    "shared-ids": _shared_ids,
    "zeros-in-references": _zeros_in_references,
    "duplicate-keys": _duplicate_keys,
    "not-a-number": _not_a_number,
    "huge-numbers": _huge_numbers,
    "control-characters": _control_characters,
    "lone-surrogates": _lone_surrogates,
    "long-values": _long_values,
    "leading-zeros": _leading_zeros,
}


@fault_kind("bad-rows", STAGE, wants="one", choices=tuple(SPOILERS))
def bad_rows(fault: Fault, page: Page) -> None:
    """Rows (every tenth, or every=n) are spoilt in the way that the value names, such as nulls or padded-ids."""
    spoil = SPOILERS[fault.value or ""]
    every = int(fault.options.get("every", "10"))
    for position in range(len(page.rows)):
        number = page.start + position
        if number % every == every - 1:
            spoilt = spoil(json.loads(page.rows[position]), number)
            page.rows[position] = spoilt.text if isinstance(spoilt, Text) else json.dumps(spoilt)


@fault_kind("duplicate-rows", STAGE, wants="number")
def duplicate_rows(fault: Fault, page: Page) -> None:
    """Each page repeats its first rows (1 by default) at its end."""
    page.rows += page.rows[: int(fault.number(1))]


@fault_kind("date-form", STAGE, wants="one", choices=(*_DATE_FORMS, "american", "words"))
def date_form(fault: Fault, page: Page) -> None:
    """Dates of enrollments and sessions are written in another way: datetime, end-of-day (23:59 local), american."""
    for position, text in enumerate(page.rows):
        row = json.loads(text)
        for name in _DATES:
            if name in row:
                row[name] = _written(fault.value or "", name, row[name])
        page.rows[position] = json.dumps(row)


def _written(form: str, name: str, day: str) -> str:
    if form == "american":
        return f"{day[5:7]}/{day[8:]}/{day[:4]}"
    if form == "words":
        return date.fromisoformat(day).strftime("%d %B %Y")
    if form == "end-of-day" and name == "endDate":
        day = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    if form == "end-of-day" and name != "endDate":
        form = "datetime"
    return _DATE_FORMS[form].format(day)


@fault_kind("end-dates", STAGE, wants="one", choices=("inclusive", "day-late"))
def end_dates(fault: Fault, page: Page) -> None:
    """Enrollments end on their last day instead of the day after it (inclusive), or a day later (day-late)."""
    moved = timedelta(days=-1 if fault.value == "inclusive" else 1)
    for position, text in enumerate(page.rows):
        row = json.loads(text)
        if "beginDate" in row:
            row["endDate"] = (date.fromisoformat(row["endDate"]) + moved).isoformat()
            page.rows[position] = json.dumps(row)
