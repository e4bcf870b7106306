"""The filter, sort and fields parameters (OneRoster 1.1 REST binding, section 3.4).

A filter is one clause or two joined by AND or OR; a clause is a field, an operator and a value in single quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from district_simulator import clock

_REFERENCE = frozenset({"href", "sourcedId", "type"})
_BASE = frozenset({"sourcedId", "status", "dateLastModified", "metadata"})
FIELDS: dict[str, frozenset[str]] = {
    "org": _BASE | {"name", "type", "identifier", "parent", "children"},
    "session": _BASE | {"title", "type", "startDate", "endDate", "parent", "children", "schoolYear"},
    "course": _BASE | {"title", "schoolYear", "courseCode", "grades", "subjects", "subjectCodes", "org", "resources"},
    "class": _BASE
    | {"title", "classCode", "classType", "location", "grades", "subjects", "subjectCodes", "periods"}
    | {"course", "school", "terms", "resources"},
    "user": _BASE
    | {"username", "userIds", "enabledUser", "givenName", "familyName", "middleName", "role", "identifier"}
    | {"email", "sms", "phone", "agents", "orgs", "grades", "password"},
    "user 1.2": _BASE
    | {"username", "userIds", "enabledUser", "givenName", "familyName", "middleName", "identifier", "email", "sms"}
    | {"phone", "agents", "grades", "password", "userMasterIdentifier", "preferredFirstName", "preferredMiddleName"}
    | {"preferredLastName", "pronouns", "roles", "primaryOrg", "userProfiles", "resources"},
    "enrollment": _BASE | {"user", "class", "school", "role", "primary", "beginDate", "endDate"},
    "demographics": _BASE | {"birthDate", "sex", "publicSchoolResidenceStatus"},
}
_REFERENCES = frozenset(
    {"parent", "children", "org", "orgs", "course", "school", "terms", "user", "class", "agents", "resources"}
) | {"primaryOrg"}
_ROLE = frozenset({"roleType", "role", "org", "userProfile", "beginDate", "endDate"})
_CLAUSE = r"([A-Za-z][A-Za-z0-9_.]*)(!=|>=|<=|=|>|<|~)'((?:[^']|'')*)'"
_FILTER = re.compile(rf"{_CLAUSE}(?: (AND|OR) {_CLAUSE})?")

Predicate = Callable[[Mapping[str, Any]], bool]


class FilterSyntaxError(ValueError):
    """The filter is not in the grammar; answered with 400 and "invalid data"."""


class UnknownFieldError(ValueError):
    """A filter names a field that the record does not have; answered with 400 and "invalid_filter_field"."""


def parse_filter(text: str, record: str) -> Predicate:
    """The predicate over decoded rows that a filter stands for."""
    match = _FILTER.fullmatch(text)
    if match is None:
        raise FilterSyntaxError
    field, operator, value, joint, other_field, other_operator, other_value = match.groups()
    first = _clause(field, operator, value, record)
    if joint is None:
        return first
    second = _clause(other_field, other_operator, other_value, record)
    if joint == "AND":
        return lambda row: first(row) and second(row)
    return lambda row: first(row) or second(row)


def record_of(kind: str, version: str) -> str:
    """The name of a record's fields in a version: only users differ."""
    return f"{kind} 1.2" if (kind, version) == ("user", "1.2") else kind


def knows_field(record: str, path: str) -> bool:
    """Whether a record has a field, given by its dotted path."""
    head, _, rest = path.partition(".")
    if head not in FIELDS[record]:
        return False
    if not rest or head == "metadata":
        return True
    if head == "userIds":
        return rest in ("type", "identifier")
    if head == "roles":
        name, _, below = rest.partition(".")
        return name in _ROLE and (not below or (name == "org" and below in _REFERENCE))
    return rest in _REFERENCE and (head in _REFERENCES or (head, record) == ("schoolYear", "course"))


def values_at(row: Mapping[str, Any], path: str) -> list[str]:
    """The values at a dotted path, lower-cased; a list along the path gives all of its members."""
    found: list[Any] = [row]
    for name in path.split("."):
        found = [item.get(name) for item in _flat(found) if isinstance(item, Mapping)]
    return [_text(item) for item in _flat(found) if item is not None]


def project(row_text: str, fields: list[str]) -> str:
    """The row with only the wanted fields, in the row's own order."""
    row = json.loads(row_text)
    return json.dumps({name: value for name, value in row.items() if name in fields}, separators=(",", ":"))


def _flat(items: list[Any]) -> list[Any]:
    flat = []
    for item in items:
        if isinstance(item, list):
            flat += item
        else:
            flat.append(item)
    return flat


def _text(value: object) -> str:
    return value.lower() if isinstance(value, str) else json.dumps(value)


def _clause(field: str, operator: str, value: str, record: str) -> Predicate:
    if not knows_field(record, field):
        raise UnknownFieldError
    wanted = value.replace("''", "'").lower()
    if field == "dateLastModified":
        wanted = _moment(wanted)
    compare = _OPERATORS[operator]
    return lambda row: compare(values_at(row, field), wanted)


def _moment(text: str) -> str:
    """A moment in the form that rows have; what is none is left as it is."""
    try:
        return clock.stamp(datetime.fromisoformat(text)).lower()
    except ValueError:
        return text


def _equal(values: list[str], wanted: str) -> bool:
    """On a field with several values, "a,b" asks for both."""
    if len(values) == 1 and values[0] == wanted:
        return True
    return bool(values) and set(wanted.split(",")) <= set(values)


def _contains(values: list[str], wanted: str) -> bool:
    """On a field with several values, "a,b" asks for either."""
    if len(values) > 1:
        return any(part in value for part in wanted.split(",") for value in values)
    return any(wanted in value for value in values)


_OPERATORS: dict[str, Callable[[list[str], str], bool]] = {
    "=": _equal,
    "!=": lambda values, wanted: not _equal(values, wanted),
    ">": lambda values, wanted: any(value > wanted for value in values),
    ">=": lambda values, wanted: any(value >= wanted for value in values),
    "<": lambda values, wanted: any(value < wanted for value in values),
    "<=": lambda values, wanted: any(value <= wanted for value in values),
    "~": _contains,
}
