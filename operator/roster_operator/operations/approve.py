"""Consent to a plan that waits: only to the one that waits now, by the digest under which somebody saw it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from roster_operator.api import conditions, reasons
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.errors import InputError


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
    patch: dict[str, Any]
    """Of the RosterIntegration."""


def approve(integration: RosterIntegration, digest: str) -> Approval:
    """The approval of the plan `digest`; raises `InputError` if that is not the one that waits."""
    plan, held = integration.status.plan, integration.status.condition(conditions.HELD)
    if plan is None or held is None:
        raise InputError(f"Nothing of {integration.key} waits for an approval.")
    if integration.status.observed_generation != integration.metadata.generation:
        raise InputError(
            f"The spec of {integration.key} has changed since its plan was computed. Wait for the next sync, and "
            "look at the plan again."
        )
    if held.reason == reasons.UNRESOLVED:
        raise InputError(f"No approval helps {integration.key}. {held.message}")
    if digest != plan.digest:
        raise InputError(
            f"The plan of {integration.key} that waits is {plan.digest}, not {digest}: it has changed since you saw "
            "it. Look at it again."
        )
    return Approval(
        name=integration.name,
        namespace=integration.namespace,
        digest=digest,
        grants=plan.grants,
        removals=plan.revocations,
        held=plan.held,
        why=held.message,
        patch={"spec": {"approval": {"plan": digest}}},
    )
