"""Copies of delivered files, so that a set stays what it is while it is read.

They lie in temporary files that have no name and are gone with the process.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from typing import BinaryIO

from roster_operator.errors import SourceProtocolError
from roster_operator.scratch import Share, temporary_file
from roster_operator.sources.csv.failures import shown
from roster_operator.sources.csv.locations.location import Listed, Location, Write


class Copy:
    """The bytes of one file as they were delivered, and their digest."""

    def __init__(self, name: str, where: str, max_bytes: int) -> None:
        """Empty; `name` and `where` are for messages."""
        self.stream: BinaryIO = temporary_file()
        self.name = name
        self._where = where
        self._max_bytes = max_bytes
        self._size = 0
        self._hash = hashlib.sha256()
        self._share = Share()

    @property
    def digest(self) -> str:
        """Of all bytes."""
        return self._hash.hexdigest()

    def restart(self) -> Write:
        """Forget what was written; where to write to."""
        self.stream.seek(0)
        self.stream.truncate()
        self._share.give_back()
        self._size = 0
        self._hash = hashlib.sha256()
        return self._write

    def close(self) -> None:
        """Drop it."""
        self._share.drop(self.stream)

    def _write(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._max_bytes:
            raise SourceProtocolError(
                f"{shown(self.name)} in {self._where} has more than {self._max_bytes} bytes. No roster is that large. "
                "District: see what was delivered there."
            )
        self._hash.update(chunk)
        self._share.write(self.stream, chunk)


def copied(location: Location, file: Listed, max_bytes: int) -> Copy:
    """A copy of a file, ready to be read; to be closed by the caller."""
    with ExitStack() as undo:
        copy = Copy(file.name, location.where, max_bytes)
        undo.callback(copy.close)
        location.copy(file, copy.restart)
        copy.stream.seek(0)
        undo.pop_all()
        return copy
