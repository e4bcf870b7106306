"""What several values of a row mean together."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, TypeVar

from roster_operator.roster.models import (
    DISABLED,
    ENABLED_TOLD,
    LATE_END,
    STATUS_TOLD,
    Part,
    Role,
    Session,
    Standing,
    Status,
    part,
)
from roster_operator.sources.values.dates import Written, written_date
from roster_operator.sources.values.words import is_told, role, standing, status

KeyT = TypeVar("KeyT", bound=tuple[Hashable, ...])
ValueT = TypeVar("ValueT")

_MAX_KEPT: Final = 65_536
_LONGEST_KEPT: Final = 64
"""Characters of a value; what is longer is no word and no date, and would stay in memory."""


def part_of(named: str | int | None, begin: str | int | None, end: str | int | None, said: str | int | None) -> Part:
    """What an enrollment says of a person's part in a class; `said` is its status."""
    first, last = written_date(begin), written_date(end)
    marks = _marks(first, last) | (STATUS_TOLD if is_told(said) else 0)
    return part(role(named), first.begin, last.end, status(said), marks)


def standing_of(
    named: str | int | None, said: str | int | None, enabled: bool | str | int | None, *, default: Role = Role.UNKNOWN
) -> Standing:
    """What a person is, and whether they count; `default` is the role of those of whom none is told."""
    marks = (STATUS_TOLD if is_told(said) else 0) | (ENABLED_TOLD if is_told(enabled) else 0)
    counts = standing(said, enabled)
    marks |= DISABLED if counts is Status.GONE and status(said) is not Status.GONE else 0
    return role(named) or default, counts, marks


def session_of(identifier: str, start: str | int | None, end: str | int | None, said: str | int | None) -> Session:
    """An academic session."""
    first, last = written_date(start), written_date(end)
    return Session(identifier, first.begin, last.end, status(said), _marks(first, last))


def _marks(first: Written, last: Written) -> int:
    return first.marks | last.marks | (LATE_END if last.is_late else 0)


def kept(known: dict[KeyT, ValueT], written: KeyT, meant: ValueT) -> ValueT:
    """`meant`, kept in `known` for the next row that is written so; bounded in number and in length."""
    if all(len(value) <= _LONGEST_KEPT for value in written if isinstance(value, str)):
        if len(known) >= _MAX_KEPT:
            known.clear()
        known[written] = meant
    return meant
