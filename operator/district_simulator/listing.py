"""Ordered, countable collections of rows, any stretch of which is rendered without touching the rest."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Protocol

from district_simulator import records
from district_simulator.roster import DISTRICT_ID, Roster


class RowSource(Protocol):
    """Rows in a fixed order; `rows` gives those from start up to, not including, stop, as JSON texts."""

    def __len__(self) -> int: ...

    def rows(self, start: int, stop: int, base: str) -> list[str]: ...


def _org(roster: Roster, number: int, base: str) -> str:
    return records.org(roster.org(number), roster.generated_at, base)


def _session(roster: Roster, number: int, base: str) -> str:
    modified = roster.modified_at(roster.overlay.year_revision)
    return records.session(roster.sessions[number], roster.year.ends_in, modified, base)


def _course(roster: Roster, number: int, base: str) -> str:
    facts = roster.course(number)
    modified = roster.modified_at(facts.revision)
    return records.course(facts, roster.year.sourced_id, DISTRICT_ID, modified, base)


def _class(roster: Roster, number: int, base: str) -> str:
    facts = roster.klass(number)
    return records.klass(facts, roster.modified_at(facts.revision), base)


def _user(kind: str) -> Callable[[Roster, int, str], str]:
    def render(roster: Roster, number: int, base: str) -> str:
        facts = roster.user(kind, number)
        return records.user(facts, roster.modified_at(facts.revision), base)

    return render


def _demographics(roster: Roster, number: int, base: str) -> str:
    return records.demographics(roster.user("S", number), roster.generated_at, base)


def _enrollment(roster: Roster, number: int, base: str) -> str:
    facts = roster.enrollment(number)
    return records.enrollment(facts, roster.modified_at(facts.revision), base)


_RENDERERS: dict[str, Callable[[Roster, int, str], str]] = {
    "org": _org,
    "session": _session,
    "course": _course,
    "class": _class,
    "A": _user("A"),
    "S": _user("S"),
    "T": _user("T"),
    "demographics": _demographics,
    "enrollment": _enrollment,
}


def render(roster: Roster, kind: str, number: int, base: str) -> str:
    """One row as JSON text."""
    return _RENDERERS[kind](roster, number, base)


class Listing:
    """Rows named by stretches of numbers: each piece is a kind of row and a range (or list) of its numbers."""

    def __init__(self, roster: Roster, pieces: Sequence[tuple[str, Sequence[int]]]) -> None:
        self._roster = roster
        self.pieces = [piece for piece in pieces if piece[1]]
        self._starts = [0, *accumulate(len(numbers) for _, numbers in self.pieces)]

    def __len__(self) -> int:
        return self._starts[-1]

    def rows(self, start: int, stop: int, base: str) -> list[str]:
        """The rows of a stretch, as JSON texts."""
        rows: list[str] = []
        stop = min(stop, len(self))
        position = max(0, bisect_right(self._starts, start) - 1)
        while start < stop:
            kind, numbers = self.pieces[position]
            first = self._starts[position]
            render_row = _RENDERERS[kind]
            rows += [render_row(self._roster, n, base) for n in numbers[start - first : stop - first]]
            position += 1
            start = self._starts[position]
        return rows
