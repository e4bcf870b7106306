"""A person by one reading, judged twice by the sync's own decisions: as the last sync did, and as the next one would.

The next one goes by the spec of today, which may have changed since. What the reading does not hold is not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.licensing.class_scope import ClassMemory
from roster_operator.licensing.entitlements import Offer
from roster_operator.licensing.explanation import Explanation
from roster_operator.licensing.models import Entitlement
from roster_operator.reconcile import mapping
from roster_operator.reconcile.mapping import Selection
from roster_operator.reconcile.suggestions import alike
from roster_operator.reconcile.terms import rules_of
from roster_operator.roster.models import Course
from roster_operator.snapshot.format import Header
from roster_operator.snapshot.reader import Found, Selected


@dataclass(frozen=True, slots=True)
class SpecOfToday:
    """A spec, and the EBooks that it names."""

    integration: RosterIntegration
    ebooks: Mapping[str, EBook]

    @property
    def is_restricted(self) -> bool:
        """Whether the next sync writes of some schools only, as far as the status tells."""
        canary, told = self.integration.spec.canary, self.integration.status.canary
        if canary is None or told is None:
            return canary is not None
        promoted = told.promoted_on is not None
        return not promoted and (canary.promote_after is None or told.nights < canary.promote_after)

    def selection(self, header: Header) -> Selection:
        """What its names stand for in what a reading offers."""
        return mapping.select(self.integration.spec, header, self.ebooks)

    def header(self, offered: Header) -> Header:
        """A header with what this spec selects of what another one has on offer."""
        selection = self.selection(offered)
        return msgspec.structs.replace(
            offered,
            selected_schools=sorted(selection.schools),
            ebooks_by_course={course: list(ebooks) for course, ebooks in selection.ebooks_by_course.items()},
            editions={ebook: list(editions) for ebook, editions in selection.editions.items()},
            unclear=sorted(selection.unclear),
            terms=rules_of(self.integration.spec.terms),
        )

    def selected(self, selection: Selection, classes_in_scope: bytes) -> Selected:
        """By what the next sync judges; `classes_in_scope`: as the last one left them in the ledger."""
        names = mapping.names(self.integration.spec)
        return Selected(
            Offer(selection.ebooks_by_course, selection.editions, selection.schools),
            selection.unclear,
            ClassMemory.decode(classes_in_scope).under(names),
            rules_of(self.integration.spec.terms),
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """One person."""

    found: Found
    last: Explanation
    """By the spec of the last sync."""
    next: Explanation
    """By the spec of today, if that is known."""
    offered: frozenset[Entitlement]
    """By either spec."""
    ebooks_by_course: Mapping[str, Sequence[str]]
    """By course id; of the spec of today, if that is known."""
    unread: tuple[str, ...] = ()
    """Names of schools that the spec of today selects and the reading does not cover."""
    unresolved: bool = False
    """A name in the spec of today stands for nothing: then nothing is removed."""
    outside_canary: bool = False
    """Some schools are live before the others, and they are at none of these."""

    @property
    def spec_matters(self) -> bool:
        """Whether the spec has changed since in what it gives this person."""
        return self.last.entitlements != self.next.entitlements or self.last.unclear != self.next.unclear

    def gives(self, entitlement: Entitlement) -> bool:
        """Whether either spec gives it."""
        return entitlement in self.last.entitlements or entitlement in self.next.entitlements

    def place(self, class_id: str, ebook: str) -> Place:
        """Where a class is, and which course was probably meant to lead to an eBook."""
        header = self.found.header
        for row in self.found.classes.get(class_id, ()):
            course = next((each for each in header.courses if each.id == row.course_id), None)
            school = next((each.name or each.id for each in header.schools if each.id == row.school_id), row.school_id)
            return Place(_called(course), school, self._nearest(course, ebook))
        return Place()

    def _nearest(self, course: Course | None, ebook: str) -> str:
        """The code of a course that leads there and is spelled nearly like this one's."""
        if course is None or not ebook or ebook in self.ebooks_by_course.get(course.id, ()):
            return ""
        leading = {one for one, books in self.ebooks_by_course.items() if ebook in books}
        return alike(_called(course), (_called(each) for each in self.found.header.courses if each.id in leading)) or ""


@dataclass(frozen=True, slots=True)
class Place:
    """Of a class, as people call it; empty what is not known."""

    course: str = ""
    school: str = ""
    did_you_mean: str = ""


def judge(found: Found, person: int, day: str, spec: SpecOfToday | None, classes_in_scope: bytes) -> Judged:
    """The person whose hash it is, as of a day."""
    header = found.header
    explainer = found.explainer(day)
    last = found.explain(person, explainer)
    offered = frozenset(explainer.offer.entitlements)
    if spec is None:
        return Judged(found, last, last, offered, header.ebooks_by_course)
    selection = spec.selection(header)
    selected = spec.selected(selection, classes_in_scope)
    beyond = selection.schools - set(header.selected_schools)
    coming = found.explain(person, found.explainer(day, selected))
    return Judged(
        found,
        last,
        coming,
        offered | frozenset(selected.offer.entitlements),
        selection.ebooks_by_course,
        tuple(school.name or school.id for school in header.schools if school.id in beyond),
        not selection.mappings.resolved,
        spec.is_restricted and selection.canary.isdisjoint(_schools(coming, found)),
    )


def _schools(explained: Explanation, found: Found) -> set[str]:
    """Through which they come, as `Fold` keeps it beside what they are entitled to."""
    sure = [chain.class_id for chain in explained.chains if chain.counts and not chain.unclear]
    return {row.school_id for class_id in sure for row in found.classes.get(class_id, ())}


def _called(course: Course | None) -> str:
    return (course.code or course.title) if course is not None else ""
