"""What persons are by roles.csv, a few bytes for each row (OneRoster 1.2 CSV, section 4.11).

Who has a role of a student today is a student, whatever else they are: the editions of teachers hold the answers.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from roster_operator.roster.dates import EITHER, Days, earliest_after, ends_before_it_begins, order_of
from roster_operator.roster.models import Part, Role, Status, part

_STAFF: Final = frozenset({Role.TEACHER, Role.AIDE})
_MAY_TEACH: Final = _STAFF | {Role.ADMINISTRATOR}
_MAX_WAITING: Final = 10_000
"""Different dates of which it is not known whether day or month comes first; a roster has some hundred."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A role as somebody holds it."""

    role: Role
    is_primary: bool
    is_on: bool | None
    """Today; None if nobody can say."""
    is_understood: bool = True
    """Whether its status is a word that is known."""


class Roles:
    """Give all rows of roles.csv, then `settle`, then ask."""

    def __init__(self, days: Days) -> None:
        """`days`: what dates mean today in the district."""
        self.next_change = ""
        """The first day after today on which a role begins or ends; empty if none does."""
        self._days = days
        self._marks = 0
        self._holders: dict[_Held, array[int]] = {}
        """Hashes of those who hold a role so, 8 bytes each: a district has few such ways, and many persons."""
        self._students: list[array[int]] = []
        """Of them, those who are students today."""
        self._waiting: dict[tuple[Part, bool], array[int]] = {}
        """The same while the order of day and month is not known."""

    def add(self, person_id: str, said: Part, *, is_primary: bool, is_over: bool = False) -> None:
        """Take a row; `is_over`: whatever it says of that."""
        if is_over:
            said = part(said.role, "", "", Status.GONE)
        if said.role is Role.UNKNOWN:
            return
        self._marks |= said.marks
        waits = EITHER in said.begin + said.end and said.status is not Status.GONE
        if waits and len(self._waiting) < _MAX_WAITING:
            holders = self._waiting.setdefault((said, is_primary), array("q"))
        else:
            holders = self._holders_of(said, is_primary=is_primary)
        holders.append(hash(person_id))

    def settle(self) -> None:
        """All rows were given: those whose dates waited are judged by the order that all show."""
        self._days = replace(self._days, order=order_of(self._marks))
        for (said, is_primary), holders in self._waiting.items():
            self._holders_of(said, is_primary=is_primary).extend(holders)
        self._waiting.clear()
        self._holders = {held: array("q", sorted(holders)) for held, holders in self._holders.items()}
        self._students = [
            holders for held, holders in self._holders.items() if held.is_on and held.role is Role.STUDENT
        ]

    def of(self, person_id: str) -> Role:
        """What a person is; unknown if no row is about them."""
        key = hash(person_id)
        if any(_hold(holders, key) for holders in self._students):
            return Role.STUDENT
        return _foremost(frozenset(held for held, holders in self._holders.items() if _hold(holders, key)))

    def _holders_of(self, said: Part, *, is_primary: bool) -> array[int]:
        return self._holders.setdefault(_Held(said.role, is_primary, *self._judged(said)), array("q"))

    def _judged(self, said: Part) -> tuple[bool | None, bool]:
        """Whether a role is held today, and whether its status is a word that is known, if that matters."""
        if said.status is Status.GONE:
            return False, True
        begin, end = self._days.begin(said.begin), self._days.end(said.end)
        self.next_change = earliest_after(self._days.today, (self.next_change, begin, end))
        if ends_before_it_begins(begin, end):
            return (None if self._days.is_on(end, begin) else False), True
        is_on = self._days.is_on(begin, end)
        if said.status is Status.UNRECOGNIZED and is_on is not False:
            return None, False
        return is_on, True


@lru_cache(maxsize=4096)
def _foremost(held: frozenset[_Held]) -> Role:
    """What somebody is who holds, or held, all these roles, and is no student today."""
    if not held:
        return Role.UNKNOWN
    on = {one for one in held if one.is_on and one.role is not Role.STRANGE}
    unclear = {one for one in held if one.is_on is None or (one.is_on and one.role is Role.STRANGE)}
    if any(not one.is_understood or one.role in {Role.STUDENT, Role.STRANGE} for one in unclear):
        return Role.UNCLEAR
    if not any(one.role in _MAY_TEACH for one in on):
        if unclear:
            return Role.UNCLEAR
        if not on or any(one.role in _MAY_TEACH for one in held):
            return Role.FORMER
    roles = {one.role for one in on if one.is_primary} or {one.role for one in on}
    if len(roles) == 1:
        return next(iter(roles))
    return Role.TEACHER if roles <= _STAFF else Role.UNKNOWN


def _hold(holders: array[int], key: int) -> bool:
    at = bisect_left(holders, key)
    return at < len(holders) and holders[at] == key
