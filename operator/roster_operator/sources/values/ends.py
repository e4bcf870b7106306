"""Ends of enrollments and terms that are the last day, where the roster has the day after."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import TypeVar

import msgspec

from roster_operator.roster import dates
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
    return part(said.role, said.begin, _next_day(said.end), said.status, said.marks)


@lru_cache(maxsize=4096)
def _next_day(day: str) -> str:
    return dates.later(day)
