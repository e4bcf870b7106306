"""Rows kept on disk, so that memory does not grow with the district; in partitions by person, if need be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from typing import Final, Generic, TypeVar

import msgspec

from roster_operator.licensing.models import PersonChange
from roster_operator.scratch import Block, SpillFile

T = TypeVar("T")

PARTITIONS: Final = 32
"""A million persons are some thirty thousand each."""
_BLOCK: Final = 500
"""Rows that are written and read together: one by one costs more than what is done with them."""

_CHANGES_IN_MEMORY: Final = 8 * 1024 * 1024
_CHANGES: Final = msgspec.msgpack.Decoder(list[PersonChange])
"""Built once, as msgspec must not build one type's decoder in two threads at the same time: the process would crash."""


def partition_of(person_id: str) -> int:
    """Which partition a person belongs to, in this process."""
    return hash(person_id) % PARTITIONS


class Rows(Generic[T]):
    """Rows of one type, read in the order of writing."""

    def __init__(self, file: SpillFile, decoder: msgspec.msgpack.Decoder[list[T]]) -> None:
        """`decoder` makes rows again. It is built when its module loads: see `persons`."""
        self._file = file
        self._encode = msgspec.msgpack.Encoder().encode
        self._decoder = decoder
        self._waiting: list[T] = []
        self._written: list[Block] = []

    def append(self, row: T) -> None:
        """Write one."""
        self._waiting.append(row)
        if len(self._waiting) >= _BLOCK:
            self._written.append(self._file.append(self._encode(self._waiting)))
            self._waiting = []

    def extend(self, rows: Iterable[T]) -> None:
        """Write several."""
        for row in rows:
            self.append(row)

    def blocks(self) -> Iterator[list[T]]:
        """Read, block by block."""
        for block in self._written:
            yield self._decoder.decode(self._file.read(block))
        yield self._waiting

    def __iter__(self) -> Iterator[T]:
        """Read."""
        return chain.from_iterable(self.blocks())


class Partitions(Generic[T]):
    """Rows in one file, of which a partition at a time is read."""

    def __init__(self, decoder: msgspec.msgpack.Decoder[list[T]], resources: ExitStack) -> None:
        """`resources` drops the file."""
        file = SpillFile()
        resources.callback(file.close)
        self._partitions = [Rows(file, decoder) for _ in range(PARTITIONS)]

    def extend(self, rows: Iterable[tuple[str, T]]) -> None:
        """Write rows, each with the id of the person whom it is about."""
        for person_id, row in rows:
            self._partitions[partition_of(person_id)].append(row)

    def read(self, partition: int) -> Iterator[list[T]]:
        """The rows of one partition, block by block, in the order of writing."""
        return self._partitions[partition].blocks()


def changed_persons(resources: ExitStack) -> Rows[PersonChange]:
    """Where persons who changed wait: the ledger's transaction opens only when the roster was read whole."""
    file = SpillFile(in_memory=_CHANGES_IN_MEMORY)
    resources.callback(file.close)
    return Rows(file, _CHANGES)
