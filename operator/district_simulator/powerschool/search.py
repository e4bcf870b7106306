"""The q parameter: clauses such as name.last_name==Ada* or school_enrollment.enroll_status=in=(A,P), joined by `;`."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping
from typing import Any

from district_simulator.statusinfo import RefusedError

_CLAUSE = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)(==|=gt=|=ge=|=lt=|=le=|=in=)(.*)")
Predicate = Callable[[Mapping[str, Any]], bool]


def parse_search(text: str, fields: Mapping[str, str]) -> tuple[Predicate, frozenset[str]]:
    """The predicate over rows that a search stands for, and the fields that it names.

    `fields` gives for each field that may be searched the dotted path where a whole row has it.
    """
    clauses, named = [], set()
    for part in text.split(";"):
        match = _CLAUSE.fullmatch(part.strip())
        if match is None:
            raise RefusedError(400, "invalid data", "Invalid q expression")
        field, operator, value = match.groups()
        if field not in fields:
            raise RefusedError(400, "invalid data", f"Invalid search field: {field}")
        named.add(field)
        clauses.append(_clause(fields[field].split("."), operator, value))
    return lambda row: all(clause(row) for clause in clauses), frozenset(named)


def _clause(path: list[str], operator: str, value: str) -> Predicate:
    if operator in ("==", "=in="):
        wanted = value[1:-1].split(",") if value.startswith("(") and value.endswith(")") else [value]
        patterns = [re.compile(fnmatch.translate(one.strip().lower().replace("[", "[[]"))) for one in wanted]
        return lambda row: any(pattern.fullmatch(_at(row, path)) for pattern in patterns)
    compare = _ORDER[operator]

    def holds(row: Mapping[str, Any]) -> bool:
        found = _at(row, path)
        if _is_number(found) and _is_number(value):
            return compare(float(found), float(value))
        return compare(found, value.lower())

    return holds


def _at(row: Mapping[str, Any], path: list[str]) -> str:
    value: Any = row
    for name in path:
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return str(value).lower()


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+", text) is not None


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=gt=": lambda found, wanted: found > wanted,
    "=ge=": lambda found, wanted: found >= wanted,
    "=lt=": lambda found, wanted: found < wanted,
    "=le=": lambda found, wanted: found <= wanted,
}
