"""One list of PowerSchool, from its first page to proof of its end.

A list is small, and read by one thread into memory: what is read at the same time are several lists. `/count` says how
many rows there are. A list is whole if so many different ones came, and the same ones come once more, with pages cut
elsewhere. For while rows come and go, one may slip from a page that was not read yet to one that was; but if a row that
is there is missing among as many as were counted, then one of these is there no longer, and no DCID is given twice. A
list of one page is one answer, and is not read again if the server has sent larger pages of that kind: then nothing was
cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from roster_operator.plurals import counted
from roster_operator.sources.failures import STATUS_FAILURES
from roster_operator.sources.powerschool.dcids import dcid
from roster_operator.sources.powerschool.wire import Row, RowT
from roster_operator.sources.source import Proof

PageRowT = TypeVar("PageRowT", bound=Row, covariant=True)

_ATTEMPTS: Final = 2
"""Rows may change while they are read; a list that was not whole is read again, this once."""


class Pages(Protocol[PageRowT]):
    """Where the pages of one list come from."""

    def fetch(self, page: int, size: int) -> Sequence[PageRowT]:
        """Page `page`, from 1 on, of at most `size` rows."""
        ...

    def count(self) -> int | None:
        """How many rows the server says there are; None if it does not say."""
        ...

    def counts_others(self) -> bool:
        """Whether the count is known to be about more rows than the list, so that it proves nothing."""
        ...


class Unproven(Exception):
    """It cannot be shown that the list was read whole; the message says why."""


class Miscounted(Unproven):
    """Other rows came than the server says there are."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How a list is read."""

    size: int
    """Rows to ask for in a page."""
    max_rows: int
    twice: bool = True
    """Whether it is read a second time; not needed where a row that is missing does no harm."""
    uncut: int = 0
    """A page of fewer rows than this is known not to be cut off."""
    weigh: Callable[[object, Sequence[Row]], None] = lambda _holder, _rows: None
    """Told of each page, and what holds it; raises an error if they are too much together."""


@dataclass(slots=True, weakref_slot=True, eq=False)
class Listed(Generic[RowT]):
    """A list that was read."""

    rows: list[RowT] = field(default_factory=list)
    """Those with a DCID, each once."""
    ids: set[str] = field(default_factory=set)
    rejected: int = 0
    pages: int = 0
    largest: int = 0
    """Rows in the largest page."""
    proof: Proof = Proof.TOTAL

    @property
    def received(self) -> int:
        """Different rows, as far as can be told."""
        return len(self.ids) + self.rejected


def read_list(
    pages: Pages[RowT], limits: Limits, *, uncounted: Callable[[RowT], bool] = lambda _row: False
) -> Listed[RowT]:
    """The rows of a list. `uncounted`: rows that are passed over, because the count may leave them out.

    Raises `Unproven`, or what a page raises.
    """
    attempt = 1
    while True:
        try:
            return _checked(pages, limits, uncounted)
        except Unproven as doubt:
            if isinstance(doubt, Miscounted) and pages.counts_others():
                return _to_empty_twice(pages, limits, uncounted)
            if attempt >= _ATTEMPTS:
                raise
        attempt += 1


def _checked(pages: Pages[RowT], limits: Limits, uncounted: Callable[[RowT], bool]) -> Listed[RowT]:
    first = _to_count(pages, limits, limits.size, uncounted)
    if first is None:
        return _to_empty_twice(pages, limits, uncounted)
    one_answer = first.pages == 1 and first.received < max(1, limits.uncut)
    if limits.twice and not one_answer:
        second = _to_count(pages, limits, _elsewhere(limits.size), uncounted)
        _compare(first, second)
    return first


def _to_empty_twice(pages: Pages[RowT], limits: Limits, uncounted: Callable[[RowT], bool]) -> Listed[RowT]:
    first = _to_empty(pages, limits, limits.size, uncounted)
    _compare(first, _to_empty(pages, limits, _elsewhere(limits.size), uncounted))
    return first


