"""Keeps changed persons between reading and planning, in a temporary file once they are many.

The ledger's transaction opens only when the roster was read whole, so what changed has to wait somewhere; memory must
not grow with the district. The file has no name on disk, and is gone with the process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType

import msgspec

from roster_operator.licensing.models import PersonChange
from roster_operator.scratch import Share

_IN_MEMORY = 8 * 1024 * 1024
_BLOCK = 500
"""Persons that are written and read together: one by one costs more than what is done with them."""
_DECODER = msgspec.msgpack.Decoder(list[PersonChange])
"""Built once, as msgspec must not build one type's decoder in two threads at the same time: the process would crash."""
_LENGTH = struct.Struct("<I")


class Spool:
    """Changed persons, written once and read once."""

    def __init__(self) -> None:
        """An empty spool; use it as a context, so that its file is closed."""
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by __exit__
        self._share = Share()
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = _DECODER
        self._waiting: list[PersonChange] = []

    def extend(self, changes: Iterable[PersonChange]) -> None:
        """Write."""
        for change in changes:
            self._waiting.append(change)
            if len(self._waiting) >= _BLOCK:
                self._write()

    def __iter__(self) -> Iterator[PersonChange]:
        """Read, in the order of writing."""
        self._write()
        self._file.seek(0)
        while header := self._file.read(_LENGTH.size):
            yield from self._decoder.decode(self._file.read(_LENGTH.unpack(header)[0]))

    def _write(self) -> None:
        block = self._encoder.encode(self._waiting)
        self._share.write(self._file, _LENGTH.pack(len(block)) + block)
        self._waiting.clear()

    def __enter__(self) -> Spool:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop what was written."""
        self._share.drop(self._file)
