"""Faults in the rows themselves: records as careless systems write them.

Every tenth row of a collection is spoilt, or every n-th with `every=n`.
"""

# ruff: noqa: ARG001 - all faults of a stage have one signature, whether or not they need all of it

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from district_simulator.exchange import Page
from district_simulator.faults.model import Fault, fault_kind

STAGE = "rows"
_REFERENCES = ("user", "class", "school", "course", "org")


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
            page.rows[position] = json.dumps(spoil(json.loads(page.rows[position]), number))


@fault_kind("duplicate-rows", STAGE, wants="number")
def duplicate_rows(fault: Fault, page: Page) -> None:
    """Each page repeats its first rows (1 by default) at its end."""
    page.rows += page.rows[: int(fault.number(1))]
