"""The one decision about one enrollment: what it entitles to on one day, or why it does not. Pure.

What a class leads to is decided apart (`entitlements`), and so is who the person is (`Fold.mask`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from typing import Final

from roster_operator.roster.dates import EITHER, DayOrder, Days, ends_before_it_begins
from roster_operator.roster.models import Part, Role, Status
from roster_operator.roster.quality import Question
from roster_operator.roster.terms import Reach

STAFF: Final = frozenset({Role.TEACHER, Role.AIDE})


class Eligibility(Enum):
    """What an enrollment in a class that counts comes to."""

    STUDENT = "Student"
    """It brings the Student edition."""
    STAFF = "Staff"
    """It brings the Teacher edition."""
    BY_PERSON = "ByPerson"
    """It tells no role, so the person's own role decides."""
    OTHER_ROLE = "OtherRole"
    """Its role brings nothing: guardian, administrator and so on."""
    DELETED = "Deleted"
    NOT_BEGUN = "NotBegun"
    ENDED = "Ended"
    DATES_REVERSED = "DatesReversed"
    """It ends before it begins, and today is not between the two."""
    UNCLEAR_DATES_REVERSED = "UnclearDatesReversed"
    """The same, with today between them: it may be on."""
    UNCLEAR_DATE = "UnclearDate"
    """A date that decides cannot be read."""
    UNCLEAR_DAY_ORDER = "UnclearDayOrder"
    """It depends on whether day or month comes first, which is not known yet."""
    UNCLEAR_STATUS = "UnclearStatus"
    UNCLEAR_ROLE = "UnclearRole"
    """Its role is a word that OneRoster does not have."""


UNCLEAR: Final = frozenset(
    {
        Eligibility.UNCLEAR_DATES_REVERSED,
        Eligibility.UNCLEAR_DATE,
        Eligibility.UNCLEAR_STATUS,
        Eligibility.UNCLEAR_ROLE,
    }
)
"""Nobody can say what these entitle to, so whom they concern is left as is."""

QUESTIONS: Final[Mapping[Eligibility, Question]] = {
    Eligibility.BY_PERSON: Question.UNKNOWN_ROLE,
    Eligibility.DATES_REVERSED: Question.END_BEFORE_BEGIN,
    Eligibility.UNCLEAR_DATES_REVERSED: Question.END_BEFORE_BEGIN,
    Eligibility.UNCLEAR_DATE: Question.UNREADABLE_DATE,
    Eligibility.UNCLEAR_STATUS: Question.UNKNOWN_STATUS,
    Eligibility.UNCLEAR_ROLE: Question.UNRECOGNIZED_ROLE,
}
"""What the checklist counts of them."""


def eligibility(said: Part, days: Days, reach: Reach | None = None, *, order_is_final: bool) -> Eligibility:
    """What an enrollment that says this comes to; `order_is_final`: no other row will show the order of day and month.

    `reach`: of its class, where the district's rules say more of terms than the SIS does. What is certain goes before
    what is not: an enrollment that has ended gives nothing, whatever its status means.
    """
    if said.status is Status.GONE:
        return Eligibility.DELETED
    begin, end = days.begin(said.begin), days.end(said.end)
    if not order_is_final and EITHER in begin + end:
        orders = (replace(days, order=order) for order in DayOrder)
        possible = {eligibility(said, one, reach, order_is_final=True) for one in orders}
        return possible.pop() if len(possible) == 1 else Eligibility.UNCLEAR_DAY_ORDER
    if ends_before_it_begins(begin, end):
        return Eligibility.UNCLEAR_DATES_REVERSED if days.is_on(end, begin) else Eligibility.DATES_REVERSED
    if reach is not None:
        begin, end = reach.begin(begin), reach.end(end)
    is_on = days.is_on(begin, end)
    if is_on is None:
        return Eligibility.UNCLEAR_DATE
    if is_on is False:
        return Eligibility.ENDED if end and days.has_come(end) else Eligibility.NOT_BEGUN
    return Eligibility.UNCLEAR_STATUS if said.status is Status.UNRECOGNIZED else _by_role(said.role)


def _by_role(role: Role) -> Eligibility:
    if role in STAFF:
        return Eligibility.STAFF
    return {
        Role.STUDENT: Eligibility.STUDENT,
        Role.UNKNOWN: Eligibility.BY_PERSON,
        Role.UNRECOGNIZED: Eligibility.UNCLEAR_ROLE,
    }.get(role, Eligibility.OTHER_ROLE)
