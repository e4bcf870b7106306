"""A folder for files that a library needs for a moment, and that must outlive no process.

A process that is killed in that moment leaves its folder behind; the next one removes it. Whoever uses a folder holds a
lock on it, which ends with its process, however that ends: so nothing of a process that runs is ever removed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_PREFIX: Final = "roster-operator-passing-"


@contextmanager
def passing_folder() -> Iterator[Path]:
    """A folder that nobody else can read, gone at the end; what killed processes left behind goes first."""
    _clear()
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name, _open(Path(name)) as folder:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield Path(name)


def _clear() -> None:
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError), _open(left) as folder:  # in use, somebody else's, or gone by now
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if any(left.iterdir()):  # one that is empty may be about to be locked
                shutil.rmtree(left)


@contextmanager
def _open(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
