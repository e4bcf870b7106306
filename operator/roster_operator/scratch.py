"""Room for temporary files: all districts that are read at the same time share what the pod has.

A pod whose `/tmp` grows beyond its limit is evicted, with the syncs of all districts. So whoever writes there takes
room first, and the sync that finds none ends without a change, to be tried again.
"""

from __future__ import annotations

import threading
from typing import Final

from roster_operator.errors import NoScratchSpace

GIBIBYTE: Final = 2**30
MOST: Final = 3 * GIBIBYTE
"""Bytes. The chart gives `/tmp` 4 GiB; the rest is for what SQLite sorts and stages."""


class Scratch:
    """Counts the bytes of temporary files. Thread-safe."""

    def __init__(self, most: int) -> None:
        """All of it is free."""
        self._most = most
        self._taken = 0
        self._lock = threading.RLock()  # of files that are collected as garbage room comes back at any moment

    @property
    def taken(self) -> int:
        """Bytes."""
        return self._taken

    def take(self, size: int) -> None:
        """So many bytes are about to be written; raises `NoScratchSpace` if there is no room for them."""
        with self._lock:
            if self._taken + size > self._most:
                raise NoScratchSpace(
                    f"The temporary files of all districts together would take more than {self._most // 2**20} MiB. "
                    "It will be tried again. Platform: if it stays, see which districts are read at that time, and how "
                    "large they are."
                )
            self._taken += size

    def give_back(self, size: int) -> None:
        """So many bytes are gone."""
        with self._lock:
            self._taken -= size


SCRATCH: Final = Scratch(MOST)
"""One for the process, as `/tmp` is."""


class Share:
    """What one file takes."""

    def __init__(self, scratch: Scratch = SCRATCH) -> None:
        """Nothing yet."""
        self._scratch = scratch
        self._size = 0

    def take(self, size: int) -> None:
        """See `Scratch`."""
        self._scratch.take(size)
        self._size += size

    def give_back(self) -> None:
        """The file is gone, or empty again."""
        size, self._size = self._size, 0
        self._scratch.give_back(size)
