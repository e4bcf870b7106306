"""When a district is synced by the clock: `spec.schedule`, and what the status says of the next sync."""

from __future__ import annotations

from datetime import date, time, timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator

from roster_operator.api.rules import VALIDATIONS, found_by, rule, ruled
from roster_operator.api.wire import Remark, ShortWord, WireModel

_TIME: Final = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
_A_TIME: Final = 'must be a time of day such as "01:30" or "22:00", in quotes'
_DAYS_IN_ORDER: Final = "must be firstDay or a later day"
_HAS_AN_END: Final = "must be at most 366 days after firstDay: a blackout has an end"
_LONGEST: Final = timedelta(days=366)
_NO_DAY_TWICE: Final = "must not name a day twice"


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"


EVERY_DAY: Final = tuple(Weekday)


class NextSync(StrEnum):
    """Why the next sync is when it is."""

    INTERVAL = "Interval"
    WINDOW = "Window"
    BLACKOUT = "Blackout"
    RETRY = "Retry"
    RETRY_AFTER = "RetryAfter"
    FULL_READ = "FullRead"
    PAUSED = "Paused"
    TIME_ZONE = "TimeZone"


def _read_time(value: object) -> object:
    if isinstance(value, time):
        return value
    hours, colon, minutes = value.partition(":") if isinstance(value, str) else ("", "", "")
    whole = colon and len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdecimal()
    if not whole or int(hours) > 23 or int(minutes) > 59:
        raise ValueError(_A_TIME)
    return time(int(hours), int(minutes))


TimeOfDay = Annotated[
    time,
    BeforeValidator(_read_time),
    PlainSerializer(lambda moment: moment.strftime("%H:%M"), return_type=str),
    WithJsonSchema({"type": "string", "maxLength": 5, VALIDATIONS: [rule(found_by(_TIME), _A_TIME)]}),
]
"""On the wire a text such as 01:30."""
Day = Annotated[date, WithJsonSchema({"type": "string", "format": "date", "maxLength": 10})]


class SyncWindow(WireModel):
    """Hours in which syncs may begin, in the district's time zone."""

    days: Annotated[
        tuple[Weekday, ...],
        Field(min_length=1, max_length=7, json_schema_extra={"x-kubernetes-list-type": "set"}),
    ] = EVERY_DAY
    """The days on which it opens, such as [Monday, Friday]. By default every day."""
    start: TimeOfDay
    """When it opens, such as "22:00", in spec.timeZone."""
    end: TimeOfDay
    """When it closes, such as "05:00": on the next day if it is not later than start. A sync that has begun is
    finished."""

    @model_validator(mode="after")
    def _no_day_twice(self) -> Self:
        if len(set(self.days)) != len(self.days):
            raise ValueError(f"days: {_NO_DAY_TWICE}")
        return self


class Blackout(WireModel):
    """Days on which no sync begins by the clock, both included, in the district's time zone."""

    model_config = ConfigDict(
        json_schema_extra=ruled(
            rule("self.lastDay >= self.firstDay", _DAYS_IN_ORDER, field_path=".lastDay"),
            rule("self.lastDay - self.firstDay <= duration('8784h')", _HAS_AN_END, field_path=".lastDay"),
        )
    )

    first_day: Day
    """The first of them, such as 2026-12-21."""
    last_day: Day
    """The last of them, at most 366 days later."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError(f"lastDay: {_DAYS_IN_ORDER}")
        if self.last_day - self.first_day > _LONGEST:
            raise ValueError(f"lastDay: {_HAS_AN_END}")
        return self


class Schedule(WireModel):
    """When syncs begin by the clock. A request, and a change of the spec or the Secret, begin one at once all the
    same."""

    paused: bool = False
    """True: no sync begins by the clock, nor for an EBook that changed. Unlike with spec.suspend, one that is asked for
    begins at once."""
    windows: Annotated[
        tuple[SyncWindow, ...], Field(max_length=14, json_schema_extra={"x-kubernetes-list-type": "atomic"})
    ] = ()
    """Hours in which syncs may begin; none: all day. In each window the first sync begins at a time that is the same
    every day, and further ones after each spec.interval."""
    blackouts: Annotated[
        tuple[Blackout, ...], Field(max_length=50, json_schema_extra={"x-kubernetes-list-type": "atomic"})
    ] = ()
    """Days on which no sync begins by the clock, such as those of exams or holidays."""


class NextSyncStatus(WireModel):
    """Why the next sync is when it is."""

    reason: ShortWord
    """Interval; Window or Blackout (spec.schedule); Retry (the last sync failed); RetryAfter (the SIS asks to come back
    later); FullRead (the roster is read whole again); Paused (spec.schedule.paused: none is due); TimeZone
    (spec.timeZone is none, so spec.schedule cannot be followed)."""
    message: Remark
    """The same in words."""