def _elsewhere(size: int) -> int:
    """A size of pages that begin at other rows."""
    return max(1, size * 2 // 3)


def _compare(first: Listed[RowT], second: Listed[RowT] | None) -> None:
    if second is None or (first.ids, first.rejected) != (second.ids, second.rejected):
        raise Unproven("it changed while it was read: reading it again gave other rows")
    first.pages += second.pages


class _Gathering(Generic[RowT]):
    """Takes pages one after the other."""

    def __init__(self, pages: Pages[RowT], size: int, limits: Limits, uncounted: Callable[[RowT], bool]) -> None:
        self.listed: Listed[RowT] = Listed()
        self.repeats = 0
        self.left_out: set[str] = set()
        """Rows that the count may leave out; they are not in the list that is returned."""
        self.last = 0
        self._pages = pages
        self._size = size
        self._limits = limits
        self._uncounted = uncounted

    def next(self) -> None:
        """One more page."""
        page = self._pages.fetch(self.listed.pages + 1, self._size)
        self.listed.pages += 1
        self.last = len(page)
        self._limits.weigh(self.listed, page)
        self.listed.largest = max(self.listed.largest, self.last)
        keys = tuple(map(dcid, page))
        if page and all(key in self.listed.ids or key in self.left_out for key in keys):
            raise Unproven("the rows of a page came again as another page")
        for key, row in zip(keys, page, strict=True):
            if not key:
                self.listed.rejected += 1
            elif self._uncounted(row):
                self.left_out.add(key)
            elif key in self.listed.ids:
                self.repeats += 1
            else:
                self.listed.ids.add(key)
                self.listed.rows.append(row)
        if self.listed.received > self._limits.max_rows or self.listed.pages > self._limits.max_rows:
            raise Unproven("more rows came than any district has")

    def has_more(self) -> bool:
        """Whether rows that should have been counted stand behind the last page."""
        try:
            behind = self._pages.fetch(self.listed.pages + 1, self._size)
        except STATUS_FAILURES:
            return False
        return any(dcid(row) not in self.listed.ids and not self._uncounted(row) for row in behind)


def _to_count(pages: Pages[RowT], limits: Limits, size: int, uncounted: Callable[[RowT], bool]) -> Listed[RowT] | None:
    """As many rows as the server says there are; None if it does not say."""
    gathering = _Gathering(pages, size, limits, uncounted)
    listed = gathering.listed
    gathering.next()
    total = pages.count()
    if total is None:
        return None
    while listed.received < total:
        gathering.next()
        if not gathering.last:
            break
    if total not in (listed.received, listed.received + len(gathering.left_out)):
        raise Miscounted(f"the server says that it has {counted(total, 'row[s]')}, and sends {listed.received}")
    full = gathering.last >= (size if listed.pages == 1 else listed.largest)
    if gathering.last and full and gathering.has_more():
        raise Miscounted(f"the server says that it has {counted(total, 'row[s]')}, and sends more")
    if listed.pages > 1 and pages.count() != total:
        raise Unproven("it changed while it was read: the server counts other rows than before")
    return listed


def _to_empty(pages: Pages[RowT], limits: Limits, size: int, uncounted: Callable[[RowT], bool]) -> Listed[RowT]:
    """Page after page, until there is nothing more, nor on the page behind."""
    gathering = _Gathering(pages, size, limits, uncounted)
    gathering.next()
    while gathering.last:
        gathering.next()
    if gathering.repeats:
        raise Unproven(counted(gathering.repeats, "row[s] came twice, so that others may be missing"))
    try:
        gathering.next()
    except STATUS_FAILURES:
        gathering.last = 0
    if gathering.last:
        raise Unproven("an empty page came, and rows behind it")
    gathering.listed.proof = Proof.EMPTY_PAGE
    return gathering.listed
