"""rostering.cpm.org/v1alpha1: the wire models of RosterIntegration and EBook."""

from roster_operator.api.v1alpha1.ebook import EBook, EBookEdition, EBookSpec
from roster_operator.api.v1alpha1.metadata import ObjectMeta
from roster_operator.api.v1alpha1.resource import RosterIntegration
from roster_operator.api.v1alpha1.source import AuthMethod, RosterSourceSpec, SecretReference, SourceType, Vendor
from roster_operator.api.v1alpha1.spec import (
    Approval,
    CourseMapping,
    DeletionPolicy,
    Matching,
    MatchKey,
    RemovalGuard,
    RosterIntegrationSpec,
    SchoolSelector,
)
from roster_operator.api.v1alpha1.status import (
    CatalogReference,
    Check,
    CheckResult,
    EBookCount,
    HistoryEntry,
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
    "CourseMapping",
    "DeletionPolicy",
    "EBook",
    "EBookCount",
    "EBookEdition",
    "EBookSpec",
    "HistoryEntry",
    "LicenseCounts",
    "MatchKey",
    "Matching",
    "ObjectMeta",
    "PlanStatus",
    "RemovalGuard",
    "RosterCounts",
    "RosterIntegration",
    "RosterIntegrationSpec",
    "RosterIntegrationStatus",
    "RosterSourceSpec",
    "SchoolSelector",
    "SecretReference",
    "SourceType",
    "SyncSummary",
    "Vendor",
]
