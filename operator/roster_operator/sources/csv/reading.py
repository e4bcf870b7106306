"""Reads one file of a roster from the sets that say something about it.

The newest set counts: what a delta names is not taken from the sets before it. So a row ends only if a delta says so,
or if the bulk set, which is proved whole, does not have it.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from roster_operator.roster.models import Status
from roster_operator.sources.csv.columns import Columns
from roster_operator.sources.csv.delivered_set import DeliveredSet
from roster_operator.sources.csv.delta_chain import Series
from roster_operator.sources.csv.failures import Flawed
from roster_operator.sources.csv.files import File
from roster_operator.sources.csv.headings import without_headings
from roster_operator.sources.csv.identifiers import check_exact, identifiers
from roster_operator.sources.csv.records import Records
from roster_operator.sources.csv.settings import CsvSettings
from roster_operator.sources.csv.soundness import Soundness
from roster_operator.sources.csv.tables import Cells, Table
from roster_operator.sources.distinct_counter import DistinctCounter
from roster_operator.sources.source import Complete, Incomplete, Outcome, Proof
from roster_operator.sources.values.inclusive_ends import after_last_days
from roster_operator.sources.values.text import MAX_ID, text
from roster_operator.sources.values.words import status

RowT = TypeVar("RowT")

Pages = Generator[Collection[RowT], None, Outcome]

_MISFIT: Final = 0.5
"""The part of a file's rows that may name rows which no other file has. More, and the files are of different
exports."""
_FEW: Final = 10
_CORRECT: Final = (
    "District: export it with as many cells in each row as in the header, with quotation marks around cells that hold "
    "a comma, and with the identifiers that OneRoster asks for."
)


@dataclass(slots=True)
class Known:
    """Identifiers of rows that were read, to see whether the files of a set fit each other."""

    ids: dict[File, set[str]] = field(default_factory=dict)

    def of(self, file: File) -> set[str]:
        """Those of a file, which grow as it is read."""
        return self.ids.setdefault(file, set())


class FileReading(Generic[RowT]):
    """One file being read."""

    def __init__(self, series: Series, table: Table[RowT], settings: CsvSettings, known: Known, *, keep: bool) -> None:
        """`keep`: remember the identifiers in `known`, as other files refer to them."""
        self._series = series
        self._table = table
        self._settings = settings
        self._known = known
        self._keep: set[str] | None = known.of(table.file) if keep else None
        self._tally = DistinctCounter()
        self._rows = 0
        self._pages = 0
        self._rejected = 0
        self._strange = [0 for _ in table.refers]
        self._unread: set[int] = set()
        """Hashes of identifiers of rows that cannot be read: what an older set says of them stands."""

    def pages(self) -> Pages[RowT]:
        """The rows of a roster, and how it ended."""
        try:
            yield from self._layers()
            self._check_fit()
        except Flawed as flaw:
            return Incomplete(flaw.message, rows=self._rows, pages=self._pages)
        return Complete(
            proof=Proof.CHECKSUM if all(each.zipped for each in self._series.sets) else Proof.SETTLED_FILES,
            rows=self._rows,
            pages=self._pages,
            rejected=self._rejected,
            duplicates=self._rows - self._rejected - self._tally.distinct().count,
        )

    def _layers(self) -> Iterator[Collection[RowT]]:
        layers = self._series.layers(self._table.file)
        newer: set[int] = set()
        for place, layer in enumerate(layers):
            if place == len(layers) - 1:
                yield from self._read(layer.read(self._table.file), newer)
                return
            last = self._last_lines(layer)
            yield from self._read(layer.read(self._table.file), newer, last)
            newer.update(last.keys() - self._unread)
            if len(newer) > self._settings.max_delta_rows:
                raise Flawed(
                    f"The deltas of {self._table.file.filename} have more than {self._settings.max_delta_rows} rows. "
                    "District: deliver a new bulk set."
                )

    def _last_lines(self, layer: DeliveredSet) -> dict[int, int]:
        """Of a delta, for each identifier the number of its last row: if a row changed twice, that is what it is
        now."""
        last: dict[int, int] = {}
        number = 0
        records = layer.read(self._table.file)
        columns = Columns(records, self._table.file, self._table.required[:1], ())
        for batch in records.batches(self._soundness(records)):
            for identifier in identifiers(columns.of(batch)[0]):
                if identifier:
                    last[hash(identifier)] = number
                number += 1
            if len(last) > self._settings.max_delta_rows:
                break
        return last

    def _read(
        self, records: Records, newer: set[int], last: dict[int, int] | None = None
    ) -> Iterator[Collection[RowT]]:
        """The rows that no newer set has something to say about."""
        table = self._table
        columns = Columns(records, table.file, table.required, table.optional)
        rows_before, rejected_before = self._rows, self._rejected
        number = 0
        for batch in records.batches(self._soundness(records)):
            cells = columns.of(batch)
            cells[0] = keys = identifiers(cells[0])
            if newer or last is not None:
                wanted = [
                    not key or (hash(key) not in newer and (last is None or last[hash(key)] == number + place))
                    for place, key in enumerate(keys)
                ]
                number += len(batch)
                if not all(wanted):
                    table.supersede(_picked(cells, [not want for want in wanted]))
                    cells = _picked(cells, wanted)
            yield self._gathered(self._sound(cells, records.label))
            if self._rows > self._settings.max_rows:
                raise Flawed(f"{records.label} has more than {self._settings.max_rows} rows. District: see what it is.")
        self._rejected += records.rejected
        self._rows += records.rejected
        rows, rejected = self._rows - rows_before, self._rejected - rejected_before
        if rejected == rows > (0 if last is None else _FEW):
            raise Flawed(f"No row of {records.label} can be read, of {rows}. {_CORRECT}")

    def _soundness(self, records: Records) -> Soundness:
        table = self._table
        return Soundness(table.file, records.header, (*table.required, *table.shortest), self._known.ids)

    def _sound(self, cells: Cells, label: str) -> Cells:
        """The rows that have identifiers, and what they must have besides; the others are counted."""
        table = self._table
        for place in table.must:
            cells[place] = identifiers(cells[place])
        for name, column in zip(table.names, cells, strict=True):
            if "SourcedId" in name or name == "sourcedId":
                check_exact(column, name, label)
        cells = without_headings(cells, table.names, label)
        self._rows += len(cells[0])
        longest = max(map(len, cells[0]), default=0)
        if longest <= MAX_ID and all(cells[0]) and all(all(cells[place]) for place in table.must):
            return cells
        is_row = [0 < len(identifier) <= MAX_ID for identifier in cells[0]]
        is_whole = [all(needed) for needed in zip(is_row, *(cells[place] for place in table.must), strict=True)]
        # A delta may say of a row that has ended nothing but which one it is.
        for row, whole, key, said in zip(is_row, is_whole, cells[0], cells[table.status], strict=True):
            if row and not whole and status(said) is Status.GONE:
                self._rows -= 1
            elif not whole:
                self._rejected += 1
                self._unread.add(hash(key))
        return _picked(cells, is_whole)

    def _gathered(self, cells: Cells) -> Collection[RowT]:
        identifiers = cells[0]
        self._pages += 1
        self._tally.add(map(hash, identifiers))
        if self._keep is not None:
            self._keep.update(identifiers)
        for number, (place, file) in enumerate(self._table.refers):
            if (known := self._known.ids.get(file)) is not None:
                strange = {named for named in set(cells[place]).difference(known) if text(named) not in known}
                if strange:
                    self._strange[number] += sum(named in strange for named in cells[place])
        rows = self._table.gather(cells)
        return after_last_days(rows) if self._settings.ends_inclusive else rows

    def _check_fit(self) -> None:
        for strange, (_, file) in zip(self._strange, self._table.refers, strict=True):
            if strange > max(_FEW, _MISFIT * self._rows):
                raise Flawed(
                    f"Most rows of {self._table.file.filename}, {strange} of {self._rows}, name rows of "
                    f"{file.filename} that are not there, so these files are not of one export. District: export and "
                    "deliver all files at once."
                )


def _picked(cells: Cells, wanted: list[bool]) -> Cells:
    if all(wanted):
        return cells
    return [[cell for cell, want in zip(column, wanted, strict=True) if want] for column in cells]
