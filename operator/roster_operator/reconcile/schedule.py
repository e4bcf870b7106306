"""When a RosterIntegration is reconciled, and why. Pure: plain values in, a decision out.

Everything that the decision needs stands in the resource itself, so a restart of the operator neither forgets nor
repeats a sync. Jitter comes from the UID and is therefore the same on every machine and in every process; the time it
leads to is published as `status.nextSyncTime`.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roster_operator.reconcile.contract import Trigger
from roster_operator.reconcile.sync_windows import ANY_HOUR, SyncHours, SyncWindows

INTERVAL_JITTER: Final = 0.05
"""After a success, up to this part of the interval is taken off: never later than promised, never much sooner."""
RETRY_JITTER: Final = 0.10
"""After a failure, the delay is longer or shorter by up to this part."""
STARTUP_SPREAD: Final = timedelta(minutes=10)
"""What was already overdue when the operator started is spread over this time, or over one interval if shorter."""
SKEW: Final = timedelta(minutes=1)
"""Clocks of two machines differ by less."""
LONGEST_RETRY_AFTER: Final = timedelta(hours=24)
"""A SIS that asks for more patience than this, and than the interval, is not obeyed further."""
LATEST_START: Final = timedelta(minutes=30)
"""What was due in a window and waited for a worker may begin so much later than it was due, though it has closed."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ScheduleInput:
    """Where a RosterIntegration stands: what it asks for, and what its status says was done about it."""

    uid: str
    interval: timedelta
    """The longest time from one sync to the next, if they succeed."""
    generation: int
    observed_generation: int = 0
    """0: never reconciled."""
    only_schedule_changed: bool = False
    """Whether `spec.schedule` is all that this generation has anew: there is nothing to sync for."""
    requested_at: str = ""
    """The annotation `rostering.cpm.org/requested-at`; empty if absent. Any other text than before is a request."""
    last_handled_requested_at: str = ""
    secret_version: str | None = None
    """Of the Secret as it is now; None if that is not known without asking for it."""
    observed_secret_version: str = ""
    next_sync_time: datetime | None = None
    last_attempt: datetime | None = None
    """When a sync last began."""
    last_end: datetime | None = None
    """When a sync last ended."""
    failures: int = 0
    """Consecutive ones until now."""
    suspended: bool = False
    hours: SyncHours = ANY_HOUR
    """When a sync may begin by the clock."""
    external_trigger: Trigger | None = None
    """Something outside the resource that calls for a reconcile now, such as an EBook that changed."""


@dataclass(frozen=True, slots=True)
class Due:
    """What to do next: reconcile at `at` because of `trigger`; with no trigger, nothing until the resource changes."""

    trigger: Trigger | None
    at: datetime | None

    def now(self, now: datetime) -> bool:
        """Whether the time has come."""
        return self.at is not None and self.at <= now


NEVER: Final = Due(trigger=None, at=None)


def due(standing: ScheduleInput, *, now: datetime, started: datetime) -> Due:
    """Why and when a resource is to be reconciled next; `started` is when this operator process started.

    What a person or GitOps changed runs at once, whatever the hour; the clock's due times as published, and what came
    from outside at once, in the hours that the spec allows; where these have just changed, not before the status says
    when that is. A suspended resource is never due; that its request is answered all the same is the worker's business.
    """
    if standing.suspended:
        return NEVER
    if standing.generation != standing.observed_generation and not standing.only_schedule_changed:
        return Due(Trigger.SPEC_CHANGED, now)
    if standing.requested_at and standing.requested_at != standing.last_handled_requested_at:
        return Due(Trigger.REQUESTED, now)
    if standing.secret_version is not None and standing.secret_version != standing.observed_secret_version:
        return Due(Trigger.SECRET_CHANGED, now)
    if standing.hours.paused or standing.generation != standing.observed_generation:
        return NEVER
    trigger = standing.external_trigger or (Trigger.RETRY if standing.failures else Trigger.SCHEDULE)
    at = now if standing.external_trigger is not None else _by_the_clock(standing, now, started)
    if standing.hours.windows is not None:
        allowed = _allowed(standing, standing.hours.windows, at, now)
        return NEVER if allowed is None else Due(trigger, allowed)
    return Due(trigger, at)


