"""When a class is on: dates are days in the district's time zone, and every end is exclusive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from roster_operator.roster.models import Session


def is_current(begin: str, end: str, today: str) -> bool:
    """Whether `today` is in [begin, end); a missing bound is open. All are ISO dates or empty."""
    return (not begin or begin <= today) and (not end or today < end)


def earliest_after(today: str, dates: Iterable[str]) -> str:
    """The first of `dates` after `today`; empty if none is."""
    return min((day for day in dates if day > today), default="")


def ends_before_it_begins(session: Session) -> bool:
    """Whether its dates contradict each other."""
    return bool(session.start and session.end and session.end < session.start)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The academic sessions, as of one day."""

    known: frozenset[str]
    current: frozenset[str]
    next_change: str
    """The first day after that one on which a session begins or ends; empty if none does."""

    def is_on(self, session_ids: tuple[str, ...]) -> bool:
        """Whether a class with these sessions is on.

        A class whose sessions the SIS does not describe is taken as on: its enrollments have dates of their own, and
        a missing reference must not close a class.
        """
        known = [session for session in session_ids if session in self.known]
        return not known or any(session in self.current for session in known)


def calendar(sessions: Iterable[Session], today: str) -> Calendar:
    """Which sessions are current on `today` (an ISO date); one that ends before it begins is as good as not known."""
    active = [session for session in sessions if session.active and not ends_before_it_begins(session)]
    return Calendar(
        known=frozenset(session.id for session in active),
        current=frozenset(session.id for session in active if is_current(session.start, session.end, today)),
        next_change=earliest_after(today, (bound for session in active for bound in (session.start, session.end))),
    )
