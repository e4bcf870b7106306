"""Finding out what a server does, by asking its enrollments: most rows, most often changed, and the dearest to read.

Eight requests at most. A question that cannot be asked leaves its answer unknown; none is asked that loads a server
more than the page that a reading begins with.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from roster_operator.clock import Clock
from roster_operator.errors import SourceError
from roster_operator.sources.oneroster.changes import REFUSALS, changed_since
from roster_operator.sources.oneroster.client import OneRosterClient
from roster_operator.sources.oneroster.dated import DATED, TOLERANCE, Dated
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.settings import Filter
from roster_operator.sources.provider import Dates, Habit, Provider, Totals
from roster_operator.sources.source import Section

_FEW: Final = 20
"""Rows asked for where few are enough to see a habit."""
_BEYOND: Final = timedelta(days=366)
"""So far in the future nothing has changed yet."""


def examine(client: OneRosterClient, first_page: Callable[[], Page[Dated]], clock: Clock) -> Provider:
    """What the server does; raises `SourceError` if not even a page of enrollments comes.

    `first_page` fetches the first page of enrollments, as a reading does.
    """
    return _Examination(client, clock).run(first_page)


def relied_upon(found: Provider, filters: Set[Filter] | None) -> Provider:
    """What was found out, less the filters that are known to be worth nothing, whatever the server made of them."""
    if filters is None:
        return found
    return replace(
        found,
        status_filter=found.status_filter if Filter.STATUS in filters else Habit.IGNORED,
        date_filter=found.date_filter if Filter.DATE_LAST_MODIFIED in filters else Habit.IGNORED,
    )


class _Examination:
    """One server being asked."""

    def __init__(self, client: OneRosterClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._route = client.routes.sections[Section.ENROLLMENTS][0].path
        self._durations: list[float] = []
        self._links = False

    def run(self, first_page: Callable[[], Page[Dated]]) -> Provider:
        first = self._timed(first_page)
        sample = list(first.rows)
        more = self._more_behind(first)
        dates = _dates(sample)
        dates = self._looked_for(sample[0]) if dates is Dates.CONSTANT else dates
        found = Provider(
            version=self._client.version.value,
            largest_page=first.received if more else 0,
            totals=self._totals(first, more),
            status_filter=self._status_filter(sample),
            date_filter=self._date_filter(sample),
            sort=self._sort(sample),
            dates=dates,
            date_form=_form(sample),
        )
        return replace(found, links=self._links, latency=median(self._durations))

    def _more_behind(self, first: Page[Dated]) -> bool:
        """Whether the first page was not all that there is; an error behind the end is a usual way to say that."""
        try:
            return bool(first.received and self._ask(first.received, 1).received)
        except SourceError:
            return False

    def _totals(self, first: Page[Dated], more: bool) -> Totals:
        if first.total is None:
            return Totals.ABSENT
        if not more or first.total <= first.received:
            return Totals.RIGHT if first.total == first.received and not more else Totals.WRONG
        last = self._seen(first.total - 1, 2)
        if last is None:
            return Totals.UNKNOWN
        return Totals.RIGHT if last.received == 1 else Totals.WRONG

    def _status_filter(self, sample: Collection[Dated]) -> Habit:
        """A filter for deleted rows, where some are not."""
        if not any(row.enrollment.active for row in sample):
            return Habit.UNKNOWN
        return self._habit(
            lambda page: not any(row.enrollment.active for row in page.rows), filter="status='tobedeleted'"
        )

    def _date_filter(self, sample: Collection[Dated]) -> Habit:
        """Nothing may have changed in the far future; and what changed last must be found by when it did."""
        changed = [row.changed for row in sample if row.changed is not None]
        if not changed:
            return Habit.UNKNOWN
        future = changed_since(max(self._clock.now(), *changed) + _BEYOND)
        habit = self._habit(lambda page: page.received == 0, filter=future)
        if habit is not Habit.HONOURED:
            return habit
        before_last = max(changed) - 2 * TOLERANCE
        return self._habit(lambda page: _all_since(page.rows, before_last), filter=changed_since(before_last))

    def _looked_for(self, one: Dated) -> Dates:
        """Where all rows of a page have the time of this `one`: whether the filter finds later ones."""
        assert one.changed is not None
        later = one.changed + TOLERANCE
        page = self._seen(0, _FEW, filter=changed_since(later))
        found = page is not None and any(row.changed is not None and row.changed > later for row in page.rows)
        return Dates.VARIED if found else Dates.CONSTANT

    def _sort(self, sample: Sequence[Dated]) -> Habit:
        """In descending order, in which no server lists by itself."""
        ids = [row.id for row in sample[:_FEW]]
        if len(ids) < 2 or _descending(ids):
            return Habit.UNKNOWN
        return self._habit(lambda page: _descending([row.id for row in page.rows]), sort="sourcedId", orderBy="desc")

    def _habit(self, as_asked: Callable[[Page[Dated]], bool], **query: str) -> Habit:
        try:
            page = self._ask(0, _FEW, **query)
        except REFUSALS:
            return Habit.REFUSED
        except SourceError:
            return Habit.UNKNOWN
        return Habit.HONOURED if as_asked(page) else Habit.IGNORED

    def _seen(self, offset: int, limit: int, **query: str) -> Page[Dated] | None:
        try:
            return self._ask(offset, limit, **query)
        except SourceError:
            return None

    def _ask(self, offset: int, limit: int, **query: str) -> Page[Dated]:
        return self._timed(
            lambda: self._client.page(
                Section.ENROLLMENTS, self._route, DATED, offset=offset, limit=limit, behind=True, query=query
            )
        )

    def _timed(self, fetch: Callable[[], Page[Dated]]) -> Page[Dated]:
        began = self._clock.monotonic()
        page = fetch()
        self._durations.append(self._clock.monotonic() - began)
        self._links = self._links or page.has_next is not None
        return page


def _dates(sample: Collection[Dated]) -> Dates:
    if not sample:
        return Dates.UNKNOWN
    changed = {row.changed for row in sample}
    if None in changed:
        return Dates.EMPTY
    return Dates.VARIED if len(changed) > 1 else Dates.CONSTANT


def _form(sample: Collection[Dated]) -> str:
    forms = {row.form for row in sample if row.form}
    return next(iter(forms)) if len(forms) == 1 else "Mixed" if forms else ""


def _all_since(rows: Collection[Dated], when: datetime) -> bool:
    """Whether there are rows, and all of them changed after `when`, give or take a zone."""
    return bool(rows) and all(row.changed is not None and row.changed >= when - TOLERANCE for row in rows)


def _descending(ids: Sequence[str]) -> bool:
    """By bytes, without case, or as numbers, as databases sort."""
    if ids == sorted(ids, reverse=True) or ids == sorted(ids, key=str.casefold, reverse=True):
        return True
    return all(i.isascii() and i.isdigit() for i in ids) and ids == sorted(ids, key=int, reverse=True)
