"""What a reconcile has found so far. It is filled step by step and summarized once, in `summary`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from roster_operator.api.conditions import Finding, found
from roster_operator.api.v1alpha1 import ProviderStatus, ReadsStatus
from roster_operator.controller.reconcile.contract import Catalog, Outcome
from roster_operator.errors import RosterOperatorError
from roster_operator.licensing.bearings import ClassMemory
from roster_operator.licensing.guards import Verdict
from roster_operator.licensing.models import Applied, LedgerCounts, Plan
from roster_operator.roster.quality import Questions
from roster_operator.roster.scope import Unresolved
from roster_operator.sources.source import Access, Complete, Notice, Section


@dataclass(slots=True)
class RosterCounts:
    """The size of the roster in scope, as of today in the district."""

    schools: int = 0
    courses: int = 0
    classes: int = 0
    teachers: int = 0
    students: int = 0
    enrollments: int = 0
    rows: int = 0
    """Read for it, in scope or not."""


@dataclass(frozen=True, slots=True)
class Mappings:
    """What the names in the spec stand for."""

    schools: int = 0
    courses: int = 0
    ebooks: int = 0
    unresolved_schools: tuple[Unresolved, ...] = ()
    unresolved_courses: tuple[Unresolved, ...] = ()
    unknown_ebooks: tuple[str, ...] = ()
    retired_ebooks: tuple[str, ...] = ()
    similar_ebooks: dict[str, str] = field(default_factory=dict)
    """Of those that are unknown, which one that exists is probably meant."""
    idle_courses: tuple[str, ...] = ()
    """Selectors of courses that have no class in the selected schools."""

    @property
    def resolved(self) -> bool:
        """Whether every name stands for something."""
        return not (self.unresolved_schools or self.unresolved_courses or self.unknown_ebooks)


@dataclass(slots=True)
class Observations:
    """One reconcile's findings. What a step did not reach stays None."""

    run_id: str
    findings: dict[str, Finding] = field(default_factory=dict)
    access: tuple[Access, ...] | None = None
    notices: tuple[Notice, ...] = ()
    proofs: dict[Section, Complete] = field(default_factory=dict)
    provider: ProviderStatus | None = None
    """What is known of the server, whether or not it was examined now."""
    reads: ReadsStatus | None = None
    changed_since: datetime | None = None
    """Of a delta read: what was asked for."""
    catalog: Catalog | None = None
    mappings: Mappings | None = None
    roster: RosterCounts | None = None
    questions: Questions = field(default_factory=Questions)
    members: dict[Section, Mapping[str, int]] = field(default_factory=dict)
    """For each section that was read, how many of its rows hold each member; empty where nothing was decoded."""
    new_scope: ClassMemory | None = None
    """The classes in scope, if they are others than at the last sync."""
    plan: Plan | None = None
    verdict: Verdict | None = None
    """What must wait; what an approval released is no longer in it."""
    released: bool = False
    """Whether `spec.approval` let go on what the guards would have held."""
    applied: Applied | None = None
    licenses: LedgerCounts | None = None
    outcome: Outcome = Outcome.FAILED
    error: RosterOperatorError | None = None

    @property
    def only_added(self) -> bool:
        """Whether this is a delta read: of the roster as a whole nothing was seen."""
        return self.changed_since is not None

    @property
    def frozen(self) -> bool:
        """Whether the plan waits as a whole, or would if the district were live."""
        return self.verdict is not None and self.verdict.hold.grants

    def find(self, type_: str, holds: bool | None, reason: str, message: str) -> None:
        """Note what a step found about one condition."""
        self.findings[type_] = found(type_, holds, reason, message)
