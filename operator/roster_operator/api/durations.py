"""Durations as Go and the Kubernetes ecosystem write them: `24h`, `1h30m`, `90s`, `1.5h`, `250ms`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

PATTERN: Final = r"^([0-9]{1,7}(\.[0-9]{1,9})?(ms|s|m|h))+$"
"""For the schema of a field. So many digits, because the API server cannot calculate with more."""

_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")
_WHOLE = re.compile(PATTERN)
_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
}
_LONGEST = 32


def parse(text: str) -> timedelta:
    """Read a duration; a ValueError says what one looks like."""
    if len(text) > _LONGEST or not _WHOLE.fullmatch(text):
        raise ValueError("must be a duration such as 24h, 1h30m or 90s (units: h, m, s, ms)")
    return sum((float(number) * _UNITS[unit] for number, unit in _PART.findall(text)), timedelta())


def write(duration: timedelta) -> str:
    """Write a duration that is not negative in the shortest exact way: `24h`, `1h30m`, `90s` as `1m30s`."""
    milliseconds = duration // timedelta(milliseconds=1)
    if milliseconds < 0:
        raise ValueError("a duration is not negative")
    parts = []
    for unit, size in (("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, milliseconds = divmod(milliseconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
