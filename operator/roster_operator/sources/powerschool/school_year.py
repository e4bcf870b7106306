"""Which school years of a school are read: those that are on, or begin soon, or are the last one that ended.

A year is read too soon or too long rather than not at all: a class that is not read looks like one that is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from roster_operator.roster.dates import EITHER, UNREADABLE, Days

_SOON: Final = timedelta(days=120)
"""Before their school year begins, people choose schools and courses and look at who will get what."""
_FIRST_MONTH: Final = 7


@dataclass(frozen=True, slots=True)
class Term:
    """A term of one school; dates as in `roster.dates`, `end` is exclusive."""

    id: str
    school_id: str
    start_year: int
    start: str
    end: str
    marks: int = 0


def years_to_read(terms: Iterable[Term], days: Days) -> frozenset[int]:
    """The start years of what is read of one school.

    A year whose terms have no dates counts by its number. If no term is of this year by the calendar, it is read too:
    its terms may only be missing.
    """
    today = days.today
    spans = _spans(terms, days)
    day = date.fromisoformat(today)
    soon = (day + _SOON).isoformat()
    wanted = {year for year, (start, end) in spans.items() if today < end and start <= soon}
    over = [year for year, (_, end) in spans.items() if end <= today]
    if not any(spans[year][0] <= today for year in wanted) and over:
        wanted.add(max(over))
    by_calendar = day.year if day.month >= _FIRST_MONTH else day.year - 1
    missing = {by_calendar} - spans.keys()
    return frozenset(wanted or spans.keys()) | missing


def years_on(terms: Iterable[Term], days: Days) -> frozenset[int]:
    """The start years of the school years that are on, or may be, by the dates of their terms."""
    spans = _spans(terms, days)
    return frozenset(year for year, (start, end) in spans.items() if start <= days.today < end)


def _spans(terms: Iterable[Term], days: Days) -> dict[int, tuple[str, str]]:
    """From when to when each school year is, or may be."""
    spans: dict[int, tuple[str, str]] = {}
    for term in terms:
        if not term.start_year:
            continue
        start, end = _span(term, days)
        known = spans.get(term.start_year, (start, end))
        spans[term.start_year] = (min(start, known[0]), max(end, known[1]))
    return spans


def _span(term: Term, days: Days) -> tuple[str, str]:
    """The longest time that a term may be on; a date that cannot be read may be a year off by the year's number."""
    begin, end = days.begin(term.start), days.end(term.end)
    bounds = (
        _first_of(term.start_year - 1) if begin == UNREADABLE else begin or _first_of(term.start_year),
        _first_of(term.start_year + 2) if end == UNREADABLE else end or _first_of(term.start_year + 1),
    )
    possible = [day for bound in bounds for day in bound.split(EITHER)]
    return min(possible), max(possible)


def _first_of(year: int) -> str:
    return f"{year:04}-{_FIRST_MONTH:02}-01"
