"""Counting distinct rows in 8 bytes each."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_BUCKETS: Final = 256
NO_ID: Final = 0
"""Stands for a row without an identifier: it is never counted as a distinct row."""


@dataclass(frozen=True, slots=True)
class Distinct:
    """A set of identifiers, whatever their order, in a form that two readings can be compared by."""

    count: int
    digest: int
    repeats: int
    """Which of them were counted more than once, and how often, again as a digest."""


class Tally:
    """64-bit hashes of identifiers (Python's own), in buckets so that counting distinct ones takes little memory.

    Two identifiers of a section of 10 million rows share a hash with a probability of 3 in a million; they would
    then be taken for a duplicate, which makes a reading look worse, never better.
    """

    def __init__(self) -> None:
        """Nothing was counted yet."""
        self._buckets = [array("q") for _ in range(_BUCKETS)]

    def add(self, hashes: Iterable[int]) -> None:
        """Count rows by the hashes of their identifiers."""
        appends = [bucket.append for bucket in self._buckets]
        for value in hashes:
            if value:
                appends[value & 255](value)

    def knows_all(self, hashes: Iterable[int]) -> bool:
        """Whether every one of these rows was counted before."""
        wanted: dict[int, set[int]] = {}
        for value in hashes:
            wanted.setdefault(value & 255, set()).add(value)
        return all(values.issubset(set(self._buckets[bucket])) for bucket, values in wanted.items())

    def distinct(self) -> Distinct:
        """How many distinct rows were counted, and which."""
        count = 0
        digest = 0
        everything = 0
        for bucket in self._buckets:
            values = set(bucket)
            count += len(values)
            digest += sum(values)
            everything += sum(bucket)
        return Distinct(count, digest, everything - digest)
