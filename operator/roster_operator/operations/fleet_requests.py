"""What is asked about all districts at once, and about the installation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

from roster_operator.errors import InputError
from roster_operator.operations import check, fleet
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.request import LIST, FleetRequest, Permission, Ports, at_most

MOST_ROWS: Final = 1_000
"""Of one answer; the next begins with `start`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRowsRequest(FleetRequest[fleet.Fleet]):
    """The districts by who must act: see `operations.fleet`."""

    verb: ClassVar[str] = "fleet"
    permission: ClassVar[Permission] = LIST
    result: ClassVar[type] = fleet.Fleet
    wanted: fleet.Wanted = field(default_factory=fleet.Wanted)
    order: fleet.Order = fleet.Order.ACTS
    start: int = 0
    """So many rows are left out."""
    limit: int = MOST_ROWS

    def __post_init__(self) -> None:
        """Refuses more than a page holds."""
        at_most(MOST_ROWS, self.limit)
        if self.start < 0:
            raise InputError("The start must be 0 or more.")

    def answer(self, ports: Ports) -> fleet.Fleet:
        """Of the districts that may be listed."""
        rows = ports.resources.rows(ports.clock.now())
        return fleet.fleet(rows, self.wanted, self.order, start=self.start, limit=self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest(FleetRequest[check.Report]):
    """What can be said of an installation from inside: see `operations.check`."""

    verb: ClassVar[str] = "check"
    permission: ClassVar[Permission] = LIST
    result: ClassVar[type] = check.Report
    sis: str = ""
    """A district of the namespace, of whose SIS is told how the operator last reached it."""

    def answer(self, ports: Ports) -> check.Report:
        """Of the ledger, and of the resource."""
        integration = ports.resources.one(DistrictName(self.sis, self.namespace)) if self.sis else None
        return check.inside(ports.ledger.queries.health(), integration, ports.clock.now())
