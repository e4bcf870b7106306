"""The one place that makes a status of how a sync ended, with or without a reconcile. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from roster_operator.api import conditions
from roster_operator.api.v1alpha1 import (
    DeltaReads,
    HistoryEntry,
    LedgerStatus,
    PlannedEBook,
    PlannedSchool,
    PlanStatus,
    ReadsStatus,
    ReasonCount,
    RekeyStatus,
    RosterIntegrationStatus,
    SeasonStatus,
    SyncSummary,
)
from roster_operator.licensing.models import Entitlement, Plan
from roster_operator.licensing.rekey import Rekey
from roster_operator.reconcile.checklist import checklist
from roster_operator.reconcile.checklist_weeks import week_of, with_last_week
from roster_operator.reconcile.contract import Catalog, Outcome, Request, Trigger
from roster_operator.reconcile.findings import credentials_expiring, findings_of
from roster_operator.reconcile.license_counts import license_counts
from roster_operator.reconcile.next_sync import Ended, Next, next_sync
from roster_operator.reconcile.report import ReconcileReport
from roster_operator.reconcile.seats import totals
from roster_operator.reconcile.sync_windows import ANY_HOUR, SyncHours
from roster_operator.reconcile.terms import season_at

_A_SECOND = timedelta(seconds=1)
"""Times of a status are cut to the second."""
_GOOD = frozenset({Outcome.SYNCED, Outcome.PLANNED, Outcome.HELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A sync as its status tells of it: of which resource, as it was met, why, and when."""

    previous: RosterIntegrationStatus
    uid: str
    generation: int
    requested_at: str
    secret_version: str
    """A status that did not say it would make the next sync due at once, again and again."""
    trigger: Trigger
    interval: timedelta
    retry_interval: timedelta
    delta: DeltaReads | None = None
    hours: SyncHours = ANY_HOUR
    live: bool = False
    credentials_expire: date | None = None
    season: SeasonStatus | None = None
    canary: bool = False
    """Whether some schools go live first."""
    seats: Mapping[Entitlement, int] = field(default_factory=dict)
    """That there are, of what has a limit."""
    started: datetime
    finished: datetime


def attempt_of(request: Request, *, started: datetime, finished: datetime) -> Attempt:
    """The sync that `request` asks for."""
    integration, spec = request.integration, request.integration.spec
    return Attempt(
        previous=integration.status,
        uid=integration.metadata.uid or integration.key,
        generation=integration.metadata.generation or 0,
        requested_at=integration.metadata.requested_at or "",
        secret_version=request.secret_version,
        trigger=request.trigger,
        interval=spec.interval,
        retry_interval=spec.retry_interval,
        delta=spec.source.delta,
        hours=SyncHours.of(spec.schedule, spec.time_zone),
        live=spec.live,
        credentials_expire=spec.source.credentials_expire,
        season=season_at(spec, started),
        canary=spec.canary is not None,
        seats=totals(spec, started),
        started=started,
        finished=finished,
    )


def summarize(attempt: Attempt, report: ReconcileReport) -> RosterIntegrationStatus:
    """The new status: what was found now, and of the previous status what was not looked at."""
    previous, finished = attempt.previous, attempt.finished
    findings = [
        *findings_of(report, previous, live=attempt.live),
        credentials_expiring(attempt.credentials_expire, finished.date()),
    ]
    (ready,) = (finding for finding in findings if finding.type == conditions.READY)
    good = report.outcome in _GOOD
    failures = 0 if good else (previous.consecutive_failures or 0) + 1
    following = _next_sync(attempt, report, failures)
    merged = conditions.merge(
        previous.conditions, findings, generation=attempt.generation, now=finished.replace(microsecond=0)
    )
    fields: dict[str, Any] = {
        "observed_generation": attempt.generation,
        "conditions": merged,
        "checklist": with_last_week(checklist(report, previous.checklist), previous, week_of(finished)),
        "checklist_week": week_of(finished),
        "last_sync": _last_sync(attempt, report),
        "last_attempt_time": attempt.started.replace(microsecond=0),
        "next_sync_time": following.at,
        "next_sync": following.why,
        "reads": _reads(attempt, report, following.at),
        "provider": report.provider if report.access is not None else previous.provider,
        "last_handled_requested_at": attempt.requested_at or previous.last_handled_requested_at,
        "observed_secret_version": attempt.secret_version or previous.observed_secret_version,
        "consecutive_failures": failures,
        "season": attempt.season,
        "canary": report.canary or (previous.canary if attempt.canary else None),
        "history": _history(report, previous, ready.reason, finished),
        **_counts(attempt, report),
    }
    if good:
        fields["last_sync_time"] = finished
    return RosterIntegrationStatus.model_validate(
        {**{name: getattr(previous, name) for name in RosterIntegrationStatus.model_fields}, **fields}
    )


def _next_sync(attempt: Attempt, report: ReconcileReport, failures: int) -> Next:
    """Sooner if the next sync may be a delta read, and in time for the full read that is due by then."""
    reads, delta, interval, due = report.reads, attempt.delta, attempt.interval, None
    if delta is not None and reads is not None and reads.next_full_read_time is not None:
        interval = delta.interval or interval
        if reads.last_full_read_time is not None:
            due = reads.last_full_read_time + delta.full_interval + _A_SECOND
    ended = Ended(
        uid=attempt.uid,
        started=attempt.started,
        finished=attempt.finished,
        interval=interval,
        retry_interval=attempt.retry_interval,
        failures=failures,
        retry_after=report.failure.error.retry_after if report.failure else None,
        full_read_due=due,
    )
    return next_sync(ended, attempt.hours)


