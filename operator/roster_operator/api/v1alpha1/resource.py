"""`RosterIntegration`: one district's roster, kept in step with its eBook licenses."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from roster_operator.api import names
from roster_operator.api.definition import Column, Definition
from roster_operator.api.v1alpha1.metadata import ObjectMeta
from roster_operator.api.v1alpha1.spec import Approval, RosterIntegrationSpec
from roster_operator.api.v1alpha1.status import RosterIntegrationStatus
from roster_operator.api.wire import WireModel

_READY = '.status.conditions[?(@.type=="Ready")]'
_SUSPENDED = '.status.conditions[?(@.type=="Suspended")].status'


def _readable(value: Any, handler: ValidatorFunctionWrapHandler) -> RosterIntegrationStatus:
    try:
        status: RosterIntegrationStatus = handler(value)
    except ValidationError:
        return RosterIntegrationStatus()
    return status


class RosterIntegration(WireModel):
    """A school district's roster, kept in step with its eBook licenses."""

    definition: ClassVar[Definition] = Definition(
        kind=names.ROSTER_INTEGRATION_KIND,
        plural=names.ROSTER_INTEGRATION_PLURAL,
        scope="Namespaced",
        short_names=("ri",),
        categories=("roster",),
        selectable_fields=(".spec.live", ".spec.suspend", ".spec.source.vendor", ".status.actor"),
        columns=(
            Column("Live", "boolean", ".spec.live", "Whether licenses are written; false is setup mode."),
            Column("Ready", "string", _READY + ".status", "Whether it does what its spec says."),
            Column("Reason", "string", _READY + ".reason", "Why, in one word."),
            Column("Suspended", "string", _SUSPENDED, "True while spec.suspend is; else empty."),
            Column("Licenses", "integer", ".status.licenses.active", "Active licenses of the district."),
            Column("Last Sync", "date", ".status.lastSyncTime", "How long ago a sync last succeeded."),
            Column("Held", "integer", ".status.plan.held", "Removals that wait for approval.", priority=1),
            Column("Next Sync", "string", ".status.nextSyncTime", "When the next sync is due.", priority=1),
            Column("Acts", "string", ".status.actor", "Who has to act; empty if nobody has to.", priority=1),
            Column("Message", "string", _READY + ".message", "What is the matter, and who acts.", priority=1),
            Column("Source", "string", ".spec.source.baseURL", "Where the roster comes from.", priority=1),
            Column("Age", "date", ".metadata.creationTimestamp", "Since when it exists."),
        ),
    )

    metadata: ObjectMeta = ObjectMeta()
    spec: RosterIntegrationSpec
    """What the district's integration should do."""
    status: Annotated[RosterIntegrationStatus, WrapValidator(_readable)] = RosterIntegrationStatus()
    """What the operator found and did. One that cannot be read counts as absent: it can always be found again."""

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """What people approved, by the spec and by the annotation `approved-plan`."""
        text = self.metadata.annotations.get(names.APPROVED_PLAN_ANNOTATION)
        given = (self.spec.approval, Approval.annotated(text) if text is not None else None)
        return tuple(approval for approval in given if approval is not None)

    @property
    def name(self) -> str:
        """The name within its namespace."""
        return self.metadata.name

    @property
    def namespace(self) -> str:
        """The namespace, which is also its Secret's and its catalog's."""
        return self.metadata.namespace

    @property
    def key(self) -> str:
        """`namespace/name`: who owns the district, for the ledger."""
        return f"{self.metadata.namespace}/{self.metadata.name}"

    @property
    def catalog_name(self) -> str:
        """The name of its ConfigMap of schools and courses on offer."""
        return f"{self.metadata.name}{names.CATALOG_SUFFIX}"

    @property
    def deleting(self) -> bool:
        """Whether its deletion was asked for."""
        return self.metadata.deletion_timestamp is not None
