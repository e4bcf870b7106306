"""One way through a section, from its first row to proof of its end.

Pages advance by the rows that were received, never by the rows that were asked for: servers send fewer than asked and
say nothing (OneRoster 1.1, section 3.4.1 lets them). With a total the pages are fetched side by side, and whatever a
short page leaves out is asked for; without one they are fetched one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from roster_operator.sources.distinct_counter import NO_ID
from roster_operator.sources.failures import STATUS_FAILURES, RequestRefused, RouteMissing
from roster_operator.sources.oneroster.completeness import Received, Unproven, WalkResult
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.source import Proof

RowT = TypeVar("RowT")


class Ask(Protocol[RowT]):
    """Fetches the page that begins at a row."""

    def __call__(self, offset: int, *, past_end: bool) -> Future[Page[RowT]]:
        """`past_end`: it is expected that nothing is there, so a failure is not worth many tries."""
        ...


@dataclass(frozen=True, slots=True)
class SweepLimits:
    """How much is read at most, and how many pages at a time."""

    window: int
    page_size: int
    max_rows: int
    max_pages: int


class PageWalk(Generic[RowT]):
    """Runs once. `pages` and `rows` tell how far it came."""

    def __init__(
        self,
        section: str,
        ask: Ask[RowT],
        first_of: Callable[[Collection[Future[Page[RowT]]]], Future[Page[RowT]]],
        limits: SweepLimits,
        on_idle: Callable[[], None] = lambda: None,
        *,
        much_waits: Callable[[], bool] = lambda: False,
    ) -> None:
        """`section` is for messages; `first_of` waits for one of several pages and may raise `Interrupted`.

        `on_idle` is called before each wait in which there is nothing more to ask for now. While `much_waits`, no more
        than one page is asked for at a time.
        """
        self._section = section
        self._ask = ask
        self._first_of = first_of
        self._limits = limits
        self._on_idle = on_idle
        self._much_waits = much_waits
        self._past_end: Future[Page[RowT]] | None = None
        """The page behind the total, asked for as soon as a connection is free for it."""
        self._received = Received(section, max_rows=limits.max_rows, max_pages=limits.max_pages)
        self._cursor = 0

    @property
    def stride(self) -> int:
        """Rows in the largest page."""
        return self._received.largest or self._limits.page_size

    @property
    def rows(self) -> int:
        """Rows received so far."""
        return self._received.rows

    @property
    def pages(self) -> int:
        """Pages received so far."""
        return self._received.pages

    def run(self) -> Generator[Collection[RowT], None, WalkResult]:
        """Yields the rows, page by page; raises `Unproven`, or what a page raises."""
        received = self._received
        first = self._get(0)
        if first.received == 0:
            received.pages += 1
            received.note_claims(first)
            if first.total:
                raise Unproven(f"The SIS says that there are {first.total} {self._section} but sends none.")
            self._end_at(0, first)
            return received.swept(Proof.EMPTY_PAGE if first.total is None else Proof.TOTAL)
        total = first.total if first.total is not None and first.total >= first.received else None
        received.total = total
        yield received.accept(0, first)
        if total is not None:
            yield from self._to_total(total)
            beyond = self._behind_total(total) if received.rows == total else None
            if beyond is None and received.rows == total:
                return received.swept(Proof.TOTAL)
            received.disbelieve()
            if beyond is not None:
                yield received.accept(received.frontier, beyond)
        yield from self._to_empty()
        return received.swept(Proof.LAST_LINK if received.links_end else Proof.EMPTY_PAGE)

    def run_again(self, before: WalkResult) -> Generator[Collection[RowT], None, WalkResult]:
        """The same for a section of which another sweep has found the end: as many rows, and nothing behind them."""
        received = self._received
        received.total = before.rows if before.proof is Proof.TOTAL else None
        first = self._get(0)
        if first.received == 0:
            raise Unproven(f"The SIS sent {before.rows} {self._section}, and none when it was asked again.")
        yield received.accept(0, first)
        yield from self._to_total(before.rows, confirm=False)
        if before.proof is Proof.EMPTY_PAGE:
            with suppress(*STATUS_FAILURES):
                if self._get(before.rows, past_end=True).received:
                    raise self._came_when_asked_again(before.rows)
        return received.swept(before.proof)

    def _to_total(self, total: int, *, confirm: bool = True) -> Generator[Collection[RowT], None, None]:
        """Everything before `total`, several pages at a time; to `confirm` it, what is behind is asked for too."""
        if total > self._limits.max_rows:
            raise Unproven(f"The SIS says that there are {total} {self._section}, more than any district has.")
        self._cursor = self.stride
        left_out: list[int] = []
        under_way: dict[Future[Page[RowT]], int] = {}
        try:
            while True:
                while len(under_way) < (1 if self._much_waits() else self._limits.window):
                    wanted = self._next_offset(left_out, under_way.values(), total)
                    if wanted is None:
                        break
                    under_way[self._ask(wanted, past_end=False)] = wanted
                if not under_way:
                    return
                if len(under_way) < self._limits.window:
                    if confirm:
                        self._past_end = self._past_end or self._ask(total, past_end=True)
                    self._on_idle()
                done = self._first_of(under_way)
                at = under_way.pop(done)
                page = done.result()
                if page.received == 0:
                    raise Unproven(
                        f"The SIS says that there are {total} {self._section}, but sends none from row {at} on."
                    )
                yield self._received.accept(at, page)
                if at + page.received < self._cursor:
                    left_out.append(at + page.received)
        finally:
            for future in under_way:
                future.cancel()
            if self._past_end is not None and self.rows != total:
                self._past_end.cancel()

    def _next_offset(self, left_out: list[int], under_way: Collection[int], total: int) -> int | None:
        """What to ask for next: what a short page left out, else what is further on."""
        while left_out:
            at = left_out.pop()
            if at < total and self._received.skip(at) == at and at not in under_way:
                return at
        at = self._received.skip(self._cursor)
        if at < total:
            self._cursor = at + self.stride
            return at
        at = self._received.frontier
        return at if at < total and not under_way else None

    def _behind_total(self, total: int) -> Page[RowT] | None:
        """None if nothing new is behind the last row, else the page that begins there."""
        end = self._received.frontier
        asked, self._past_end = self._past_end, None
        try:
            page = self._wait(asked) if asked and end == total else self._get(end, past_end=True)
        except STATUS_FAILURES:
            if self._received.proves(total):
                return None
            raise Unproven(
                f"The SIS sends an error behind row {end} of the {self._section} instead of an empty page, "
                f"and not {total} different ones before it."
            ) from None
        if page.received == 0:
            if page.total not in {None, 0, total}:
                raise Unproven(f"The SIS first says that there are {total} {self._section}, then {page.total}.")
            return None
        if self._received.proves(total) and self._received.knows_all(page):
            return None
        return page

    def _to_empty(self) -> Generator[Collection[RowT], None, None]:
        """Everything, page after page, until there is nothing more."""
        while True:
            at = self._received.frontier
            try:
                page = self._get(at)
            except STATUS_FAILURES as failure:
                if self._received.linked_to_its_end and isinstance(failure, (RouteMissing, RequestRefused)):
                    return
                raise Unproven(
                    f"The SIS sends an error behind row {at} of the {self._section}, and does not say how many there "
                    "are, so that their end cannot be told. District: ask the SIS's vendor for X-Total-Count, or for "
                    "an empty list behind the last row."
                ) from None
            if page.received == 0:
                self._end_at(at, page)
                return
            yield self._received.accept(at, page)

    def _end_at(self, end: int, page: Page[RowT]) -> None:
        """Without a total, an empty page is the end if the server's links end there, or if it is confirmed.

        It is if the page that begins with the last row has nothing new. Where that says nothing, the page must stay
        empty, and one page further on there must be nothing either.
        """
        if page.total is not None and page.total > end:
            raise Unproven(
                f"The SIS says that there are {page.total} {self._section}, but sends none from row {end} on."
            )
        if page.bare and page.total is None and end and not self._received.linked_to_its_end:
            raise Unproven(
                f"The SIS sent an answer that holds nothing from row {end} of the {self._section} on, not even an "
                "empty list, and does not say how many there are."
            )
        if page.has_next and page.next_offset is not None and page.next_offset > end:
            self._refuse_rows_at(page.next_offset, end)
        said = page.total == end or (self._received.linked_to_its_end and not page.blank)
        if said or self._ends_with_its_last_row(end):
            return
        if self._get(end, past_end=True).received:
            raise self._came_when_asked_again(end)
        self._refuse_rows_at(end + self.stride, end)

    def _ends_with_its_last_row(self, end: int) -> bool:
        """Whether the page that begins with the last row has it, and nothing new; False if that cannot be told.

        Of a single row, that would be the first page once more, which may be short again.
        """
        if end <= 1:
            return False
        try:
            page = self._get(end - 1, past_end=True)
        except STATUS_FAILURES:
            return False
        if page.received == 0 or NO_ID in page.hashes:
            return False
        if not self._received.knows_all(page):
            raise self._came_when_asked_again(end)
        return True

    def _came_when_asked_again(self, end: int) -> Unproven:
        return Unproven(f"The SIS sent no {self._section} from row {end} on, and when it was asked again, it did.")

    def _refuse_rows_at(self, at: int, end: int) -> None:
        with suppress(*STATUS_FAILURES):
            if self._get(at, past_end=True).received:
                raise Unproven(f"The SIS sent an empty page at row {end} of the {self._section}, but rows at row {at}.")

    def _get(self, offset: int, *, past_end: bool = False) -> Page[RowT]:
        return self._wait(self._ask(offset, past_end=past_end))

    def _wait(self, page: Future[Page[RowT]]) -> Page[RowT]:
        self._on_idle()
        return self._first_of([page]).result()
