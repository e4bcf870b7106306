"""Limits on removals. A wrong removal locks a class out of its books; a late one costs a seat for a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from roster_operator.licensing.models import Edition, Hold, Plan
from roster_operator.plurals import counted
from roster_operator.roster.models import Role
from roster_operator.roster.quality import Question

PATIENCE: Final = timedelta(days=7)
"""So long removals wait for broken rows, from the first sync on that found them."""
_LEAD_NOWHERE: Final = {Question.UNKNOWN_CLASS: 3, Question.UNKNOWN_PERSON: 6}
"""What leads nowhere, and how many licenses may rest on each: a person has several classes, a course several eBooks."""
_COMES_AND_GOES: Final = 2
"""Percent by which their number changes from one night to the next where not all is shared."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many removals one sync may carry out without asking."""

    district_percent: int = 10
    school_percent: int = 25
    floor: int = 10
    """Up to so many removals always go on, in the district and in each school."""

    def exceeded(self, removals: int, active: int, percent: int) -> bool:
        """Whether `removals` out of `active` licenses are above the floor and above `percent`."""
        return removals > self.floor and removals * 100 > active * percent


@dataclass(frozen=True, slots=True)
class Verdict:
    """What must wait, and why."""

    hold: Hold
    why: str = ""
    doubtful: bool = False
    """Whether removals wait, or have for long enough, for rows that are broken and were not before."""


def judge(plan: Plan, limits: Limits) -> Verdict:
    """Which removals of `plan` must wait for approval: all of them, those of some schools, or none."""
    if limits.exceeded(plan.revocations, plan.active, limits.district_percent):
        why = (
            f"{plan.revocations} of {counted(plan.active, 'license[s]')} would be removed, "
            f"more than {limits.district_percent} % of the district"
        )
        return Verdict(Hold(everything=True), why)
    schools = frozenset(
        school
        for school, removals in plan.removals_by_school.items()
        if limits.exceeded(removals, plan.active_by_school.get(school, 0), limits.school_percent)
    )
    if not schools:
        return Verdict(Hold())
    named = ", ".join(
        f"{school} ({plan.removals_by_school[school]} of {plan.active_by_school.get(school, 0)})"
        for school in sorted(schools)[:5]
    )
    more = f" and {len(schools) - 5} more" if len(schools) > 5 else ""
    return Verdict(
        Hold(schools=schools), f"more than {limits.school_percent} % would be removed in school {named}{more}"
    )


def doubt(
    verdict: Verdict,
    plan: Plan,
    now: Mapping[Question, int],
    before: Mapping[Question, int] | None,
    *,
    waited: timedelta = timedelta(),
) -> Verdict:
    """`verdict`, and no removal goes on that rows may explain which lead nowhere and did not when last looked at.

    A broken reference takes a license from somebody of whom nothing more is known than that. `now` and `before` count
    the questions that the roster raises, and raised at the last sync by which nothing waited; None if there was none.
    Many rosters always have such rows, as not all is shared: so it is their growth that counts, beyond what comes and
    goes anyway, and against the removals that it may explain. `waited`: for so long removals have been waiting for
    broken rows; what nobody has put right in a week is how the district is from now on.
    """
    if before is None or not plan.revocations:
        return verdict
    usual = sum(before.get(question, 0) for question in _LEAD_NOWHERE)
    more = {question: max(0, now.get(question, 0) - before.get(question, 0)) for question in _LEAD_NOWHERE}
    rows, explained = sum(more.values()), sum(more[question] * each for question, each in _LEAD_NOWHERE.items())
    if explained < plan.revocations or rows * 100 <= usual * _COMES_AND_GOES:
        return verdict
    nowhere = "[enrollment more than before leads|enrollments more than before lead] nowhere"
    why = (
        f"{counted(rows, nowhere)} (to classes or persons that the SIS does not list), and "
        f"{counted(plan.revocations, 'license[s]')} may rest on that"
    )
    return distrust(verdict, why, waited)


def distrust(verdict: Verdict, why: str, waited: timedelta) -> Verdict:
    """`verdict`, and all removals wait for broken rows, unless they have for long enough."""
    if verdict.hold.everything:
        return verdict
    if waited >= PATIENCE:
        return replace(verdict, doubtful=True)
    return Verdict(Hold(everything=True), why, doubtful=True)


def spare(verdict: Verdict, plan: Plan, untold: frozenset[Role]) -> Verdict:
    """`verdict`, and nobody loses what they may have by one of the roles that the SIS does not tell of everybody."""
    editions = frozenset(Edition.STUDENT if role is Role.STUDENT else Edition.TEACHER for role in untold)
    affected = frozenset(edition for edition in editions if plan.removals_by_edition.get(edition))
    if not affected or verdict.hold.everything:
        return verdict
    removals = sum(plan.removals_by_edition[edition] for edition in affected)
    named = ", ".join(sorted(role for role in untold))
    resting = counted(removals, "license[s] may rest on it")
    why = f"the SIS does not tell who has the role {named} in every class, and {resting}"
    hold = replace(verdict.hold, editions=affected)
    return replace(verdict, hold=hold, why="; ".join(filter(None, (verdict.why, why))))
