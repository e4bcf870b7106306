"""Finding out what a server does, by asking its enrollments: most rows, most often changed, and the dearest to read.

Their first page says what there is to ask. Then all is asked at once, in five requests, or six, beside whatever else
the server is asked for. A question that cannot be asked leaves its answer unknown; none is asked that loads a server
more than the page that a reading begins with.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence, Set
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from statistics import median
from typing import Final

from roster_operator.api.v1alpha1.choices import Filter
from roster_operator.clock import Clock
from roster_operator.errors import SourceError
from roster_operator.roster.models import Status
from roster_operator.sources.capabilities import Dates, FilterSupport, Provider, Totals
from roster_operator.sources.oneroster.changes import REFUSALS, changed_since
from roster_operator.sources.oneroster.client import OneRosterClient
from roster_operator.sources.oneroster.dated import DATED, TOLERANCE, Dated
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.page_request import PageRequest
from roster_operator.sources.oneroster.routes import Route
from roster_operator.sources.source import Section
from roster_operator.sources.workers import Workers

_FEW: Final = 20
"""Rows asked for where few are enough to see a habit."""
_BEYOND: Final = timedelta(days=366)
"""So far in the future nothing has changed yet."""
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_RETRIES: Final = 1
"""A question that meets a failure may stay open."""


def _has_none_active(page: Page[Dated]) -> bool:
    return all(row.status is not Status.ACTIVE for row in page.rows)


class _Question(Enum):
    """What is asked, beside the first page."""

    END = auto()
    """The last row by the server's total, or the one behind the first page."""
    DELETED = auto()
    LATER = auto()
    """What changed later than the first page lets expect."""
    LAST = auto()
    """What changed last, by when it did."""
    SORTED = auto()
    """In descending order, in which no server lists by itself."""


