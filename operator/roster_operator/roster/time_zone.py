"""The district's time zone, by which its days begin and end."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roster_operator.errors import InvalidSpec


def time_zone(name: str) -> ZoneInfo:
    """The time zone that `spec.timeZone` names; raises `InvalidSpec` for a name that no time zone has."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidSpec(
            f'spec.timeZone "{name}" is not a time zone. Publisher: use an IANA name such as America/Chicago.'
        ) from None
