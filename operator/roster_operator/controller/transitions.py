"""Which Events a change of status is worth: few, on transitions only. Pure."""

from __future__ import annotations

from roster_operator.api import conditions
from roster_operator.api.conditions import Condition, ConditionStatus
from roster_operator.api.v1alpha1 import RosterIntegrationStatus
from roster_operator.kube.events import Event, EventType


def events_between(before: RosterIntegrationStatus, after: RosterIntegrationStatus) -> list[Event]:
    """A Warning when Ready turns False or gets another reason, or removals begin to wait.

    A Normal event when Ready turns True, or a sync changed licenses.
    """
    events: list[Event] = []
    ready, held = after.condition(conditions.READY), after.condition(conditions.HELD)
    if ready is not None and ready.status is ConditionStatus.FALSE and not _alike(ready, before):
        events.append(Event(EventType.WARNING, ready.reason, ready.message))
    if held is not None and not _alike(held, before):
        warning = Event(EventType.WARNING, held.reason, held.message)
        if warning not in events:
            events.append(warning)
    if ready is not None and ready.status is ConditionStatus.TRUE:
        earlier = before.condition(conditions.READY)
        turned = earlier is None or earlier.status is not ConditionStatus.TRUE
        if turned or _changed_licenses(before, after):
            events.append(Event(EventType.NORMAL, ready.reason, ready.message))
    return events


def _alike(condition: Condition, before: RosterIntegrationStatus) -> bool:
    earlier = before.condition(condition.type)
    return earlier is not None and (earlier.status, earlier.reason) == (condition.status, condition.reason)


def _changed_licenses(before: RosterIntegrationStatus, after: RosterIntegrationStatus) -> bool:
    sync = after.last_sync
    another = before.last_sync is None or (sync is not None and sync.run_id != before.last_sync.run_id)
    return sync is not None and another and bool(sync.granted or sync.revoked)
