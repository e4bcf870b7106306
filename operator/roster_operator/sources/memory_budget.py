"""The memory that the answers of one source take together while they are received and decoded.

Servers are asked for several pages at once, and each may be as large as a page may be. So who receives takes room byte
by byte, and waits while there is none. One of them may always go on: it will be done, and make room for the next.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_LOOK_UP: Final = 0.2
"""Seconds between two looks at whether waiting is still worth it."""


class Room:
    """Thread-safe; what a thread takes is its own until it leaves."""

    def __init__(self, size: int) -> None:
        """`size` in bytes, beside what the one takes that may always go on."""
        self._left = size
        self._taken: dict[int, int] = {}
        self._first: int | None = None
        """The thread that goes on though there is no room."""
        self._changed = threading.Condition()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """What this thread takes in here is given back at the end; inside of another one, at the end of that."""
        me = threading.get_ident()
        if me in self._taken:
            yield
            return
        self._taken[me] = 0
        try:
            yield
        finally:
            with self._changed:
                self._left += self._taken.pop(me)
                if self._first == me:
                    self._first = None
                self._changed.notify_all()

    def take(self, size: int, check: Callable[[], object]) -> None:
        """Wait until there is room for so many bytes; `check` raises when it is time to give up."""
        me = threading.get_ident()
        with self._changed:
            while self._left < size and self._first not in (None, me):
                self._changed.wait(_LOOK_UP)
                check()
            if self._left < size:
                self._first = me
            self._left -= size
            self._taken[me] += size
