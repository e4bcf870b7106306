"""When a class is on: dates are days in the district's time zone, and every end is exclusive.

A date of a roster is a text. Most are an ISO date, or empty if there is none. Three kinds take more than the value to
be understood, and come as they are to where that is known:

- `2026-05-06/2026-06-05`: either of two days, as it was written `05/06/2026`: month first, and day first;
- `2026-06-04T13:00:00+00:00`: a moment, whose day depends on the district's time zone;
- `?`: it cannot be read. That is not the same as no date: nobody can say whether it has passed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Final

from roster_operator.roster.models import DAY_FIRST, MONTH_FIRST, Session, Status
from roster_operator.roster.quality import Question, Questions
from roster_operator.roster.subjects import Subject

UNREADABLE: Final = "?"
EITHER: Final = "/"
"""Between the two days that a date may be."""
_ISO_LENGTH: Final = 10
_A_DAY: Final = timedelta(days=1)
_AN_HOUR: Final = timedelta(hours=1)
_SETTLING = timedelta(days=28)
"""For so long after a term began it is still being settled who is in its classes."""
_ONE_O_CLOCK: Final = time(1)
_BETWEEN: Final = re.compile(r"[\s,;|/+&^~\[\](){}<>\"']+")
"""What stands between ids that are written in one text, and in none."""
_WITHIN: Final = re.compile(r"[\W_]+")
"""What may also be a part of one."""
LATE: Final = 23
"""The hour from which on an end means that its day is the last one."""


class DayOrder(StrEnum):
    """How a section writes dates such as 05/06/2026."""

    MONTH_FIRST = "MonthFirst"
    DAY_FIRST = "DayFirst"
    UNKNOWN = ""
    """No date shows it, or some show one and some the other."""


def order_of(marks: int) -> DayOrder:
    """What the dates of a section show together, by the marks of all its rows."""
    shown = marks & (MONTH_FIRST | DAY_FIRST)
    return {MONTH_FIRST: DayOrder.MONTH_FIRST, DAY_FIRST: DayOrder.DAY_FIRST}.get(shown, DayOrder.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Days:
    """What the dates of one section mean, as of one day in the district."""

    today: str
    """An ISO date."""
    zone: tzinfo = UTC
    order: DayOrder = DayOrder.UNKNOWN

    def begin(self, written: str) -> str:
        """The first day; still two days, or unreadable, if that is not known."""
        return self._day(written, end=False) if len(written) > _ISO_LENGTH else written

    def end(self, written: str) -> str:
        """The day after the last; likewise."""
        return self._day(written, end=True) if len(written) > _ISO_LENGTH else written

    def is_on(self, begin: str, end: str) -> bool | None:
        """Whether today is in [begin, end), of days as `begin` and `end` give them; None if that cannot be said."""
        begun, over = self.has_come(begin), self.has_come(end)
        if (begin and begun is False) or (end and over):
            return False
        return True if (not begin or begun) and (not end or over is False) else None

    def has_come(self, day: str) -> bool | None:
        """Whether a day is today or past; None if that cannot be said, or there is none."""
        if not day or day == UNREADABLE:
            return None
        earliest, latest = min(day.split(EITHER)), max(day.split(EITHER))
        return True if latest <= self.today else False if earliest > self.today else None

    def _day(self, written: str, *, end: bool) -> str:
        if EITHER in written:
            month_first, day_first = written.split(EITHER)
            by_order = {DayOrder.MONTH_FIRST: month_first, DayOrder.DAY_FIRST: day_first}
            return by_order.get(self.order, written)
        moment = datetime.fromisoformat(written)
        local = moment.astimezone(self.zone)
        # Servers that take midnight to UTC by the offset of another season are an hour off.
        if local.time() <= _ONE_O_CLOCK or local.hour == LATE:
            return (local + _AN_HOUR).date().isoformat()
        return (moment.date() + _A_DAY if end and moment.hour >= LATE else moment.date()).isoformat()


def certain(day: str) -> bool:
    """Whether it is one day, of those that `Days` gives."""
    return bool(day) and day != UNREADABLE and EITHER not in day


def later(day: str) -> str:
    """The day after, of any date that can be; empty for no date, and for one that ends with the calendar."""
    if not day or day == UNREADABLE:
        return day
    if EITHER in day:
        return EITHER.join(map(later, day.split(EITHER)))
    try:
        return (datetime.fromisoformat(day) + _A_DAY).isoformat() if "T" in day else _next(day)
    except OverflowError:
        return ""


def _next(day: str) -> str:
    return (date.fromisoformat(day) + _A_DAY).isoformat()


def days_after(day: str, number: int) -> str:
    """So many days after one that is certain; the same day, where the calendar ends."""
    try:
        return (date.fromisoformat(day) + number * _A_DAY).isoformat()
    except OverflowError:
        return day


def ends_before_it_begins(begin: str, end: str) -> bool:
    """Whether two days, as `Days` gives them, contradict each other."""
    return certain(begin) and certain(end) and end < begin


def earliest_after(today: str, dates: Iterable[str]) -> str:
    """The first of `dates` after `today`; empty if none is. One that may be two days counts as both."""
    days = (day for written in dates for day in written.split(EITHER))
    return min((day for day in days if day > today and day != UNREADABLE), default="")


_MOST_ANSWERS: Final = 10_000
"""Remembered; a district has a few dozen."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The academic sessions, as of one day."""

    known: frozenset[str]
    current: frozenset[str]
    next_change: str
    """The first day after that one on which a session begins or ends; empty if none does."""
    unclear: frozenset[str] = frozenset()
    """Of those known, the ones of which nobody can say whether they are current."""
    deleted: Mapping[str, bool] = field(default_factory=dict)
    """Those that are marked as deleted, and whether they may be on by their own dates."""
    order: DayOrder = DayOrder.UNKNOWN
    questions: Questions = field(default_factory=Questions)
    """What sessions raise of which nobody can say whether they are current."""
    young: frozenset[str] = frozenset()
    """Of those that are current, the ones that began a few weeks ago."""
    coming: frozenset[str] = frozenset()
    """Those that have not begun."""
    spellings: Mapping[str, str] = field(default_factory=dict)
    """Ids in one case to ids as they are, where that is unambiguous."""
    spans: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Of sessions whose dates are sure: the first day, and the day after the last."""
    _answers: dict[tuple[str, ...], bool | None] = field(default_factory=dict, repr=False, compare=False)
    """Of `is_on`: many classes have the same sessions."""

    def knows(self, session_ids: Iterable[str]) -> bool:
        """Whether any of a class's sessions is described."""
        return any(session in self.known for session in self._as_described(session_ids))

    def is_young(self, session_ids: Iterable[str]) -> bool:
        """Whether all sessions of a class that are on began a few weeks ago: who is in it is still being settled."""
        named = self.current.intersection(self._as_described(session_ids))
        return bool(named) and named <= self.young

    def is_coming(self, session_ids: Iterable[str]) -> bool:
        """Whether a class that is not on has a session that has not begun."""
        return not self.coming.isdisjoint(self._as_described(session_ids))

    def span(self, session_ids: Iterable[str]) -> tuple[str, str] | None:
        """From the first day of the sessions of a class to the day after their last; None if any of them is unsure."""
        spans = [self.spans.get(session) for session in self._as_described(session_ids)]
        sure = [span for span in spans if span is not None]
        whole = sure and len(sure) == len(spans)
        return (min(begin for begin, _ in sure), max(end for _, end in sure)) if whole else None

    def is_on(self, session_ids: Iterable[str]) -> bool | None:
        """Whether a class with these sessions is on; None if that cannot be said.

        A class none of whose sessions the SIS describes is taken as on: its enrollments have dates of their own, and
        a missing reference must not close a class. If it describes one that is over, another may be current. One that
        is marked as deleted says nothing beside others; alone, it is over, unless its own dates say that it is on.
        """
        asked, answers = tuple(session_ids), self._answers
        if asked not in answers:
            if len(answers) >= _MOST_ANSWERS:
                answers.clear()
            answers[asked] = self._is_on(asked)
        return answers[asked]

    def _is_on(self, session_ids: Iterable[str]) -> bool | None:
        named = self._as_described(session_ids)
        if any(session in self.current for session in named):
            return True
        known = any(session in self.known for session in named)
        if not known and not any(session in self.deleted for session in named):
            return True
        untold = any(session not in self.known and session not in self.deleted for session in named)
        if untold or any(session in self.unclear for session in named):
            return None
        return None if not known and any(self.deleted.get(session) for session in named) else False

    def _as_described(self, session_ids: Iterable[str]) -> list[str]:
        return [part for one in session_ids for part in self._parts(one)]

    def _parts(self, named: str) -> list[str]:
        """What a reference names: some systems write ids in another case there, or several of them in one text."""
        if described := self._described(named):
            return [described]
        for between, is_sure in ((_BETWEEN, True), (_WITHIN, False)):
            parts = [part for part in between.split(named) if part]
            found = [self._described(part) or part for part in parts]
            if any(map(self._described, parts)):
                return found if is_sure else [*found, named]
        return [named]

    def _described(self, named: str) -> str:
        """An id as the SIS describes it; empty if it does not."""
        return named if named in self.known or named in self.deleted else self.spellings.get(named.casefold(), "")


