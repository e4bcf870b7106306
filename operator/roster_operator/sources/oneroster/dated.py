"""Enrollments with the time of their last change, for a source that asks what changed and for examining servers."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import msgspec

from roster_operator.api.v1alpha1.choices import EndDates
from roster_operator.roster.models import Enrollment, EnrollmentParts, Enrollments, Status
from roster_operator.sources.oneroster.lenient_rows import ENROLLMENTS, EnrollmentRow, Shape, Text, by_row, enrollment
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.values.inclusive_ends import after_last_days
from roster_operator.sources.values.text import text

TOLERANCE: Final = timedelta(hours=24)
"""Times without a zone, and zones that a server gets wrong, are off by up to 14 hours."""
_YEARS: Final = range(1900, 3000)
"""Times outside are a database's way to say that there is none."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}$")


class DatedRow(EnrollmentRow, gc=False):
    """Of /enrollments."""

    dateLastModified: Text = None  # noqa: N815


class Dated(msgspec.Struct, frozen=True, gc=False):
    """An enrollment and when it changed last."""

    id: str
    enrolled: EnrollmentParts
    changed: datetime | None
    """None if that cannot be read."""
    form: str
    """How that was written: UTC, Offset, NoZone or DateOnly; empty if it cannot be read."""

    @property
    def status(self) -> Status:
        """Whether it counts."""
        return self.enrolled[2].status

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return "Dated(...)"


def moment(written: str) -> datetime | None:
    """The time that a server writes, aware; without a zone it is taken for UTC. None if it cannot be read."""
    try:
        read = datetime.fromisoformat(written)
        if read.year not in _YEARS:
            return None
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def form(written: str) -> str:
    """In one word, how a time that can be read is written."""
    if _DATE.fullmatch(written):
        return "DateOnly"
    if written[-1:] in {"Z", "z"}:
        return "UTC"
    return "Offset" if _OFFSET.search(written) else "NoZone"


def spelled(when: datetime) -> str:
    """A time as OneRoster 1.1 writes it in filters: UTC, with milliseconds."""
    utc = when.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _dated(identifier: str, row: DatedRow, keep: list[Dated]) -> bool:
    found: list[EnrollmentParts] = []
    if not enrollment(identifier, row, found):
        return False
    written = text(row.dateLastModified)
    changed = moment(written)
    keep.append(Dated(identifier, found[0], changed, form(written) if changed is not None else ""))
    return True


DATED: Final[Shape[Dated]] = Shape(ENROLLMENTS.key, ENROLLMENTS.singular, DatedRow, by_row(_dated), ENROLLMENTS.members)


def enrollments_of(rows: Collection[Dated], ends: EndDates) -> Collection[Enrollment]:
    """Without the times; `ends`: what the ends of enrollments mean."""
    enrollments = Enrollments.gathered([row.enrolled for row in rows])
    return after_last_days(enrollments) if ends is EndDates.INCLUSIVE else enrollments


def undated(page: Page[Dated], ends: EndDates) -> Page[Enrollment]:
    """The same page, as a reading takes it."""
    return replace(cast("Page[Any]", page), rows=enrollments_of(page.rows, ends))
