"""A section without HTTP: pages of a list of numbers, from a server that can lie in every way."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass, field

from roster_operator.errors import SourceError
from roster_operator.sources.failures import ServerFailed
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.page_walk import PageWalk, SweepLimits
from roster_operator.sources.oneroster.paging import read_section
from roster_operator.sources.source import Outcome

PAGE_SIZE = 10


@dataclass
class ListServer:
    """Serves a list of numbers (a row's identifier and the row itself) and can lie in every way a server can."""

    rows: list[int]
    clamp: int = 1000
    total: Callable[[int], int | None] = lambda count: count
    links: bool = False
    shorten: Callable[[int], int] = lambda offset: 0
    """How many rows a page that begins there lacks at its end, although there are more."""
    past_end: Callable[[int], Page[int]] = lambda offset: Page()
    broken_at: int | None = None
    twist: Callable[[ListServer, int, int], Page[int]] | None = None
    """Answers instead of the list, which it is given."""
    seen: list[int] = field(default_factory=list)

    def answer(self, offset: int, size: int) -> Page[int]:
        return self.twist(self, offset, size) if self.twist else self.honest(offset, size)

    def honest(self, offset: int, size: int) -> Page[int]:
        self.seen.append(offset)
        if offset == self.broken_at:
            raise ServerFailed("The SIS failed.")
        rows = self.rows[offset : offset + min(size, self.clamp)]
        if not rows:
            page = self.past_end(offset)
        else:
            rows = rows[: max(1, len(rows) - self.shorten(offset))]
            page = Page(rows=rows, hashes=array("q", [row + 1 for row in rows]))
        page.total = self.total(len(self.rows))
        if self.links:
            page.has_next = offset + page.received < len(self.rows)
        return page

    def read(self, window: int = 3, **limits: int) -> tuple[list[int], Outcome]:
        bounds = SweepLimits(
            **{"window": window, "page_size": PAGE_SIZE, "max_rows": 10_000, "max_pages": 500, **limits}
        )

        def sweep(size: int | None) -> PageWalk[int]:
            def ask(offset: int, *, past_end: bool) -> Future[Page[int]]:
                future: Future[Page[int]] = Future()
                try:
                    future.set_result(self.answer(offset, size or PAGE_SIZE))
                except SourceError as error:
                    future.set_exception(error)
                return future

            return PageWalk("courses", ask, last_first, bounds)

        rows: list[int] = []
        reading = read_section("courses", sweep)
        while True:
            try:
                rows += next(reading)
            except StopIteration as end:
                return rows, end.value


def last_first(futures: Collection[Future[Page[int]]]) -> Future[Page[int]]:
    """Answers come in the least helpful order."""
    return list(futures)[-1]


Total = Callable[[int], int | None]


def by(cuts: list[int]) -> Callable[[int], int]:
    """Shortens each page by one of `cuts`."""
    return lambda offset: cuts[offset % len(cuts)]
