"""From the bytes of a CSV file to rows of cells, in bounded memory (RFC 4180, and what else is met).

Text is UTF-8, with or without a byte order mark, or UTF-16 with one; a line that is not UTF-8 is taken for
Windows-1252. A row that cannot be read is counted and costs nothing but itself. That a file is cut off is noticed.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO, Final

from roster_operator.interruption import Interruption
from roster_operator.sources.csv.archive import DAMAGED
from roster_operator.sources.csv.failures import Flawed

BATCH: Final = 5000
"""Rows."""
_BATCH_BYTES: Final = 1024 * 1024
"""Of a file, after which a batch has no further rows: cells take some twenty times what they are written with."""
_STEP: Final = 8
"""Rows that are taken before the bytes are looked at."""
_STEP_BYTES: Final = 1536 * 1024
"""Of a file, in so few rows; more than the longest lines have, so that one of the rows does not end."""
_CHUNK: Final = 256 * 1024
_MAX_LINE: Final = 1024 * 1024
"""Bytes, beyond which it is no CSV file."""
_LONG_LINE: Final = 128 * 1024
"""Bytes, beyond which a line is no row. The longest honest one is of a teacher at two thousand schools."""
_MAX_COLUMNS: Final = 500
_DELIMITERS: Final = (",", ";", "\t")
_MAX_SPREAD: Final = 10
"""Lines of one row. OneRoster allows one; beyond a few, a quotation mark was never closed and took in other rows."""
_KEYS: Final = frozenset({"sourcedid", "propertyname"})
"""One of them is a column of every file; the second of the manifest."""
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Records:
    """The rows of one file. Read once, front to back."""

    def __init__(self, stream: IO[bytes], label: str, interruption: Interruption) -> None:
        """Reads the header; `label` names the file. Raises `Flawed` if there is none."""
        self.label = label
        self.rejected = 0
        """Rows that could not be taken apart."""
        self._interruption = interruption
        self._ended = True
        self._given = 0
        """Bytes that were given to the parser."""
        self._step_began = 0
        """What that was when it was last asked for rows."""
        lines = chain.from_iterable(self._blocks(stream))
        first = next(lines, None)
        if first is None:
            raise Flawed(f"{label} is empty: not even its header is there. District: deliver it again.")
        delimiter, self.header = _header(first, label)
        """Names in lower case, without blanks and underscores."""
        self._rows = csv.reader(lines, delimiter=delimiter, strict=True)

    @property
    def line(self) -> int:
        """The number of the last line that was read, from 1 on."""
        return 1 + self._rows.line_num

    def batches(self) -> Iterator[list[list[str]]]:
        """Rows as wide as the header, some thousands at a time; raises `Flawed` if the file ends in mid-row."""
        in_mid_row = False
        while True:
            batch: list[list[str]] = []
            began = self.line
            broken = 0
            try:
                # What came before a broken row stays in the batch.
                self._fill(batch)
            except csv.Error:
                broken = max(1, self.line - began - len(batch))
            if self.line == began:
                break
            self.rejected += broken
            in_mid_row = bool(broken) or not batch or len(batch[-1]) < len(self.header)
            yield self._whole(batch, lines=self.line - began - broken)
        if in_mid_row and not self._ended:
            raise Flawed(
                f"{self.label} ends in the middle of line {self.line}: it is cut off. District: deliver it again."
            )

    def _fill(self, batch: list[list[str]]) -> None:
        began = self._given
        while len(batch) < BATCH and self._given - began <= _BATCH_BYTES:
            self._step_began = self._given
            before = len(batch)
            batch.extend(islice(self._rows, _STEP))
            if len(batch) < before + _STEP:
                return

    def _whole(self, batch: list[list[str]], lines: int) -> list[list[str]]:
        """The rows of a batch of so many lines that are as wide as the header."""
        width = len(self.header)
        if lines == len(batch) and set(map(len, batch)) <= {width}:
            return batch
        kept = []
        for row in batch:
            spread = sum(cell.count("\n") for cell in row)
            if spread > _MAX_SPREAD:
                self.rejected += spread
            elif len(row) >= width and not any(cell.strip() for cell in row[width:]):
                kept.append(row[:width])
            elif any(cell.strip() for cell in row):
                self.rejected += 1
        return kept

    def _blocks(self, stream: IO[bytes]) -> Iterator[Iterable[str]]:
        """Lines, some thousands at a time."""
        waiting = b""
        decode = None
        while True:
            self._interruption.check()
            try:
                chunk = stream.read(_CHUNK)
            except DAMAGED:
                raise Flawed(
                    f"{self.label} is damaged: its checksum or compression is wrong. District: deliver it again."
                ) from None
            if decode is None:
                decode = _decoder(chunk)
            waiting += decode(chunk, final=not chunk)
            if not chunk:
                break
            # A file's last line always stays, so that what it ends with is known.
            end = max(waiting.rfind(b"\n", 0, -1), waiting.rfind(b"\r", 0, -2)) + 1
            if end:
                yield self._given_out(waiting[:end])
                waiting = waiting[end:]
            if len(waiting) > _MAX_LINE:
                raise Flawed(
                    f"{self.label} has a line of more than {_MAX_LINE} bytes. District: see whether it is a CSV file."
                )
        self._ended = waiting.endswith((b"\n", b"\r"))
        if waiting:
            yield self._given_out(waiting)

    def _given_out(self, block: bytes) -> Iterable[str]:
        """The lines of a block, as the parser asks for it; raises `Flawed` if it has had too much for so few rows."""
        if self._given - self._step_began > _STEP_BYTES:
            raise Flawed(
                f"{self.label} has a row that goes on over many lines near line {self.line}. District: see whether "
                "each quotation mark is closed, and whether it is a CSV file."
            )
        if _may_have_long_line(block):
            lines = block.splitlines(keepends=True)
            kept = [line for line in lines if len(line) <= _LONG_LINE]
            self.rejected += len(lines) - len(kept)
            block = b"".join(kept)
        self._given += len(block)
        return _lines(block)


class _Utf16:
    """Makes UTF-8 of UTF-16, so that lines can be found in the same way."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")

    def __call__(self, chunk: bytes, *, final: bool) -> bytes:
        return self._decoder.decode(chunk, final).encode("utf-8", "replace")


