"""From the lines of a CSV file to rows of cells (RFC 4180, and what else is met).

A row that cannot be read is counted and costs nothing but itself. That a file is cut off is noticed.
"""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO, Final

from roster_operator.interruption import Interruption
from roster_operator.sources.csv.failures import Flawed, Renamed, shown
from roster_operator.sources.csv.lines import Lines
from roster_operator.sources.csv.official import OFFICIAL
from roster_operator.sources.csv.widths import Row, Sound, Widths
from roster_operator.sources.values.lookalikes import folded, lookalike

BATCH: Final = 5000
"""Rows."""
_BATCH_BYTES: Final = 1024 * 1024
"""Of a file, after which a batch has no further rows: cells take some twenty times what they are written with."""
_STEP: Final = 8
"""Rows that are taken before the bytes are looked at."""
_MAX_COLUMNS: Final = 500
_DELIMITERS: Final = (",", ";", "\t", "|")
_NAMED_DELIMITER: Final = re.compile(r"\"?sep=(.)\"?[,;\t|]*\s*", re.IGNORECASE)
"""A line that tells spreadsheets what separates cells."""
_MAX_SPREAD: Final = 10
"""Lines of one row. OneRoster allows one; beyond a few, a quotation mark was never closed and took in other rows."""
_MARK: Final = re.compile(r"[^\w\s\"'.]")
_KEY: Final = "sourcedId"
_OFFICIAL: Final = frozenset(folded(name) for names in OFFICIAL.values() for name in names)
_KEYS: Final = frozenset({folded(_KEY), "propertyname"})
"""One of them is a column of every file; the second of the manifest."""


_FOOTER_CELLS: Final = 2
_FOOTER: Final = re.compile(
    r"(?:grand |sub)?totals?\b.*|(?:number|count) of (?:rows|records|lines)\b.*|end(?: of (?:file|report|data))?"
    r"|\(?\d+ (?:rows|records|lines)\b.*|(?:row|record|line)s?(?: ?count)?[:=].*",
    re.IGNORECASE,
)


class _AnyRow:
    """Takes each row for sound and whole."""

    def __call__(self, row: Row) -> bool:
        del row
        return True

    is_whole = __call__


_ANY_ROW: Final = _AnyRow()


