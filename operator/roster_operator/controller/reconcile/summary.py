"""The one place that makes a status of what a reconcile found. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from roster_operator.api import conditions, reasons
from roster_operator.api.conditions import Finding, found
from roster_operator.api.v1alpha1 import (
    EBookCount,
    HistoryEntry,
    LicenseCounts,
    PlanStatus,
    ReadsStatus,
    RosterCounts,
    RosterIntegrationStatus,
    SyncSummary,
)
from roster_operator.controller import schedule
from roster_operator.controller.reconcile.checklist import (
    checklist,
    conflict_sentence,
    conflicts_of,
    data_questions,
)
from roster_operator.controller.reconcile.contract import Outcome, Request, Result
from roster_operator.controller.reconcile.observations import Observations
from roster_operator.licensing.models import Edition, Plan
from roster_operator.plurals import counted
from roster_operator.roster.quality import EXPLANATIONS

_A_SECOND = timedelta(seconds=1)
"""Times of a status are cut to the second."""
_SOONEST = timedelta(seconds=10)
"""The shortest interval between two syncs."""
_GOOD = frozenset({Outcome.SYNCED, Outcome.PLANNED, Outcome.HELD})


def summarize(request: Request, observations: Observations, *, started: datetime, finished: datetime) -> Result:
    """The new status: what was found now, and of the previous status what was not looked at."""
    integration, previous = request.integration, request.integration.status
    findings = [*observations.findings.values(), *_verdicts(request, observations)]
    good = observations.outcome in _GOOD
    failures = 0 if good else (previous.consecutive_failures or 0) + 1
    next_sync = _next_sync(request, observations, failures, finished)
    fields: dict[str, Any] = {
        "observed_generation": integration.metadata.generation,
        "conditions": conditions.merge(
            previous.conditions, findings, generation=integration.metadata.generation, now=finished
        ),
        "checklist": checklist(observations, previous.checklist),
        "last_sync": _last_sync(request, observations, started, finished),
        "last_attempt_time": started,
        "next_sync_time": next_sync,
        "reads": _reads(request, observations, next_sync),
        "provider": observations.provider if observations.access is not None else previous.provider,
        "last_handled_requested_at": integration.metadata.requested_at or previous.last_handled_requested_at,
        "observed_secret_version": request.secret_version or previous.observed_secret_version,
        "consecutive_failures": failures,
        "history": _history(observations, previous, _ready(request, observations).reason, finished),
        **_counts(observations),
    }
    if good:
        fields["last_sync_time"] = finished
    status = RosterIntegrationStatus.model_validate(
        {**{name: getattr(previous, name) for name in RosterIntegrationStatus.model_fields}, **fields}
    )
    return Result(status=status, outcome=observations.outcome, catalog=observations.catalog)


def _next_sync(request: Request, observations: Observations, failures: int, finished: datetime) -> datetime:
    """Sooner if the next sync may be a delta read, and in time for the full read that is due by then."""
    integration, reads = request.integration, observations.reads
    delta, interval = integration.spec.source.delta, integration.spec.interval
    may_be_delta = delta is not None and reads is not None and reads.next_full_read_time is not None
    at = schedule.next_attempt(
        now=finished,
        uid=integration.metadata.uid or integration.key,
        interval=delta.interval or interval if delta is not None and may_be_delta else interval,
        retry_interval=integration.spec.retry_interval,
        failures=failures,
        retry_after=observations.error.retry_after if observations.error else None,
    )
    if delta is None or reads is None or not may_be_delta or reads.last_full_read_time is None:
        return at
    due = reads.last_full_read_time + delta.full_interval + _A_SECOND
    return max(min(at, due), finished.replace(microsecond=0) + _SOONEST)


def _reads(request: Request, observations: Observations, next_sync: datetime) -> ReadsStatus | None:
    """Unless a full read is due at a certain time, the next sync is one."""
    if request.integration.spec.source.delta is None:
        return None
    reads = observations.reads or request.integration.status.reads or ReadsStatus()
    due = reads.next_full_read_time if observations.reads is not None else None
    return reads.model_copy(update={"next_full_read_time": due or next_sync})


def _verdicts(request: Request, observations: Observations) -> list[Finding]:
    """Ready, Synced and DataClean, and the conditions that are only there while True."""
    ready = _ready(request, observations)
    verdicts = [ready, _held(observations), found(conditions.RECONCILING, False, reasons.SYNCED)]
    if observations.error is None:
        verdicts.append(_synced(request, observations))
    if observations.plan is not None and not observations.only_added:
        verdicts.append(_data_clean(observations))
    stalled = observations.error is not None and not observations.error.retryable
    verdicts.append(found(conditions.STALLED, stalled, ready.reason, ready.message))
    return verdicts


def _ready(request: Request, observations: Observations) -> Finding:
    error, mappings = observations.error, observations.mappings
    if error is not None:
        return found(conditions.READY, False, error.reason, error.message)
    if mappings is not None and not mappings.resolved and not observations.frozen:
        unresolved = observations.findings[conditions.MAPPINGS_RESOLVED]
        return found(conditions.READY, False, unresolved.reason, unresolved.message)
    if observations.outcome is Outcome.HELD:
        held = _held(observations)
        return found(conditions.READY, False, held.reason, held.message)
    synced = _synced(request, observations)
    return found(conditions.READY, True, synced.reason, synced.message)


def _synced(request: Request, observations: Observations) -> Finding:
    plan, applied = observations.plan, observations.applied
    if observations.outcome is Outcome.HELD:
        held = _held(observations)
        return found(conditions.SYNCED, False, held.reason, held.message)
    if plan is None or applied is None:
        of_live = request.integration.spec.live
        message = (_plan_of_live if of_live else _plan_of_setup)(observations)
        return found(conditions.SYNCED, False, reasons.PLAN_ONLY if of_live else reasons.SETUP_MODE, message)
    if observations.only_added:
        message = (
            f"{counted(applied.granted, 'license[s]')} granted by what changed in the SIS. "
            "What ended there is removed by the next full read."
        )
        return found(conditions.SYNCED, True, reasons.SYNCED, message)
    released = " The removals were approved." if observations.released else ""
    granted = counted(applied.granted, "license[s]")
    message = f"{granted} granted, {applied.revoked} removed, {plan.unchanged} unchanged.{released}"
    return found(conditions.SYNCED, True, reasons.SYNCED, message)


def _plan_of_setup(observations: Observations) -> str:
    plan = observations.plan
    if plan is None:
        return (
            "Setup mode: the SIS can be read. Publisher: choose schools and courses from the ConfigMap that "
            "status.catalog names, and map courses to eBooks."
        )
    return (
        f"Setup mode: going live would {_would(plan)}. Nothing was written. Publisher: set spec.live to true when this "
        f"is right.{_would_wait(observations)}"
    )


def _plan_of_live(observations: Observations) -> str:
    plan = observations.plan
    if plan is None:
        return "A plan only: of what the spec names too little exists, so a sync would change nothing."
    return f"A plan only: a sync would {_would(plan)}. Nothing was written.{_would_wait(observations)}"


def _would(plan: Plan) -> str:
    return f"grant {counted(plan.grants, 'license[s]')}, remove {plan.revocations} and leave {plan.unchanged}"


def _would_wait(observations: Observations) -> str:
    plan, verdict = observations.plan, observations.verdict
    if plan is None or verdict is None or not verdict.hold:
        return ""
    if not verdict.approvable:
        return " The removals would wait until the names are resolved."
    what = "All of it" if observations.frozen else "The removals"
    return f" {what} would wait for spec.approval.plan: {plan.digest}."


def _held(observations: Observations) -> Finding:
    plan, verdict, applied = observations.plan, observations.verdict, observations.applied
    if plan is None or verdict is None or observations.outcome is not Outcome.HELD:
        return found(conditions.HELD, False, reasons.REMOVALS_HELD)
    if applied is None:
        message = (
            f"Nothing was changed, as {verdict.why}. {verdict.remedy} To approve, set spec.approval.plan to "
            f"{plan.digest}: {counted(plan.grants, 'license[s] [is|are]')} granted then, {plan.revocations} removed, "
            f"and {counted(plan.accounts_changed, 'account[s]')} rewritten."
        )
        return found(conditions.HELD, True, verdict.reason, message)
    waiting = counted(applied.held, "[removal waits|removals wait]")
    if not verdict.approvable:
        message = f"{waiting}, because {verdict.why}. {verdict.remedy}"
        return found(conditions.HELD, True, verdict.reason, message)
    remedy = verdict.remedy or "District: check the roster in the SIS."
    message = (
        f"{waiting}: {verdict.why}. {counted(applied.granted, 'license[s] [was|were]')} granted. {remedy} "
        f"Publisher: if the removals are right, set spec.approval.plan to {plan.digest}."
    )
    return found(conditions.HELD, True, verdict.reason, message)


def _data_clean(observations: Observations) -> Finding:
    plan = observations.plan
    assert plan is not None
    raised = data_questions(observations.questions)
    sentences = [counted(observations.questions[question], EXPLANATIONS[question][0]) for question in raised[:4]]
    if plan.conflicts:
        sentences = [*(conflict_sentence(plan, cause) for cause in conflicts_of(plan)[:3]), *sentences]
    if not sentences:
        return found(conditions.DATA_CLEAN, True, reasons.CLEAN, "The roster's rows raise no question.")
    reason = reasons.MATCHING_CONFLICTS if plan.conflicts else reasons.DATA_QUESTIONS
    return found(conditions.DATA_CLEAN, False, reason, "; ".join(sentences) + ". status.checklist says what to do.")


def _counts(observations: Observations) -> dict[str, Any]:
    """Roster, licenses and plan, as far as they were found."""
    fields: dict[str, Any] = {}
    roster, licenses, plan = observations.roster, observations.licenses, observations.plan
    if roster is not None:
        fields["roster"] = RosterCounts(
            schools=roster.schools,
            courses=roster.courses,
            classes=roster.classes,
            teachers=roster.teachers,
            students=roster.students,
            enrollments=roster.enrollments,
            rows=roster.rows,
        )
    if licenses is not None:
        fields["licenses"] = LicenseCounts(
            active=licenses.active,
            students=sum(c.active for c in licenses.by_ebook if c.edition is Edition.STUDENT),
            teachers=sum(c.active for c in licenses.by_ebook if c.edition is Edition.TEACHER),
            sticky=licenses.sticky,
            by_ebook=tuple(
                EBookCount(name=c.ebook, edition=str(c.edition), active=c.active) for c in licenses.by_ebook
            ),
        )
    if plan is not None:
        fields["plan"] = PlanStatus(
            digest=plan.digest,
            grants=plan.grants,
            revocations=plan.revocations,
            unchanged=plan.unchanged,
            held=_held_count(observations),
            conflicts=plan.conflicts,
            accounts_created=plan.accounts_created,
            accounts_linked=plan.accounts_linked,
        )
    return fields


def _held_count(observations: Observations) -> int:
    """How many changes wait: removals, or all of them; in setup mode, how many would."""
    plan, verdict, applied = observations.plan, observations.verdict, observations.applied
    if applied is not None:
        return applied.held
    if plan is None or verdict is None:
        return 0
    if verdict.hold.grants:
        return plan.revocations + plan.grants + plan.accounts_changed
    if verdict.hold.everything:
        return plan.revocations
    of_schools = sum(plan.removals_by_school.get(school, 0) for school in verdict.hold.schools)
    of_editions = sum(plan.removals_by_edition.get(edition, 0) for edition in verdict.hold.editions)
    return min(plan.revocations, of_schools + of_editions)


def _last_sync(request: Request, observations: Observations, started: datetime, finished: datetime) -> SyncSummary:
    applied = observations.applied
    return SyncSummary(
        run_id=observations.run_id,
        trigger=str(request.trigger),
        start_time=started,
        finish_time=finished,
        duration_seconds=max(0, int((finished - started).total_seconds())),
        outcome=str(observations.outcome),
        granted=applied.granted if applied else 0,
        revoked=applied.revoked if applied else 0,
        held=_held_count(observations),
    )


def _history(
    observations: Observations, previous: RosterIntegrationStatus, reason: str, finished: datetime
) -> tuple[HistoryEntry, ...]:
    """The latest first. A run that changed nothing and ended as the one before is counted with it."""
    applied = observations.applied
    entry = HistoryEntry(
        run_id=observations.run_id,
        time=finished,
        outcome=str(observations.outcome),
        reason=reason,
        granted=applied.granted if applied else 0,
        revoked=applied.revoked if applied else 0,
        held=_held_count(observations),
    )
    latest = previous.history[0] if previous.history else None
    if latest is not None and _uneventful(latest) and _uneventful(entry) and _ending(latest) == _ending(entry):
        return (entry.model_copy(update={"count": latest.count + 1}), *previous.history[1:])
    return (entry, *previous.history)


def _uneventful(entry: HistoryEntry) -> bool:
    return not entry.granted and not entry.revoked


def _ending(entry: HistoryEntry) -> tuple[str, str, int]:
    return entry.outcome, entry.reason, entry.held
