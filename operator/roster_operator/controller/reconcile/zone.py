"""The district's time zone, by which its days begin and end."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roster_operator.api.v1alpha1 import RosterIntegrationSpec
from roster_operator.errors import InvalidSpec


def time_zone(spec: RosterIntegrationSpec) -> ZoneInfo:
    """The district's time zone; raises `InvalidSpec` for a name that no time zone has."""
    try:
        return ZoneInfo(spec.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidSpec(
            f'spec.timeZone "{spec.time_zone}" is not a time zone. Publisher: use an IANA name such as America/Chicago.'
        ) from None
