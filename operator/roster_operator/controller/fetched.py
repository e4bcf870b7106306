"""A RosterIntegration as the API server just gave it, parsed once after each GET or PATCH."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from roster_operator.api import conditions, names
from roster_operator.api.v1alpha1 import RosterIntegration, RosterIntegrationStatus
from roster_operator.controller.inventory import ObservedResource, observe
from roster_operator.kube.client import Object
from roster_operator.reconcile.acting import actor_of
from roster_operator.reconcile.standing import with_actor


@dataclass(frozen=True, slots=True)
class FetchedResource:
    """What a turn works on; whoever writes hands on what came of it."""

    body: Object
    observed: ObservedResource
    """What decides when it is due."""
    status: RosterIntegrationStatus
    """One that cannot be read counts as absent."""

    @classmethod
    def of(cls, body: Object) -> FetchedResource:
        """Of an object as it came. Its spec may still be one that cannot be read: see `integration`."""
        try:
            status = RosterIntegrationStatus.model_validate(body.get("status") or {})
        except ValidationError:
            status = RosterIntegrationStatus()
        return cls(body, observe(body), status)

    @property
    def metadata(self) -> dict[str, Any]:
        """As it came."""
        metadata: dict[str, Any] = self.body["metadata"]
        return metadata

    def integration(self) -> RosterIntegration:
        """As the reconcile sees it; raises `ValidationError`."""
        body = {name: part for name, part in self.body.items() if name != "status"}
        if token := self.observed.standing.requested_at:
            annotations = {**self.metadata["annotations"], names.REQUESTED_AT_ANNOTATION: token}
            body["metadata"] = {**self.metadata, "annotations": annotations}
        return RosterIntegration.model_validate(body).model_copy(update={"status": self.status})

    def with_actor(self, status: RosterIntegrationStatus) -> RosterIntegrationStatus:
        """A status as it is to be written: it says who acts, by the rest of the resource as it stands."""
        try:
            return with_actor(status, self.integration())
        except ValidationError:
            ready = status.condition(conditions.READY)
            return status.model_copy(update={"actor": actor_of(ready) if ready is not None else None})
