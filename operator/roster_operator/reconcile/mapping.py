"""What the names in a spec stand for, given what the SIS offers and the publisher's catalogue."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from roster_operator.api import conditions, reasons
from roster_operator.api.conditions import Finding, found
from roster_operator.errors import InvalidSpec
from roster_operator.licensing.models import Edition
from roster_operator.plurals import counted
from roster_operator.reconcile.offering import ClassCounts
from roster_operator.reconcile.report import Mappings
from roster_operator.reconcile.suggestions import RowT, alike, meant_by
from roster_operator.roster.models import SCHOOL, Course, School
from roster_operator.roster.scope import (
    COURSE_FIELDS,
    SCHOOL_FIELDS,
    Selector,
    Unresolved,
    as_compared,
    choose_courses,
    choose_schools,
    folded,
)
from roster_operator.sources.registry import district_named_by

if TYPE_CHECKING:
    from roster_operator.api.v1alpha1 import EBook, RosterIntegrationSpec

_NAMED = 5
"""So many unresolved names are spelled out in a message."""
_TELLING = 3
"""Characters of a code; by fewer, nothing is told."""


class Offers(Protocol):
    """What names are looked for in."""

    @property
    def schools(self) -> Sequence[School]:
        """All that are listed."""
        ...

    @property
    def courses(self) -> Sequence[Course]:
        """All that are listed."""
        ...


@dataclass(frozen=True, slots=True)
class Selection:
    """The part of the district's offer that the spec selects."""

    schools: frozenset[str]
    courses: frozenset[str]
    unclear: frozenset[str]
    """Ids of schools and courses that are selected and whose status is not known."""
    ebooks_by_course: Mapping[str, tuple[str, ...]]
    """Course ids to names of eBooks that exist. A course that several entries select leads to the eBooks of all."""
    editions: Mapping[str, tuple[Edition, ...]]
    courses_by_selector: Mapping[str, tuple[str, ...]]
    other_organizations: Mapping[Selector, School]
    """Organizations that are no schools, by what selects them."""
    mappings: Mappings
    canary: frozenset[str]
    """Ids of those of the schools that go live first; none if all do at once."""


def select(spec: RosterIntegrationSpec, offering: Offers, ebooks: Mapping[str, EBook]) -> Selection:
    """Resolve schools, courses and eBooks."""
    schools = choose_schools([_selector(entry, *SCHOOL_FIELDS) for entry in spec.schools], offering.schools)
    courses = choose_courses([_selector(entry, *COURSE_FIELDS) for entry in spec.courses], offering.courses)
    wanted = {name for entry in spec.courses for name in entry.ebooks}
    unknown = sorted(wanted - ebooks.keys())
    by_course: dict[str, dict[str, None]] = {}
    for entry, rows in zip(spec.courses, courses.rows, strict=True):
        for row in rows:
            by_course.setdefault(row.id, {}).update(dict.fromkeys(name for name in entry.ebooks if name in ebooks))
    return Selection(
        schools=schools.ids,
        courses=courses.ids,
        unclear=schools.unclear | courses.unclear,
        ebooks_by_course={course: tuple(books) for course, books in by_course.items() if books},
        editions={name: tuple(Edition(str(e)) for e in ebooks[name].spec.editions) for name in wanted & ebooks.keys()},
        courses_by_selector={
            str(_selector(entry, *COURSE_FIELDS)): tuple(row.id for row in rows)
            for entry, rows in zip(spec.courses, courses.rows, strict=True)
        },
        other_organizations={
            _selector(entry, *SCHOOL_FIELDS): school
            for entry, rows in zip(spec.schools, schools.rows, strict=True)
            for school in rows
            if school.kind != SCHOOL
        },
        mappings=Mappings(
            schools=len(schools.ids),
            courses=len(courses.ids),
            ebooks=len(wanted & ebooks.keys()),
            unresolved_schools=_suggested(schools.unresolved, offering.schools, SCHOOL_FIELDS),
            unresolved_courses=_suggested(courses.unresolved, offering.courses, COURSE_FIELDS),
            unknown_ebooks=tuple(unknown),
            similar_ebooks={name: close for name in unknown[:_NAMED] if (close := alike(name, ebooks))},
            retired_ebooks=tuple(sorted(name for name in wanted & ebooks.keys() if ebooks[name].spec.retired)),
        ),
        canary=canary_of(spec, offering.schools),
    )


def canary_of(spec: RosterIntegrationSpec, schools: Sequence[School]) -> frozenset[str]:
    """Ids of those of `schools` that go live first."""
    first = frozenset(spec.canary.schools) if spec.canary is not None else frozenset()
    named = [entry for entry in spec.schools if not first.isdisjoint((entry.id, entry.identifier, entry.name))]
    return choose_schools([_selector(entry, *SCHOOL_FIELDS) for entry in named], schools).ids


def schools_named(spec: RosterIntegrationSpec, schools: Sequence[School]) -> frozenset[str]:
    """Ids of those of `schools` that the spec names."""
    return choose_schools([_selector(entry, *SCHOOL_FIELDS) for entry in spec.schools], schools).ids


def selectors(spec: RosterIntegrationSpec) -> tuple[str, ...]:
    """What names schools and courses in a spec."""
    schools = (f"school {_selector(entry, *SCHOOL_FIELDS)}" for entry in spec.schools)
    return (*schools, *(f"course {_selector(entry, *COURSE_FIELDS)}" for entry in spec.courses))


