"""Which offsets of a section were received."""

from __future__ import annotations

from bisect import bisect_left, bisect_right


class Coverage:
    """Disjoint, sorted, half-open ranges of offsets. There are few: pages come almost in order."""

    def __init__(self) -> None:
        """Nothing was received."""
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, start: int, end: int) -> list[tuple[int, int]]:
        """Mark a range as received; returns the parts of it that were not received before."""
        if end <= start:
            return []
        first = bisect_left(self._ends, start)
        last = bisect_right(self._starts, end)
        fresh: list[tuple[int, int]] = []
        at = start
        for known_start, known_end in zip(self._starts[first:last], self._ends[first:last], strict=True):
            if at < known_start:
                fresh.append((at, known_start))
            at = max(at, known_end)
        if at < end:
            fresh.append((at, end))
        if first < last:
            start = min(start, self._starts[first])
            end = max(end, self._ends[last - 1])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]
        return fresh

    def skip(self, offset: int) -> int:
        """The first offset from `offset` on that was not received."""
        at = bisect_right(self._starts, offset) - 1
        if at >= 0 and offset < self._ends[at]:
            return self._ends[at]
        return offset

    @property
    def frontier(self) -> int:
        """The first offset that was not received."""
        return self.skip(0)

    @property
    def size(self) -> int:
        """How many offsets were received."""
        return sum(self._ends) - sum(self._starts)
