"""Counting distinct rows in 8 bytes each."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

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


class Tally:
    """64-bit hashes of identifiers (Python's own), in buckets so that counting distinct ones takes little memory.

    Two identifiers of a section of 10 million rows share a hash with a probability of 3 in a million; they would
    then be taken for a duplicate, which makes a reading look worse, never better.
    """

    def __init__(self, *, few: int = _FEW) -> None:
        """Nothing was counted yet. Up to `few` rows are one bucket: sorting them costs more."""
        self._few = few
        self._recent = array("q")
        self._buckets: list[array[int]] = []

    def add(self, hashes: Iterable[int]) -> None:
        """Count rows by the hashes of their identifiers."""
        self._recent.extend(hashes)
        if len(self._recent) > self._few:
            self._sort_in()

    def knows_all(self, hashes: Iterable[int]) -> bool:
        """Whether every one of these rows was counted before."""
        unknown = set(hashes)
        if NO_ID in unknown:
            return False
        unknown.difference_update(self._recent)
        wanted: dict[int, set[int]] = {}
        for value in unknown:
            wanted.setdefault(value & 255, set()).add(value)
        if not self._buckets:
            return not unknown
        return all(values.issubset(set(self._buckets[bucket])) for bucket, values in wanted.items())

    def distinct(self) -> Distinct:
        """How many distinct rows were counted, and which."""
        if self._buckets:
            self._sort_in()
        count = digest = everything = 0
        for bucket in self._buckets or [self._recent]:
            values = set(bucket)
            values.discard(NO_ID)
            count += len(values)
            digest += sum(values)
            everything += sum(bucket)
        return Distinct(count, digest, everything - digest)

    def _sort_in(self) -> None:
        self._buckets = self._buckets or [array("q") for _ in range(_BUCKETS)]
        appends = [bucket.append for bucket in self._buckets]
        for value in self._recent:
            appends[value & 255](value)
        self._recent = array("q")