def names(spec: RosterIntegrationSpec) -> Iterator[str]:
    """The same as they are compared, and as they are written: so an earlier version kept them."""
    yield from selectors(spec)
    yield from (as_compared("school", _selector(entry, *SCHOOL_FIELDS)) for entry in spec.schools)
    yield from (as_compared("course", _selector(entry, *COURSE_FIELDS)) for entry in spec.courses)


def looked_for(selection: Selection, counts: ClassCounts) -> Selection:
    """What the names stand for, now that the classes were read.

    A course may be offered and not taught. An organization that is no school is selected only if it has a class: who
    names a district means its schools, and would lose them all.
    """
    bare = {at: school for at, school in selection.other_organizations.items() if not counts.has_class(school.id)}
    schools = selection.schools - {school.id for school in bare.values()}
    mappings = replace(
        selection.mappings,
        schools=len(schools),
        unresolved_schools=(
            *selection.mappings.unresolved_schools,
            *(Unresolved(at, f"is of the type {school.kind}, and has no class") for at, school in bare.items()),
        ),
    )
    if schools:
        idle = tuple(
            selector
            for selector, courses in selection.courses_by_selector.items()
            if courses and not any(map(counts.teaches, courses))
        )
        mappings = replace(mappings, idle_courses=idle)
    return replace(selection, schools=schools, mappings=mappings)


def beside(selection: Selection, offering: Offers, counts: ClassCounts, taught_at: Collection[str]) -> Mappings:
    """The same, with what the spec may have left out by mistake; `taught_at`: schools with a class that is on today."""
    idle = sorted(
        f"{school.name} ({school.id})" if school.name else school.id
        for school in offering.schools
        if school.id in selection.schools and school.id not in taught_at
    )
    mappings = replace(selection.mappings, idle_schools=tuple(idle))
    if not selection.schools:
        return mappings
    chosen = [course for course in offering.courses if course.id in selection.courses]
    codes = tuple(code for course in chosen if len(code := folded(course.code)) >= _TELLING)
    titles = {title for course in chosen if (title := folded(course.title))}
    others = (course for course in offering.courses if course.id not in selection.courses and counts.teaches(course.id))
    similar = {
        course.code or course.title
        for course in others
        if folded(course.title) in titles or (codes and folded(course.code).startswith(codes))
    }
    return replace(mappings, similar_courses=tuple(sorted(similar)))


def resolved(mappings: Mappings) -> Finding:
    """MappingsResolved."""
    if mappings.resolved:
        return found(
            conditions.MAPPINGS_RESOLVED,
            True,
            reasons.ALL_RESOLVED,
            f"Found: {counted(mappings.schools, 'school[s]')}, {counted(mappings.courses, 'course[s]')} and "
            f"{counted(mappings.ebooks, 'eBook[s]')}.",
        )
    return found(
        conditions.MAPPINGS_RESOLVED,
        False,
        reasons.UNRESOLVED,
        f"{unresolved_names(mappings)} Until every name stands for something, nothing is removed. {remedy(mappings)}",
    )


def remedy(mappings: Mappings) -> str:
    """What the author of the spec can do about names that stand for nothing."""
    remedies = []
    if mappings.unresolved_schools or mappings.unresolved_courses:
        remedies.append("correct spec.schools and spec.courses; the ConfigMap in status.catalog lists what is offered")
    if mappings.unknown_ebooks:
        remedies.append("create the EBook, or correct its name in spec.courses; kubectl get ebooks lists what there is")
    return " ".join(f"Publisher: {what}." for what in remedies)


def unresolved_names(mappings: Mappings) -> str:
    """The names that stand for nothing, a sentence for each kind."""
    sentences = []
    for kind, unresolved in (("School", mappings.unresolved_schools), ("Course", mappings.unresolved_courses)):
        listed = "; ".join(f"{kind.lower()} {item.selector} {item.problem}" for item in unresolved[:_NAMED])
        more = f"; and {len(unresolved) - _NAMED} more" if len(unresolved) > _NAMED else ""
        if unresolved:
            sentences.append(f"{listed}{more}.")
    if mappings.unknown_ebooks:
        listed = ", ".join(
            f"{name} (did you mean {mappings.similar_ebooks[name]}?)" if name in mappings.similar_ebooks else name
            for name in mappings.unknown_ebooks[:_NAMED]
        )
        more = f" and {len(mappings.unknown_ebooks) - _NAMED} more" if len(mappings.unknown_ebooks) > _NAMED else ""
        sentences.append(f"No EBook is named {listed}{more}.")
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences)


def claimed_source(spec: RosterIntegrationSpec) -> str:
    """What two resources must not both hold: `spec.district`, or else the host and path of the SIS."""
    if spec.district:
        return f"district:{spec.district}"
    return district_named_by(spec.source)


def _suggested(
    unresolved: tuple[Unresolved, ...], rows: Sequence[RowT], fields: Mapping[str, Callable[[RowT], str]]
) -> tuple[Unresolved, ...]:
    """The same; the first, which messages name, with what was probably meant."""
    return tuple(
        replace(each, problem=f"{each.problem} (did you mean {meant}?)")
        if number < _NAMED and each.absent and (meant := meant_by(each.selector, rows, fields))
        else each
        for number, each in enumerate(unresolved)
    )


def _selector(entry: object, *fields: str) -> Selector:
    for field in fields:
        if value := getattr(entry, field):
            return Selector(field, value)
    raise InvalidSpec(
        f"An entry of spec.schools or spec.courses names none of {', '.join(fields)}. Publisher: name exactly one."
    )
