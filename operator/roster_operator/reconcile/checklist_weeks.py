"""What each item of the checklist counted a week ago, so that a registrar sees the number fall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from roster_operator.api.v1alpha1 import Check, CheckResult, RosterIntegrationStatus


def week_of(moment: datetime) -> str:
    """The week by ISO 8601, from Monday to Sunday (UTC): `2026-W49`."""
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02d}"


def with_last_week(items: Sequence[Check], previous: RosterIntegrationStatus, week: str) -> tuple[Check, ...]:
    """The items with what they counted when they were last looked at in a week before `week`.

    An item that was not there then counted 0. In the first week nothing is known.
    """
    before = _before(previous, week)
    if before is None:
        return tuple(items)
    return tuple(_beside(item, before.get(item.name, 0)) for item in items)


def _before(previous: RosterIntegrationStatus, week: str) -> Mapping[str, int] | None:
    if not previous.checklist_week:
        return None
    if previous.checklist_week != week:
        return {item.name: _found(item) for item in previous.checklist}
    known = {item.name: item.last_week for item in previous.checklist if item.last_week is not None}
    return known or None


def _beside(item: Check, last_week: int) -> Check:
    asks = item.count is not None and item.result is not CheckResult.PASS
    return item.model_copy(update={"last_week": last_week if asks or last_week else None})


def _found(item: Check) -> int:
    """What is counted where all is well is no fault."""
    return 0 if item.result is CheckResult.PASS else item.count or 0
