"""`RosterIntegration`: one district's roster, kept in step with its eBook licenses."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from roster_operator.api import names
from roster_operator.api.v1alpha1.metadata import ObjectMeta
from roster_operator.api.v1alpha1.spec import RosterIntegrationSpec
from roster_operator.api.v1alpha1.status import RosterIntegrationStatus
from roster_operator.api.wire import WireModel


def _readable(value: Any, handler: ValidatorFunctionWrapHandler) -> RosterIntegrationStatus:
    try:
        status: RosterIntegrationStatus = handler(value)
    except ValidationError:
        return RosterIntegrationStatus()
    return status


class RosterIntegration(WireModel):
    """A school district's roster, kept in step with its eBook licenses."""

    kind: ClassVar[str] = names.ROSTER_INTEGRATION_KIND

    metadata: ObjectMeta = ObjectMeta()
    spec: RosterIntegrationSpec
    """What the district's integration should do."""
    status: Annotated[RosterIntegrationStatus, WrapValidator(_readable)] = RosterIntegrationStatus()
    """What the operator found and did. One that cannot be read counts as absent: it can always be found again."""

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
