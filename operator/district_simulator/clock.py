"""The one place of the simulator that asks what time it is."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime


def today() -> date:
    """The real calendar day, in UTC."""
    return datetime.now(UTC).date()


def epoch_seconds() -> float:
    """Seconds since 1970, for signatures, tokens and the Date header."""
    return time.time()


def monotonic_seconds() -> float:
    """Seconds on a clock that never steps back, for durations."""
    return time.monotonic()
