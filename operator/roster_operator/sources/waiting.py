"""What was decoded and waits until its turn has come: how much memory it takes together.

Pages are asked for early, and lists are read several at a time, and any of them may hold anything. So they are weighed
when they are decoded: nothing more is asked for early while they weigh much, and the reading ends if they weigh more
than those of a roster can.
"""

from __future__ import annotations

import random
import threading
import weakref
from collections.abc import Collection, Iterable
from itertools import chain
from sys import getsizeof
from typing import Any, Final

import msgspec

from roster_operator.roster.models import Enrollments, People
from roster_operator.sources.failures import TooLarge

_LOOKED_AT: Final = 50
"""Rows of a page, from a random one on."""
_BESIDE: Final = 100
"""Bytes that a row takes beside its texts."""


class Waiting:
    """Thread-safe. What was added counts for as long as anybody holds it."""

    def __init__(self, much: int, too_much: int) -> None:
        """Nothing waits. Bytes: from `much` on no more should be asked for, beyond `too_much` the reading ends."""
        self._much = much
        self._too_much = too_much
        self._weight = 0
        self._lock = threading.RLock()  # what waits may be collected as garbage at any moment

    @property
    def is_much(self) -> bool:
        """Whether it is time to take pages before more are asked for."""
        return self._weight > self._much

    def add(self, holder: object, weight: int, where: str) -> None:
        """So much was decoded into what `holder` holds; raises `TooLarge` if there is no room for it."""
        with self._lock:
            if self._weight and self._weight + weight > self._too_much:
                raise TooLarge(
                    f"{where} sends pages with more in them than those of any roster. District: ask the SIS's vendor."
                )
            self._weight += weight
        weakref.finalize(holder, self._gone, weight).atexit = False

    def _gone(self, weight: int) -> None:
        with self._lock:
            self._weight -= weight


def weight_of(rows: Collection[Any]) -> int:
    """Bytes that rows take, by a look at some of them: texts are short, so a few that are chosen at random tell."""
    if not rows:
        return 0
    step = -(-len(rows) // _LOOKED_AT)
    some = slice(random.randrange(step), None, step)
    looked_at = len(range(len(rows))[some])
    return len(rows) * (_BESIDE + sum(map(_weight, _parts(rows, some))) // looked_at)


def _parts(rows: Collection[Any], some: slice) -> Iterable[object]:
    if isinstance(rows, Enrollments):
        return chain(rows.persons[some], rows.classes[some])
    if isinstance(rows, People):
        return chain(*(column[some] for column in (rows.ids, rows.usernames, rows.emails, rows.identifiers)))
    chosen: Iterable[object] = list(rows)[some]
    return chosen


def _weight(value: object) -> int:
    if isinstance(value, msgspec.Struct):
        return getsizeof(value) + sum(map(_weight, msgspec.structs.astuple(value)))
    return getsizeof(value)
