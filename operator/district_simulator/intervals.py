"""A set of whole numbers kept as disjoint intervals: what is gone from a collection, without a list of what is left."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import overload


class IntervalSet:
    """Disjoint half-open intervals in ascending order; memory grows with the number of intervals."""

    def __init__(self) -> None:
        self._intervals: list[tuple[int, int]] = []

    def __bool__(self) -> bool:
        return bool(self._intervals)

    def __contains__(self, number: int) -> bool:
        position = bisect_right(self._intervals, (number, float("inf"))) - 1
        return position >= 0 and number < self._intervals[position][1]

    def add(self, start: int, stop: int) -> None:
        """Add the numbers from start up to, not including, stop."""
        if start >= stop:
            return
        kept = []
        for low, high in self._intervals:
            if high < start or low > stop:
                kept.append((low, high))
            else:
                start, stop = min(low, start), max(high, stop)
        insort(kept, (start, stop))
        self._intervals = kept

    def numbers(self) -> Iterator[int]:
        """The numbers, in ascending order."""
        for low, high in self._intervals:
            yield from range(low, high)

    def without(self, numbers: range) -> list[range]:
        """What is left of an ascending range of step 1 when this set is taken away, as ranges in order."""
        left = []
        start = numbers.start
        for low, high in self._intervals:
            if high <= start or low >= numbers.stop:
                continue
            if low > start:
                left.append(range(start, low))
            start = max(start, high)
        if start < numbers.stop:
            left.append(range(start, numbers.stop))
        return left


class Stretches(Sequence[int]):
    """Several ascending ranges, or lists, of numbers one after the other, as one sequence that is not written out."""

    def __init__(self, parts: Iterable[Sequence[int]]) -> None:
        self._parts = [part for part in parts if part]
        self._starts = [0, *accumulate(len(part) for part in self._parts)]

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, index: int) -> int: ...

    @overload
    def __getitem__(self, index: slice) -> list[int]: ...

    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        part = bisect_right(self._starts, index) - 1
        return self._parts[part][index - self._starts[part]]
