"""Consent to a plan that waits: only to the one that waits now, by the digest under which somebody saw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from roster_operator.api import conditions, names, reasons
from roster_operator.api import v1alpha1 as wire
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.clock import Clock
from roster_operator.errors import InputError
from roster_operator.reconcile.approving import GOOD_FOR

__all__ = ["GOOD_FOR", "LONGEST", "Approval", "approval_annotations", "approve"]

LONGEST: Final = timedelta(days=30)
"""So long the ledger knows what was seen."""


@dataclass(frozen=True, slots=True)
class Approval:
    """What is consented to, and how it is said."""

    name: str
    namespace: str
    digest: str
    grants: int
    removals: int
    """That the plan has, those that wait included."""
    held: int
    """Changes that wait."""
    why: str
    """Why they wait, and who should look at what."""
    expires: datetime
    """Until when it is good; it ends before that with the first sync that goes by it."""
    patch: dict[str, Any]
    """Of the RosterIntegration."""


def approve(integration: RosterIntegration, digest: str, clock: Clock, good_for: timedelta) -> Approval:
    """The approval of the plan `digest`; raises `InputError` if that is not the one that waits.

    It always says when it ends, so that one that has expired is given again by asking once more.
    """
    if not timedelta() < good_for <= LONGEST:
        raise InputError(f"An approval is good for some time, {LONGEST.days} days at most.")
    plan, held = integration.status.plan, integration.status.condition(conditions.HELD)
    if plan is None or not (held or plan.unconfirmed):
        raise InputError(f"Nothing of {integration.key} waits for an approval.")
    if integration.status.observed_generation != integration.metadata.generation:
        raise InputError(
            f"The spec of {integration.key} has changed since its plan was computed. Wait for the next sync, and "
            "look at the plan again."
        )
    if held is not None and held.reason == reasons.UNRESOLVED:
        raise InputError(f"No approval helps {integration.key}. {held.message}")
    if digest != plan.digest:
        raise InputError(
            f"The plan of {integration.key} that waits is {plan.digest}, not {digest}: it has changed since you saw "
            "it. Look at it again."
        )
    given = wire.Approval(plan=digest, expires=clock.now() + good_for)
    assert given.expires is not None
    return Approval(
        name=integration.name,
        namespace=integration.namespace,
        digest=digest,
        grants=plan.grants,
        removals=plan.revocations,
        held=plan.held + (plan.unconfirmed or 0),
        why=held.message if held is not None else "People are no longer listed, and nothing else says that they left.",
        expires=given.expires,
        patch={"spec": {"approval": given.to_wire()}},
    )


def approval_annotations(told: Approval, why: str = "") -> dict[str, str]:
    """Of whoever approves in the cluster: Git keeps the spec, and would set back what it does not know."""
    given = wire.Approval(plan=told.digest, expires=told.expires)
    return {
        names.APPROVED_PLAN_ANNOTATION: given.as_annotation(),
        names.REQUESTED_AT_ANNOTATION: f"approved {told.digest} {told.expires:%Y-%m-%dT%H:%M:%SZ}",
        **({names.APPROVAL_REASON_ANNOTATION: why} if why else {}),
    }
