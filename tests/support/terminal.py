"""A program in a pseudo-terminal: what it shows is waited for, and keys are pressed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

ENTER, SPACE, ESCAPE, DOWN, UP = "\r", " ", "\x1b", "\x1b[B", "\x1b[A"
CTRL_C, BACKSPACE = "\x03", "\x7f"
_SEQUENCE: Final = re.compile(rb"\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[()][A-Z0-9]|[=>78])")
_PATIENCE: Final = 60.0
_ROWS, _COLUMNS = 60, 200


class Program:
    """A program that believes to be in a terminal; it is ended when the `with` block is left."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        piped: bool = False,
        folder: Path | None = None,
    ) -> None:
        """`piped`: its standard output is a pipe, and only the rest is in the terminal; `folder`: where it runs."""
        self._screen, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        size = {"COLUMNS": str(_COLUMNS), "LINES": str(_ROWS)}  # pytest-xdist has set others for its workers
        ready = {**os.environ, **size, **environment, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self._process = subprocess.Popen(
            arguments,
            stdin=inside,
            stdout=subprocess.PIPE if piped else inside,
            stderr=inside,
            env=ready,
            cwd=folder,
            start_new_session=True,
        )
        os.close(inside)
        self._unread = ""
        self.shown = ""
        """All that it has shown, without colours and movements."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        os.close(self._screen)

    def wait_for(self, text: str) -> str:
        """Until it shows a text, after what was waited for before; what it showed up to there."""
        deadline = time.monotonic() + _PATIENCE
        while text not in self._unread:
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"{text!r} was not shown, but:\n{self._unread}")
        before, _, self._unread = self._unread.partition(text)
        return before

    def press(self, *keys: str) -> None:
        """Type."""
        os.write(self._screen, "".join(keys).encode())

    def answer(self, question: str, *keys: str) -> None:
        """Wait for a question, type, and press Enter."""
        self.wait_for(question)
        self.press(*keys, ENTER)

    def end(self) -> int:
        """Wait until it ends; its exit code."""
        deadline = time.monotonic() + _PATIENCE
        while self._read(deadline - time.monotonic()):
            pass
        return self._process.wait(timeout=_PATIENCE)

    def piped(self) -> str:
        """What it wrote to the pipe."""
        assert self._process.stdout is not None
        return self._process.stdout.read().decode()

    def _read(self, patience: float) -> bool:
        """More of what it shows; False if nothing more comes."""
        if patience <= 0 or not select.select([self._screen], [], [], patience)[0]:
            return False
        try:
            found = os.read(self._screen, 65_536)
        except OSError:
            return False
        text = _SEQUENCE.sub(b"", found).decode(errors="replace").replace("\r", "")
        self._unread += text
        self.shown += text
        return bool(found)
