"""Lets all schools of a district go live after those of its canary: only with what was seen, as a patch of the spec."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from roster_operator.api import v1alpha1 as wire
from roster_operator.api.v1alpha1 import CanaryStatus, RosterIntegration
from roster_operator.clock import Clock
from roster_operator.errors import InputError
from roster_operator.reconcile.approving import GOOD_FOR

_SEEN: Final = 12
"""Hexadecimal digits of what was seen."""


@dataclass(frozen=True, slots=True)
class PromotionTold:
    """What a promotion would do, and how it is said."""

    name: str
    namespace: str
    seen: str
    """Of exactly this; a promotion names it."""
    schools: tuple[str, ...]
    """That are live now, as the spec names them."""
    after: int | None
    """Healthy days after which it comes by itself; None: it does not."""
    canary: CanaryStatus
    expires: datetime | None
    """Until when the approval that goes with it is good; None: nothing would wait."""
    version: str
    """Of the RosterIntegration that was looked at, as the API server numbers them."""
    patch: dict[str, Any]
    """Of it."""


def promotion(integration: RosterIntegration, clock: Clock, *, seen: str = "") -> PromotionTold:
    """How all schools go live; raises `InputError` without a canary that has been looked at.

    `seen`: refuses another promotion than the one that somebody saw.
    """
    canary, status = integration.spec.canary, integration.status
    if canary is None:
        raise InputError(f"{integration.key} has no canary: all of its schools are treated alike.")
    if status.canary is None or status.observed_generation != integration.metadata.generation:
        raise InputError(
            f"What promotion of {integration.key} would change is not known yet. Wait for the next sync, and look "
            "again."
        )
    if status.canary.promoted_on is not None:
        raise InputError(
            f"All schools of {integration.key} are live since {status.canary.promoted_on}. Publisher: remove "
            "spec.canary, which does nothing any more."
        )
    told = f"{canary.to_wire()} {status.canary.grants} {status.canary.revocations} {status.canary.digest}"
    now = sha256(told.encode()).hexdigest()[:_SEEN]
    if seen and seen != now:
        raise InputError(
            f"What promotion of {integration.key} would change has changed since you saw it. Look at it again."
        )
    patch: dict[str, Any] = {"canary": None}
    expires = None
    if status.canary.held and status.canary.digest:
        expires = clock.now() + GOOD_FOR
        patch["approval"] = wire.Approval(plan=status.canary.digest, expires=expires).to_wire()
    schools = tuple(map(str, canary.schools))
    return PromotionTold(
        name=integration.name,
        namespace=integration.namespace,
        seen=now,
        schools=schools,
        after=canary.promote_after,
        canary=status.canary,
        expires=expires,
        version=integration.metadata.resource_version,
        patch={"spec": patch},
    )
