"""Limits on removals, and doubts of single rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import takewhile
from typing import Final

from roster_operator.api import reasons
from roster_operator.licensing.guards.case import REMOVALS, Case, Doubt, Limits, Verdict
from roster_operator.licensing.models import Edition, Hold, PastRemovals
from roster_operator.plurals import counted
from roster_operator.roster.models import Role
from roster_operator.roster.quality import Question

PATIENCE: Final = timedelta(days=7)
"""So long removals wait for a doubt, from the first sync on that found it."""
_LEAD_NOWHERE: Final = {Question.UNKNOWN_CLASS: 3, Question.UNKNOWN_PERSON: 6}
"""What leads nowhere, and how many licenses may rest on each: a person has several classes, a course several eBooks."""
_COMES_AND_GOES: Final = 2
"""Percent by which their number changes from one night to the next where not all is shared."""
_NAMED: Final = 5
_DAY: Final = timedelta(hours=24)
_WEEK: Final = timedelta(days=7)


def names_unresolved(case: Case) -> Verdict | None:
    """What a name stands for may only be missing."""
    if not case.names_unresolved or not case.plan.revocations:
        return None
    why = "names in the spec are unresolved, and what they stand for may only be missing"
    return Verdict(REMOVALS, why, "Publisher: correct the names.", reasons.UNRESOLVED, approvable=False)


def too_many_in_district(case: Case) -> Verdict | None:
    """More than the limit of the district."""
    plan, limits = case.plan, case.limits
    if not limits.exceeded(plan.revocations, plan.active, limits.district_percent):
        return None
    why = (
        f"{plan.revocations} of {counted(plan.active, 'license[s]')} would be removed, "
        f"more than {limits.district_percent} % of the district"
    )
    return Verdict(REMOVALS, why)


def too_many_lately(case: Case) -> Verdict | None:
    """More than the limit of a day or a week, with what went before: a slow bleed stays under any limit of one sync.

    What went until a person last approved removals does not count: they were told of all of it.
    """
    plan, limits = case.plan, case.limits
    if not plan.revocations:
        return None
    unseen = tuple(takewhile(lambda past: not _answered_for(past, limits), case.lately))
    for window, percent, told in (
        (_DAY, limits.day_percent, "24 hours"),
        (_WEEK, limits.week_percent, "7 days"),
    ):
        most = limits.district_percent if percent is None else percent
        before = sum(past.removed for past in unseen if past.age < window)
        if limits.exceeded(before + plan.revocations, before + plan.active, most):
            why = (
                f"{plan.revocations} of {counted(plan.active, 'license[s]')} would be removed; with the {before} that "
                f"syncs of the last {told} removed without asking, that is more than {most} % of the district"
            )
            return Verdict(REMOVALS, why)
    return None


def _answered_for(past: PastRemovals, limits: Limits) -> bool:
    """A person approved it; or had set a wider limit, as one sync alone would not have gone by that of today."""
    return past.approved or limits.exceeded(past.removed, past.active, limits.district_percent)


def too_many_in_school(case: Case) -> Verdict | None:
    """More than the limit of some schools: theirs wait."""
    plan, limits = case.plan, case.limits
    schools = frozenset(
        school
        for school, removals in plan.removals_by_school.items()
        if limits.exceeded(removals, plan.active_by_school.get(school, 0), limits.school_percent)
    )
    if not schools:
        return None
    named = ", ".join(
        f"{_called(school, case.school_names)} ({plan.removals_by_school[school]} of "
        f"{plan.active_by_school.get(school, 0)})"
        for school in sorted(schools)[:_NAMED]
    )
    more = f" and {len(schools) - _NAMED} more" if len(schools) > _NAMED else ""
    why = f"more than {limits.school_percent} % would be removed in school {named}{more}"
    return Verdict(Hold(schools=schools), why)


def _called(school: str, names: Mapping[str, str]) -> str:
    """By name and id: people know schools by the one, and specs by the other."""
    return f"{name} with id {school}" if (name := names.get(school)) else school


def rows_unreadable(case: Case) -> Verdict | None:
    """More rows than before cannot be read at all, and licenses may rest on any of them.

    Though nobody is to lose one tonight: the next sync must not take such a night for how the district is.
    """
    if not case.unreadable:
        return None
    if not case.plan.revocations:
        if case.questions_before is None or _is_how_it_is(case, Doubt.UNREADABLE):
            return None
        return Verdict(Hold(), doubts=frozenset({Doubt.UNREADABLE}), suspension_unacknowledged=True)
    why = "row[s] of courses, classes or enrollments cannot be read, and licenses may rest on [it|them]"
    return _for_a_week(case, Doubt.UNREADABLE, counted(case.unreadable, why))


def classes_untold(case: Case) -> Verdict | None:
    """Classes are no longer listed, and the SIS tells who is in a class by the class alone."""
    if not case.untold_classes or not case.plan.revocations:
        return None
    why = "class[es] that [was|were] in scope [is|are] no longer listed, and the SIS does not tell who is in [it|them]"
    return _for_a_week(case, Doubt.UNTOLD, counted(case.untold_classes, why))


def rows_lead_nowhere(case: Case) -> Verdict | None:
    """No removal goes on that rows may explain which lead nowhere and did not when last looked at.

    A broken reference takes a license from somebody of whom nothing more is known than that. Many rosters always have
    such rows, as not all is shared: so it is their growth that counts, beyond what comes and goes anyway, and against
    the removals that it may explain.
    """
    plan, now, before = case.plan, case.questions, case.questions_before
    if before is None or not plan.revocations:
        return None
    usual = sum(before.get(question, 0) for question in _LEAD_NOWHERE)
    more = {question: max(0, now.get(question, 0) - before.get(question, 0)) for question in _LEAD_NOWHERE}
    rows, explained = sum(more.values()), sum(more[question] * each for question, each in _LEAD_NOWHERE.items())
    if explained < plan.revocations or rows * 100 <= usual * _COMES_AND_GOES:
        return None
    nowhere = "[enrollment more than before leads|enrollments more than before lead] nowhere"
    why = (
        f"{counted(rows, nowhere)} (to classes or persons that the SIS does not list), and "
        f"{counted(plan.revocations, 'license[s]')} may rest on that"
    )
    return _for_a_week(case, Doubt.NOWHERE, why)


def role_untold(case: Case) -> Verdict | None:
    """Nobody loses what they may have by one of the roles that the SIS does not tell of everybody."""
    editions = frozenset(Edition.STUDENT if role is Role.STUDENT else Edition.TEACHER for role in case.untold)
    affected = frozenset(edition for edition in editions if case.plan.removals_by_edition.get(edition))
    if not affected:
        return None
    removals = sum(case.plan.removals_by_edition[edition] for edition in affected)
    named = ", ".join(sorted(role for role in case.untold))
    resting = counted(removals, "license[s] may rest on it")
    why = f"the SIS does not tell who has the role {named} in every class, and {resting}"
    return Verdict(Hold(editions=affected), why)


def edition_held(case: Case) -> Verdict | None:
    """The spec says that a person decides on each removal of an edition."""
    plan = case.plan
    affected = frozenset(edition for edition in case.limits.held_editions if plan.removals_by_edition.get(edition))
    if not affected:
        return None
    named = " and ".join(
        f"{counted(plan.removals_by_edition[edition], 'license[s]')} of {edition} editions"
        for edition in sorted(affected)
    )
    why = f"{named} would be removed, and the spec lets none of these go without a person's word"
    return Verdict(Hold(editions=affected), why)


def _for_a_week(case: Case, doubt: Doubt, why: str) -> Verdict:
    """All removals wait; but what nobody has put right in a week is how the district is from now on."""
    doubts = frozenset({doubt})
    return Verdict(Hold(), doubts=doubts) if _is_how_it_is(case, doubt) else Verdict(REMOVALS, why, doubts=doubts)


def _is_how_it_is(case: Case, doubt: Doubt) -> bool:
    return case.waited.get(doubt, timedelta()) >= PATIENCE
