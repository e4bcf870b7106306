"""Reading what changed instead of everything: `spec.source.delta`, and what the status says of it and of the server."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, model_validator

from roster_operator.api.rules import Between, rule, ruled
from roster_operator.api.wire import Count, ShortWord, Time, WireModel

_FULL_IS_RARER: Final = "must be at least delta.interval: between two full reads there are delta reads"


class DeltaReads(WireModel):
    """Between full reads, ask the SIS only for the enrollments that changed."""

    model_config = ConfigDict(
        json_schema_extra=ruled(
            rule(
                "!has(self.interval) || !has(self.fullInterval) "
                "|| duration(self.interval) <= duration(self.fullInterval)",
                _FULL_IS_RARER,
                field_path=".fullInterval",
            )
        )
    )

    interval: Annotated[timedelta, Between("10s", "720h")] | None = None
    """Time from one sync to the next while the SIS tells what changed. By default, and otherwise, spec.interval."""
    full_interval: Annotated[timedelta, Between("10s", "720h")] = timedelta(hours=168)
    """The longest time from one full read to the next. Licenses are removed, and changed logins noticed, by full reads
    only."""

    @model_validator(mode="after")
    def _full_reads_are_rarer(self) -> Self:
        if self.interval is not None and self.interval > self.full_interval:
            raise ValueError(f"fullInterval: {_FULL_IS_RARER}")
        return self


class ReadsStatus(WireModel):
    """How the roster is read where spec.source.delta is set."""

    last: ShortWord | None = None
    """Full or Delta: how the last sync that succeeded read the roster."""
    reason: ShortWord | None = None
    """Why it was so: Unchanged (nothing called for a full read); SetupMode; Asked (a request, or a change of the spec,
    the Secret or an EBook); AfterFailure; NoBasis (the first live sync, or removals waited); Changed (something that
    decides beside the roster); Due (fullInterval has passed); NewDay (a term or an enrollment began or ended);
    ToConfirm (that people are no longer listed, see guard.absentReads); ScopeChanged (the classes in scope are others);
    NotTold (the SIS does not tell what changed); Incomplete (what it told broke off); ManyChanges."""
    last_full_read_time: Time | None = None
    """When the last full read that succeeded began."""
    next_full_read_time: Time | None = None
    """When the next sync that begins will be a full read, whatever happens until then."""


class ProviderStatus(WireModel):
    """What the SIS's server does, as far as it could be seen. Looked at on first contact, when the spec changes, on
    request, and once a month. Of files and of PowerSchool's own API there is only dayOrder, if that shows."""

    examined_time: Time
    """When."""
    observed_generation: Annotated[int, Field(ge=0, json_schema_extra={"format": "int64"})] = 0
    """The metadata.generation that this was found for."""
    version: ShortWord = ""
    """Of OneRoster."""
    largest_page: Count | None = None
    """Rows in the largest page that it gives. Absent if that is not known, because everything fits into one."""
    totals: ShortWord = ""
    """X-Total-Count: Right, Wrong, Absent or Unknown."""
    links: ShortWord = ""
    """Link headers: Present or Absent."""
    status_filter: ShortWord = ""
    """What it makes of a filter by status: Honoured, Ignored, Refused or Unknown."""
    date_filter: ShortWord = ""
    """What it makes of a filter by dateLastModified: Honoured, Ignored, Refused or Unknown."""
    sort: ShortWord = ""
    """What it makes of sort and orderBy: Honoured, Ignored, Refused or Unknown."""
    dates: ShortWord = ""
    """dateLastModified of the enrollments: Varied, Constant (all have the same), Empty or Unknown. Delta reads need
    Varied dates and an Honoured filter by them."""
    date_form: ShortWord = ""
    """How it writes times: UTC, Offset, NoZone, DateOnly or Mixed."""
    latency: ShortWord = ""
    """How long an answer takes, roughly: the median was under this time."""
    day_order: ShortWord = ""
    """How dates such as 05/06/2026 are read, by what other dates of the roster show: MonthFirst, DayFirst or, of terms
    and enrollments differently, Mixed. Absent if no date shows it."""