def _reads(attempt: Attempt, report: ReconcileReport, at: datetime | None) -> ReadsStatus | None:
    """Unless a full read is due at a certain time, the next sync is one."""
    if attempt.delta is None:
        return None
    reads = report.reads or attempt.previous.reads or ReadsStatus()
    due = reads.next_full_read_time if report.reads is not None else None
    return reads.model_copy(update={"next_full_read_time": due or at})


def _counts(attempt: Attempt, report: ReconcileReport) -> dict[str, Any]:
    """Roster, licenses and plan, as far as they were found."""
    fields: dict[str, Any] = {}
    if report.roster is not None and report.roster.counts is not None:
        fields["roster"] = report.roster.counts
    licenses = report.licenses
    if licenses is not None:
        if report.applied is not None:
            fields["ledger"] = LedgerStatus(id=report.ledger_id, licenses=licenses.active)
        fields["licenses"] = license_counts(report, licenses, attempt.seats)
    if report.decision is not None:
        plan = report.decision.plan
        fields["approval"] = report.decision.approval
        fields["plan"] = PlanStatus(
            digest=plan.digest,
            grants=plan.grants,
            revocations=plan.revocations,
            unchanged=plan.unchanged,
            elsewhere=plan.elsewhere or None,
            held=_held_count(report),
            unconfirmed=(report.applied.unconfirmed or None) if report.applied is not None else None,
            conflicts=plan.conflicts,
            accounts_created=plan.accounts_created,
            accounts_linked=plan.accounts_linked,
            rekey=_rekey(plan.rekey) if plan.rekey is not None else None,
            by_ebook=tuple(
                PlannedEBook(
                    name=each.ebook,
                    edition=str(each.edition),
                    grants=each.grants,
                    revocations=each.removals,
                    replaced=each.replaced or None,
                )
                for each in sorted(plan.by_ebook, key=lambda each: -each.grants - each.removals)
            ),
            by_school=_by_school(plan, report.catalog),
        )
    return fields


def _rekey(rekey: Rekey) -> RekeyStatus:
    found = rekey.agreement
    return RekeyStatus(
        both=found.both,
        login=found.login,
        number=found.number,
        neither=found.neither,
        ambiguous=found.ambiguous or None,
        moved=found.moved or None,
        unlisted=rekey.retired,
    )


def _by_school(plan: Plan, catalog: Catalog | None) -> tuple[PlannedSchool, ...]:
    """Those of which most changes first."""
    names = {school.id: school.name for school in catalog.schools} if catalog is not None else {}
    found = [
        PlannedSchool(
            id=school,
            name=names.get(school, ""),
            grants=plan.grants_by_school.get(school, 0),
            revocations=plan.removals_by_school.get(school, 0),
        )
        for school in plan.grants_by_school.keys() | plan.removals_by_school.keys()
    ]
    return tuple(sorted(found, key=lambda each: (-each.grants - each.revocations, each.id)))


def _held_count(report: ReconcileReport) -> int:
    """How many changes wait: removals, or all of them; in setup mode, how many would."""
    if report.applied is not None:
        return report.applied.held
    return report.decision.waiting if report.decision is not None else 0


def _last_sync(attempt: Attempt, report: ReconcileReport) -> SyncSummary:
    applied = report.applied
    return SyncSummary(
        run_id=report.run_id,
        trigger=str(attempt.trigger),
        start_time=attempt.started,
        finish_time=attempt.finished,
        duration_seconds=max(0, int((attempt.finished - attempt.started).total_seconds())),
        outcome=str(report.outcome),
        granted=applied.granted if applied else 0,
        revoked=applied.revoked if applied else 0,
        revoked_because=tuple(
            ReasonCount(reason=reason, licenses=count)
            for reason, count in (applied.revoked_because if applied else {}).items()
        ),
        held=_held_count(report),
    )


def _history(
    report: ReconcileReport, previous: RosterIntegrationStatus, reason: str, finished: datetime
) -> tuple[HistoryEntry, ...]:
    """The latest first. A run that changed nothing and ended as the one before is counted with it."""
    applied = report.applied
    entry = HistoryEntry(
        run_id=report.run_id,
        time=finished,
        outcome=str(report.outcome),
        reason=reason,
        granted=applied.granted if applied else 0,
        revoked=applied.revoked if applied else 0,
        held=_held_count(report),
    )
    latest = previous.history[0] if previous.history else None
    if latest is not None and _uneventful(latest) and _uneventful(entry) and _ending(latest) == _ending(entry):
        return (entry.model_copy(update={"count": latest.count + 1}), *previous.history[1:])
    return (entry, *previous.history)


def _uneventful(entry: HistoryEntry) -> bool:
    return not entry.granted and not entry.revoked


def _ending(entry: HistoryEntry) -> tuple[str, str, int]:
    return entry.outcome, entry.reason, entry.held
