"""rostering.cpm.org/v1alpha1: the wire models of RosterIntegration and EBook."""

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
from roster_operator.api.v1alpha1.delta import DeltaReads, ProviderStatus, ReadsStatus
from roster_operator.api.v1alpha1.ebook import EBook, EBookEdition, EBookSpec
from roster_operator.api.v1alpha1.metadata import ObjectMeta
from roster_operator.api.v1alpha1.resource import RosterIntegration
from roster_operator.api.v1alpha1.source import (
    RosterSourceSpec,
    SecretReference,
    TokenRequest,
)
from roster_operator.api.v1alpha1.spec import (
    Approval,
    CourseMapping,
    DeletionPolicy,
    Matching,
    MatchKey,
    RemovalGuard,
    RosterIntegrationSpec,
    SameLogin,
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
    PlanStatus,
    RosterCounts,
    RosterIntegrationStatus,
    SyncSummary,
)

__all__ = [
    "Approval",
    "AuthMethod",
    "CatalogReference",
    "Check",
    "CheckResult",
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
    "MatchKey",
    "Matching",
    "ObjectMeta",
    "OneRosterVersion",
    "PlanStatus",
    "ProviderStatus",
    "ReadsStatus",
    "RemovalGuard",
    "RosterCounts",
    "RosterIntegration",
    "RosterIntegrationSpec",
    "RosterIntegrationStatus",
    "RosterSourceSpec",
    "SameLogin",
    "SchoolSelector",
    "SecretReference",
    "Snapshot",
    "SourceType",
    "SyncSummary",
    "TokenCredentials",
    "TokenParameters",
    "TokenRequest",
]
