"""Counting distinct rows, in memory that does not grow with them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from roster_operator.scratch import Block, SpillFile

_BUCKETS: Final = 256
_FEW: Final = 200_000
"""Rows of which a set takes some 20 MiB for a moment."""
NO_ID: Final = 0
"""Stands for a row without an identifier: it is never counted as a distinct row."""


@dataclass(frozen=True, slots=True)
class Distinct:
    """A set of identifiers, whatever their order, in a form that two readings can be compared by."""

    count: int
    digest: int
    repeats: int
    """Which of them were counted more than once, and how often, again as a digest."""


class DistinctCounter:
    """64-bit hashes of identifiers (Python's own): in one array while they are few, then in buckets on disk.

    Two identifiers of a section of 10 million rows share a hash with a probability of 3 in a million; they would
    then be taken for a duplicate, which makes a reading look worse, never better.
    """

    def __init__(self, *, few: int = _FEW) -> None:
        """Nothing was counted yet. `few`: rows that are kept in memory."""
        self._few = few
        self._recent = array("q")
        self._file: SpillFile | None = None
        self._blocks: list[list[Block]] = [[] for _ in range(_BUCKETS)]
        """Where the parts of each bucket are in the file."""

    def add(self, hashes: Iterable[int]) -> None:
        """Count rows by the hashes of their identifiers."""
        self._recent.extend(hashes)
        if len(self._recent) > self._few:
            self._write_out()

    def knows_all(self, hashes: Iterable[int]) -> bool:
        """Whether every one of these rows was counted before."""
        unknown = set(hashes)
        if NO_ID in unknown:
            return False
        unknown.difference_update(self._recent)
        wanted: dict[int, set[int]] = {}
        for value in unknown:
            wanted.setdefault(value & 255, set()).add(value)
        return all(values.issubset(self._bucket(number)) for number, values in wanted.items())

    def distinct(self) -> Distinct:
        """How many distinct rows were counted, and which."""
        count = digest = everything = 0
        for bucket in self._all():
            values = set(bucket)
            values.discard(NO_ID)
            count += len(values)
            digest += sum(values)
            everything += sum(bucket)
        return Distinct(count, digest, everything - digest)

    def _all(self) -> Iterator[array[int]]:
        """In parts that share no row."""
        if self._file is None:
            yield self._recent
            return
        self._write_out()
        for number in range(_BUCKETS):
            yield self._bucket(number)

    def _bucket(self, number: int) -> array[int]:
        """What was written out of a bucket."""
        values = array("q")
        if self._file is not None:
            for block in self._blocks[number]:
                values.frombytes(self._file.read(block))
        return values

    def _write_out(self) -> None:
        if self._file is None:
            self._file = SpillFile()
        buckets = [array("q") for _ in range(_BUCKETS)]
        appends = [bucket.append for bucket in buckets]
        for value in self._recent:
            appends[value & 255](value)
        self._recent = array("q")
        parts = [bucket.tobytes() for bucket in buckets]
        at, _ = self._file.append(b"".join(parts))
        for number, part in enumerate(parts):
            if part:
                self._blocks[number].append(Block(at, len(part)))
                at += len(part)
