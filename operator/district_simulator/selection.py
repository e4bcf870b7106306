"""Listings that a filter or a sort has narrowed or reordered.

A filtered listing is scanned once to count its rows, and keeps one count for each block of rows: any later page is then
found without another scan, and memory stays a few thousandths of the listing. Only a sort in an order that is not the
listing's own keeps a number for each row.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import gcd

import msgspec

from district_simulator.listing import RowSource
from district_simulator.query import Predicate, values_at

_BLOCK = 2_000
_STATUS = re.compile(r'"status":"[^"]*"')


class Reworded:
    """The rows of a source, each written in another way."""

    def __init__(self, source: RowSource, reword: Callable[[str], str]) -> None:
        self._source = source
        self._reword = reword

    def __len__(self) -> int:
        return len(self._source)

    def rows(self, start: int, stop: int, base: str) -> list[str]:
        """The rows of a stretch, as JSON texts."""
        return list(map(self._reword, self._source.rows(start, stop, base)))


class Permuted:
    """The rows of a source in an order that its number picks."""

    def __init__(self, source: RowSource, order: int) -> None:
        self._source = source
        count = max(1, len(source))
        self._step = next(step for step in range(count // 2 + order % count, 3 * count + 2) if gcd(step, count) == 1)
        self._shift = order * 7

    def __len__(self) -> int:
        return len(self._source)

    def rows(self, start: int, stop: int, base: str) -> list[str]:
        """The rows of a stretch, as JSON texts."""
        count = len(self)
        places = [(place * self._step + self._shift) % count for place in range(start, min(stop, count))]
        return [row for place in places for row in self._source.rows(place, place + 1, base)]


class Twinned:
    """The rows of a source, some of which stand there twice: once as they are, once tobedeleted."""

    def __init__(self, source: RowSource, every: int, deleted_first: bool) -> None:
        self._source = source
        self._every = every
        self._deleted_first = deleted_first

    def __len__(self) -> int:
        return len(self._source) + len(self._source) // self._every

    def rows(self, start: int, stop: int, base: str) -> list[str]:
        """The rows of a stretch, as JSON texts."""
        stop = min(stop, len(self))
        if start >= stop:
            return []
        first, last = self._source_of(start), self._source_of(stop - 1)
        rows = self._source.rows(first, last + 1, base)
        return [self._row(rows[self._source_of(place) - first], place) for place in range(start, stop)]

    def _source_of(self, place: int) -> int:
        block, rest = divmod(place, self._every + 1)
        return block * self._every + min(rest, self._every - 1)

    def _row(self, row: str, place: int) -> str:
        rest = place % (self._every + 1)
        deleted_at = self._every - 1 if self._deleted_first else self._every
        return _STATUS.sub('"status":"tobedeleted"', row, count=1) if rest == deleted_at else row


class BySchool:
    """The rows of a source once for each school."""

    def __init__(self, source: RowSource, schools: Sequence[str], reword: Callable[[str, str], str]) -> None:
        self._source = source
        self._schools = schools
        self._reword = reword

    def __len__(self) -> int:
        return len(self._source) * len(self._schools)

    def rows(self, start: int, stop: int, base: str) -> list[str]:
        """The rows of a stretch, as JSON texts: school by school."""
        count = len(self._source)
        whole = self._source.rows(0, count, base)
        return [
            self._reword(whole[number % count], self._schools[number // count])
            for number in range(start, min(stop, len(self)))
        ]


class Filtered:
    """The rows of a source for which a predicate holds, in the source's order."""

    def __init__(self, source: RowSource, predicate: Predicate, base: str) -> None:
        self._source = source
        self._predicate = predicate
        self._before = array("q", [0])
        for block in range(0, len(source), _BLOCK):
            self._before.append(self._before[-1] + len(self._block(block // _BLOCK, base)))

    def __len__(self) -> int:
        return self._before[-1]

    def rows(self, start: int, stop: int, base: str) -> list[str]:
        """The matching rows of a stretch, as JSON texts."""
        rows: list[str] = []
        stop = min(stop, len(self))
        block = max(0, bisect_right(self._before, start) - 1)
        while start + len(rows) < stop:
            skip = start + len(rows) - self._before[block]
            rows += self._block(block, base)[skip : skip + stop - start - len(rows)]
            block += 1
        return rows

    def _block(self, block: int, base: str) -> list[str]:
        decode = msgspec.json.decode
        holds = self._predicate
        return [row for row in self._source.rows(block * _BLOCK, (block + 1) * _BLOCK, base) if holds(decode(row))]


class Sorted:
    """The rows of a source in the order of one field, compared without case; ties keep the source's order."""

    def __init__(self, source: RowSource, path: str, descending: bool, base: str) -> None:
        self._source = source
        keys: list[str] = []
        for start in range(0, len(source), _BLOCK):
            rows = source.rows(start, start + _BLOCK, base)
            keys += [next(iter(values_at(msgspec.json.decode(row), path)), "") for row in rows]
        order = sorted(range(len(keys)), key=keys.__getitem__, reverse=descending)
        self._order = array("q", order)

    def __len__(self) -> int:
        return len(self._order)

    def rows(self, start: int, stop: int, base: str) -> list[str]:
        """The rows of a stretch, as JSON texts."""
        return [self._source.rows(position, position + 1, base)[0] for position in self._order[start:stop]]
