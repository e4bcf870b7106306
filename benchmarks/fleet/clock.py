"""A clock whose days pass faster, so that a night with thousands of districts takes minutes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class FastClock:
    """Shows `shows` when the machine's clock says `at`, and goes `speed` times as fast from there.

    It is the same in every process that is given the same three values. Durations stay the machine's: a sync takes as
    long as it takes.
    """

    at: float
    """Seconds since the epoch."""
    shows: float
    """Seconds since the epoch."""
    speed: float

    def now(self) -> datetime:
        """The time that it shows."""
        return datetime.fromtimestamp(self.shows, UTC) + timedelta(seconds=(time.time() - self.at) * self.speed)

    def monotonic(self) -> float:
        """The machine's."""
        return time.monotonic()

    def seconds_until(self, moment: datetime) -> float:
        """Timers are the machine's too."""
        return (moment - self.now()).total_seconds() / self.speed

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """So is waiting."""
        return event.wait(seconds)
