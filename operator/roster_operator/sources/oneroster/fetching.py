"""Fetching the pages of one server: as large as it gives them, as many at a time as it allows, some of them early."""

from __future__ import annotations

import threading
from collections.abc import Collection, Generator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Final, TypeVar

from roster_operator.sources.failures import RequestRefused, RouteMissing, TooLarge
from roster_operator.sources.oneroster.client import OneRosterClient
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.page_request import FEW_RETRIES, PageRequest
from roster_operator.sources.oneroster.page_walk import PageWalk, SweepLimits
from roster_operator.sources.oneroster.paging import read_section
from roster_operator.sources.oneroster.prefetch import ReadAhead
from roster_operator.sources.oneroster.routes import Route
from roster_operator.sources.oneroster.settings import OneRosterSettings
from roster_operator.sources.source import Outcome
from roster_operator.sources.workers import Workers

RowT = TypeVar("RowT")

Pages = Generator[Collection[RowT], None, Outcome]
"""The pages of a section, and how it ended."""

_BACKLOG: Final = 5
"""Requests that wait for their turn, at most, and at most as many as may be made at once: so the server is not kept
waiting for whoever takes the pages.
"""
_SMALLER_PAGES: Final = (1000, 100, None)
"""What is tried when a server refuses the page size, or pages are too large; None leaves it to the server."""
_A_PAGE: Final = 100
"""Rows; a page that was smaller was short for another reason than the server's limit."""


class Fetcher:
    """To be used by the thread that drives the source, but for `first_page` and `begin`, which run in its workers."""

    def __init__(self, client: OneRosterClient, workers: Workers, settings: OneRosterSettings) -> None:
        """Nothing is fetched yet."""
        self._client = client
        self._workers = workers
        self._limit: int | None = settings.page_size
        at_once = settings.max_concurrency
        backlog = min(at_once, _BACKLOG)
        self._limits = SweepLimits(
            window=at_once + backlog,
            page_size=settings.page_size,
            max_rows=settings.max_rows,
            max_pages=settings.max_pages,
        )
        self._begun: dict[tuple[str, str], Future[Page[Any]]] = {}
        """First pages that were asked for to begin with, by place and path."""
        self._lock = threading.Lock()
        self.ahead = ReadAhead(2 * at_once + backlog, self._ask_early, self._much_waits)

    def _much_waits(self) -> bool:
        return self._client.waiting.is_much

    def use_known(self, largest_page: int) -> None:
        """The server gives no larger pages than that, as far as is known."""
        if largest_page >= _A_PAGE and self._limit is not None:
            self._limit = min(self._limit, largest_page)

    def first_page(self, request: PageRequest[RowT]) -> Page[RowT]:
        """With the largest page that the server accepts; what it is stays for the life of the source."""
        while True:
            limit = self._limit
            try:
                return self._client.page(replace(request, limit=limit))
            except RouteMissing:
                self._client.lacks(request.route.path)
                raise
            except (RequestRefused, TooLarge) as refused:
                if limit is None or (isinstance(refused, TooLarge) and limit <= _A_PAGE):
                    raise
                if limit == self._limit:  # else another section's first page has found out already
                    self._limit = next(size for size in _SMALLER_PAGES if size is None or size < limit)

    def begin(self, section: str, route: Route[Any]) -> Page[Any]:
        """The first page, which is asked for once even if several sections are served by one route."""
        mine: Future[Page[Any]] = Future()
        with self._lock:
            begun = self._begun.setdefault((self._client.where, route.path), mine)
        if begun is not mine:
            with suppress(CancelledError):
                return begun.result()
        try:
            mine.set_result(page := self.first_page(PageRequest(section, route, retries=FEW_RETRIES)))
        finally:
            mine.cancel()
        return page

    def read(self, section: str, route: Route[RowT], query: Mapping[str, str] | None = None) -> Pages[RowT]:
        """One section from its beginning to the proof of its end, with what was fetched of it early."""
        first = PageRequest(section, route, query=query or {})
        self.ahead.begin(route.path)
        with self._lock:
            self._begun.pop((self._client.where, route.path), None)
        return read_section(section, partial(self._walk, first), partial(self._repeats, first))

    def _repeats(self, first: PageRequest[RowT]) -> bool:
        return not first.query and self._client.has_repeated(first.route.path)

    def _walk(self, first: PageRequest[RowT], size: int | None) -> PageWalk[RowT]:
        """Through a section, in pages of `size` rows if it is read once more."""
        ask = partial(self._ask if size is None else self._ask_again, replace(first, limit=size))
        first_of, on_idle = self._workers.first, self.ahead.fill
        return PageWalk(first.section, ask, first_of, self._limits, on_idle, much_waits=self._much_waits)

    def _ask(self, first: PageRequest[RowT], offset: int, *, past_end: bool) -> Future[Page[RowT]]:
        early = self.ahead.claim(first.route.path, offset, past_end) if not first.query else None
        if early is not None:
            return early
        if offset == 0:
            return self._workers.submit(self.first_page, first)
        return self._workers.submit(self._next_page, replace(first, offset=offset, past_end=past_end))

    def _ask_again(self, first: PageRequest[RowT], offset: int, *, past_end: bool) -> Future[Page[RowT]]:
        """A reading once more is about this one; who recognizes the first one again knows as much."""
        request = replace(first, offset=offset, past_end=past_end, unrecorded=True)
        return self._workers.submit(self._client.page, request)

    def _next_page(self, request: PageRequest[RowT]) -> Page[RowT]:
        """As large as has turned out to be accepted by now."""
        return self._client.page(replace(request, limit=self._limit))

    def _ask_early(self, request: PageRequest[Any]) -> Future[Page[Any]]:
        if request.offset == 0:
            return self._workers.submit(self.first_page, request)
        return self._workers.submit(self._client.page, replace(request, limit=self._limit))
