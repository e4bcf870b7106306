"""Rows kept on disk, in partitions by the person they are about, so that memory holds one partition at a time.

The file has no name on disk, and is gone with the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Final, Generic, TypeVar

import msgspec

from roster_operator.scratch import Share, temporary_file

T = TypeVar("T")

PARTITIONS: Final = 32
"""A million persons are some thirty thousand each."""
_BLOCK: Final = 500


def partition_of(person_id: str) -> int:
    """Which partition a person belongs to, in this process."""
    return hash(person_id) % PARTITIONS


class Partitions(Generic[T]):
    """Rows of one type, written in blocks, read a partition at a time. A context, so that its file is closed."""

    def __init__(self, decoder: msgspec.msgpack.Decoder[list[T]]) -> None:
        """`decoder` makes rows again. It is built when its module loads: see `persons`."""
        self._file = temporary_file()
        self._share = Share()
        self._encode = msgspec.msgpack.Encoder().encode
        self._decoder = decoder
        self._waiting: list[list[T]] = [[] for _ in range(PARTITIONS)]
        self._blocks: list[list[tuple[int, int]]] = [[] for _ in range(PARTITIONS)]

    def extend(self, rows: Iterable[tuple[str, T]]) -> None:
        """Write rows, each with the id of the person whom it is about."""
        for person_id, row in rows:
            partition = partition_of(person_id)
            waiting = self._waiting[partition]
            waiting.append(row)
            if len(waiting) >= _BLOCK:
                self._write(partition)

    def read(self, partition: int) -> Iterator[list[T]]:
        """The rows of one partition, block by block, in the order of writing."""
        for at, length in self._blocks[partition]:
            self._file.seek(at)
            yield self._decoder.decode(self._file.read(length))
        yield self._waiting[partition]

    def _write(self, partition: int) -> None:
        block = self._encode(self._waiting[partition])
        at = self._file.seek(0, 2)
        self._blocks[partition].append((at, self._share.write(self._file, block)))
        self._waiting[partition] = []

    def __enter__(self) -> Partitions[T]:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop what was written."""
        self._share.drop(self._file)
