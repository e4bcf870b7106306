"""From lists to sections: a section of the roster is many of PowerSchool's lists, one for each school or class."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Generic, TypeVar

from roster_operator.errors import CredentialsRejected, SectionNotShared, SourceError, SourceRateLimited
from roster_operator.roster.models import Person, Role
from roster_operator.sources.failures import RequestRefused
from roster_operator.sources.powerschool.client import PowerSchoolClient
from roster_operator.sources.powerschool.lists import Limits, Listed, Unproven, read_list
from roster_operator.sources.powerschool.routes import Listing
from roster_operator.sources.powerschool.settings import PowerSchoolSettings
from roster_operator.sources.powerschool.wire import Kind, Row, RowT
from roster_operator.sources.source import Complete, Incomplete, Outcome, Proof
from roster_operator.sources.waiting import Waiting, weight_of
from roster_operator.sources.workers import Workers

T = TypeVar("T")
ItemT = TypeVar("ItemT")

Pages = Generator[Collection[T], None, Outcome]
"""The pages of a section, and how it ended."""

_NOT_A_MATTER_OF_PROOF: Final = (CredentialsRejected, SectionNotShared, SourceRateLimited)
_MUCH: Final = 96 * 1024 * 1024
"""Bytes of the lists under way, and of all staff: a list of 100,000 co-teachers has 40 MiB."""
_DEFAULT_SIZE: Final = 100
"""What plugins have unless an administrator raises it."""
_NO_YEAR: Final = "term.start_year==1"
"""A search that finds nothing; a count that is more does not heed searches."""


class ListReader:
    """Reads lists of one server. Thread-safe."""

    def __init__(self, client: PowerSchoolClient, settings: PowerSchoolSettings) -> None:
        """Asks nothing yet."""
        self.client = client
        self._settings = settings
        self._metadata: Mapping[str, str] | None = None
        self._largest: dict[str, int] = {}
        """Rows of the largest page of each kind so far."""
        self._lock = threading.Lock()
        self._waiting = Waiting(_MUCH, _MUCH)

    def metadata(self) -> Mapping[str, str]:
        """What the server says of itself; asked once."""
        with self._lock:
            if self._metadata is None:
                self._metadata = self.client.metadata()
            return self._metadata

    def read(self, wanted: Listing[RowT], uncounted: Callable[[RowT], bool] = lambda _row: False) -> Listed[RowT]:
        """The whole list; see `read_list`. More than the search wants, if the server refuses it."""
        uncut = self._largest.get(wanted.kind.name, 0)
        limits = Limits(self.page_size(wanted.kind), self._settings.max_rows, wanted.twice, uncut, self.weigh)
        try:
            listed = read_list(_Pages(self.client, wanted), limits, uncounted=uncounted)
        except RequestRefused:
            if not wanted.search:
                raise
            return self.read(replace(wanted, search=""), uncounted)
        with self._lock:
            self._largest[wanted.kind.name] = max(listed.largest, self._largest.get(wanted.kind.name, 0))
        return listed

    def weigh(self, holder: object, rows: Collection[Row | Person]) -> None:
        """Rows are kept for as long as somebody holds `holder`; raises `TooLarge` if they are too much together."""
        self._waiting.add(holder, weight_of(rows), self.client.where)

    def look(self, wanted: Listing[RowT], rows: int = 1) -> list[RowT]:
        """At most so many rows of a list, from its beginning."""
        return _Pages(self.client, wanted).fetch(1, rows)

    def count(self, wanted: Listing[RowT]) -> int:
        """How many rows a list has; a look at it, if the server does not say."""
        said = _Pages(self.client, wanted).count()
        return len(self.look(wanted)) if said is None else said

    def page_size(self, kind: Kind[RowT]) -> int:
        """As many rows as the plugin may get at once, unless the settings say fewer."""
        said = self.metadata().get(kind.maximum, "")
        known = int(said) if said.isascii() and said.isdigit() and len(said) < 7 and int(said) else _DEFAULT_SIZE
        return min(known, self._settings.page_size or known)


class _Pages(Generic[RowT]):
    """The pages of one list, as `read_list` wants them."""

    def __init__(self, client: PowerSchoolClient, wanted: Listing[RowT]) -> None:
        self._client = client
        self._list = wanted
        self._query: dict[str, str | int] = {"q": wanted.search} if wanted.search else {}

    def fetch(self, page: int, size: int) -> list[RowT]:
        return self._client.rows(
            self._list.path, self._list.kind, self._list.section, {**self._query, "page": page, "pagesize": size}
        )

    def count(self) -> int | None:
        return self._client.count(self._list.path, self._list.section, self._query)

    def counts_others(self) -> bool:
        if not self._list.twice:
            return True
        return bool(self._list.search and self._client.count(self._list.path, self._list.section, {"q": _NO_YEAR}))


class Lists:
    """Several lists at a time, driven by one thread."""

    def __init__(self, reader: ListReader, workers: Workers) -> None:
        """As many requests are under way as there are workers."""
        self.reader = reader
        self._workers = workers

    def each(self, wanted: Iterable[Listing[RowT]]) -> Iterator[tuple[Listing[RowT], Listed[RowT]]]:
        """These lists, as they are read."""

        def read(listing: Listing[RowT]) -> tuple[Listing[RowT], Listed[RowT]]:
            return listing, self.reader.read(listing)

        return self.answers(read, wanted)

    def run(self, ask: Callable[[], T]) -> T:
        """What `ask` answers; it can be told to end while it waits."""
        return self._workers.run(ask)

    def answers(self, ask: Callable[[ItemT], T], items: Iterable[ItemT]) -> Iterator[T]:
        """What `ask` answers to each of `items`, in the order of the answers."""
        return self._workers.each(ask, ((item,) for item in items))


class Tallied:
    """Adds up lists to the proof of a section."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self.rows = 0
        self.pages = 0
        self.rejected = 0
        self.proof = Proof.TOTAL

    def add(self, listed: Listed[RowT]) -> Sequence[RowT]:
        """Take note of a list; returns its rows."""
        self.rows += listed.received
        self.pages += listed.pages
        self.rejected += listed.rejected
        if listed.proof is not Proof.TOTAL:
            self.proof = listed.proof
        return listed.rows

    def concluded(self, section: str, *, without: frozenset[Role] = frozenset(), untold: int = 0) -> Outcome:
        """Everything was read. `without`, `untold`: see `Complete`."""
        if self.rows and self.rejected >= self.rows:
            return Incomplete(
                f"PowerSchool sent {self.rows} {section}, and none of them can be read: they have no id, or do not "
                "refer to what they must.",
                rows=self.rows,
                pages=self.pages,
            )
        return Complete(self.proof, self.rows, self.pages, self.rejected, without=without, untold=untold)


def guarded(section: str, tallied: Tallied, pages: Pages[T]) -> Pages[T]:
    """The same pages; what fails before anything was read is raised, and what fails later is an incomplete section.

    Except what somebody must act on, which is raised in any case.
    """
    try:
        return (yield from pages)
    except Unproven as doubt:
        return Incomplete(f"A list of {section} was not read whole: {doubt}.", rows=tallied.rows, pages=tallied.pages)
    except _NOT_A_MATTER_OF_PROOF:
        raise
    except SourceError as error:
        if not tallied.pages:
            raise
        message = f"The {section} were read only in part, {tallied.rows} of them: {error.message}"
        return Incomplete(message, rows=tallied.rows, pages=tallied.pages)
