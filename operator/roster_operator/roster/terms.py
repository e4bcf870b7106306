"""How far a term reaches beyond its own days: days before and after it, and seasons that open it early or end it late.

A term's reach depends on its days and on the rules alone, not on what day it is. So it begins once and ends once,
whatever the rules are, and whoever asks about another day is told the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec

from roster_operator.roster.dates import certain, days_after

_FIRST_WEEK: Final = 7
"""An enrollment that begins within so many days begins with its term: SIS write the first lesson there."""
_LAST_DAY: Final = 1
"""One that ends so many days before its term ends with it: some SIS write the last day there, and not the next."""

Span = tuple[str, str]
"""From a day to the day after the last, as ISO dates."""


class Freeze(msgspec.Struct, frozen=True, kw_only=True):
    """Days through which a term goes on that would end in them."""

    first: str
    next: str
    """The day after the last."""
    adds_from: tuple[str, ...] | None = None
    """Ids of the only terms that may begin in it; None: any may."""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Days from whose first on a term counts that begins in them, or on the day after them."""

    first: str
    next: str
    """The day after the last."""


class TermRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a district says of its terms, beside what the SIS tells."""

    lead_days: int = 0
    grace_days: int = 0
    freezes: tuple[Freeze, ...] = ()
    """In the order of their days."""
    previews: tuple[Preview, ...] = ()

    @property
    def bounds(self) -> tuple[str, ...]:
        """The days on which a season begins, or is over."""
        days = *((each.first, each.next) for each in self.freezes), *((each.first, each.next) for each in self.previews)
        return tuple(day for span in days for day in span)

    def reach(self, term: str, begin: str, end: str) -> Span:
        """From when to when a term counts, by its id and its own days."""
        opens, closes = days_after(begin, -self.lead_days), days_after(end, self.grace_days)
        for preview in self.previews:
            if preview.first < begin <= preview.next:
                opens = min(opens, preview.first)
        for freeze in self.freezes:
            if not _may_begin(freeze, (term,)) and freeze.first <= opens < freeze.next:
                opens = freeze.next
            if freeze.first <= closes < freeze.next:
                closes = freeze.next
        return opens, closes

    def shut(self, terms: Iterable[str]) -> tuple[Span, ...]:
        """Days on which nothing begins in a class of these terms."""
        named = tuple(terms)
        return tuple((freeze.first, freeze.next) for freeze in self.freezes if not _may_begin(freeze, named))


NO_RULES: Final = TermRules()


def _may_begin(freeze: Freeze, terms: Iterable[str]) -> bool:
    return freeze.adds_from is None or not set(terms).isdisjoint(freeze.adds_from)


class Reach(msgspec.Struct, frozen=True, eq=False):
    """What the rules make of enrollments in a class. Compared by identity: a district has few, made by `reach`."""

    settled: str
    """An enrollment that begins before this day begins with the class."""
    last: str
    """One that ends on this day or later ends with the class."""
    opens: str
    closes: str
    shut: tuple[Span, ...]

    def begin(self, day: str) -> str:
        """When an enrollment begins that says it begins on this day."""
        if not certain(day):
            return day
        begins = min(day, self.opens) if day < self.settled else day
        for first, following in self.shut:
            begins = following if first <= begins < following else begins
        return begins

    def end(self, day: str) -> str:
        """When one ends that says so of this day."""
        return max(day, self.closes) if certain(day) and day >= self.last else day

    def matters_on(self, today: str) -> bool:
        """Whether an enrollment may stand otherwise on that day than by its own dates alone."""
        is_shut = any(first <= today < following for first, following in self.shut)
        return is_shut or today < self.settled or today >= self.last


@lru_cache(maxsize=4_096)
def reach(own: Span, counts: Span, shut: tuple[Span, ...]) -> Reach | None:
    """Of a class by its own days and those on which it counts; None if its enrollments go by their own dates.

    Mostly the same object for the same values.
    """
    if own == counts and not shut:
        return None
    begin, end = own
    return Reach(days_after(begin, _FIRST_WEEK), days_after(end, -_LAST_DAY), *counts, shut)
