"""rostering.cpm.org/v1alpha1: the wire models of RosterIntegration and EBook."""

from roster_operator.api.v1alpha1.canary import Canary, CanaryStatus
from roster_operator.api.v1alpha1.choices import (
    AuthMethod,
    ContentType,
    EndDates,
    Filter,
    OneRosterVersion,
    SourceType,
    TokenCredentials,
    TokenParameters,
)
from roster_operator.api.v1alpha1.contacts import Contacts
from roster_operator.api.v1alpha1.delta import DeltaReads, ProviderStatus, ReadsStatus
from roster_operator.api.v1alpha1.ebook import EBook, EBookEdition, EBookSpec
from roster_operator.api.v1alpha1.matching import (
    LoginFormat,
    Matching,
    MatchKey,
    People,
    SameLogin,
    Unconfirmed,
)
from roster_operator.api.v1alpha1.metadata import ObjectMeta
from roster_operator.api.v1alpha1.plan_status import (
    ApprovalState,
    ApprovalStatus,
    PlannedEBook,
    PlannedSchool,
    PlanStatus,
    RekeyStatus,
)
from roster_operator.api.v1alpha1.resource import RosterIntegration
from roster_operator.api.v1alpha1.schedule import (
    Blackout,
    NextSync,
    NextSyncStatus,
    Schedule,
    SyncWindow,
    Weekday,
)
from roster_operator.api.v1alpha1.seats import SeatPool
from roster_operator.api.v1alpha1.source import (
    RosterSourceSpec,
    SecretReference,
    TokenRequest,
)
from roster_operator.api.v1alpha1.spec import (
    Approval,
    CourseMapping,
    DeletionPolicy,
    RemovalGuard,
    Removals,
    RosterIntegrationSpec,
    SchoolSelector,
    Snapshot,
)
from roster_operator.api.v1alpha1.status import (
    CatalogReference,
    Check,
    CheckResult,
    EBookCount,
    HistoryEntry,
    LedgerStatus,
    LicenseCounts,
    ReasonCount,
    RosterCounts,
    RosterIntegrationStatus,
    SyncSummary,
)
from roster_operator.api.v1alpha1.terms import (
    Season,
    SeasonKind,
    SeasonStatus,
    Terms,
)

__all__ = [
    "Approval",
    "ApprovalState",
    "ApprovalStatus",
    "AuthMethod",
    "Blackout",
    "Canary",
    "CanaryStatus",
    "CatalogReference",
    "Check",
    "CheckResult",
    "Contacts",
    "ContentType",
    "CourseMapping",
    "DeletionPolicy",
    "DeltaReads",
    "EBook",
    "EBookCount",
    "EBookEdition",
    "EBookSpec",
    "EndDates",
    "Filter",
    "HistoryEntry",
    "LedgerStatus",
    "LicenseCounts",
    "LoginFormat",
    "MatchKey",
    "Matching",
    "NextSync",
    "NextSyncStatus",
    "ObjectMeta",
    "OneRosterVersion",
    "People",
    "PlanStatus",
    "PlannedEBook",
    "PlannedSchool",
    "ProviderStatus",
    "ReadsStatus",
    "ReasonCount",
    "RekeyStatus",
    "RemovalGuard",
    "Removals",
    "RosterCounts",
    "RosterIntegration",
    "RosterIntegrationSpec",
    "RosterIntegrationStatus",
    "RosterSourceSpec",
    "SameLogin",
    "Schedule",
    "SchoolSelector",
    "Season",
    "SeasonKind",
    "SeasonStatus",
    "SeatPool",
    "SecretReference",
    "Snapshot",
    "SourceType",
    "SyncSummary",
    "SyncWindow",
    "Terms",
    "TokenCredentials",
    "TokenParameters",
    "TokenRequest",
    "Unconfirmed",
    "Weekday",
]
