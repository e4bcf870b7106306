"""What of a section was received so far, and what shows that it is all: rows, totals, links, repetition."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import xxhash

from roster_operator.sources.distinct_counter import NO_ID, Distinct, DistinctCounter
from roster_operator.sources.oneroster.coverage import Coverage
from roster_operator.sources.oneroster.members import Unheld
from roster_operator.sources.oneroster.page import Page, RowT
from roster_operator.sources.source import Proof

_SINGLE_REPEATS: Final = 3
"""A page of one row may be the same as the one before, if the roster has a row twice; not so often in a row."""


class Unproven(Exception):
    """It cannot be shown that the section was read whole; the message says why."""


@dataclass(frozen=True, slots=True)
class WalkResult:
    """What a sweep to the end found."""

    proof: Proof
    rows: int
    pages: int
    rejected: int
    duplicates: int
    distinct: Distinct
    renamed: Mapping[str, str]
    """Members that no row holds, each with the name of one that looks as if it stood for it."""
    totals: bool
    """Whether a total was named."""
    links: bool
    """Whether there were links from page to page."""
    largest: int
    """Rows in the largest page."""


class Received:
    """Takes note of pages in whatever order they come; raises `Unproven` as soon as they cannot be all true."""

    def __init__(self, section: str, *, max_rows: int, max_pages: int) -> None:
        """`section` is for messages; more than `max_rows` or `max_pages` are no roster."""
        self._section = section
        self._max_rows = max_rows
        self._max_pages = max_pages
        self._coverage = Coverage()
        self._tally = DistinctCounter()
        self._rejected = 0
        self._without_id = 0
        self._seen: set[int] = set()
        self._previous = 0
        self._repeats = 0
        self._last_end = 0
        self._last_has_next: bool | None = None
        self._links_hold = True
        self._unheld = Unheld()
        self._totals = False
        self._links = False
        self.total: int | None = None
        """What the server says that there are, as long as it is believed."""
        self.largest = 0
        """Rows in the largest page."""
        self.pages = 0

    @property
    def rows(self) -> int:
        """Different places of the list that were seen."""
        return self._coverage.size

    @property
    def frontier(self) -> int:
        """The first place that was not seen."""
        return self._coverage.frontier

    def skip(self, offset: int) -> int:
        """The first place from `offset` on that was not seen."""
        return self._coverage.skip(offset)

    @property
    def linked_to_its_end(self) -> bool:
        """Whether `Link` named a next page for each page but the last that was received, and for that one none."""
        return self._links_hold and self.links_end

    @property
    def links_end(self) -> bool:
        """Whether the last page that was received names no next one, though it has links."""
        return self._last_has_next is False

    def disbelieve(self) -> None:
        """There is more than the server says; nothing that it says of its end is of use from here on."""
        self.total = None
        self._links_hold = False

    def accept(self, offset: int, page: Page[RowT]) -> Collection[RowT]:
        """Take note of a page with rows; returns them."""
        self.pages += 1
        if self.total is not None and page.total is not None and page.total != self.total:
            raise Unproven(f"The SIS first says that there are {self.total} {self._section}, then {page.total}.")
        self._refuse_repetition(page)
        if page.rounded:
            raise Unproven(
                f"In the {self._section} are identifiers that a spreadsheet rounded, such as 1E+11, or numbers with a "
                "point: different ones may have become the same. District: have the SIS send identifiers as text."
            )
        self._unheld.add(page.lacking, page.instead)
        self.note_claims(page)
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
        if self._last_end > self._max_rows or self.pages > self._max_pages:
            raise Unproven(f"The SIS sends more {self._section} than any district has; reading them was given up.")
        self.largest = max(self.largest, page.received)
        return page.rows

    def note_claims(self, page: Page[RowT]) -> None:
        """Take note of what a page says of the section, whether or not it is true."""
        self._totals = self._totals or page.total is not None
        self._links = self._links or page.has_next is not None

    def proves(self, total: int) -> bool:
        """Whether so many rows were received, and all of them different."""
        return self._coverage.size == total == self._tally.distinct().count + self._without_id

    def knows_all(self, page: Page[RowT]) -> bool:
        """Whether each row of a page was received before."""
        return self._tally.knows_all(page.hashes)

    def swept(self, proof: Proof) -> WalkResult:
        """All of it, once its end is proved."""
        distinct = self._tally.distinct()
        rows = self._coverage.size
        return WalkResult(
            proof=proof,
            rows=rows,
            pages=self.pages,
            rejected=self._rejected,
            duplicates=rows - self._without_id - distinct.count,
            distinct=distinct,
            renamed=self._unheld.renamed,
            totals=self._totals,
            links=self._links,
            largest=self.largest,
        )

    def _refuse_repetition(self, page: Page[RowT]) -> None:
        digest = xxhash.xxh3_64_intdigest(page.hashes.tobytes())
        if page.received == 1:
            self._repeats = self._repeats + 1 if digest == self._previous else 0
            repeated = self._repeats >= _SINGLE_REPEATS
        else:
            repeated = digest in self._seen
            self._seen.add(digest)
        self._previous = digest
        if repeated and page.hashes.count(NO_ID) == page.received:
            raise Unproven(f"The SIS sends pages of {self._section} in which no row has a sourcedId.")
        if repeated:
            raise Unproven(f"The SIS sent the same page of {self._section} again for another offset.")
