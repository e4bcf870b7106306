"""Statuses before a reconcile, and instead of one. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError

from roster_operator.api import conditions, reasons
from roster_operator.api.conditions import Finding, found
from roster_operator.api.v1alpha1 import RosterIntegrationStatus
from roster_operator.controller.inventory import ObservedResource
from roster_operator.errors import Defect, RosterOperatorError, StatusRefused, UnreadableSpec
from roster_operator.reconcile.contract import Trigger
from roster_operator.reconcile.failures import failure_of
from roster_operator.reconcile.next_sync import Ended, next_sync_anew
from roster_operator.reconcile.report import ReconcileReport
from roster_operator.reconcile.schedule import ScheduleInput
from roster_operator.reconcile.summary import Attempt, summarize

_RETRY_INTERVAL: Final = timedelta(minutes=15)


def announced(
    previous: RosterIntegrationStatus, trigger: Trigger, *, generation: int, now: datetime
) -> RosterIntegrationStatus:
    """A first sync, or the first of a new generation or request, begins: Reconciling, and Ready unless still true.

    `observedGeneration` stays behind, so that a crash from here on does not make the sync count as done.
    """
    message = "A sync was requested and is under way." if trigger is Trigger.REQUESTED else "A sync is under way."
    findings = [finding for finding in _kept(previous) if finding.type != conditions.SUSPENDED]
    findings.append(found(conditions.RECONCILING, True, reasons.PROGRESSING, message))
    if trigger is not Trigger.REQUESTED or previous.condition(conditions.READY) is None:
        findings.append(found(conditions.READY, None, reasons.PROGRESSING, message))
    return _with_conditions(previous, findings, generation, now)


def suspended(
    previous: RosterIntegrationStatus, *, generation: int, requested_at: str, now: datetime
) -> RosterIntegrationStatus:
    """`spec.suspend` is true: Ready stays what it was, no sync is due, and a request is answered by its echo."""
    message = "spec.suspend is true: nothing is synced until it is false."
    findings = [finding for finding in _kept(previous) if finding.type != conditions.RECONCILING]
    findings.append(found(conditions.SUSPENDED, True, reasons.SUSPENDED, message))
    ready = previous.condition(conditions.READY)
    if ready is None or ready.reason in (reasons.NOT_YET_CHECKED, reasons.PROGRESSING):
        findings.append(found(conditions.READY, None, reasons.SUSPENDED, message))
    return _with_conditions(previous, findings, generation, now).model_copy(
        update={
            "observed_generation": generation,
            "next_sync_time": None,
            "next_sync": None,
            "observed_spec": None,
            "last_handled_requested_at": requested_at or previous.last_handled_requested_at,
        }
    )


def scheduled_anew(
    previous: RosterIntegrationStatus, standing: ScheduleInput, *, now: datetime
) -> RosterIntegrationStatus:
    """Nothing is to be synced, but the next sync is at another time: all that was found holds for this generation."""
    last = previous.last_sync
    ended = Ended(
        uid=standing.uid,
        started=standing.last_attempt or now,
        finished=last.finish_time if last is not None else now,
        interval=standing.interval,
        retry_interval=min(_RETRY_INTERVAL, standing.interval),
        failures=standing.failures,
    )
    following = next_sync_anew(ended, standing.hours, now)
    findings = [Finding(each.type, each.status, each.reason, each.message) for each in previous.conditions]
    return _with_conditions(previous, findings, standing.generation, now).model_copy(
        update={
            "observed_generation": standing.generation,
            "next_sync_time": following.at,
            "next_sync": following.why,
        }
    )


def failed(
    previous: RosterIntegrationStatus,
    sighting: ObservedResource,
    error: RosterOperatorError,
    *,
    run_id: str,
    trigger: Trigger,
    secret_version: str,
    started: datetime,
    now: datetime,
) -> RosterIntegrationStatus:
    """What the status says if there is no result of a reconcile.

    It counts as an attempt, so that it is not repeated without pause.
    """
    standing = sighting.standing
    attempt = Attempt(
        previous=previous,
        uid=sighting.uid,
        generation=standing.generation,
        requested_at=standing.requested_at,
        secret_version=secret_version,
        trigger=trigger,
        interval=standing.interval,
        hours=standing.hours,
        retry_interval=min(_RETRY_INTERVAL, standing.interval),
        season=previous.season,
        canary=True,
        started=started,
        finished=now,
    )
    failure = failure_of(error, ())
    return summarize(attempt, ReconcileReport(run_id=run_id, failure=failure, outcome=failure.outcome))


def unreadable(error: ValidationError) -> UnreadableSpec:
    """The spec is not one that this version of the operator can read, though its CRD let it pass."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "spec"
    return UnreadableSpec(
        f"{field}: {first['msg']}. Publisher: correct the field. Platform: if it is right, the CRDs and the operator "
        "are of different versions; upgrade both."
    )


def defect(run_id: str) -> Defect:
    """What exactly happened stands in the log."""
    return Defect(
        "The operator failed in a way that was not foreseen; nothing was changed. It will try again. "
        f"Platform: its log has the details under run id {run_id}."
    )


def refused() -> StatusRefused:
    """The API server does not accept the status that a reconcile made."""
    return StatusRefused(
        "The sync ended, but the API server refuses its status. Platform: the CRDs and the operator are of different "
        "versions; upgrade both."
    )


def _kept(previous: RosterIntegrationStatus) -> list[Finding]:
    """The abnormal conditions as they are; `merge` drops those that are not found again."""
    return [
        Finding(each.type, each.status, each.reason, each.message)
        for each in previous.conditions
        if each.type in conditions.ABNORMAL
    ]


def _with_conditions(
    previous: RosterIntegrationStatus, findings: list[Finding], generation: int, now: datetime
) -> RosterIntegrationStatus:
    merged = conditions.merge(previous.conditions, findings, generation=generation, now=now.replace(microsecond=0))
    return previous.model_copy(update={"conditions": merged})
