"""Which removals of a plan must wait, by what was found on the way to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from roster_operator.controller.reconcile.observations import Observations
from roster_operator.licensing.guards import Limits, Verdict, distrust, doubt, judge, spare
from roster_operator.licensing.models import Hold, Plan
from roster_operator.plurals import counted
from roster_operator.roster.models import Role
from roster_operator.roster.quality import Question
from roster_operator.sources.source import Section

if TYPE_CHECKING:
    from roster_operator.api.v1alpha1 import RemovalGuard

_TELL_WHO_IS_ENTITLED: Final = (Section.COURSES, Section.CLASSES, Section.ENROLLMENTS)


@dataclass(frozen=True, slots=True)
class Before:
    """What earlier syncs left for this one."""

    questions: Mapping[Question, int] | None
    """That the roster raised at the last sync by which nothing waited; None if there was none."""
    rejected: Mapping[str, int]
    """Rows of each section that could not be read then."""
    in_doubt_since: datetime | None
    """When the first of the last syncs by all of which they waited for broken rows was; None if the last was none."""
    now: datetime

    @property
    def waited(self) -> timedelta:
        """How long removals have been waiting for broken rows without a break."""
        return self.now - self.in_doubt_since if self.in_doubt_since is not None else timedelta()


def judged(plan: Plan, guard: RemovalGuard, observations: Observations, before: Before) -> Verdict:
    """Everything waits while names are unresolved or more rows unreadable than before.

    Else what exceeds the guard, what rests on broken references, or is not told.
    """
    if names_unresolved(observations) and plan.revocations:
        return Verdict(
            Hold(everything=True),
            "names in the spec are unresolved, and what they stand for may only be missing",
        )
    verdict = judge(plan, Limits(guard.district_percent, guard.school_percent, guard.floor))
    unreadable = _unreadable(observations, before)
    if unreadable and plan.revocations:
        why = counted(
            unreadable, "row[s] of courses, classes or enrollments cannot be read, and licenses may rest on [it|them]"
        )
        verdict = distrust(verdict, why, before.waited)
    if (untold := _untold_classes(observations)) and plan.revocations:
        gone = counted(untold, "class[es] that [was|were] in scope [is|are] no longer listed")
        why = f"{gone}, and the SIS does not tell who is in there"
        verdict = distrust(verdict, why, before.waited)
    verdict = doubt(verdict, plan, observations.questions, before.questions, waited=before.waited)
    return spare(verdict, plan, _untold(observations))


def names_unresolved(observations: Observations) -> bool:
    """Whether a name in the spec stands for nothing; what waits for that, no approval releases."""
    return observations.mappings is not None and not observations.mappings.resolved


def _unreadable(observations: Observations, before: Before) -> int:
    """Rows that were left out and of which nobody can say whom they entitle, in sections that have more than before."""
    rejected = {section: proof.rejected for section, proof in observations.proofs.items()}
    now = {section: rejected.get(section, 0) for section in _TELL_WHO_IS_ENTITLED}
    return sum(count for section, count in now.items() if count > before.rejected.get(section, 0))


def _untold_classes(observations: Observations) -> int:
    """Classes that were in scope, and of which nobody can say any more whom they entitle."""
    enrollments = observations.proofs.get(Section.ENROLLMENTS)
    return 0 if enrollments is None else enrollments.untold


def _untold(observations: Observations) -> frozenset[Role]:
    """Roles that the SIS does not tell of everybody who has them."""
    enrollments = observations.proofs.get(Section.ENROLLMENTS)
    return frozenset() if enrollments is None else enrollments.without
