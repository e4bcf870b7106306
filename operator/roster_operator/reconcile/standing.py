"""Who must act on a district first, and what may have been forgotten: read off the resource, and pure.

This is the one definition: `status.actor`, the metrics' label `actor`, and what `fleet` and `status` tell are this.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from roster_operator.api import conditions, reasons
from roster_operator.api.conditions import ConditionStatus
from roster_operator.api.v1alpha1 import ApprovalState, RosterIntegration, RosterIntegrationStatus
from roster_operator.errors import Actor
from roster_operator.reconcile.acting import actor_in, actor_of
from roster_operator.reconcile.schedule import SKEW

OVERDUE: Final = "Overdue"
"""The reason of a standing: a sync was due, and nobody began it."""
_LATE: Final = timedelta(hours=1)
"""Beyond its time, after which a sync that was not begun is nobody's turn but the platform's."""
_LONG: Final = timedelta(days=7)
"""An interval from which on a roster is as good as not read."""
_OFF: Final = 100
"""Percent of a guard that holds nothing."""


class Forgotten(StrEnum):
    """A switch that somebody set, and that changes what everybody expects."""

    SUSPENDED = "Suspended"
    SCHEDULE_PAUSED = "SchedulePaused"
    INTERVAL_PAUSED = "IntervalPaused"
    APPROVAL_SPENT = "ApprovalSpent"
    GUARD_OFF = "GuardOff"
    DELETION_WAITS = "DeletionWaits"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One such switch."""

    what: Forgotten
    since: datetime | None
    """If it is known."""
    message: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Who must act first, and why."""

    acts: Actor | None
    """None: nobody has to."""
    reason: str
    since: datetime | None
    message: str
    waits: bool
    """Whether something is held, or the roster was not read whole: licenses are not what they should be."""


def standing_of(integration: RosterIntegration, now: datetime) -> Standing:
    """What comes first: a sync that nobody began, what keeps Ready from being True, forgotten switches, the data."""
    return late(integration.status.next_sync_time, integration.spec.suspend, now) or standing_in_time(integration)


def standing_in_time(integration: RosterIntegration) -> Standing:
    """The same, but for a sync that nobody began; it stays what it is until the resource changes."""
    status = integration.status
    ready = status.condition(conditions.READY)
    if ready is None:
        message = "Not looked at yet. Platform: if this stays, look whether the operator runs."
        return Standing(Actor.PLATFORM, reasons.NOT_YET_CHECKED, integration.metadata.creation_timestamp, message, True)
    if ready.status is not ConditionStatus.TRUE:
        return Standing(actor_of(ready), ready.reason, ready.last_transition_time, ready.message, True)
    clean = status.condition(conditions.DATA_CLEAN)
    expiring = status.condition(conditions.CREDENTIALS_EXPIRING)
    if expiring is not None:
        acts = actor_in(expiring.message)
        return Standing(acts, expiring.reason, expiring.last_transition_time, expiring.message, False)
    reminders = reminders_of(integration)
    if reminders:
        first = reminders[0]
        return Standing(actor_in(first.message), str(first.what), first.since, first.message, False)
    if clean is not None and clean.status is ConditionStatus.FALSE:
        acts = next((actor for check in status.checklist if (actor := actor_in(check.action or ""))), Actor.DISTRICT)
        return Standing(acts, clean.reason, clean.last_transition_time, clean.message, False)
    acts = actor_in(ready.message)
    return Standing(acts, ready.reason, ready.last_transition_time, ready.message, False)


def with_actor(status: RosterIntegrationStatus, integration: RosterIntegration) -> RosterIntegrationStatus:
    """A status that says who acts, as it is to be written for this resource."""
    standing = standing_in_time(integration.model_copy(update={"status": status}))
    acts = standing.acts if status.condition(conditions.READY) is not None else None
    return status if status.actor is acts else status.model_copy(update={"actor": acts})


def late(due: datetime | None, suspended: bool, now: datetime) -> Standing | None:
    """How a district stands of which a sync was due and did not begin; None if that is not so."""
    if due is None or suspended or now - due < _LATE + SKEW:
        return None
    message = f"A sync was due at {due:%Y-%m-%d %H:%M} UTC and did not begin. Platform: look whether the operator runs."
    return Standing(Actor.PLATFORM, OVERDUE, due, message, True)


def reminders_of(integration: RosterIntegration) -> tuple[Reminder, ...]:
    """What may have been forgotten, the gravest first."""
    spec, status = integration.spec, integration.status
    found: list[Reminder] = []
    if integration.deleting:
        message = "It is being deleted, and that waits. Publisher: see its events, or the annotation revoke-at-most."
        found.append(Reminder(Forgotten.DELETION_WAITS, integration.metadata.deletion_timestamp, message))
    if spec.suspend:
        suspended = status.condition(conditions.SUSPENDED)
        since = suspended.last_transition_time if suspended else None
        message = "No sync begins. Publisher: set spec.suspend to false when this is over."
        found.append(Reminder(Forgotten.SUSPENDED, since, message))
    if spec.schedule is not None and spec.schedule.paused:
        message = "No sync begins by the clock. Publisher: set spec.schedule.paused to false when this is over."
        found.append(Reminder(Forgotten.SCHEDULE_PAUSED, None, message))
    if spec.interval >= _LONG:
        message = f"A sync comes every {spec.interval.days} days only. Publisher: set spec.interval when this is over."
        found.append(Reminder(Forgotten.INTERVAL_PAUSED, None, message))
    guard = spec.guard
    percents = (guard.district_percent, guard.school_percent, guard.day_percent, guard.week_percent)
    if all(percent is None or percent >= _OFF for percent in percents):
        message = "No removal is held, however many there are. Publisher: set spec.guard back when this is over."
        found.append(Reminder(Forgotten.GUARD_OFF, None, message))
    if (why := _of_no_use(integration)) is not None:
        found.append(Reminder(Forgotten.APPROVAL_SPENT, None, why))
    return tuple(found)


def _of_no_use(integration: RosterIntegration) -> str | None:
    """Why the approval that is given helps nothing any more; None if it may, or was not yet looked at."""
    approval, status = integration.spec.approval, integration.status
    if approval is None or status.observed_generation != integration.metadata.generation:
        return None
    told = status.approval
    if told is not None and told.plan == approval.plan:
        if told.state is ApprovalState.VALID:
            return None
        if told.state is ApprovalState.EXPIRED:
            when = f" at {told.expires:%Y-%m-%d %H:%M} UTC" if told.expires else ""
            return f"The approval of spec.approval has expired{when}. Publisher: approve again, or remove it."
        if told.state is ApprovalState.SPENT:
            return "The approval of spec.approval was spent by a sync. Publisher: remove it."
    held, plan = status.condition(conditions.HELD), status.plan
    if held is not None and plan is not None and plan.digest == approval.plan:
        return None
    return "spec.approval.plan names a plan that does not wait. Publisher: remove it."
