"""What the platform allows at most: a spec beyond it is served with the cap, and its checklist says so. Pure.

Whoever may write one RosterIntegration decides how long it keeps a worker and how often it wants one; the workers are
everybody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from roster_operator.api import durations
from roster_operator.api.v1alpha1 import Check, CheckResult, RosterIntegration, RosterIntegrationStatus
from roster_operator.api.v1alpha1.status import MAX_CHECKS
from roster_operator.controller.inventory import ObservedResource
from roster_operator.reconcile.rules import Item


@dataclass(frozen=True, slots=True)
class Caps:
    """The platform's settings."""

    longest_timeout: timedelta = timedelta.max
    shortest_interval: timedelta = timedelta(0)
    """Of all times from one sync to the next, after success and failure."""

    def seen(self, sighting: ObservedResource) -> ObservedResource:
        """A resource as it counts."""
        standing = sighting.standing
        interval = max(standing.interval, self.shortest_interval)
        return replace(sighting, standing=replace(standing, interval=interval))

    def applied(self, integration: RosterIntegration) -> RosterIntegration:
        """The resource as it is served."""
        spec, least = integration.spec, self.shortest_interval
        source = spec.source
        if source.delta is not None:
            own = source.delta.interval
            intervals = {
                "interval": own and max(own, least),
                "full_interval": max(source.delta.full_interval, least),
            }
            source = source.model_copy(update={"delta": source.delta.model_copy(update=intervals)})
        update = {
            "timeout": min(spec.timeout, self.longest_timeout),
            "interval": max(spec.interval, least),
            "retry_interval": max(spec.retry_interval, least),
            "source": source,
        }
        return integration.model_copy(update={"spec": spec.model_copy(update=update)})

    def told(self, status: RosterIntegrationStatus, integration: RosterIntegration) -> RosterIntegrationStatus:
        """The status, and what of the spec is beyond the caps; `integration` as it is written."""
        asked, served = _times(integration), _times(self.applied(integration))
        beyond = [
            f"{field} {durations.write(served[field])} (not {durations.write(asked[field])})"
            for field in asked
            if served[field] != asked[field]
        ]
        others = tuple(check for check in status.checklist if check.name != Item.PLATFORM_LIMITS)
        if not beyond:
            return status if len(others) == len(status.checklist) else status.model_copy(update={"checklist": others})
        check = Check(
            name=str(Item.PLATFORM_LIMITS),
            result=CheckResult.WARN,
            message=f"Served within the limits of the platform: {', '.join(beyond)}.",
            action="Publisher: write what is served into the spec. Platform: or change longestTimeout or "
            "shortestInterval of the operator.",
        )
        return status.model_copy(update={"checklist": (check, *others)[:MAX_CHECKS]})


UNCAPPED: Final = Caps()


def _times(integration: RosterIntegration) -> Mapping[str, timedelta]:
    """All that there may be a cap for, by the field."""
    spec = integration.spec
    times = {"timeout": spec.timeout, "interval": spec.interval, "retryInterval": spec.retry_interval}
    delta = spec.source.delta
    if delta is not None:
        times["source.delta.fullInterval"] = delta.full_interval
        if delta.interval is not None:
            times["source.delta.interval"] = delta.interval
    return times
