"""When syncs may begin by the clock: windows and blackouts of `spec.schedule`, in the district's time zone. Pure.

The first sync of a window begins at a time that the UID chooses, the same every day and the same on every machine;
further ones follow it after each interval. Hours are those of the clock on the wall, also on the days on which it is
put forward or back.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from roster_operator.api.v1alpha1 import Blackout, Schedule, SyncWindow, Weekday
from roster_operator.errors import InvalidSpec
from roster_operator.roster.time_zone import time_zone

_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = time()
_WEEK: Final = tuple(Weekday)
_ALL_DAY: Final = SyncWindow(start=_MIDNIGHT, end=_MIDNIGHT)
_FARTHEST: Final = 1000
"""Days that are looked at, those of blackouts aside, before nothing is found."""


@dataclass(frozen=True, slots=True)
class SyncHours:
    """What a spec says of the hours of its syncs, as far as that can be followed."""

    windows: SyncWindows | None = None
    """None: the interval alone decides."""
    paused: bool = False
    """No sync begins by the clock."""
    zone_unknown: bool = False
    """There is a schedule, and no time zone to read it by."""

    @classmethod
    def of(cls, schedule: Schedule | None, zone: str) -> SyncHours:
        """By `spec.schedule` and the name of a time zone."""
        if schedule is None:
            return ANY_HOUR
        try:
            return cls(SyncWindows.of(schedule, time_zone(zone)), schedule.paused)
        except InvalidSpec:
            return cls(paused=schedule.paused, zone_unknown=True)


@dataclass(frozen=True, slots=True)
class SyncWindows:
    """When syncs may begin by the clock."""

    zone: ZoneInfo
    windows: tuple[SyncWindow, ...] = (_ALL_DAY,)
    blackouts: tuple[Blackout, ...] = ()

    @classmethod
    def of(cls, schedule: Schedule, zone: ZoneInfo) -> SyncWindows:
        """Those that a schedule names; without a window, all day."""
        return cls(zone, schedule.windows or (_ALL_DAY,), schedule.blackouts)

    def allow(self, moment: datetime) -> bool:
        """Whether a sync may begin then."""
        local = self._local(moment)
        return self._blackout(local.date()) is None and self.window_at(moment) is not None

    def window_at(self, moment: datetime) -> SyncWindow | None:
        """The one that is open then, blackouts aside."""
        local = self._local(moment)
        for window in self.windows:
            for day in (local.date() - _DAY, local.date()):
                if _opens(window, day) and timedelta(0) <= local - _start(window, day) < _length(window):
                    return window
        return None

    def blackout_at(self, moment: datetime) -> Blackout | None:
        """The one that the day belongs to."""
        return self._blackout(self._local(moment).date())

    def midnight(self, day: date) -> datetime:
        """When a day of the district begins."""
        return datetime.combine(day, _MIDNIGHT, self.zone).astimezone(UTC)

    def first_after(self, moment: datetime, *, interval: timedelta, fraction: float) -> datetime | None:
        """The first time after `moment` at which a sync begins; None if there is none.

        `fraction`, in [0, 1), says how far into a window, or into the interval if that is shorter, the first one is.
        """
        found = (self._first_of(window, moment, interval, fraction) for window in self.windows)
        return min((at for at in found if at is not None), default=None)

    def latest_until(
        self, limit: datetime, *, after: datetime, interval: timedelta, fraction: float
    ) -> datetime | None:
        """The last such time that is not after `limit`, or else the first after `after`."""
        found = self.first_after(after, interval=interval, fraction=fraction)
        while found is not None and found < limit:
            further = self.first_after(found, interval=interval, fraction=fraction)
            if further is None or further > limit:
                break
            found = further
        return found

    def without_blackouts(self) -> SyncWindows:
        """As if there were none."""
        return replace(self, blackouts=())

    def _first_of(self, window: SyncWindow, moment: datetime, interval: timedelta, fraction: float) -> datetime | None:
        length = _length(window)
        ahead = timedelta(seconds=math.floor(fraction * min(length, interval).total_seconds()))
        for day in self._days(window, self._local(moment).date()):
            first = _start(window, day) + ahead
            steps = max(0, (self._local(moment) - first) // interval)
            while ahead + steps * interval < length:
                at = first + steps * interval
                blackout = self._blackout(at.date())
                if blackout is not None:
                    over = datetime.combine(blackout.last_day, _MIDNIGHT) + _DAY
                    steps = max(steps + 1, -(-(over - first) // interval))
                    continue
                for fold in (0, 1):
                    found = at.replace(tzinfo=self.zone, fold=fold).astimezone(UTC)
                    if found > moment:
                        return found
                steps += 1
        return None

    def _days(self, window: SyncWindow, day: date) -> Iterator[date]:
        """Those from the day before on which it opens, unless it closes within the blackout that they are in."""
        day -= _DAY
        for _ in range(_FARTHEST):
            if day >= date.max - 2 * _DAY:
                return
            blackout = self._blackout(day)
            if blackout is not None and day < blackout.last_day:
                day = blackout.last_day
                continue
            if _opens(window, day):
                yield day
            day += _DAY

    def _blackout(self, day: date) -> Blackout | None:
        return next((each for each in self.blackouts if each.first_day <= day <= each.last_day), None)

    def _local(self, moment: datetime) -> datetime:
        """What the clock on the wall shows."""
        return moment.astimezone(self.zone).replace(tzinfo=None)


ANY_HOUR: Final = SyncHours()


def _opens(window: SyncWindow, day: date) -> bool:
    return _WEEK[day.weekday()] in window.days


def _start(window: SyncWindow, day: date) -> datetime:
    return datetime.combine(day, window.start)


def _length(window: SyncWindow) -> timedelta:
    """By the clock on the wall; a whole day if it opens and closes at the same hour."""
    day = date.min
    length = datetime.combine(day, window.end) - datetime.combine(day, window.start)
    return length if length > timedelta(0) else length + _DAY
