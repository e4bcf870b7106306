"""What a draft would do: its checklist and its plan, by the steps of a sync. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from roster_operator.api import conditions
from roster_operator.api.conditions import ConditionStatus
from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.api.v1alpha1.plan_status import PlannedEBook, PlannedSchool
from roster_operator.errors import CredentialsMissing
from roster_operator.interruption import Interruption
from roster_operator.operations.checklist import Checklist, checklist
from roster_operator.reconcile.contract import Environment, Outcome, Request, Trigger
from roster_operator.reconcile.steps import reconcile
from roster_operator.sources.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Review:
    """What the SIS's roster of today would come to."""

    planned: bool
    """Whether there is a plan; if not, `message` says why."""
    accepted: bool
    """Whether the SIS took the credentials."""
    names_found: bool
    """Whether every school, course and eBook of the draft is there."""
    message: str
    """In words: what would be done, or what is in the way and who mends it."""
    checklist: Checklist
    grants: int = 0
    removals: int = 0
    unchanged: int = 0
    held: int = 0
    """Of these changes, those that would wait for an approval."""
    accounts_created: int = 0
    by_ebook: tuple[PlannedEBook, ...] = ()
    by_school: tuple[PlannedSchool, ...] = ()


def review(
    integration: RosterIntegration,
    credentials: Credentials | CredentialsMissing,
    ebooks: Mapping[str, EBook],
    environment: Environment,
) -> Review:
    """By the SIS as it is, and the ledger of `environment`."""
    request = Request(integration, credentials, "", ebooks, Trigger.COMMAND_LINE, plan_only=True)
    interruption = Interruption(environment.clock, integration.spec.timeout.total_seconds())
    result = reconcile(request, environment, interruption)
    status, plan = result.status, result.status.plan
    ready, synced = status.condition(conditions.READY), status.condition(conditions.SYNCED)
    resolved = status.condition(conditions.MAPPINGS_RESOLVED)
    valid = status.condition(conditions.CREDENTIALS_VALID)
    names_found = resolved is None or resolved.status is not ConditionStatus.FALSE
    planned = plan is not None and result.outcome is Outcome.PLANNED
    told = (synced if planned else ready) or synced
    found = Review(
        planned=planned,
        accepted=valid is None or valid.status is not ConditionStatus.FALSE,
        names_found=names_found,
        message=told.message if told is not None else "",
        checklist=checklist(integration.model_copy(update={"status": status})),
    )
    if plan is None:
        return found
    return replace(
        found,
        grants=plan.grants,
        removals=plan.revocations,
        unchanged=plan.unchanged,
        held=plan.held,
        accounts_created=plan.accounts_created,
        by_ebook=plan.by_ebook,
        by_school=plan.by_school,
    )
