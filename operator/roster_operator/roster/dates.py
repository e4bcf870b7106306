"""What dates mean: they are days in the district's time zone, and every end is exclusive.

A date of a roster is a text. Most are an ISO date, or empty if there is none. Three kinds take more than the value to
be understood, and come as they are to where that is known:

- `2026-05-06/2026-06-05`: either of two days, as it was written `05/06/2026`: month first, and day first;
- `2026-06-04T13:00:00+00:00`: a moment, whose day depends on the district's time zone;
- `?`: it cannot be read. That is not the same as no date: nobody can say whether it has passed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from roster_operator.roster.models import DAY_FIRST, MONTH_FIRST

UNREADABLE: Final = "?"
EITHER: Final = "/"
"""Between the two days that a date may be."""
_ISO_LENGTH: Final = 10
_A_DAY: Final = timedelta(days=1)
_AN_HOUR: Final = timedelta(hours=1)
_ONE_O_CLOCK: Final = time(1)
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
