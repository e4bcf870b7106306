"""Which school years of a school are read: those that are on, or begin soon, or are the last one that ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_SOON: Final = timedelta(days=120)
"""Before their school year begins, people choose schools and courses and look at who will get what."""
_FIRST_MONTH: Final = 7


@dataclass(frozen=True, slots=True)
class Term:
    """A term of one school; dates are ISO or empty, `end` is exclusive."""

    id: str
    school_id: str
    start_year: int
    start: str
    end: str


def years_to_read(terms: Iterable[Term], today: str) -> frozenset[int]:
    """The start years of what is read of one school.

    A year whose terms have no dates counts by its number. If no term is of this year by the calendar, it is read too:
    its terms may only be missing.
    """
    spans = _spans(terms)
    day = date.fromisoformat(today)
    soon = (day + _SOON).isoformat()
    wanted = {year for year, (start, end) in spans.items() if today < end and start <= soon}
    over = [year for year, (_, end) in spans.items() if end <= today]
    if not any(spans[year][0] <= today for year in wanted) and over:
        wanted.add(max(over))
    by_calendar = day.year if day.month >= _FIRST_MONTH else day.year - 1
    missing = {by_calendar} - spans.keys()
    return frozenset(wanted or spans.keys()) | missing


def years_on(terms: Iterable[Term], today: str) -> frozenset[int]:
    """The start years of the school years that are on by the dates of their terms."""
    return frozenset(year for year, (start, end) in _spans(terms).items() if start <= today < end)


def _spans(terms: Iterable[Term]) -> dict[int, tuple[str, str]]:
    """From when to when each school year is."""
    spans: dict[int, tuple[str, str]] = {}
    for term in terms:
        if not term.start_year:
            continue
        start, end = term.start or f"{term.start_year}-{_FIRST_MONTH:02}-01", term.end
        end = end or f"{term.start_year + 1}-{_FIRST_MONTH:02}-01"
        known = spans.get(term.start_year, (start, end))
        spans[term.start_year] = (min(start, known[0]), max(end, known[1]))
    return spans
