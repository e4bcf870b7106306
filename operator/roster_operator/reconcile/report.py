"""What a reconcile found, phase by phase. A phase that was not reached is None; `summary` makes a status of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from roster_operator.api.v1alpha1 import ApprovalStatus, CanaryStatus, ProviderStatus, ReadsStatus, RosterCounts
from roster_operator.licensing.class_scope import ClassMemory
from roster_operator.licensing.guards import Verdict
from roster_operator.licensing.models import Applied, Consent, LedgerCounts, Plan
from roster_operator.plurals import counted
from roster_operator.reconcile.contract import Catalog, Outcome
from roster_operator.reconcile.failures import Failure
from roster_operator.roster.dates import DayOrder
from roster_operator.roster.quality import Question, Questions
from roster_operator.roster.scope import Unresolved
from roster_operator.roster.subjects import Subject
from roster_operator.snapshot.taking import TakenSnapshot
from roster_operator.sources.source import Complete, Report, Section


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
    idle_schools: tuple[str, ...] = ()
    """Selected schools, by name and id, in which no class of the selected courses is on today."""
    similar_courses: tuple[str, ...] = ()
    """Codes of courses that the selected schools teach, that are like selected ones, and that lead to no eBook."""

    @property
    def resolved(self) -> bool:
        """Whether every name stands for something."""
        return not (self.unresolved_schools or self.unresolved_courses or self.unknown_ebooks)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the district offers, and what the names in the spec stand for."""

    catalog: Catalog
    mappings: Mappings


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRead:
    """What a reading of the roster found, beside the persons who changed."""

    proofs: Mapping[Section, Complete]
    questions: Questions
    members: Mapping[Section, Mapping[str, int]] = field(default_factory=dict)
    """For each section, how many of its rows hold each member; empty where nothing was decoded."""
    counts: RosterCounts | None = None
    """None of a delta read, which does not see all."""
    changed_since: datetime | None = None
    """Of a delta read: what was asked for."""
    new_scope: ClassMemory | None = None
    """The classes in scope, if they are others than at the last sync."""
    next_changes: tuple[str, ...] = ()
    """Days on which something in the roster begins or ends; an empty text stands for none."""
    day_orders: Collection[DayOrder] | None = None
    """In which order the dates of terms and of enrollments show day and month; None if they were not looked at."""

    settling: bool = False
    """Whether most of the classes in scope began a few weeks ago."""
    bystanders: frozenset[int] | None = None
    """Accounts whose licenses from before go-live are left alone; None if that was not looked for."""
    unchanged: bool = False
    """Whether it was recognized as that of the last sync, and not decoded."""
    classes: str = ""
    """A digest of the classes in scope and of what each gives; empty if delta reads are not wanted."""

    snapshot: TakenSnapshot | None = None
    """The reading itself, if it is to be kept."""

    @property
    def only_adds(self) -> bool:
        """Whether this is a delta read: of the roster as a whole nothing was seen."""
        return self.changed_since is not None


def questions_of(proofs: Mapping[Section, Complete]) -> Questions:
    """What the reading of some sections raises, of whatever they hold."""
    questions = Questions()
    for section, proof in proofs.items():
        for question, rows in ((Question.REJECTED_ROW, proof.rejected), (Question.DUPLICATE_ROW, proof.duplicates)):
            questions[question] += rows
            if rows:
                questions.about(question, Subject(what=f"{section}: {counted(rows, 'row[s]')}"))
    return questions


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to change, and what of it waits."""

    plan: Plan
    verdict: Verdict
    """What must wait; what an approval released is no longer in it."""
    released: bool = False
    """Whether `spec.approval` let go on what the guards would have held."""
    consent: Consent | None = None
    """What of that which would wait it let go; None: nothing."""
    approval: ApprovalStatus | None = None
    """How `spec.approval` stands; None if there is none."""

    @property
    def frozen(self) -> bool:
        """Whether the plan waits as a whole, or would if the district were live."""
        return self.verdict.hold.grants

    @property
    def waiting(self) -> int:
        """How many changes would wait, if the plan were carried out."""
        plan, hold = self.plan, self.verdict.hold
        if hold.grants:
            return plan.revocations + plan.grants + plan.accounts_changed
        if self.consent is not None and not self.consent.is_whole:
            return self.consent.waiting
        if hold.everything:
            return plan.revocations
        of_schools = sum(plan.removals_by_school.get(school, 0) for school in hold.schools)
        of_editions = sum(plan.removals_by_edition.get(edition, 0) for edition in hold.editions)
        return min(plan.revocations, of_schools + of_editions)


@dataclass(frozen=True, slots=True)
class Promotion:
    """What would change if all schools went live, beside those that go live first."""

    grants: int
    revocations: int
    held: int
    """Of these, changes that would wait for approval."""
    digest: str
    disputed: int = 0
    """Persons of schools that are live who are not: somebody elsewhere has their login, or may have the account."""


@dataclass(frozen=True, slots=True)
class SeatsTold:
    """What the spec says of seats."""

    without: tuple[str, ...]
    """Editions of eBooks to which a course leads, and of which no pool says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileReport:
    """One reconcile's findings, up to where it came."""

    run_id: str
    ledger_id: str = ""
    access: Report | None = None
    """CredentialsValid and, unless a section is refused, SectionsShared."""
    mappings: Mappings | None = None
    """MappingsResolved."""
    catalog: Catalog | None = None
    roster: RosterRead | None = None
    seats: SeatsTold | None = None
    """None: there is no limit at all."""
    decision: Decision | None = None
    applied: Applied | None = None
    licenses: LedgerCounts | None = None
    examples: Mapping[str, Sequence[str]] | None = None
    """Of whom items of the checklist are about, by ids of the ledger; None: as before."""
    frozen_until: date | None = None
    """The last day of the freeze of terms that is on."""
    canary: CanaryStatus | None = None
    """None if no plan was made, or all schools go live at once."""
    reads: ReadsStatus | None = None
    provider: ProviderStatus | None = None
    """What is known of the server, whether or not it was examined now."""
    outcome: Outcome = Outcome.FAILED
    failure: Failure | None = None

    @property
    def only_adds(self) -> bool:
        """Whether the roster was read by what changed in it."""
        return self.roster is not None and self.roster.only_adds