class Records:
    """The rows of one file. Read once, front to back."""

    def __init__(
        self,
        stream: IO[bytes],
        label: str,
        interruption: Interruption,
        *,
        others_end_bare: Callable[[], bool] = lambda: False,
        proved: bool = False,
    ) -> None:
        """Reads the header; `label` names the file. Raises `Flawed` if there is none.

        `others_end_bare`: whether all other files of the set lack the end of their last line, so that it says nothing.
        `proved`: a checksum shows that the file is whole.
        """
        self.label = label
        self._lines = Lines(stream, label, interruption)
        self._others_end_bare = others_end_bare
        self._proved = proved
        lines = iter(self._lines)
        first = next(lines, None)
        self._before = 1
        """Lines up to the header."""
        if first is not None and _NAMED_DELIMITER.fullmatch(first):
            first = next(lines, None)
            self._before += 1
        if first is None:
            raise Flawed(f"{label} is empty: not even its header is there. District: deliver it again.")
        self._delimiter, self.names = _header(first, label)
        """Of the columns, as they are written."""
        self.header = [folded(name) for name in self.names]
        """The same in lower case, without what stands between words."""
        self._widths = Widths(self.names, label)
        self._rows = csv.reader(lines, delimiter=self._delimiter, strict=True)
        self._broken = 0
        self._ends_broken = False

    @property
    def line(self) -> int:
        """The number of the last line that was read, from 1 on."""
        return self._before + self._rows.line_num

    @property
    def rejected(self) -> int:
        """Rows that could not be read."""
        return self._broken + self._widths.rejected + self._lines.too_long

    @property
    def may_be_marked(self) -> bool:
        """Whether anything that was read so far holds what spreadsheets mark texts with."""
        return self._lines.marked

    def batches(self, is_sound: Sound = _ANY_ROW) -> Iterator[list[Row]]:
        """Rows at least as wide as the header, some thousands at a time; raises `Flawed` if the file is cut off.

        `is_sound` judges rows of another width.
        """
        while True:
            batch: list[Row] = []
            began, broken = self.line, self._broken
            self._fill(batch)
            if self.line == began:
                break
            if self.line - began - (self._broken - broken) != len(batch):
                batch = [row for row in batch if not self._took_in_others(row)]
            while batch and (_is_blank(batch[-1]) or _is_footer(batch[-1])):
                batch.pop()
            yield self._widths.fitting(batch, is_sound)
        if self._is_cut_off():
            raise Flawed(
                f"{self.label} ends in the middle of line {self.line}: it is cut off. District: deliver it again."
            )

    def _fill(self, batch: list[Row]) -> None:
        given = self._lines.given
        while len(batch) < BATCH and self._lines.given - given <= _BATCH_BYTES:
            self._lines.begin_step()
            before, began = len(batch), self.line
            try:
                # What came before a broken row stays in the batch.
                batch.extend(islice(self._rows, _STEP))
            except csv.Error:
                self._broken += max(1, self.line - began - (len(batch) - before))
                self._ends_broken = True
                continue
            if len(batch) > before:
                self._ends_broken = False
            if len(batch) < before + _STEP:
                return

    def _took_in_others(self, row: Row) -> bool:
        """Whether a quotation mark that was not closed made one row of several, which are counted."""
        spread = sum(cell.count("\n") for cell in row)
        enough = len(self.names) - 1
        if not spread or (
            spread <= _MAX_SPREAD and not any("\n" in cell and cell.count(self._delimiter) >= enough for cell in row)
        ):
            return False
        self._broken += spread + 1
        return True

    def _is_cut_off(self) -> bool:
        if self._lines.ended:
            return False
        return self._ends_broken or self._widths.end_cut_off(self._others_end_bare, proved=self._proved)


def _is_blank(row: Row) -> bool:
    return not any(cell.strip() for cell in row)


def _is_footer(row: Row) -> bool:
    """Whether it is no row but what stands below them: "Total: 600"."""
    said = [cell.strip() for cell in row if cell.strip()]
    return len(said) <= _FOOTER_CELLS and _FOOTER.fullmatch(said[0]) is not None and all(map(str.isdigit, said[1:]))


def _header(first: str, label: str) -> tuple[str, Row]:
    """What separates cells, and the names of columns."""
    for delimiter in _DELIMITERS if "\0" not in first else ():
        with contextlib.suppress(csv.Error):
            names = next(csv.reader([first], delimiter=delimiter), [])
            if len(names) <= _MAX_COLUMNS and not _KEYS.isdisjoint(map(folded, names)):
                return delimiter, names
    raise _no_header(first, label)


def _no_header(first: str, label: str) -> Flawed:
    for delimiter in _DELIMITERS if "\0" not in first else ():
        names = first.rstrip("\r\n").split(delimiter)
        if len(_OFFICIAL.intersection(map(folded, names))) > 1:
            other = lookalike(_KEY, names, ())
            called = f", but one that is called {shown(other)}, which may hold the same" if other else ""
            return (Renamed if other else Flawed)(
                f"{label} has no column {_KEY}{called}. District: export it with one of that name."
            )
    for delimiter in sorted(set(_MARK.findall(first))):
        if not _KEYS.isdisjoint(map(folded, first.rstrip("\r\n").split(delimiter))):
            return Flawed(
                f"{label} has {shown(delimiter)} between its columns. District: export it with commas between them."
            )
    return Flawed(
        f"{label} does not begin with a line of column names. District: export it with the header of OneRoster, in "
        "UTF-8."
    )
