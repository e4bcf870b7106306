"""The one place that reads the time, and waits.

Everything else is handed a `Clock`, so that tests and benchmarks decide what time it is, and need not wait.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Protocol


class Clock(Protocol):
    """Tells wall time and measures durations."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back."""
        ...

    def seconds_until(self, moment: datetime) -> float:
        """How long to wait, in the seconds of timers, until `now` is `moment`; negative if that is past."""
        ...

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Let so much time pass, or less if `event` is set meanwhile; whether it is."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The machine's time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """The machine's monotonic clock, in seconds."""
        return time.monotonic()

    def seconds_until(self, moment: datetime) -> float:
        """The difference of the two."""
        return (moment - self.now()).total_seconds()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Sleep."""
        return event.wait(seconds)


class FixedClock:
    """A clock that stands still until it is moved, or waited by. Thread-safe."""

    def __init__(self, now: datetime) -> None:
        """Start at `now`, which must be aware."""
        self._now = now.astimezone(UTC)
        self._elapsed = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The time it was set to, plus what it was moved."""
        return self._now

    def monotonic(self) -> float:
        """Seconds moved since the start."""
        return self._elapsed

    def seconds_until(self, moment: datetime) -> float:
        """As if it moved on by itself."""
        return (moment - self._now).total_seconds()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Nobody sleeps: it is moved."""
        if not event.is_set():
            self.advance(timedelta(seconds=seconds))
        return event.is_set()

    def advance(self, by: timedelta) -> None:
        """Move forward."""
        with self._lock:
            self._now += by
            self._elapsed += by.total_seconds()


def today(clock: Clock, zone: tzinfo) -> date:
    """The calendar day in a district's time zone."""
    return clock.now().astimezone(zone).date()
