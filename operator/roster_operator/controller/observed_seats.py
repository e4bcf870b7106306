"""What the status of a RosterIntegration says of seats, for metrics. Read leniently."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from roster_operator.ops.metrics import ObservedSeats


def observed_seats(status: Mapping[str, Any]) -> tuple[ObservedSeats, ...]:
    """Of each edition of an eBook that has a limit."""
    found = (status.get("licenses") or {}).get("byEBook") or ()
    return tuple(
        ObservedSeats(
            sys.intern(str(each.get("name") or "")),
            sys.intern(str(each.get("edition") or "")),
            each["seats"],
            each.get("active") or 0,
            each.get("waiting") or 0,
        )
        for each in found
        if each.get("seats") is not None
    )
