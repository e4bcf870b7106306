"""What persons are by roles.csv, a few bytes for each row (OneRoster 1.2 CSV, section 4.11)."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

from roster_operator.roster.dates import EITHER, Days, earliest_after, order_of
from roster_operator.roster.models import Role
from roster_operator.sources.values.roles import HeldRole, RolesToday, role_among
from roster_operator.sources.values.rows import kept, part_of
from roster_operator.sources.values.words import role

_MAX_WAITING: Final = 10_000
"""Different dates of which it is not known whether day or month comes first; a roster has some hundred."""


class RoleCells(NamedTuple):
    """A role as it is written."""

    role: str
    role_type: str
    begin: str
    end: str
    status: str


class Roles:
    """Give all rows of roles.csv, then `settle`, then ask."""

    def __init__(self, days: Days, *, ends_inclusive: bool = False) -> None:
        """`days`: what dates mean today in the district. `ends_inclusive`: an end is the last day."""
        self.next_change = ""
        """The first day after today on which a role begins or ends; empty if none does."""
        self._days = days
        self._ends_inclusive = ends_inclusive
        self._today = RolesToday(days, ends_inclusive=ends_inclusive)
        self._marks = 0
        self._holders: dict[HeldRole, array[int]] = {}
        """Hashes of those who hold a role so, 8 bytes each: a district has few such ways, and many persons."""
        self._students: list[array[int]] = []
        """Of them, those who are students today."""
        self._waiting: dict[RoleCells, array[int]] = {}
        """The same while the order of day and month is not known."""
        self._known: dict[RoleCells, array[int]] = {}
        """To which of them a row goes that is written so."""

    def add(self, person_id: str, written: RoleCells) -> None:
        """Take a row."""
        holders = self._known.get(written)
        if holders is None:
            holders = kept(self._known, written, self._holders_of(written))
        holders.append(hash(person_id))

    def end(self, person_id: str, named: str) -> None:
        """Take a row of which a newer set says something else: that role is over."""
        self._holders.setdefault(HeldRole(role(named), False, False), array("q")).append(hash(person_id))

    def settle(self) -> None:
        """All rows were given: those whose dates waited are judged by the order that all show."""
        later = RolesToday(replace(self._days, order=order_of(self._marks)), ends_inclusive=self._ends_inclusive)
        for written, holders in self._waiting.items():
            self._holders.setdefault(_held(later, written), array("q")).extend(holders)
        self.next_change = earliest_after(self._days.today, (self._today.next_change, later.next_change))
        self._waiting.clear()
        self._known.clear()
        self._holders = {held: array("q", sorted(holders)) for held, holders in self._holders.items()}
        self._students = [
            holders for held, holders in self._holders.items() if held.holds and held.role is Role.STUDENT
        ]

    def of(self, person_id: str) -> Role:
        """What a person is; unknown if no row is about them."""
        key = hash(person_id)
        if any(_hold(holders, key) for holders in self._students):
            return Role.STUDENT
        return _among(frozenset(held for held, holders in self._holders.items() if _hold(holders, key)))

    def _holders_of(self, written: RoleCells) -> array[int]:
        said = part_of(written.role, written.begin, written.end, written.status)
        self._marks |= said.marks
        if EITHER in said.begin + said.end and len(self._waiting) < _MAX_WAITING:
            return self._waiting.setdefault(written, array("q"))
        return self._holders.setdefault(_held(self._today, written), array("q"))


_among = lru_cache(maxsize=4096)(role_among)


def _held(today: RolesToday, written: RoleCells) -> HeldRole:
    return today.held(written.role, written.role_type, written.begin, written.end, written.status)


def _hold(holders: array[int], key: int) -> bool:
    at = bisect_left(holders, key)
    return at < len(holders) and holders[at] == key
