"""What the guards are to judge, of what was found on the way to a plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from roster_operator.api.v1alpha1 import Removals
from roster_operator.licensing.evidence import Evidence, SectionEvidence, SourceIdentity
from roster_operator.licensing.guards import Case, Doubt, Forgotten, Limits, SpecChange, Undone
from roster_operator.licensing.models import Edition, PastRemovals, Plan
from roster_operator.reconcile import mapping
from roster_operator.reconcile.report import Offered, RosterRead
from roster_operator.reconcile.spec_change import spec_change
from roster_operator.roster.models import Role
from roster_operator.roster.quality import Question
from roster_operator.sources.registry import district_named_by
from roster_operator.sources.source import Section

if TYPE_CHECKING:
    from roster_operator.api.v1alpha1 import RemovalGuard, RosterIntegrationSpec
    from roster_operator.ledger.interface.district import DistrictState
    from roster_operator.reconcile.contract import Request

_TELL_WHO_IS_ENTITLED: Final = (Section.COURSES, Section.CLASSES, Section.ENROLLMENTS)


@dataclass(frozen=True, slots=True)
class Before:
    """What earlier syncs left for this one."""

    questions: Mapping[Question, int] | None
    """That the roster raised at the last sync by which nothing waited; None if there was none."""
    rejected: Mapping[str, int]
    """Rows of each section that could not be read then."""
    in_doubt_since: Mapping[Doubt, datetime]
    """Since when removals have been waiting for each at every sync."""
    evidence: Evidence | None
    now: datetime
    undone: Undone | None = None
    """A sync that somebody turned back, as long as nobody lifts that."""

    @property
    def waited(self) -> Mapping[Doubt, timedelta]:
        """How long removals have been waiting for each without a break."""
        return {doubt: self.now - since for doubt, since in self.in_doubt_since.items()}


def case_of(
    plan: Plan,
    guard: RemovalGuard,
    offered: Offered,
    roster: RosterRead,
    *,
    before: Before,
    evidence: Evidence | None,
    forgotten: Forgotten | None = None,
    lately: Sequence[PastRemovals] = (),
) -> Case:
    """All that bears on whether `plan` may go on."""
    return Case(
        plan=plan,
        forgotten=forgotten,
        undone=before.undone,
        settling=roster.settling,
        limits=limits_of(guard),
        lately=lately,
        school_names={school.id: school.name for school in offered.catalog.schools},
        names_unresolved=not offered.mappings.resolved,
        classes=roster.counts.classes if roster.counts is not None else 0,
        unreadable=_unreadable(roster, before),
        untold_classes=_untold_classes(roster),
        untold=_without_error_echo(roster),
        questions=roster.questions,
        questions_before=before.questions,
        waited=before.waited,
        evidence=evidence,
        evidence_before=before.evidence,
        spec_change=_spec_change(before.evidence, evidence, offered),
    )


def limits_of(guard: RemovalGuard) -> Limits:
    """What the spec permits."""
    by_edition = ((Edition.STUDENT, guard.student_removals), (Edition.TEACHER, guard.teacher_removals))
    return Limits(
        district_percent=guard.district_percent,
        school_percent=guard.school_percent,
        floor=guard.floor,
        day_percent=guard.day_percent,
        week_percent=guard.week_percent,
        held_editions=frozenset(edition for edition, removals in by_edition if removals is Removals.HOLD),
    )


def _spec_change(before: Evidence | None, now: Evidence | None, offered: Offered) -> SpecChange:
    """None, where only what changed was read: then the spec is the same."""
    if before is None or now is None:
        return SpecChange()
    return spec_change(before.selected, now.selected, offered.catalog)


def evidence_of(spec: RosterIntegrationSpec, roster: RosterRead) -> Evidence | None:
    """How the whole roster was told now; None if it was not read whole."""
    if roster.only_adds:
        return None
    return Evidence(
        source=source_identity(spec),
        page_size=spec.source.page_size or 0,
        selected=tuple(sorted(mapping.selectors(spec))),
        sections={
            str(section): SectionEvidence(
                proof=str(proof.proof),
                rows=proof.rows,
                pages=proof.pages,
                totals=proof.totals,
                links=proof.links,
                largest_page=proof.largest_page,
                members=dict(roster.members.get(section, {})),
            )
            for section, proof in roster.proofs.items()
        },
    )


def source_identity(spec: RosterIntegrationSpec) -> SourceIdentity:
    """Which source the spec names."""
    source = spec.source
    return SourceIdentity(
        type=str(source.type),
        vendor=str(source.vendor),
        version=str(source.version or ""),
        place=district_named_by(source).lower(),
    )


def ids_of_another_source(request: Request, state: DistrictState) -> bool:
    """Whether the ids in the ledger are another source's than the one that the spec names."""
    before = Evidence.decode(state.evidence)
    if before is None or request.recorded:
        return False
    return not before.ids_of.may_be(source_identity(request.integration.spec))


def _unreadable(roster: RosterRead, before: Before) -> int:
    """Rows that were left out and of which nobody can say whom they entitle, in sections that have more than before."""
    rejected = {section: proof.rejected for section, proof in roster.proofs.items()}
    now = {section: rejected.get(section, 0) for section in _TELL_WHO_IS_ENTITLED}
    return sum(count for section, count in now.items() if count > before.rejected.get(section, 0))


def _untold_classes(roster: RosterRead) -> int:
    """Classes that were in scope, and of which nobody can say any more whom they entitle."""
    enrollments = roster.proofs.get(Section.ENROLLMENTS)
    return 0 if enrollments is None else enrollments.untold


def _without_error_echo(roster: RosterRead) -> frozenset[Role]:
    """Roles that the SIS does not tell of everybody who has them."""
    enrollments = roster.proofs.get(Section.ENROLLMENTS)
    return frozenset() if enrollments is None else enrollments.without
