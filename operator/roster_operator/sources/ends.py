"""Ends of enrollments and terms that are the last day, where the roster has the day after."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar

import msgspec

from roster_operator.roster.models import Enrollment, Enrollments, Part, Session, part

RowT = TypeVar("RowT")


def after_last_days(rows: Collection[RowT]) -> Collection[RowT]:
    """The same sessions or enrollments, each over on the day after its end; rows of another kind as they are."""
    if isinstance(rows, Enrollments):
        later = {id(said): _later(said) for said in rows.parts}
        return Enrollments(rows.persons, rows.classes, [later[id(said)] for said in rows.parts])  # type: ignore[return-value]
    return [
        msgspec.structs.replace(row, end=_next_day(row.end)) if isinstance(row, Session | Enrollment) else row
        for row in rows
    ]


def _later(said: Part) -> Part:
    return part(said.role, said.begin, _next_day(said.end), said.active)


@lru_cache(maxsize=4096)
def _next_day(day: str) -> str:
    """An ISO date; what has no end has none, and neither has what ends with the calendar."""
    if not day or day == date.max.isoformat():
        return ""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
