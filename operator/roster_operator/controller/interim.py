"""Statuses that are written when no reconcile has the word: before one, instead of one, after a defect. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import ValidationError

from roster_operator.api import conditions, reasons
from roster_operator.api.conditions import Finding, found
from roster_operator.api.v1alpha1 import RosterIntegrationStatus, SyncSummary
from roster_operator.controller.inventory import Sighting
from roster_operator.reconcile.contract import Outcome, Trigger
from roster_operator.reconcile.schedule import next_attempt

_RETRY_INTERVAL: Final = timedelta(minutes=15)


def status_of(body: Mapping[str, Any]) -> RosterIntegrationStatus:
    """The status of an object; one that cannot be read counts as absent."""
    try:
        return RosterIntegrationStatus.model_validate(body.get("status") or {})
    except ValidationError:
        return RosterIntegrationStatus()


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
            "last_handled_requested_at": requested_at or previous.last_handled_requested_at,
        }
    )


@dataclass(frozen=True, slots=True)
class Mishap:
    """Why there is no result of a reconcile."""

    reason: str
    message: str
    run_id: str
    trigger: Trigger
    started: datetime
    stalled: bool
    secret_version: str
    """As it was met: a status that did not say so would make the next sync due at once, again and again."""


def unreadable(error: ValidationError, *, run_id: str, trigger: Trigger, now: datetime, secret_version: str) -> Mishap:
    """The spec is not one that this version of the operator can read, though its CRD let it pass."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "spec"
    message = (
        f"{field}: {first['msg']}. Publisher: correct the field. Platform: if it is right, the CRDs and the operator "
        "are of different versions; upgrade both."
    )
    return Mishap(reasons.INVALID_SPEC, message, run_id, trigger, now, stalled=True, secret_version=secret_version)


def defect(*, run_id: str, trigger: Trigger, started: datetime, secret_version: str) -> Mishap:
    """The operator has a defect; what exactly happened stands in its log."""
    message = (
        "The operator failed in a way that was not foreseen; nothing was changed. It will try again. "
        f"Platform: its log has the details under run id {run_id}."
    )
    return Mishap(
        reasons.INTERNAL_ERROR, message, run_id, trigger, started, stalled=False, secret_version=secret_version
    )


def refused(*, run_id: str, now: datetime, secret_version: str) -> Mishap:
    """The API server does not accept the status that a reconcile made."""
    message = (
        "The sync ended, but the API server refuses its status. Platform: the CRDs and the operator are of different "
        "versions; upgrade both."
    )
    return Mishap(
        reasons.INTERNAL_ERROR, message, run_id, Trigger.SCHEDULE, now, stalled=False, secret_version=secret_version
    )


def failed(
    previous: RosterIntegrationStatus, sighting: Sighting, mishap: Mishap, *, now: datetime
) -> RosterIntegrationStatus:
    """What the status says after a mishap. It counts as an attempt, so that it is not repeated without pause."""
    standing = sighting.standing
    failures = (previous.consecutive_failures or 0) + 1
    findings = [finding for finding in _kept(previous) if finding.type == conditions.HELD]
    findings += [
        found(conditions.READY, False, mishap.reason, mishap.message),
        found(conditions.STALLED, mishap.stalled, mishap.reason, mishap.message),
    ]
    return _with_conditions(previous, findings, standing.generation, now).model_copy(
        update={
            "observed_generation": standing.generation,
            "last_handled_requested_at": standing.requested_at or previous.last_handled_requested_at,
            "observed_secret_version": mishap.secret_version or previous.observed_secret_version,
            "consecutive_failures": failures,
            "last_attempt_time": mishap.started.replace(microsecond=0),
            "next_sync_time": next_attempt(
                now=now,
                uid=sighting.uid,
                interval=standing.interval,
                retry_interval=min(_RETRY_INTERVAL, standing.interval),
                failures=failures,
                retry_after=None,
            ),
            "last_sync": SyncSummary(
                run_id=mishap.run_id,
                trigger=mishap.trigger,
                start_time=mishap.started,
                finish_time=now,
                duration_seconds=max(0, int((now - mishap.started).total_seconds())),
                outcome=Outcome.FAILED,
            ),
        }
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