def is_told_otherwise(standing: ScheduleInput, decision: Due, now: datetime) -> bool:
    """Whether the status says something else of the next sync than a schedule that changed, or a night that was missed.

    A sync that is due now says it anew anyway.
    """
    if decision.now(now):
        return False
    if standing.generation != standing.observed_generation:
        return standing.only_schedule_changed
    told = standing.next_sync_time
    by_the_clock = decision.trigger in (Trigger.SCHEDULE, Trigger.RETRY)
    return by_the_clock and standing.hours.windows is not None and told is not None and told < now - LATEST_START


def _by_the_clock(standing: ScheduleInput, now: datetime, started: datetime) -> datetime:
    """The time that was published, unless it is overdue since before the start or of a clock that was wrong."""
    # Clocks of machines are wrong at times, and put right: what they left behind must keep nobody waiting.
    started = min(started, now)
    at = standing.next_sync_time or started
    if at <= started or at > _latest(standing, now) or _is_of_a_clock_ahead(standing, now):
        at = started + _fraction(standing.uid, "startup") * min(standing.interval, STARTUP_SPREAD)
    return at


def _allowed(standing: ScheduleInput, windows: SyncWindows, at: datetime, now: datetime) -> datetime | None:
    """`at`, or the next time that a window has."""
    waited_in_vain = at < now - LATEST_START
    if windows.allow(at) and not waited_in_vain:
        return at
    if at <= now and windows.allow(now):
        return at
    return windows.first_after(max(at, now), interval=standing.interval, fraction=into_window(standing.uid))


def into_window(uid: str) -> float:
    """How far into a window the first sync of a resource begins: part of the window, in [0, 1)."""
    return _fraction(uid, "window")


def next_attempt(
    *,
    now: datetime,
    uid: str,
    interval: timedelta,
    retry_interval: timedelta,
    failures: int,
    retry_after: float | None,
) -> datetime:
    """When to reconcile again, in whole seconds, after a reconcile that ended `now`.

    With no failure: after the interval, less up to 5 %. After `failures` in a row:
    `min(retry_interval * 2^(failures - 1), interval)`, 10 % more or less, never sooner than `retry_interval`, and
    never sooner than the SIS asked for (`retry_after`, in seconds; heeded up to the longer of a day and the interval).
    """
    if failures <= 0:
        delay = interval * (1 - INTERVAL_JITTER * _fraction(uid, "interval"))
    else:
        doublings = min(failures - 1, max(0, math.ceil(math.log2(max(1.0, interval / retry_interval)))))
        jitter = 1 + RETRY_JITTER * (2 * _fraction(uid, f"retry {failures}") - 1)
        delay = max(min(retry_interval * 2**doublings, interval) * jitter, retry_interval)
    if retry_after is not None and retry_after > 0:
        patience = max(interval, LONGEST_RETRY_AFTER).total_seconds()
        delay = max(delay, timedelta(seconds=min(retry_after, patience)))
    return now.replace(microsecond=0) + timedelta(seconds=math.ceil(delay.total_seconds()))


def _is_of_a_clock_ahead(standing: ScheduleInput, now: datetime) -> bool:
    """Whether the last sync began or ended in what is the future by now: its next time was reckoned from there."""
    return any(moment is not None and moment > now + SKEW for moment in (standing.last_attempt, standing.last_end))


def _latest(standing: ScheduleInput, now: datetime) -> datetime:
    """Beyond what is ever published, by a minute for roundings and clocks that differ a little, or a day of windows."""
    delay = standing.interval
    if standing.failures:
        delay = max(delay, LONGEST_RETRY_AFTER) * (1 + RETRY_JITTER)
    latest, windows = now + delay + SKEW, standing.hours.windows
    if windows is None:
        return latest
    following = windows.first_after(latest, interval=standing.interval, fraction=into_window(standing.uid))
    return (following or latest) + _DAY


def _fraction(uid: str, purpose: str) -> float:
    """A number in [0, 1) that depends on nothing but the UID and what it is for."""
    digest = hashlib.sha256(f"{purpose}\0{uid}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
