"""Room for temporary files: all districts that are read at the same time share what the pod has.

A pod whose `/tmp` grows beyond its limit is evicted, with the syncs of all districts. So whoever writes there takes
room first, and the sync that finds none ends without a change, to be tried again.
"""

from __future__ import annotations

import errno
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import BinaryIO, Final, NamedTuple, Protocol

from roster_operator.errors import NoScratchSpace

GIBIBYTE: Final = 2**30
MOST: Final = 3 * GIBIBYTE
"""Bytes. The chart gives `/tmp` 4 GiB; the rest is for what SQLite sorts and stages."""
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class ScratchFile(Protocol):
    """What a share is written to."""

    def write(self, content: bytes | bytearray, /) -> int:
        """Write where it stands; how many bytes."""
        ...

    def flush(self) -> object:
        """Keep nothing back."""
        ...

    def close(self) -> object:
        """Flush, and no more."""
        ...


def temporary_file() -> BinaryIO:
    """One without a name, that is gone with the process; raises `NoScratchSpace` if there is no room for any."""
    with _full_disk_told():
        return TemporaryFile()


@contextmanager
def _full_disk_told() -> Iterator[None]:
    """Whoever has filled it."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise NoScratchSpace(
            "The disk has no room left for temporary files. It will be tried again. Platform: give the operator's "
            "temporary folder (/tmp) more room, or see what else fills it."
        ) from None


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

    def write(self, file: ScratchFile, content: bytes | bytearray) -> int:
        """Write where the file stands, and take the room for it; raises `NoScratchSpace` if the disk is full, too.

        All of it is on its way to the disk then, so that reading it finds no room wanting.
        """
        self.take(len(content))
        with _full_disk_told():
            written = file.write(content)
            file.flush()
        return written

    def drop(self, file: ScratchFile) -> None:
        """Close the file; what the disk had no room for is in its buffer still, and of no use."""
        with suppress(OSError):
            file.close()
        self.give_back()

    def give_back(self) -> None:
        """The file is gone, or empty again."""
        size, self._size = self._size, 0
        self._scratch.give_back(size)


class Block(NamedTuple):
    """Where something is in a file."""

    at: int
    length: int


class SpillFile:
    """Blocks of bytes that memory need not hold. The file has no name, and goes with this object or the process."""

    def __init__(self, *, in_memory: int = 0) -> None:
        """Nothing yet; up to `in_memory` bytes never become a file."""
        self._file = SpooledTemporaryFile(max_size=max(in_memory, 1))  # noqa: SIM115 - closed with this object
        self._share = Share()
        self._end = 0
        self.close = weakref.finalize(self, self._share.drop, self._file)

    def append(self, content: bytes | bytearray) -> Block:
        """Write behind what there is; raises `NoScratchSpace` if there is no room."""
        self._file.seek(self._end)
        block = Block(self._end, self._share.write(self._file, content))
        self._end += block.length
        return block

    def read(self, block: Block) -> bytes:
        """What was written there."""
        self._file.seek(block.at)
        return self._file.read(block.length)