class ServerExamination:
    """One server being asked. For the thread that drives its source."""

    def __init__(
        self,
        client: OneRosterClient,
        workers: Workers,
        clock: Clock,
        first_page: Callable[[], Page[Dated]],
        filters: Set[Filter] | None,
    ) -> None:
        """`first_page` fetches that of enrollments, if it is not brought; `filters`: see `OneRosterSettings`."""
        self._client = client
        self._workers = workers
        self._clock = clock
        self._first_page = first_page
        self._filters = filters
        self._first: Page[Dated] | None = None
        """Without its rows: a reading takes longer than they need be kept."""
        self._first_dates = Dates.UNKNOWN
        self._form = ""
        self._later_than = _LONG_AGO
        self._since = _LONG_AGO
        self._asked: dict[_Question, Future[Page[Dated]]] = {}
        self._durations: list[float] = []

    def begin(self, first: Page[Dated]) -> None:
        """Ask everything at once, as far as `first` lets it be asked: the first page, as a reading fetches it."""
        sample = list(first.rows)
        self._first = replace(first, rows=[])
        self._first_dates, self._form = _dates(sample), _form(sample)
        if first.received:
            if first.total is not None and first.total > first.received:
                self._ask(_Question.END, first.total - 1, 2)
            else:
                self._ask(_Question.END, first.received, 1)
        if any(row.status is Status.ACTIVE for row in sample):
            self._ask(_Question.DELETED, 0, _FEW, filter="status='tobedeleted'")
        changed = [row.changed for row in sample if row.changed is not None]
        if changed:
            constant = self._first_dates is Dates.CONSTANT
            self._later_than = max(changed) + TOLERANCE if constant else max(self._clock.now(), *changed) + _BEYOND
            self._since = max(changed) - 2 * TOLERANCE
            self._ask(_Question.LATER, 0, _FEW, filter=changed_since(self._later_than))
            self._ask(_Question.LAST, 0, _FEW, filter=changed_since(self._since))
        ids = _ids(sample[:_FEW])
        if len(ids) > 1 and not _descending(ids):
            self._ask(_Question.SORTED, 0, _FEW, sort="sourcedId", orderBy="desc")

    def found(self) -> Provider:
        """See `Examination`."""
        if self._first is None:
            self.begin(self._workers.run(self._timed, self._first_page))
        first = self._first
        assert first is not None
        for asked in self._asked.values():
            self._workers.first([asked])
        answers = self._answers()
        more, totals = self._extent(first)
        filters = set(Filter) if self._filters is None else self._filters
        worthless = FilterSupport.IGNORED
        return Provider(
            version=self._client.version.value,
            largest_page=first.received if more else 0,
            totals=totals,
            links=any(page.has_next is not None for page in (first, *answers)),
            status_filter=self._status_filter() if Filter.STATUS in filters else worthless,
            date_filter=self._date_filter() if Filter.DATE_LAST_MODIFIED in filters else worthless,
            sort=self._habit(_Question.SORTED, lambda page: _descending(_ids(page.rows))),
            dates=self._dates(),
            date_form=self._form,
            latency=median(self._durations) if self._durations else None,
        )

    def _answers(self) -> list[Page[Dated]]:
        """Those that are pages; raises a `SourceError` if there were questions, and the server said nothing at all."""
        pages = [asked.result() for asked in self._asked.values() if asked.exception() is None]
        failures = [error for asked in self._asked.values() if (error := asked.exception()) is not None]
        for failure in failures:
            if not isinstance(failure, SourceError):
                raise failure
        if failures and not pages and not any(isinstance(failure, REFUSALS) for failure in failures):
            raise failures[0]
        return pages

    def _extent(self, first: Page[Dated]) -> tuple[bool, Totals]:
        """Whether the first page was not all that there is, and what the total is worth."""
        end = self._answer(_Question.END)
        seen = end.received if end is not None else 0
        if first.total is None:
            return seen > 0, Totals.ABSENT
        if first.total <= first.received:
            return seen > 0, Totals.RIGHT if first.total == first.received and not seen else Totals.WRONG
        if seen:
            return True, Totals.RIGHT if seen == 1 else Totals.WRONG
        more = self._more_behind(first.received)
        return more, Totals.UNKNOWN if more and end is None else Totals.WRONG

    def _more_behind(self, offset: int) -> bool:
        """An error behind the end is a usual way to say that there is nothing more."""
        try:
            return self._workers.run(self._timed, lambda: self._page(offset, 1)).received > 0
        except SourceError:
            return False

    def _status_filter(self) -> FilterSupport:
        """A filter for deleted rows, where some are not."""
        return self._habit(_Question.DELETED, lambda page: not any(row.status is Status.ACTIVE for row in page.rows))

    def _date_filter(self) -> FilterSupport:
        """Rows that did not change later must be left out; and what changed last must be found by when it did."""
        habit = self._habit(_Question.LATER, self._is_later)
        if habit is not FilterSupport.HONOURED:
            return habit
        return self._habit(_Question.LAST, lambda page: _all_since(page.rows, self._since))

    def _dates(self) -> Dates:
        """Where all rows of the first page have one time, rows with a later one may be elsewhere."""
        later = self._answer(_Question.LATER)
        constant = self._first_dates is Dates.CONSTANT
        if constant and later is not None and any(map(self._changed_later, later.rows)):
            return Dates.VARIED
        return self._first_dates

    def _is_later(self, page: Page[Dated]) -> bool:
        return page.received == len(page.rows) and all(map(self._changed_later, page.rows))

    def _changed_later(self, row: Dated) -> bool:
        return row.changed is not None and row.changed > self._later_than

    def _habit(self, question: _Question, as_asked: Callable[[Page[Dated]], bool]) -> FilterSupport:
        asked = self._asked.get(question)
        if asked is None:
            return FilterSupport.UNKNOWN
        if isinstance(asked.exception(), REFUSALS):
            return FilterSupport.REFUSED
        page = self._answer(question)
        return (
            FilterSupport.UNKNOWN
            if page is None
            else FilterSupport.HONOURED
            if as_asked(page)
            else FilterSupport.IGNORED
        )

    def _answer(self, question: _Question) -> Page[Dated] | None:
        asked = self._asked.get(question)
        return asked.result() if asked is not None and asked.exception() is None else None

    def _ask(self, question: _Question, offset: int, limit: int, **query: str) -> None:
        self._asked[question] = self._workers.submit(self._timed, lambda: self._page(offset, limit, **query))

    def _page(self, offset: int, limit: int, **query: str) -> Page[Dated]:
        route = Route(self._client.routes.sections[Section.ENROLLMENTS][0].path, DATED)
        request = PageRequest(Section.ENROLLMENTS, route, offset, limit, query, retries=_RETRIES, unrecorded=True)
        return self._client.page(request)

    def _timed(self, fetch: Callable[[], Page[Dated]]) -> Page[Dated]:
        began = self._clock.monotonic()
        page = fetch()
        self._durations.append(self._clock.monotonic() - began)
        return page


def _ids(rows: Collection[Dated]) -> list[str]:
    return [row.id for row in rows]


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
