"""A demo that stays: it plays in a process of its own, which goes on when the terminal has its prompt again."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

STOP_SECONDS: Final = 60.0
POLL: Final = 0.1


def apart(play: Callable[[Callable[[], None]], int]) -> int:
    """Run `play` in a process of its own; return its exit code, or 0 as soon as it calls what it is given.

    Until then an interrupt is passed on to it.
    """
    reader, writer = os.pipe()
    keeper = os.fork()
    if keeper == 0:
        os.close(reader)
        os.setsid()
        return play(lambda: _let_go(writer))
    os.close(writer)
    try:
        stands = os.read(reader, 1)
    except KeyboardInterrupt:
        os.kill(keeper, signal.SIGINT)
        stands = b""
    return 0 if stands else os.waitstatus_to_exitcode(os.waitpid(keeper, 0)[1])


def wait_for_the_end(folder: Path, stands: Callable[[], None]) -> None:
    """Say that everything stands, and stay until `stop` is called with this folder; ends by KeyboardInterrupt."""
    mark = os.open(_mark(folder), os.O_WRONLY | os.O_CREAT)  # never closed: the lock ends with the process
    fcntl.flock(mark, fcntl.LOCK_EX)
    os.write(mark, str(os.getpid()).encode())
    stands()
    while True:
        signal.pause()


def keeper_of(folder: Path) -> int | None:
    """The process that keeps a demo in this folder; None if there is none."""
    try:
        with _mark(folder).open(encoding="ascii") as mark:
            try:
                fcntl.flock(mark, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(mark.read())
    except FileNotFoundError:
        pass
    return None


def stop(folder: Path) -> bool:
    """End the demo that is kept in this folder; False if there is none, or it does not end."""
    keeper = keeper_of(folder)
    if keeper is None:
        return False
    os.kill(keeper, signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while keeper_of(folder) is not None and time.monotonic() < deadline:
        time.sleep(POLL)
    return keeper_of(folder) is None


def _mark(folder: Path) -> Path:
    return folder / "keeper"


def _let_go(writer: int) -> None:
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.write(writer, b".")
    os.close(writer)
