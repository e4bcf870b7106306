"""From the bytes of a CSV file to its lines, in bounded memory.

Text is UTF-8, with or without a byte order mark, or UTF-16 with one; a line that is not UTF-8 is taken for
Windows-1252.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO, Final

from roster_operator.interruption import Interruption
from roster_operator.sources.csv.archive import DAMAGED
from roster_operator.sources.csv.failures import Flawed

_CHUNK: Final = 256 * 1024
_MAX_LINE: Final = 1024 * 1024
"""Bytes, beyond which it is no CSV file."""
_LONG_LINE: Final = 128 * 1024
"""Bytes, beyond which a line is no row. The longest honest one is of a teacher at two thousand schools."""
_STEP_BYTES: Final = 1536 * 1024
"""Of a file, in so few rows; more than the longest lines have, so that one of the rows does not end."""
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKS: Final = (b"'", b'="', b' "', b"\xe2\x80", b"\x91", b"\x92", b"\x93", b"\x94")
"""Bytes of them in UTF-8 and in Windows-1252."""
_END_OF_FILE: Final = re.compile(rb"\x1a+[\r\n]*\Z")
"""What DOS ends a text with; old programs still write it."""


class Lines:
    """The lines of one file. Read once, front to back."""

    def __init__(self, stream: IO[bytes], label: str, interruption: Interruption) -> None:
        """`label` names the file in messages."""
        self.ended = True
        """Whether the last line has an end; known when all lines were given."""
        self.too_long = 0
        """Lines that were left out, as no row is so long."""
        self.marked = False
        """Whether any line holds an apostrophe, or a quotation mark that is curly, or behind a blank or "="."""
        self.given = 0
        """Bytes of the lines that were given."""
        self._stream = stream
        self._label = label
        self._interruption = interruption
        self._step_began = 0
        self._count = 0

    def __iter__(self) -> Iterator[str]:
        """One after the other; raises `Flawed` for what is no CSV file."""
        return chain.from_iterable(self._blocks())

    def begin_step(self) -> None:
        """A few rows are going to be asked for: if they take too many bytes, a row does not end."""
        self._step_began = self.given

    def _blocks(self) -> Iterator[Iterable[str]]:
        """Some thousands at a time."""
        waiting = b""
        decode = None
        while True:
            self._interruption.check()
            try:
                chunk = self._stream.read(_CHUNK)
            except DAMAGED:
                raise Flawed(
                    f"{self._label} is damaged: its checksum or compression is wrong. District: deliver it again."
                ) from None
            if decode is None:
                decode = _decoder(chunk)
            waiting += decode(chunk, final=not chunk)
            if not chunk:
                break
            # A file's last line always stays, so that what it ends with is known.
            end = max(waiting.rfind(b"\n", 0, -1), waiting.rfind(b"\r", 0, -2)) + 1
            if end:
                yield self._lines_of(waiting[:end])
                waiting = waiting[end:]
            if len(waiting) > _MAX_LINE:
                raise Flawed(
                    f"{self._label} has a line of more than {_MAX_LINE} bytes. District: see whether it is a CSV file."
                )
        waiting = _END_OF_FILE.sub(b"", waiting)
        self.ended = not waiting or waiting.endswith((b"\n", b"\r"))
        if waiting:
            yield self._lines_of(waiting)

    def _lines_of(self, block: bytes) -> Iterable[str]:
        if self.given - self._step_began > _STEP_BYTES:
            raise Flawed(
                f"{self._label} has a row that goes on over many lines near line {self._count}. District: see whether "
                "each quotation mark is closed, and whether it is a CSV file."
            )
        if _may_have_long_line(block):
            lines = block.splitlines(keepends=True)
            kept = [line for line in lines if len(line) <= _LONG_LINE]
            self.too_long += len(lines) - len(kept)
            block = b"".join(kept)
        self.given += len(block)
        self._count += block.count(b"\n") or block.count(b"\r")
        self.marked = self.marked or any(mark in block for mark in _MARKS)
        return _decoded_lines(block)


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


def _decoded_lines(block: bytes) -> Iterable[str]:
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
