"""Pages that were decoded and wait until their turn has come: how much memory they take together.

Some pages are asked for early, and any of them may hold anything. So they are weighed when they are decoded: nothing
more is asked for early while they weigh much, and the reading ends if they weigh more than pages of a roster can.
"""

from __future__ import annotations

import random
import threading
import weakref
from collections.abc import Collection, Iterable, Sequence
from sys import getsizeof
from typing import Any, Final

import msgspec

from roster_operator.roster.models import Enrollments, People
from roster_operator.sources.failures import TooLarge
from roster_operator.sources.oneroster.page import Page

_MUCH: Final = 24 * 1024 * 1024
"""Bytes. Twenty pages of 5,000 persons weigh as much."""
_TOO_MUCH: Final = 48 * 1024 * 1024
_LOOKED_AT: Final = 50
"""Rows of a page, from a random one on; each column of one is a text."""
_BESIDE: Final = 100
"""Bytes that a row takes beside its texts."""


class Waiting:
    """Thread-safe. A page counts for as long as anybody holds it."""

    def __init__(self) -> None:
        """No page waits."""
        self._weight = 0
        self._lock = threading.Lock()

    @property
    def is_much(self) -> bool:
        """Whether it is time to take pages before more are asked for."""
        return self._weight > _MUCH

    def add(self, page: Page[Any], where: str) -> None:
        """A page was decoded; raises `TooLarge` if there is no room for it."""
        weight = weight_of(page.rows)
        with self._lock:
            if self._weight and self._weight + weight > _TOO_MUCH:
                page.rows = ()
                raise TooLarge(
                    f"{where} sends pages with more in them than those of any roster. District: ask the SIS's vendor."
                )
            self._weight += weight
        weakref.finalize(page, self._gone, weight).atexit = False

    def _gone(self, weight: int) -> None:
        with self._lock:
            self._weight -= weight


def weight_of(rows: Collection[Any]) -> int:
    """Bytes that rows take, by a look at some of them: texts are short, so a few that are chosen at random tell."""
    count = len(rows)
    if not count:
        return 0
    step = -(-count // _LOOKED_AT)
    some = slice(random.randrange(step), None, step)
    columns = _columns(rows, some)
    looked_at = len(columns[0])
    texts = sum(map(getsizeof, (value for column in columns for value in column)))
    return count * (_BESIDE + texts // max(1, looked_at))


def _columns(rows: Collection[Any], some: slice) -> Sequence[Sequence[object]]:
    if isinstance(rows, Enrollments):
        return rows.persons[some], rows.classes[some]
    if isinstance(rows, People):
        return rows.ids[some], rows.usernames[some], rows.emails[some], rows.identifiers[some]
    chosen: Iterable[Any] = list(rows)[some]
    return list(zip(*map(msgspec.structs.astuple, chosen), strict=True))
