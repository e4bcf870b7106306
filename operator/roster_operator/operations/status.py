"""One district on one screen: who must act first, what was forgotten, how it stands, what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from roster_operator.api import conditions, reasons
from roster_operator.api.v1alpha1 import (
    CanaryStatus,
    Contacts,
    NextSyncStatus,
    RosterIntegration,
    RosterIntegrationSpec,
    SeasonStatus,
)
from roster_operator.api.v1alpha1.plan_status import PlanStatus
from roster_operator.api.v1alpha1.status import (
    Check,
    CheckResult,
    HistoryEntry,
    LicenseCounts,
    RosterCounts,
    SyncSummary,
)
from roster_operator.clock import Clock
from roster_operator.errors import Actor
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.queries.records import EndingLicense, KnownDistrict
from roster_operator.operations.history import RunTold, told
from roster_operator.plurals import counted
from roster_operator.reconcile.acting import actor_in
from roster_operator.reconcile.mapping import claimed_source
from roster_operator.reconcile.standing import Reminder, Standing, reminders_of, standing_of
from roster_operator.reconcile.terms import meaning, season_at, seasons_of

_SOON: Final = timedelta(days=14)
"""What ends by itself until then is told of."""


@dataclass(frozen=True, slots=True)
class InLedger:
    """What the ledger knows of the district, beside the status."""

    district: str
    """The ledger's name of it."""
    live_since: datetime | None
    licenses: int
    sticky: int
    last_run: RunTold | None
    ending: tuple[EndingLicense, ...]
    """Licenses that end by themselves within two weeks."""


@dataclass(frozen=True, slots=True)
class SeasonTold:
    """A season of spec.terms that is not over."""

    season: str
    first_day: date
    last_day: date
    message: str
    """What it does until it ends."""
    is_on: bool


@dataclass(frozen=True, slots=True)
class DistrictStatus:
    """How a district stands."""

    name: str
    namespace: str
    live: bool
    suspended: bool
    source_type: str
    vendor: str
    source_url: str
    standing: Standing
    contacts: Contacts
    """Where those who act are reached."""
    reminders: tuple[Reminder, ...]
    ready: str
    """True, False or Unknown."""
    checklist: tuple[Check, ...]
    """The items that are not as they should be."""
    passed: int
    """How many items of the checklist are."""
    roster: RosterCounts | None
    licenses: LicenseCounts | None
    plan: PlanStatus | None
    last_sync: SyncSummary | None
    last_sync_time: datetime | None
    next_sync_time: datetime | None
    next_sync: NextSyncStatus | None
    """Why it is then."""
    season: SeasonStatus | None
    """The season of spec.terms that is on."""
    seasons: tuple[SeasonTold, ...]
    """Those that are on or come, in their order."""
    canary: CanaryStatus | None
    """How far spec.canary has come."""
    canary_schools: tuple[str, ...]
    """Those that go live first, as the spec names them; none without a canary."""
    promote_after: int | None
    """Healthy days after which the others follow by themselves."""
    history: tuple[HistoryEntry, ...]
    ledger: InLedger | None
    """None if it was not asked, or does not know the district."""


def status(integration: RosterIntegration, queries: LedgerQueries | None, clock: Clock) -> DistrictStatus:
    """What there is to know of a district that names no person; with `queries`, also what the ledger knows."""
    spec, found, now = integration.spec, integration.status, clock.now()
    ready = found.condition(conditions.READY)
    known = _in_ledger(integration, queries, now) if queries is not None else None
    checklist = tuple(check for check in found.checklist if check.result is not CheckResult.PASS)
    return DistrictStatus(
        name=integration.name,
        namespace=integration.namespace,
        live=spec.live,
        suspended=spec.suspend,
        source_type=str(spec.source.type),
        vendor=str(spec.source.vendor),
        source_url=spec.source.base_url,
        standing=standing_of(integration, now) if ready or not known else _by_ledger(integration, known),
        contacts=spec.contacts,
        reminders=reminders_of(integration),
        ready=str(ready.status) if ready else str(conditions.ConditionStatus.UNKNOWN),
        checklist=checklist,
        passed=len(found.checklist) - len(checklist),
        roster=found.roster,
        licenses=found.licenses,
        plan=found.plan,
        last_sync=found.last_sync,
        last_sync_time=found.last_sync_time,
        next_sync_time=found.next_sync_time,
        next_sync=found.next_sync,
        season=season_at(spec, now),
        seasons=tuple(_seasons(spec, now)),
        canary=found.canary,
        canary_schools=tuple(map(str, spec.canary.schools)) if spec.canary else (),
        promote_after=spec.canary.promote_after if spec.canary else None,
        history=found.history,
        ledger=known,
    )


def _seasons(spec: RosterIntegrationSpec, now: datetime) -> Iterator[SeasonTold]:
    seasons, zone = seasons_of(spec)
    today = now.astimezone(zone).date()
    for each in seasons:
        if each.last_day >= today:
            is_on = each.first_day <= today
            yield SeasonTold(str(each.season), each.first_day, each.last_day, meaning(each), is_on)


def _by_ledger(integration: RosterIntegration, known: InLedger) -> Standing:
    """Of a district whose resource tells nothing, as in files that no cluster wrote."""
    run, reminders = known.last_run, reminders_of(integration)
    if run is not None and run.held:
        message = (
            f"{counted(run.held, '[change waits|changes wait]')}. District: check the roster in the SIS. Publisher: if "
            f"they are right, set spec.approval.plan to {run.digest}."
        )
        return Standing(Actor.DISTRICT, reasons.REMOVALS_HELD, run.finished, message, True)
    if reminders:
        first = reminders[0]
        return Standing(actor_in(first.message), str(first.what), first.since, first.message, False)
    reason = reasons.NOT_YET_CHECKED if run is None else reasons.SYNCED
    message = "The files hold no status; this is what the ledger knows. Syncs that failed are not in it."
    return Standing(None, reason, run.finished if run else None, message, False)


def _in_ledger(integration: RosterIntegration, queries: LedgerQueries, now: datetime) -> InLedger | None:
    district = _district(integration, queries)
    if district is None:
        return None
    counts = queries.counts(district.id)
    latest = queries.runs(district.id, limit=1)
    return InLedger(
        district=district.source,
        live_since=district.live_since,
        licenses=counts.active,
        sticky=counts.sticky,
        last_run=told(latest[0]) if latest else None,
        ending=tuple(each for each in queries.ending(district.id, before=now + _SOON) if each.until >= now),
    )


def _district(integration: RosterIntegration, queries: LedgerQueries) -> KnownDistrict | None:
    """The one that it holds; or, while it holds none, the one that it would have."""
    known = queries.districts()
    held = next((each for each in known if each.owner == integration.key), None)
    source = claimed_source(integration.spec)
    return held or next((each for each in known if each.source == source and not each.owner), None)
