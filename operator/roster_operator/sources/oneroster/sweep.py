"""One way through a section, from its first row to proof of its end.

Pages advance by the rows that were received, never by the rows that were asked for: servers send fewer than asked and
say nothing (OneRoster 1.1, section 3.4.1 lets them). With a total the pages are fetched side by side, and whatever a
short page leaves out is asked for; without one they are fetched one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

import xxhash

from roster_operator.sources.failures import STATUS_FAILURES, RequestRefused, RouteMissing
from roster_operator.sources.oneroster.coverage import Coverage
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.source import Proof
from roster_operator.sources.tally import NO_ID, Distinct, Tally

RowT = TypeVar("RowT")

_SINGLE_REPEATS: Final = 3
"""A page of one row may be the same as the one before, if the roster has a row twice; not so often in a row."""


class Ask(Protocol[RowT]):
    """Fetches the page that begins at a row."""

    def __call__(self, offset: int, *, behind: bool) -> Future[Page[RowT]]:
        """`behind`: it is expected that nothing is there, so a failure is not worth many tries."""
        ...


class Doubt(Exception):
    """It cannot be shown that the section was read whole; the message says why."""


@dataclass(frozen=True, slots=True)
class SweepLimits:
    """How much is read at most, and how many pages at a time."""

    window: int
    page_size: int
    max_rows: int
    max_pages: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep to the end found."""

    proof: Proof
    rows: int
    pages: int
    rejected: int
    duplicates: int
    distinct: Distinct


