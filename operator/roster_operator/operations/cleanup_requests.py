"""What is asked about clean-ups: see `operations.cleanup`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from roster_operator.operations import cleanup
from roster_operator.operations.request import LEDGER, PEOPLE, Permission, Ports, Request, at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanupRequest(Request[cleanup.CleanupTold]):
    """Bring the accounts of a district into order."""

    verb: ClassVar[str] = "cleanup"
    permission: ClassVar[Permission] = LEDGER
    result: ClassVar[type] = cleanup.CleanupTold
    heavy: ClassVar[bool] = True
    asked: cleanup.Asked = field(default_factory=cleanup.Asked)
    reason: str = field(default="", repr=False)
    digest: str = ""

    def answer(self, ports: Ports) -> cleanup.CleanupTold:
        """In the ledger; the checklist of the RosterIntegration says what the last sync found."""
        integration = ports.resources.one(self.district)
        return cleanup.clean_up(ports.ledger, integration, self.asked, reason=self.reason, digest=self.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanupDetailsRequest(Request[cleanup.CleanupDetails]):
    """What would become of single accounts."""

    verb: ClassVar[str] = "cleanup-details"
    permission: ClassVar[Permission] = PEOPLE
    result: ClassVar[type] = cleanup.CleanupDetails
    heavy: ClassVar[bool] = True
    asked: cleanup.Asked = field(default_factory=cleanup.Asked)
    limit: int = 100
    offset: int = 0

    def __post_init__(self) -> None:
        """Refuses more than anybody reads."""
        at_most(cleanup.MOST_LISTED, self.limit)

    def answer(self, ports: Ports) -> cleanup.CleanupDetails:
        """From the ledger."""
        return cleanup.details(ports.ledger, self.district, self.asked, limit=self.limit, offset=self.offset)
