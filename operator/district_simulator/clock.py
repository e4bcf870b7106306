"""The one place of the simulator that asks what time it is."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime


def today() -> date:
    """The real calendar day, in UTC."""
    return datetime.now(UTC).date()


def stamp(moment: datetime | None = None) -> str:
    """A moment (now by default) as a dateLastModified: UTC with milliseconds; without an offset it is UTC."""
    when = datetime.now(UTC) if moment is None else moment
    utc = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch_seconds() -> float:
    """Seconds since 1970, for signatures, tokens and the Date header."""
    return time.time()


def monotonic_seconds() -> float:
    """Seconds on a clock that never steps back, for durations."""
    return time.monotonic()
