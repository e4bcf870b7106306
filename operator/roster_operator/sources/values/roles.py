"""What a person is, of whom several roles are told, each from when to when (OneRoster 1.2).

The edition that holds the answers needs a role that holds today, and no student's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from roster_operator.roster.dates import Days, earliest_after, ends_before_it_begins
from roster_operator.roster.models import Part, Role, Status
from roster_operator.sources.values.inclusive_ends import after_last_day
from roster_operator.sources.values.rows import part_of
from roster_operator.sources.values.text import told

_PRIMARY: Final = "primary"
_STAFF: Final = (Role.TEACHER, Role.AIDE, Role.ADMINISTRATOR)
"""From what decides most on."""
_TEACHING: Final = frozenset({Role.TEACHER, Role.AIDE})
_NO_ANSWERS: Final = frozenset({Role.STUDENT, Role.FORMER, Role.UNCLEAR})
_STRICT: Final = (Role.STUDENT, Role.FORMER, Role.UNCLEAR, Role.ADMINISTRATOR, Role.AIDE)
"""From what gives least on."""
_MAY_BE_STUDENT: Final = frozenset({Role.STUDENT, Role.UNRECOGNIZED})


class HeldRole(NamedTuple):
    """One of a person's roles."""

    role: Role
    primary: bool
    holds: bool | None
    """Today; None if nobody can say."""


class RolesToday:
    """What roles mean on one day; notes when that changes by itself."""

    def __init__(self, days: Days, *, ends_inclusive: bool = False) -> None:
        """`days`: of today in the district. `ends_inclusive`: an end is the last day, and not the day after."""
        self.next_change = ""
        """The first day after today on which a role begins or ends; empty if none does."""
        self._days = days
        self._ends_inclusive = ends_inclusive

    def held(
        self,
        named: str | int | None,
        role_type: str | int | None,
        begin: str | int | None,
        end: str | int | None,
        said: str | int | None = None,
    ) -> HeldRole:
        """A role by its members as they are written; `said` is its status."""
        part = part_of(named, begin, end, said)
        holds = self._holds(after_last_day(part) if self._ends_inclusive else part)
        return HeldRole(part.role, told(role_type).lower() == _PRIMARY, holds)

    def _holds(self, said: Part) -> bool | None:
        days = self._days
        first, last = days.begin(said.begin), days.end(said.end)
        self.next_change = earliest_after(days.today, (self.next_change, first, last))
        is_reversed = ends_before_it_begins(first, last)
        is_on = days.is_on(last, first) if is_reversed else days.is_on(first, last)
        if said.status is Status.GONE or is_on is False:
            return False
        return True if is_on and not is_reversed and said.status is Status.ACTIVE else None


def role_among(held: Iterable[HeldRole], default: Role = Role.UNKNOWN) -> Role:
    """What a person is who has these roles; `default` if no word is told.

    Whoever is a student among other things is one. Where nobody can say whether a role holds that would matter, or what
    its word means, it is `Role.UNCLEAR`; where all are over or have not begun, `Role.FORMER`. Else the primary roles
    that hold decide, and then the others.
    """
    roles = [one for one in held if one.role is not Role.UNKNOWN]
    if not roles:
        return default
    current = {one.role for one in roles if one.holds}
    undecided = {one.role for one in roles if one.holds is None}
    if Role.STUDENT in current:
        return Role.STUDENT
    if _MAY_BE_STUDENT.intersection(current | undecided):
        return Role.UNCLEAR
    primary = {one.role for one in roles if one.holds and one.primary}
    for some in (primary, current):
        if staff := next((each for each in _STAFF if each in some), None):
            return staff
    if undecided.intersection(_STAFF) or (undecided and not current):
        return Role.UNCLEAR
    taught = any(one.role in _TEACHING for one in roles)
    return Role.FORMER if taught or not current else Role.OTHER


def stricter(one: Role, other: Role) -> Role:
    """Of what is said of a person in two places, what gives less; one that says nothing does not count."""
    both = {one, other} - {Role.UNKNOWN}
    if len(both) < 2:
        return next(iter(both), Role.UNKNOWN)
    strict = _STRICT if both & _NO_ANSWERS or both <= set(_STAFF) else ()
    return next((role for role in strict if role in both), Role.UNCLEAR)
