"""Ends of enrollments and terms that are the last day, where the roster has the day after."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Final, TypeVar, cast

import msgspec

from roster_operator.roster import dates
from roster_operator.roster.models import LATE_END, Enrollment, Enrollments, Part, People, Session, part

RowT = TypeVar("RowT")

_LAST_MINUTE: Final = 59


def after_last_days(rows: Collection[RowT]) -> Collection[RowT]:
    """The same sessions or enrollments, each over on the day after its end; rows of another kind as they are."""
    if isinstance(rows, People):
        return cast(Collection[RowT], rows)
    if isinstance(rows, Enrollments):
        later = {id(said): after_last_day(said) for said in rows.parts}
        return Enrollments(rows.persons, rows.classes, [later[id(said)] for said in rows.parts])  # type: ignore[return-value]
    return [_session(row) if isinstance(row, Session) else _enrollment(row) for row in rows]  # type: ignore[misc]


def after_last_day(said: Part) -> Part:
    """The same part in a class, or role, over on the day after its end."""
    return part(said.role, said.begin, _next_day(said.end, said.marks), said.status, said.marks)


def _session(row: Session) -> Session:
    return msgspec.structs.replace(row, end=_next_day(row.end, row.marks))


def _enrollment(row: RowT) -> RowT | Enrollment:
    return msgspec.structs.replace(row, end=_next_day(row.end, 0)) if isinstance(row, Enrollment) else row


@lru_cache(maxsize=4096)
def _next_day(day: str, marks: int) -> str:
    """An end late at night is the next day already; so is a moment in the last minute of an hour, somewhere."""
    if marks & LATE_END or ("T" in day and datetime.fromisoformat(day).minute == _LAST_MINUTE):
        return day
    return dates.later(day)
