"""Which conditions follow from what a sync found, and in which words. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from roster_operator.api import conditions, reasons
from roster_operator.api.conditions import Finding, found
from roster_operator.api.v1alpha1 import ApprovalState, RosterIntegrationStatus
from roster_operator.licensing.models import Applied, Plan
from roster_operator.plurals import counted
from roster_operator.reconcile.checklist import conflict_sentence, conflicts_of
from roster_operator.reconcile.contract import Outcome
from roster_operator.reconcile.mapping import resolved
from roster_operator.reconcile.report import Decision, ReconcileReport, RosterRead
from roster_operator.reconcile.rules import COUNTED, raised

_AHEAD: Final = timedelta(days=30)
"""So long before they expire, somebody is reminded of credentials."""


def findings_of(report: ReconcileReport, previous: RosterIntegrationStatus, *, live: bool) -> list[Finding]:
    """One of each condition that the report says something of; `previous`: the status before, `live`: `spec.live`."""
    return [*_steps(report), *_verdicts(report, previous, live=live)]


def credentials_expiring(expire: date | None, today: date) -> Finding:
    """Whether somebody must renew the credentials soon; the message is the same every day."""
    if expire is None or expire - today > _AHEAD:
        return found(conditions.CREDENTIALS_EXPIRING, False, reasons.CREDENTIALS_EXPIRE)
    when = "have expired on" if expire <= today else "expire on"
    message = (
        f"The credentials of the SIS {when} {expire:%Y-%m-%d}. District: make new ones. Publisher: put them into the "
        "Secret, and their date into spec.source.credentialsExpire."
    )
    return found(conditions.CREDENTIALS_EXPIRING, True, reasons.CREDENTIALS_EXPIRE, message)


def _steps(report: ReconcileReport) -> list[Finding]:
    """CredentialsValid, SectionsShared, MappingsResolved, as far as the steps came; and Synced if one failed."""
    findings = []
    if report.access is not None:
        findings.append(
            found(conditions.CREDENTIALS_VALID, True, reasons.VALIDATED, "The SIS accepts the credentials.")
        )
        if not report.access.refused:
            message = "Every section of the roster can be read."
            findings.append(found(conditions.SECTIONS_SHARED, True, reasons.ALL_SHARED, message))
    if report.mappings is not None:
        findings.append(resolved(report.mappings))
    if report.failure is not None:
        findings += report.failure.findings(accepted=report.access is not None)
    # Of two findings about one condition, the later one counts.
    return list({finding.type: finding for finding in findings}.values())


def _verdicts(report: ReconcileReport, previous: RosterIntegrationStatus, *, live: bool) -> list[Finding]:
    """Ready, Synced and DataClean, and the conditions that are only there while True."""
    ready = _ready(report, previous, live=live)
    verdicts = [ready, _held(report, previous), found(conditions.RECONCILING, False, reasons.SYNCED)]
    if report.failure is None:
        verdicts.append(_synced(report, previous, live=live))
    if report.decision is not None and report.roster is not None and not report.only_adds:
        verdicts.append(_data_clean(report.decision.plan, report.roster))
    stalled = report.failure is not None and not report.failure.error.retryable
    verdicts.append(found(conditions.STALLED, stalled, ready.reason, ready.message))
    return verdicts


def _ready(report: ReconcileReport, previous: RosterIntegrationStatus, *, live: bool) -> Finding:
    failure, mappings = report.failure, report.mappings
    if failure is not None:
        return found(conditions.READY, False, failure.reason, failure.message)
    frozen = report.decision is not None and report.decision.frozen
    if mappings is not None and not mappings.resolved and not frozen:
        unresolved = resolved(mappings)
        return found(conditions.READY, False, unresolved.reason, unresolved.message)
    if report.outcome is Outcome.HELD:
        held = _held(report, previous)
        return found(conditions.READY, False, held.reason, held.message)
    synced = _synced(report, previous, live=live)
    return found(conditions.READY, True, synced.reason, synced.message)


def _synced(report: ReconcileReport, previous: RosterIntegrationStatus, *, live: bool) -> Finding:
    decision, applied = report.decision, report.applied
    if report.outcome is Outcome.HELD:
        held = _held(report, previous)
        return found(conditions.SYNCED, False, held.reason, held.message)
    if decision is None or applied is None:
        message = (_plan_of_live if live else _plan_of_setup)(decision)
        return found(conditions.SYNCED, False, reasons.PLAN_ONLY if live else reasons.SETUP_MODE, message)
    granted = counted(applied.granted, "license[s]")
    if report.only_adds:
        message = f"{granted} granted by what changed in the SIS. What ended there is removed by the next full read."
        return found(conditions.SYNCED, True, reasons.SYNCED, message)
    released = " The removals were approved." if decision.released else ""
    absent = _unconfirmed(applied, report.frozen_until)
    message = f"{granted} granted, {applied.revoked} removed, {decision.plan.unchanged} unchanged.{released}{absent}"
    return found(conditions.SYNCED, True, reasons.SYNCED, message)


def _unconfirmed(applied: Applied, frozen_until: date | None) -> str:
    if not applied.unconfirmed:
        return ""
    waiting = counted(applied.unconfirmed, "removal[ waits|s wait]")
    until = f"until the freeze is over on {frozen_until}" if frozen_until else "for another complete reading"
    return (
        f" {waiting} {until}, as nothing says but that people are no longer listed. District: "
        "nothing, if they left; else list them again. Publisher: approve the plan if they are not to wait."
    )


def _plan_of_setup(decision: Decision | None) -> str:
    if decision is None:
        return (
            "Setup mode: the SIS can be read. Publisher: choose schools and courses from the ConfigMap that "
            "status.catalog names, and map courses to eBooks."
        )
    return (
        f"Setup mode: going live would {_would(decision.plan)}. Nothing was written. Publisher: set spec.live to true "
        f"when this is right.{_would_wait(decision)}"
    )


def _plan_of_live(decision: Decision | None) -> str:
    if decision is None:
        return "A plan only: of what the spec names too little exists, so a sync would change nothing."
    return f"A plan only: a sync would {_would(decision.plan)}. Nothing was written.{_would_wait(decision)}"


def _would(plan: Plan) -> str:
    told = f" ({plan.elsewhere} from before, of persons at schools outside of the spec)" if plan.elsewhere else ""
    return f"grant {counted(plan.grants, 'license[s]')}, remove {plan.revocations} and leave {plan.unchanged}{told}"


def _would_wait(decision: Decision) -> str:
    if not decision.verdict.hold:
        return ""
    if not decision.verdict.approvable:
        return " The removals would wait until the names are resolved."
    what = "All of it" if decision.frozen else "The removals"
    return f" {what} would wait for spec.approval.plan: {decision.plan.digest}."


def _held(report: ReconcileReport, previous: RosterIntegrationStatus) -> Finding:
    """What waited goes on waiting after a sync that came to no decision."""
    decision, applied = report.decision, report.applied
    waiting_before = previous.condition(conditions.HELD)
    if report.failure is not None and decision is None and waiting_before is not None:
        return Finding(conditions.HELD, waiting_before.status, waiting_before.reason, waiting_before.message)
    if decision is None or report.outcome is not Outcome.HELD:
        return found(conditions.HELD, False, reasons.REMOVALS_HELD)
    plan, verdict = decision.plan, decision.verdict
    other = _of_approval(decision)
    if applied is None:
        message = (
            f"Nothing was changed, as {verdict.why}. {verdict.remedy} To approve, set spec.approval.plan to "
            f"{plan.digest}: {counted(plan.grants, 'license[s] [is|are]')} granted then, {plan.revocations} removed, "
            f"and {counted(plan.accounts_changed, 'account[s]')} rewritten.{other}"
        )
        return found(conditions.HELD, True, verdict.reason, message)
    waiting = counted(applied.held, "[removal waits|removals wait]")
    if decision.consent is not None and applied.approved:
        granted = counted(applied.granted, "license[s] [was|were]")
        message = (
            f"{waiting}: not in the plan that was approved, by which "
            f"{counted(applied.approved, 'other[s] [was|were]')} removed. {granted} granted. Publisher: if the rest is "
            f"right, set spec.approval.plan to {plan.digest}."
        )
        return found(conditions.HELD, True, verdict.reason, message)
    if not verdict.approvable:
        message = f"{waiting}, because {verdict.why}. {verdict.remedy}"
        return found(conditions.HELD, True, verdict.reason, message)
    remedy = verdict.remedy or "District: check the roster in the SIS."
    message = (
        f"{waiting}: {verdict.why}. {counted(applied.granted, 'license[s] [was|were]')} granted. {remedy} "
        f"Publisher: if the removals are right, set spec.approval.plan to {plan.digest}.{other}"
    )
    return found(conditions.HELD, True, verdict.reason, message)


def _of_approval(decision: Decision) -> str:
    """Why the approval that is given does not help; empty if there is none."""
    given = decision.approval
    if given is None:
        return ""
    if given.state is ApprovalState.EXPIRED:
        return f" The approval of {given.plan} has expired{_at(given.expires)}."
    return " spec.approval.plan names another plan."


def _at(moment: datetime | None) -> str:
    return f" at {moment:%Y-%m-%d %H:%M} UTC" if moment is not None else ""


def _data_clean(plan: Plan, roster: RosterRead) -> Finding:
    first = raised(roster.questions)[:4]
    sentences = [counted(roster.questions[question], COUNTED[question].found) for question in first]
    if plan.conflicts:
        sentences = [*(conflict_sentence(plan, cause) for cause in conflicts_of(plan)[:3]), *sentences]
    if not sentences:
        return found(conditions.DATA_CLEAN, True, reasons.CLEAN, "The roster's rows raise no question.")
    reason = reasons.MATCHING_CONFLICTS if plan.conflicts else reasons.DATA_QUESTIONS
    return found(conditions.DATA_CLEAN, False, reason, "; ".join(sentences) + ". status.checklist says what to do.")