class _Utf8:
    """Takes off the byte order mark."""

    def __init__(self) -> None:
        self._first = True

    def __call__(self, chunk: bytes, *, final: bool) -> bytes:
        del final
        first, self._first = self._first, False
        return chunk.removeprefix(codecs.BOM_UTF8) if first else chunk


def _decoder(beginning: bytes) -> _Utf16 | _Utf8:
    return _Utf16() if beginning.startswith(_UTF_16) else _Utf8()


def _may_have_long_line(block: bytes) -> bool:
    """Whether no line ends in one of the stretches of half a long line, one of which each long line fills."""
    half = _LONG_LINE // 2
    return any(
        block.find(b"\n", start, start + half) < 0 and block.find(b"\r", start, start + half) < 0
        for start in range(0, len(block) - half + 1, half)
    )


def _lines(block: bytes) -> Iterable[str]:
    try:
        text = block.decode()
    except UnicodeDecodeError:
        text = "\n".join(_decoded(line) for line in block.split(b"\n"))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Unlike str.splitlines, it takes for the end of a line what CSV takes for it, and nothing else.
    return io.StringIO(text)


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _header(first: str, label: str) -> tuple[str, list[str]]:
    """What separates cells, and the names of columns."""
    for delimiter in _DELIMITERS:
        with contextlib.suppress(csv.Error):
            names = [_folded(name) for name in next(csv.reader([first], delimiter=delimiter), [])]
            if _KEYS.intersection(names) and len(names) <= _MAX_COLUMNS:
                return delimiter, names
    raise Flawed(
        f"{label} does not begin with a line of column names. District: export it with the header of OneRoster, in "
        "UTF-8."
    )


def _folded(name: str) -> str:
    return name.strip().lower().replace(" ", "").replace("_", "")
