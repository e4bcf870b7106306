"""What the demo prints: chapters, commands with their output, and progress in between."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

WIDTH = 100
PROGRESS_SECONDS = 5.0


class Screen:
    """Standard output, shared by the story and by what goes on behind it."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._lock = threading.Lock()

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self._print(f"\n{'─' * WIDTH}\n{self._clock()} {title}\n{'─' * WIDTH}")

    def say(self, text: str) -> None:
        """A sentence of the narrator."""
        self._print(f"{self._clock()} {text}")

    def background(self, line: str) -> None:
        """Progress of what runs meanwhile."""
        self._print(f"{self._clock()}   · {line}")

    def command(self, command: str, output: str = "") -> None:
        """A command as one would type it, and what it prints."""
        self._print(f"\n$ {command}\n{output.rstrip()}\n".replace("\n\n", "\n", not output))

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Say that something is waited for, again and again while it takes."""
        done = threading.Event()

        def tell() -> None:
            while not done.wait(PROGRESS_SECONDS):
                self.background(f"still waiting for {what}")

        self.say(f"Waiting for {what} ...")
        teller = threading.Thread(target=tell, daemon=True)
        teller.start()
        try:
            yield
        finally:
            done.set()
            teller.join()

    def _clock(self) -> str:
        return f"[{time.monotonic() - self._started:5.1f} s]"

    def _print(self, text: str) -> None:
        with self._lock:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
