"""The machine's time, without its waiting."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from roster_operator.clock import SystemClock


class HurriedClock(SystemClock):
    """The machine's clock, on which a wait is over at once: the time that would have passed has passed. Thread-safe."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """See `Clock`."""
        return super().now() + timedelta(seconds=self._skipped)

    def monotonic(self) -> float:
        """See `Clock`."""
        return super().monotonic() + self._skipped

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """See `Clock`."""
        if not event.is_set():
            with self._lock:
                self._skipped += max(0.0, seconds)
        return event.is_set()


class MovedClock(SystemClock):
    """The machine's clock, put to another time, and moved on by hand."""

    def __init__(self, moment: datetime) -> None:
        """It is that time now."""
        self._ahead = moment - super().now()

    def now(self) -> datetime:
        """See `Clock`."""
        return super().now() + self._ahead

    def put(self, moment: datetime) -> None:
        """It is that time now."""
        self._ahead = moment - super().now()
