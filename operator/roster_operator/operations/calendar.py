"""The license calendar of a district: licenses by day, eBook and edition, by the dates of the last reading.

It says what syncs would do if the roster stayed as it was read, and no guard held anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from roster_operator.errors import InputError
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.queries.records import KnownDistrict
from roster_operator.licensing.models import Entitlement
from roster_operator.operations.naming import district_in
from roster_operator.operations.ports import DistrictName
from roster_operator.roster.dates import Days, certain
from roster_operator.roster.models import Status
from roster_operator.snapshot.forecast import Forecast, Step, forecast
from roster_operator.snapshot.format import Header

AHEAD_DAYS: Final = 120
MOST_DAYS: Final = 400
CLIFF_PERCENT: Final = 10
CLIFF_FLOOR: Final = 5
"""A cliff is a day on which more of an eBook and edition begin or end than this, and at least that share."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which licenses of one eBook and edition begin or end."""

    day: date
    begin: int
    end: int
    licenses: int
    """On that day, and until the next that is listed."""


@dataclass(frozen=True, slots=True)
class EBookCalendar:
    """Of one eBook and edition."""

    ebook: str
    edition: str
    licenses: int
    """Today."""
    days: tuple[Day, ...]
    """Those after today on which something changes, in their order."""


@dataclass(frozen=True, slots=True)
class Cliff:
    """A day on which many licenses of one eBook and edition begin or end."""

    day: date
    ebook: str
    edition: str
    before: int
    begin: int
    end: int
    licenses: int


@dataclass(frozen=True, slots=True)
class TermDay:
    """A day on which terms begin, or end; by the SIS's ids of them."""

    day: date
    begin: tuple[str, ...]
    end: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LicenseCalendar:
    """Of a district."""

    district: str
    namespace: str
    read: datetime
    """When the reading began that it rests on."""
    run_id: str
    zone: str
    """The time zone by which its days begin."""
    today: date
    until: date
    undecided: int
    """People of whom nobody could say all when it was read: they keep what they have, and that is not counted here."""
    by_ebook: tuple[EBookCalendar, ...]
    cliffs: tuple[Cliff, ...]
    terms: tuple[TermDay, ...]


def calendar(queries: LedgerQueries, wanted: DistrictName, now: datetime, *, days: int = AHEAD_DAYS) -> LicenseCalendar:
    """From today on; raises `InputError` if no reading is kept."""
    district = district_in(queries, wanted)
    found = calendar_of(queries, district, now, days=days)
    if found is None:
        raise InputError(
            f"No reading of {district.name} is kept that a calendar could be made of: the next sync of the live "
            "district keeps one, unless spec.snapshot is None."
        )
    return found


def calendar_of(queries: LedgerQueries, district: KnownDistrict, now: datetime, *, days: int) -> LicenseCalendar | None:
    """The same of a district that is known, and no further than a roster goes; None if no reading of it is kept."""
    with queries.snapshot(district.id) as snapshot:
        if snapshot is None:
            return None
        header = snapshot.header
        today = max(now.astimezone(ZoneInfo(header.zone)).date(), date.fromisoformat(header.day))
        until = today + timedelta(days=min(days, MOST_DAYS))
        told = forecast(header, snapshot.blobs, until.isoformat())
        by_ebook = tuple(_by_ebook(told, today))
        return LicenseCalendar(
            district=district.name,
            namespace=district.namespace,
            read=snapshot.taken,
            run_id=snapshot.run_id,
            zone=header.zone,
            today=today,
            until=until,
            undecided=told.undecided,
            by_ebook=by_ebook,
            cliffs=tuple(sorted(_cliffs(by_ebook), key=lambda cliff: cliff.day)),
            terms=tuple(_terms(header, today, until)),
        )


def _by_ebook(told: Forecast, today: date) -> list[EBookCalendar]:
    steps = [(date.fromisoformat(day), step) for day, step in told.steps.items()]
    entitlements = {*told.licenses, *(each for _, step in steps for each in (*step.begin, *step.end))}
    return [_of_one(each, told.licenses.get(each, 0), steps, today) for each in sorted(entitlements)]


def _of_one(each: Entitlement, licenses: int, steps: list[tuple[date, Step]], today: date) -> EBookCalendar:
    now, days = licenses, []
    for day, step in steps:
        begin, end = step.begin.get(each, 0), step.end.get(each, 0)
        licenses += begin - end
        if day <= today:
            now = licenses
        elif begin or end:
            days.append(Day(day, begin, end, licenses))
    return EBookCalendar(each.ebook, str(each.edition), now, tuple(days))


def _cliffs(by_ebook: tuple[EBookCalendar, ...]) -> list[Cliff]:
    found = []
    for each in by_ebook:
        before = each.licenses
        for day in each.days:
            most = max(day.begin, day.end)
            if most > CLIFF_FLOOR and most * 100 >= before * CLIFF_PERCENT:
                found.append(Cliff(day.day, each.ebook, each.edition, before, day.begin, day.end, day.licenses))
            before = day.licenses
    return found


def _terms(header: Header, today: date, until: date) -> list[TermDay]:
    days = Days(header.day, ZoneInfo(header.zone))
    sessions = [session for session in header.sessions if session.status is not Status.GONE]
    begin = {session.id: days.begin(session.start) for session in sessions}
    end = {session.id: days.end(session.end) for session in sessions}
    coming = {day for day in (*begin.values(), *end.values()) if certain(day) and str(today) < day <= str(until)}
    return [TermDay(date.fromisoformat(day), _on(begin, day), _on(end, day)) for day in sorted(coming)]


def _on(bounds: dict[str, str], day: str) -> tuple[str, ...]:
    return tuple(sorted(session for session, bound in bounds.items() if bound == day))
