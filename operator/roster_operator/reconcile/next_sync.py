"""When the next sync is after one that ended, and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from roster_operator.api import durations
from roster_operator.api.v1alpha1 import NextSync, NextSyncStatus, Weekday
from roster_operator.reconcile.schedule import into_window, next_attempt
from roster_operator.reconcile.sync_windows import SyncHours, SyncWindows

_SOONEST: Final = timedelta(seconds=10)
"""The shortest interval between two syncs."""
_WEEK: Final = tuple(Weekday)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A sync that ended, as far as the next one depends on it."""

    uid: str
    started: datetime
    finished: datetime
    interval: timedelta
    """To the next one, if it succeeded."""
    retry_interval: timedelta
    failures: int
    """Consecutive ones, with this."""
    retry_after: float | None = None
    """Seconds of patience that the SIS asks for."""
    full_read_due: datetime | None = None
    """Until when the next one has to be, whatever the interval."""


@dataclass(frozen=True, slots=True)
class Next:
    """When it is, and why."""

    at: datetime | None
    """None: not by the clock."""
    why: NextSyncStatus


def next_sync(ended: Ended, hours: SyncHours) -> Next:
    """By the interval or after a failure; where hours are set, in these."""
    if hours.paused:
        return _told(None, NextSync.PAUSED, "spec.schedule is paused: none begins by the clock, one asked for does.")
    planned = _in_time(ended, _by_interval(ended))
    if hours.windows is not None:
        return _in_windows(ended, planned, hours.windows)
    if hours.zone_unknown and not ended.failures:
        message = "spec.timeZone is no time zone, so spec.schedule is not followed. Publisher: correct it."
        return _told(planned.at, NextSync.TIME_ZONE, message)
    return planned


def next_sync_anew(ended: Ended, hours: SyncHours, now: datetime) -> Next:
    """The same some time after it ended: when the hours have changed, or a window went by."""
    found = next_sync(ended, hours)
    if found.at is None or found.at >= now or hours.windows is None:
        return found
    return next_sync(replace(ended, finished=now), hours)


def _by_interval(ended: Ended) -> Next:
    def after(patience: float | None) -> datetime:
        return next_attempt(
            now=ended.finished,
            uid=ended.uid,
            interval=ended.interval,
            retry_interval=ended.retry_interval,
            failures=ended.failures,
            retry_after=patience,
        )

    at = after(ended.retry_after)
    if at > after(None):
        return _told(at, NextSync.RETRY_AFTER, "The SIS asks to come back later.")
    if ended.failures:
        return _told(at, NextSync.RETRY, "The last sync failed; it is tried again.")
    return _told(at, NextSync.INTERVAL, f"Every {durations.write(ended.interval)}.")


def _in_time(ended: Ended, planned: Next) -> Next:
    """Sooner, if a full read is due by then."""
    due = ended.full_read_due
    if due is None or planned.at is None or due >= planned.at:
        return planned
    at = max(due, ended.finished.replace(microsecond=0) + _SOONEST)
    return _told(at, NextSync.FULL_READ, "The roster is read whole again, as source.delta.fullInterval says.")


def _in_windows(ended: Ended, planned: Next, windows: SyncWindows) -> Next:
    at = _window_time(ended, planned, windows)
    if at == planned.at:
        return planned
    if at is None:
        return _told(None, NextSync.WINDOW, "spec.schedule leaves no time for a sync. Publisher: correct it.")
    local = at.astimezone(windows.zone)
    when = f"{_WEEK[local.weekday()]} at {local:%H:%M}, {windows.zone.key}"
    sooner = _window_time(ended, planned, windows.without_blackouts())
    blackout = windows.blackout_at(sooner) if sooner is not None and sooner != at else None
    if blackout is not None:
        days = f"from {blackout.first_day} to {blackout.last_day}"
        return _told(at, NextSync.BLACKOUT, f"By spec.schedule, none begins by the clock {days}; then {when}.")
    window = windows.window_at(at)
    hours = f", between {window.start:%H:%M} and {window.end:%H:%M}" if window and window.start != window.end else ""
    return _told(at, NextSync.WINDOW, f"By spec.schedule{hours}: {when}.")


def _window_time(ended: Ended, planned: Next, windows: SyncWindows) -> datetime | None:
    """At a time of the windows that keeps the interval; what has a reason of its own, as soon as a window allows it."""
    fraction = into_window(ended.uid)
    found = None
    if not ended.failures:
        limit = ended.started + ended.interval
        found = windows.latest_until(limit, after=ended.finished, interval=ended.interval, fraction=fraction)
    if planned.at is None or planned.why.reason == NextSync.INTERVAL:
        return found
    if found is not None and found <= planned.at:
        return found
    if windows.allow(planned.at):
        return planned.at
    return windows.first_after(planned.at, interval=ended.interval, fraction=fraction)


def _told(at: datetime | None, reason: NextSync, message: str) -> Next:
    return Next(at, NextSyncStatus(reason=reason, message=message))
