"""What will end or begin for a district by itself, as far as its resource, its ledger and its certificates tell.

What comes by dates of the roster is the license calendar's, in bulk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from roster_operator.api.v1alpha1 import RemovalGuard, RosterIntegration, RosterIntegrationSpec, Snapshot
from roster_operator.errors import Actor
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.queries.records import KnownDistrict
from roster_operator.operations.calendar import AHEAD_DAYS, Cliff, LicenseCalendar, calendar_of
from roster_operator.plurals import counted
from roster_operator.reconcile.guard_input import limits_of
from roster_operator.reconcile.seats import in_order, last_day
from roster_operator.reconcile.sync_windows import SyncHours, SyncWindows
from roster_operator.reconcile.terms import meaning, seasons_of

AHEAD: Final = timedelta(days=AHEAD_DAYS)
_MOST_DECISIONS: Final = 1_000
_NAMED: Final = 3
"""So many terms are named."""


class Kind(StrEnum):
    """What it is."""

    NEXT_SYNC = "NextSync"
    NEXT_FULL_READ = "NextFullRead"
    BLACKOUT_BEGINS = "BlackoutBegins"
    BLACKOUT_ENDS = "BlackoutEnds"
    SEASON_BEGINS = "SeasonBegins"
    SEASON_ENDS = "SeasonEnds"
    TERMS_BEGIN = "TermsBegin"
    TERMS_END = "TermsEnd"
    LICENSES_BEGIN = "LicensesBegin"
    LICENSES_END = "LicensesEnd"
    BY_HAND_ENDS = "ByHandEnds"
    SEATS_BEGIN = "SeatsBegin"
    SEATS_END = "SeatsEnd"
    CREDENTIALS_EXPIRE = "CredentialsExpire"
    CERTIFICATE_EXPIRES = "CertificateExpires"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that will be."""

    at: datetime
    kind: Kind
    message: str
    acts: Actor | None
    """Who must do something before; None: nobody."""
    past: bool
    """Whether it has been, and somebody should have acted."""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Of a district, the soonest first."""

    name: str
    namespace: str
    until: datetime
    events: tuple[Event, ...]
    not_known: tuple[str, ...]
    """What else may end or begin, and why it is not told."""


def upcoming(
    integration: RosterIntegration,
    queries: LedgerQueries | None,
    certificates: Mapping[str, datetime],
    now: datetime,
    *,
    ahead: timedelta = AHEAD,
) -> Upcoming:
    """What is to come until then, and what is past and should have been done. `certificates`: their ends, by name."""
    events = [*_of_resource(integration, now), *_of_certificates(certificates, now)]
    district, foreseen = None, None
    if queries is not None:
        district = next((each for each in queries.districts() if each.owner == integration.key), None)
    if queries is not None and district is not None:
        events += _of_ledger(district, queries, now, ahead)
        foreseen = calendar_of(queries, district, now, days=ahead.days)
    if foreseen is not None:
        events += _of_roster(integration.spec.guard, foreseen)
    kept = sorted((event for event in events if event.at <= now + ahead), key=lambda event: event.at)
    not_known = tuple(_not_known(integration, queries, foreseen))
    return Upcoming(integration.name, integration.namespace, now + ahead, tuple(kept), not_known)


def _not_known(
    integration: RosterIntegration, queries: LedgerQueries | None, foreseen: LicenseCalendar | None
) -> Iterator[str]:
    what = "Terms, and licenses that begin or end by the dates of the roster, are not told: "
    if queries is None:
        yield what + "that takes the ledger (--ledger, or the console by --server)."
    elif integration.spec.snapshot is Snapshot.NONE:
        yield what + "spec.snapshot is None, so no reading is kept."
    elif foreseen is None:
        yield what + "no reading is kept yet; the next sync of the live district keeps one."
    elif foreseen.undecided:
        people = counted(foreseen.undecided, "[person|people]")
        yield f"Of {people} nobody can say what they are entitled to: they keep what they have, until somebody can."


def _of_roster(guard: RemovalGuard, foreseen: LicenseCalendar) -> Iterator[Event]:
    zone = ZoneInfo(foreseen.zone)

    def on(day: date, kind: Kind, message: str) -> Event:
        return Event(datetime.combine(day, time(), zone), kind, message, None, past=False)

    for day in foreseen.terms:
        for kind, terms in ((Kind.TERMS_BEGIN, day.begin), (Kind.TERMS_END, day.end)):
            if terms:
                more = f" and {len(terms) - _NAMED} more" if len(terms) > _NAMED else ""
                verb = "begin" if kind is Kind.TERMS_BEGIN else "end"
                yield on(day.day, kind, f"{verb.capitalize()}: {', '.join(terms[:_NAMED])}{more}.")
    held = _held(guard, foreseen)
    for cliff in foreseen.cliffs:
        if cliff.begin:
            yield on(cliff.day, Kind.LICENSES_BEGIN, f"{_licenses(cliff, cliff.begin)} begin{_result(cliff)}.")
        if cliff.end:
            waits = " More go that day than spec.guard lets go at once: they will wait." if cliff.day in held else ""
            yield on(cliff.day, Kind.LICENSES_END, f"{_licenses(cliff, cliff.end)} end{_result(cliff)}.{waits}")


def _licenses(cliff: Cliff, licenses: int) -> str:
    return f"By the roster, {counted(licenses, 'license[s]')} of {cliff.ebook}, {cliff.edition} edition,"


def _result(cliff: Cliff) -> str:
    return f": {cliff.before} before, {cliff.licenses} then"


def _held(guard: RemovalGuard, foreseen: LicenseCalendar) -> set[date]:
    """Days on which more licenses end than the guard of the district lets go."""
    limits = limits_of(guard)
    every = sorted((day.day, day.begin, day.end) for each in foreseen.by_ebook for day in each.days)
    active, held = sum(each.licenses for each in foreseen.by_ebook), set()
    for day, changes in groupby(every, key=lambda change: change[0]):
        total: Counter[str] = Counter()
        for _, begin, end in changes:
            total.update(begin=begin, end=end)
        if limits.exceeded(total["end"], active, limits.district_percent):
            held.add(day)
        active += total["begin"] - total["end"]
    return held


def _of_resource(integration: RosterIntegration, now: datetime) -> list[Event]:
    spec, status, events = integration.spec, integration.status, []
    if status.next_sync_time is not None and not spec.suspend:
        why = f" {status.next_sync.message}" if status.next_sync else ""
        events.append(Event(status.next_sync_time, Kind.NEXT_SYNC, f"The next sync.{why}", None, past=False))
    if status.reads is not None and status.reads.next_full_read_time is not None:
        at = status.reads.next_full_read_time
        events.append(Event(at, Kind.NEXT_FULL_READ, "The roster is read whole again, which removes too.", None, False))
    events += _seasons(spec, now)
    events += _seats(spec, now)
    events += _blackouts(SyncHours.of(spec.schedule, spec.time_zone).windows, now)
    if spec.source.credentials_expire is not None:
        at = datetime.combine(spec.source.credentials_expire, time(), UTC)
        message = "The SIS refuses the credentials. District: make new ones. Publisher: put them into the Secret."
        events.append(Event(at, Kind.CREDENTIALS_EXPIRE, message, Actor.DISTRICT, past=at <= now))
    return events


def _seasons(spec: RosterIntegrationSpec, now: datetime) -> Iterator[Event]:
    seasons, zone = seasons_of(spec)
    for each in seasons:
        begins = datetime.combine(each.first_day, time(), zone)
        ends = datetime.combine(each.last_day + timedelta(days=1), time(), zone)
        if begins > now:
            yield Event(begins, Kind.SEASON_BEGINS, f"{each.season}. {meaning(each)}", None, past=False)
        if ends > now:
            yield Event(ends, Kind.SEASON_ENDS, f"{each} is over.", None, past=False)


def _seats(spec: RosterIntegrationSpec, now: datetime) -> Iterator[Event]:
    """The publisher sees to a renewal before they end."""
    _, zone = seasons_of(spec)
    for pool in in_order(spec):
        seats, last = counted(pool.total, "seat[s]"), last_day(pool)
        begins = datetime.combine(pool.first_day, time(), zone) if pool.first_day is not None else now
        ends = datetime.combine(last + timedelta(days=1), time(), zone) if last is not None else now
        if begins > now:
            yield Event(begins, Kind.SEATS_BEGIN, f"{seats} of {pool} can be taken.", None, past=False)
        if ends > now:
            told = f"{seats} of {pool} can no longer be taken. Nobody loses a license; whoever is new waits."
            yield Event(ends, Kind.SEATS_END, told, Actor.PUBLISHER, past=False)


def _blackouts(windows: SyncWindows | None, now: datetime) -> Iterator[Event]:
    if windows is None:
        return
    for each in windows.blackouts:
        begins, ends = windows.midnight(each.first_day), windows.midnight(each.last_day + timedelta(days=1))
        if begins > now:
            yield Event(begins, Kind.BLACKOUT_BEGINS, f"No sync by the clock until {each.last_day}.", None, past=False)
        if ends > now:
            yield Event(ends, Kind.BLACKOUT_ENDS, "Syncs begin by the clock again.", None, past=False)


def _of_certificates(certificates: Mapping[str, datetime], now: datetime) -> list[Event]:
    return [
        Event(
            at,
            Kind.CERTIFICATE_EXPIRES,
            f"The certificate {name} in the Secret's ca.crt ends. District: send the new one. Publisher: put it there.",
            Actor.DISTRICT,
            past=at <= now,
        )
        for name, at in certificates.items()
    ]


def _of_ledger(district: KnownDistrict, queries: LedgerQueries, now: datetime, ahead: timedelta) -> list[Event]:
    events = list(_of_decisions(district, queries, now, ahead))
    return events + [
        Event(
            each.until,
            Kind.LICENSES_END,
            f"{counted(each.licenses, '[license ends|licenses end]')}: {each.ebook}, {each.edition} edition.",
            None,
            past=False,
        )
        for each in queries.ending(district.id, before=now + ahead)
        if each.until > now
    ]


def _of_decisions(district: KnownDistrict, queries: LedgerQueries, now: datetime, ahead: timedelta) -> Iterator[Event]:
    """Of nobody in particular: who may see people asks `decisions`."""
    standing = queries.decisions(district.id, now=now, limit=_MOST_DECISIONS)
    ends = Counter((each.until, each.kind, each.ebook, each.edition) for each in standing if each.until is not None)
    for (until, kind, ebook, edition), count in ends.items():
        if until <= now + ahead:
            what = counted(count, "block[s]" if kind == "Block" else "grant[s]")
            told = f"By hand, of {ebook or 'every eBook'}, {edition} edition: the end of {what}. See `decisions`."
            yield Event(until, Kind.BY_HAND_ENDS, told, Actor.PUBLISHER, past=False)