class Sweep(Generic[RowT]):
    """Runs once. `pages` and `rows` tell how far it came."""

    def __init__(
        self,
        section: str,
        ask: Ask[RowT],
        first_of: Callable[[Collection[Future[Page[RowT]]]], Future[Page[RowT]]],
        limits: SweepLimits,
        spare: Callable[[int], None] = lambda _busy: None,
    ) -> None:
        """`section` is for messages; `first_of` waits for one of several pages and may raise `Interrupted`.

        `spare` is told, before each wait, how many pages are under way when there is nothing more to ask for now.
        """
        self._section = section
        self._ask = ask
        self._first_of = first_of
        self._limits = limits
        self._spare = spare
        self._behind: Future[Page[RowT]] | None = None
        """The page behind the total, asked for as soon as a connection is free for it."""
        self._coverage = Coverage()
        self._tally = Tally()
        self._total: int | None = None
        self._stride = 0
        self._cursor = 0
        self._rejected = 0
        self._without_id = 0
        self._seen: set[int] = set()
        self._previous = 0
        self._repeats = 0
        self._last_end = 0
        self._last_has_next: bool | None = None
        self._links_hold = True
        self.pages = 0

    @property
    def stride(self) -> int:
        """Rows in the largest page."""
        return self._stride

    @property
    def rows(self) -> int:
        """Rows received so far."""
        return self._coverage.size

    def run(self) -> Generator[Collection[RowT], None, Swept]:
        """Yields the rows, page by page; raises `Doubt`, or what a page raises."""
        first = self._get(0)
        self._stride = first.received or self._limits.page_size
        if first.received == 0:
            self.pages += 1
            if first.total:
                raise Doubt(f"The SIS says that there are {first.total} {self._section} but sends none.")
            self._end_at(0, first)
            return self._swept(Proof.EMPTY_PAGE if first.total is None else Proof.TOTAL)
        if first.total is not None and first.total >= first.received:
            self._total = first.total
        yield self._accept(0, first)
        if self._total is not None:
            yield from self._to_total(self._total)
            beyond = self._behind_total(self._total) if self._coverage.size == self._total else None
            if beyond is None and self._coverage.size == self._total:
                return self._swept(Proof.TOTAL)
            # There is more than the server says; nothing that it says of its end is of use from here on.
            self._total = None
            self._links_hold = False
            if beyond is not None:
                yield self._accept(self._coverage.frontier, beyond)
        yield from self._to_empty()
        return self._swept(Proof.LAST_LINK if self._last_has_next is False else Proof.EMPTY_PAGE)

    def _to_total(self, total: int) -> Generator[Collection[RowT], None, None]:
        """Everything before `total`, several pages at a time."""
        if total > self._limits.max_rows:
            raise Doubt(f"The SIS says that there are {total} {self._section}, more than any district has.")
        self._cursor = self._stride
        left_out: list[int] = []
        under_way: dict[Future[Page[RowT]], int] = {}
        try:
            while True:
                while len(under_way) < self._limits.window:
                    wanted = self._next_offset(left_out, under_way.values(), total)
                    if wanted is None:
                        break
                    under_way[self._ask(wanted, behind=False)] = wanted
                if not under_way:
                    return
                if len(under_way) < self._limits.window:
                    self._behind = self._behind or self._ask(total, behind=True)
                    self._spare(len(under_way) + (not self._behind.done()))
                done = self._first_of(under_way)
                at = under_way.pop(done)
                page = done.result()
                if page.received == 0:
                    raise Doubt(
                        f"The SIS says that there are {total} {self._section}, but sends none from row {at} on."
                    )
                yield self._accept(at, page)
                self._stride = max(self._stride, page.received)
                if at + page.received < self._cursor:
                    left_out.append(at + page.received)
        finally:
            for future in under_way:
                future.cancel()
            if self._behind is not None and self._coverage.size != total:
                self._behind.cancel()

    def _next_offset(self, left_out: list[int], under_way: Collection[int], total: int) -> int | None:
        """What to ask for next: what a short page left out, else what is further on."""
        while left_out:
            at = left_out.pop()
            if at < total and self._coverage.skip(at) == at and at not in under_way:
                return at
        at = self._coverage.skip(self._cursor)
        if at < total:
            self._cursor = at + self._stride
            return at
        at = self._coverage.frontier
        return at if at < total and not under_way else None

    def _behind_total(self, total: int) -> Page[RowT] | None:
        """None if nothing new is behind the last row, else the page that begins there."""
        end = self._coverage.frontier
        asked, self._behind = self._behind, None
        try:
            page = self._wait(asked) if asked and end == total else self._get(end, behind=True)
        except STATUS_FAILURES:
            if self._proved(total):
                return None
            raise Doubt(
                f"The SIS sends an error behind row {end} of the {self._section} instead of an empty page, "
                f"and not {total} different ones before it."
            ) from None
        if page.received == 0:
            if page.total not in {None, 0, total}:
                raise Doubt(f"The SIS first says that there are {total} {self._section}, then {page.total}.")
            return None
        if self._proved(total) and self._tally.knows_all(page.hashes):
            return None
        return page

    def _to_empty(self) -> Generator[Collection[RowT], None, None]:
        """Everything, page after page, until there is nothing more."""
        while True:
            at = self._coverage.frontier
            try:
                page = self._get(at)
            except STATUS_FAILURES as failure:
                if self._linked_to_its_end and isinstance(failure, (RouteMissing, RequestRefused)):
                    return
                raise Doubt(
                    f"The SIS sends an error behind row {at} of the {self._section}, and does not say how many there "
                    "are, so that their end cannot be told. District: ask the SIS's vendor for X-Total-Count, or for "
                    "an empty list behind the last row."
                ) from None
            if page.received == 0:
                self._end_at(at, page)
                return
            yield self._accept(at, page)
            self._stride = max(self._stride, page.received)

    def _end_at(self, end: int, page: Page[RowT]) -> None:
        """Without a total, an empty page is the end if it stays empty and one page further on there is nothing."""
        if page.total is not None and page.total > end:
            raise Doubt(f"The SIS says that there are {page.total} {self._section}, but sends none from row {end} on.")
        if page.bare and page.total is None and end and not self._linked_to_its_end:
            raise Doubt(
                f"The SIS sent an answer that holds nothing from row {end} of the {self._section} on, not even an "
                "empty list, and does not say how many there are."
            )
        unsaid = page.blank or not self._linked_to_its_end
        if unsaid and page.total is None and self._get(end, behind=True).received:
            raise Doubt(f"The SIS sent no {self._section} from row {end} on, and when it was asked again, it did.")
        if page.total == 0 and end == 0:
            return
        further = {end + self._stride}
        if page.has_next and page.next_offset is not None and page.next_offset > end:
            further.add(page.next_offset)
        for at in further:
            try:
                behind = self._get(at, behind=True)
            except STATUS_FAILURES:
                continue
            if behind.received:
                raise Doubt(f"The SIS sent an empty page at row {end} of the {self._section}, but rows at row {at}.")

    @property
    def _linked_to_its_end(self) -> bool:
        """Whether `Link` named a next page for each page but the last that was received, and for that one none."""
        return self._links_hold and self._last_has_next is False

    def _get(self, offset: int, *, behind: bool = False) -> Page[RowT]:
        return self._wait(self._ask(offset, behind=behind))

    def _wait(self, page: Future[Page[RowT]]) -> Page[RowT]:
        self._spare(1)
        return self._first_of([page]).result()

    def _accept(self, offset: int, page: Page[RowT]) -> Collection[RowT]:
        """Take note of a page with rows; returns them."""
        self.pages += 1
        if self._total is not None and page.total is not None and page.total != self._total:
            raise Doubt(f"The SIS first says that there are {self._total} {self._section}, then {page.total}.")
        self._refuse_repetition(page)
        fresh = self._coverage.add(offset, offset + page.received)
        for start, end in fresh:
            part = page.hashes[start - offset : end - offset]
            self._tally.add(part)
            self._without_id += part.count(NO_ID)
        self._rejected += min(page.rejected, sum(end - start for start, end in fresh))
        if offset + page.received > self._last_end:
            self._links_hold = self._links_hold and (self._last_end == 0 or self._last_has_next is True)
            self._last_end = offset + page.received
            self._last_has_next = page.has_next
        if self._last_end > self._limits.max_rows or self.pages > self._limits.max_pages:
            raise Doubt(f"The SIS sends more {self._section} than any district has; reading them was given up.")
        return page.rows

    def _refuse_repetition(self, page: Page[RowT]) -> None:
        digest = xxhash.xxh3_64_intdigest(page.hashes.tobytes())
        if page.received == 1:
            self._repeats = self._repeats + 1 if digest == self._previous else 0
            repeated = self._repeats >= _SINGLE_REPEATS
        else:
            repeated = digest in self._seen
            self._seen.add(digest)
        self._previous = digest
        if repeated:
            raise Doubt(f"The SIS sent the same page of {self._section} again for another offset.")

    def _proved(self, total: int) -> bool:
        return self._coverage.size == total == self._tally.distinct().count + self._without_id

    def _swept(self, proof: Proof) -> Swept:
        distinct = self._tally.distinct()
        rows = self._coverage.size
        return Swept(
            proof=proof,
            rows=rows,
            pages=self.pages,
            rejected=self._rejected,
            duplicates=rows - self._without_id - distinct.count,
            distinct=distinct,
        )