def calendar(sessions: Iterable[Session], days: Days) -> Calendar:
    """Which sessions are current; of one whose dates or status are not understood, nobody can say."""
    listed = list(sessions)
    rows = [session for session in listed if session.status is not Status.GONE]
    days = replace(days, order=order_of(reduce(or_, (session.marks for session in rows), 0)))
    current: set[str] = set()
    young: set[str] = set()
    recently = (date.fromisoformat(days.today) - _SETTLING).isoformat()
    coming: set[str] = set()
    unclear: set[str] = set()
    bounds: list[str] = []
    spans: dict[str, tuple[str, str]] = {}
    questions = Questions()
    for session in rows:
        begin, end = days.begin(session.start), days.end(session.end)
        bounds += begin, end
        is_reversed = ends_before_it_begins(begin, end)
        if certain(begin) and certain(end) and not is_reversed:
            spans[session.id] = begin, end
        is_on = days.is_on(end, begin) if is_reversed else days.is_on(begin, end)
        if is_on and not is_reversed and session.status is Status.ACTIVE:
            current.add(session.id)
            if certain(begin) and begin > recently:
                young.add(session.id)
        elif is_on is not False:
            unclear.add(session.id)
            questions.add(_why_unclear(session, is_reversed=is_reversed), Subject(what=f"term {session.id}"))
        elif begin and days.has_come(begin) is False:
            coming.add(session.id)
    ids = frozenset(session.id for session in rows)
    deleted: dict[str, bool] = {}
    for session in listed:
        if session.id not in ids:
            begin, end = days.begin(session.start), days.end(session.end)
            bounds += begin, end
            deleted[session.id] = days.is_on(begin, end) is not False
    in_one_case = Counter(identifier.casefold() for identifier in (*ids, *deleted))
    return Calendar(
        known=ids,
        current=frozenset(current),
        next_change=earliest_after(days.today, bounds),
        unclear=frozenset(unclear - current),
        deleted=deleted,
        order=days.order,
        questions=questions,
        young=frozenset(young),
        coming=frozenset(coming),
        spellings={one.casefold(): one for one in (*ids, *deleted) if in_one_case[one.casefold()] == 1},
        spans=spans,
    )


def _why_unclear(session: Session, *, is_reversed: bool) -> Question:
    if is_reversed:
        return Question.END_BEFORE_BEGIN
    return Question.UNKNOWN_STATUS if session.status is Status.UNRECOGNIZED else Question.UNREADABLE_DATE
