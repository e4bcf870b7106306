"""All that can be asked, each as a value: what it names, which permission it takes, and what answers it.

The command line asks them where it has a ledger, or sends them to the service, which asks the cluster whether whoever
sent them may. So both say the same. Here are those that the ledger answers, and the list of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from roster_operator.errors import InputError
from roster_operator.operations import (
    access,
    calendar,
    changes,
    checklist,
    erase,
    explain,
    export,
    history,
    questions,
    status,
    undo,
)
from roster_operator.operations.by_hand_requests import BlockRequest, DecisionsRequest, GrantRequest
from roster_operator.operations.cleanup_requests import CleanupDetailsRequest, CleanupRequest
from roster_operator.operations.explained import Explained
from roster_operator.operations.fleet_requests import CheckRequest, FleetRowsRequest
from roster_operator.operations.request import (
    ERASE,
    EXPORT,
    LEDGER,
    PEOPLE,
    SEE,
    Permission,
    Ports,
    Question,
    Request,
    at_most,
)
from roster_operator.operations.spec_requests import (
    ApproveRequest,
    BundleRequest,
    ImportRequest,
    PlanRequest,
    PromoteRequest,
    SeatsRequest,
    UpcomingRequest,
)
from roster_operator.roster.subjects import MOST_LISTED

MOST_RUNS: Final = 1_000
MOST_CHANGES: Final = 100_000
"""Of one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRequest(Request[status.DistrictStatus]):
    """How a district stands: see `operations.status`."""

    verb: ClassVar[str] = "status"
    permission: ClassVar[Permission] = SEE
    result: ClassVar[type] = status.DistrictStatus

    def answer(self, ports: Ports) -> status.DistrictStatus:
        """With what the ledger knows, if there is one."""
        queries = ports.inquiry.queries if ports.inquiry else None
        return status.status(ports.resources.one(self.district), queries, ports.clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistRequest(Request[checklist.Checklist]):
    """What to look at before a district goes live, and after: see `operations.checklist`."""

    verb: ClassVar[str] = "checklist"
    permission: ClassVar[Permission] = SEE
    result: ClassVar[type] = checklist.Checklist

    def answer(self, ports: Ports) -> checklist.Checklist:
        """From the resource alone."""
        return checklist.checklist(ports.resources.one(self.district))


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsRequest(Request[questions.Details]):
    """What an item of the checklist counts, one by one: see `operations.questions`."""

    verb: ClassVar[str] = "details"
    permission: ClassVar[Permission] = PEOPLE
    result: ClassVar[type] = questions.Details
    item: str
    limit: int = 100
    school: str | None = None
    """Those at one school only."""

    def __post_init__(self) -> None:
        """Refuses more than are kept."""
        at_most(MOST_LISTED, self.limit)

    def answer(self, ports: Ports) -> questions.Details:
        """From the resource, and the ledger."""
        integration = ports.resources.one(self.district)
        return questions.details(ports.ledger, integration, self.item, limit=self.limit, school=self.school)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRequest(Request[history.History]):
    """The runs of a district: see `operations.history`."""

    verb: ClassVar[str] = "history"
    permission: ClassVar[Permission] = SEE
    result: ClassVar[type] = history.History
    limit: int = 20
    before: str = ""

    def __post_init__(self) -> None:
        """Refuses more than anybody reads."""
        at_most(MOST_RUNS, self.limit)

    def answer(self, ports: Ports) -> history.History:
        """From the ledger."""
        return history.history(ports.ledger.queries, self.district, limit=self.limit, before=self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRequest(Request[calendar.LicenseCalendar]):
    """Licenses of the coming days: see `operations.calendar`."""

    verb: ClassVar[str] = "calendar"
    permission: ClassVar[Permission] = SEE
    result: ClassVar[type] = calendar.LicenseCalendar
    heavy: ClassVar[bool] = True
    days: int = calendar.AHEAD_DAYS

    def __post_init__(self) -> None:
        """Refuses to go further ahead than a roster does."""
        at_most(calendar.MOST_DAYS, self.days)

    def answer(self, ports: Ports) -> calendar.LicenseCalendar:
        """From the last reading that the ledger keeps."""
        return calendar.calendar(ports.ledger.queries, self.district, ports.clock.now(), days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesRequest(Request[changes.Changes]):
    """What was granted and removed: see `operations.changes`."""

    verb: ClassVar[str] = "changes"
    permission: ClassVar[Permission] = PEOPLE
    result: ClassVar[type] = changes.Changes
    asked: changes.Asked = field(default_factory=changes.Asked)

    def __post_init__(self) -> None:
        """Refuses more than a page holds."""
        at_most(MOST_CHANGES, self.asked.limit)

    def answer(self, ports: Ports) -> changes.Changes:
        """From the ledger."""
        return changes.changes(ports.ledger, self.district, self.asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainRequest(Request[Explained]):
    """Why a person has what they have, and lacks the rest: see `operations.explain`."""

    verb: ClassVar[str] = "explain"
    permission: ClassVar[Permission] = PEOPLE
    result: ClassVar[type] = Explained
    person: str = field(repr=False)
    ebook: str = ""
    live: bool = False

    def answer(self, ports: Ports) -> Explained:
        """From the ledger and the last reading that it keeps, or from the SIS."""
        if self.live and ports.sis is None:
            raise InputError(
                "With --live the SIS is asked with its credentials, which the console may not read. Ask from where "
                "they are: name the ledger (--ledger), and the files with the Secret (--file) or a kubeconfig."
            )
        asked = explain.Asked(self.district, self.person, self.ebook, ports.sis if self.live else None)
        return explain.explain(ports.ledger, ports.resources, asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest(Request[access.Accesses]):
    """Who looked at which person: see `operations.access`."""

    verb: ClassVar[str] = "access"
    permission: ClassVar[Permission] = PEOPLE
    result: ClassVar[type] = access.Accesses
    person: str = field(default="", repr=False)
    limit: int = 100

    def __post_init__(self) -> None:
        """Refuses more than a page holds."""
        at_most(MOST_CHANGES, self.limit)

    def answer(self, ports: Ports) -> access.Accesses:
        """From the ledger."""
        return access.access(ports.ledger, self.district, person=self.person, limit=self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest(Request[export.Export]):
    """All that is kept of a person: see `operations.export`."""

    verb: ClassVar[str] = "export"
    permission: ClassVar[Permission] = EXPORT
    result: ClassVar[type] = export.Export
    person: str = field(repr=False)

    def answer(self, ports: Ports) -> export.Export:
        """From the ledger."""
        return export.export(ports.ledger, self.district, self.person)


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseRequest(Request[erase.Certificate]):
    """Erase a person, or everybody: see `operations.erase`."""

    verb: ClassVar[str] = "erase"
    permission: ClassVar[Permission] = ERASE
    result: ClassVar[type] = erase.Certificate
    person: str = field(default="", repr=False)
    everybody: bool = False
    reason: str = field(repr=False)
    dry_run: bool

    def answer(self, ports: Ports) -> erase.Certificate:
        """In the ledger."""
        return erase.erase(
            ports.ledger,
            self.district,
            person=self.person,
            everybody=self.everybody,
            reason=self.reason,
            dry_run=self.dry_run,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoRequest(Request[undo.UndoTold]):
    """Turn back what a sync did: see `operations.undo`."""

    verb: ClassVar[str] = "undo"
    permission: ClassVar[Permission] = LEDGER
    result: ClassVar[type] = undo.UndoTold
    run: str
    ebook: str = ""
    school: str = ""
    reason: str = field(default="", repr=False)
    digest: str = ""

    def answer(self, ports: Ports) -> undo.UndoTold:
        """In the ledger."""
        return undo.undo(
            ports.ledger,
            self.district,
            self.run,
            ebook=self.ebook,
            school=self.school,
            reason=self.reason,
            digest=self.digest,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftRequest(Request[undo.Lifted]):
    """Let the syncs of a district apply again what they plan."""

    verb: ClassVar[str] = "lift"
    permission: ClassVar[Permission] = LEDGER
    result: ClassVar[type] = undo.Lifted

    def answer(self, ports: Ports) -> undo.Lifted:
        """In the ledger."""
        return undo.lift(ports.ledger, self.district)


_ALL: Final[tuple[type[Question[Any]], ...]] = (
    StatusRequest,
    ChecklistRequest,
    DetailsRequest,
    HistoryRequest,
    CalendarRequest,
    ChangesRequest,
    ExplainRequest,
    AccessRequest,
    ExportRequest,
    EraseRequest,
    UndoRequest,
    LiftRequest,
    ImportRequest,
    CleanupRequest,
    CleanupDetailsRequest,
    GrantRequest,
    BlockRequest,
    DecisionsRequest,
    UpcomingRequest,
    SeatsRequest,
    PlanRequest,
    ApproveRequest,
    PromoteRequest,
    BundleRequest,
    FleetRowsRequest,
    CheckRequest,
)
REQUESTS: Final[Mapping[str, type[Question[Any]]]] = {request.verb: request for request in _ALL}
"""By verb."""
