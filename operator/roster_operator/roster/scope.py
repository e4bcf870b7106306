"""Which of a district's schools and courses a RosterIntegration is about.

A selector that finds nothing, or a school's name that finds several, is unresolved: it is reported by name, and
while there is one, nothing is removed, since the rows that it stands for may only be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from roster_operator.roster.models import SCHOOL, Course, School, Status


@dataclass(frozen=True, slots=True)
class Selector:
    """One entry of `spec.schools` or `spec.courses`."""

    by: str
    """`id`, `identifier`, `name` or `code`."""
    value: str

    def __str__(self) -> str:
        """As a person would write it."""
        return f'{self.by} "{self.value}"'


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A selector that does not stand for what it should."""

    selector: Selector
    problem: str
    """`is not offered`, `is marked as deleted`, has a status that is not known, or how many it matches."""
    absent: bool = False
    """Whether nothing was found at all."""


RowT = TypeVar("RowT", School, Course)


@dataclass(frozen=True, slots=True)
class Choice(Generic[RowT]):
    """What selectors stand for."""

    rows: tuple[tuple[RowT, ...], ...]
    """For each selector, in order, the rows that it selects."""
    unresolved: tuple[Unresolved, ...]
    unclear: frozenset[str] = frozenset()
    """Ids of rows that are selected and whose status is a word that is not known."""

    @property
    def ids(self) -> frozenset[str]:
        """Ids of all rows selected."""
        return frozenset(row.id for rows in self.rows for row in rows)


SCHOOL_FIELDS: Final[Mapping[str, Callable[[School], str]]] = {
    "id": lambda school: school.id,
    "identifier": lambda school: school.identifier,
    "name": lambda school: school.name if school.kind == SCHOOL else "",
}
COURSE_FIELDS: Final[Mapping[str, Callable[[Course], str]]] = {
    "id": lambda course: course.id,
    "code": lambda course: course.code,
    "name": lambda course: course.title,
}
"""By what each is selected."""


def choose_schools(selectors: Sequence[Selector], schools: Iterable[School]) -> Choice[School]:
    """Resolve `spec.schools`; each selector stands for exactly one school.

    An organization of another type is selected by its id or identifier alone.
    """
    return _choose(selectors, schools, SCHOOL_FIELDS, several=False)


def choose_courses(selectors: Sequence[Selector], courses: Iterable[Course]) -> Choice[Course]:
    """Resolve `spec.courses`; a selector may stand for several rows, as many SIS list a course once for each school."""
    return _choose(selectors, courses, COURSE_FIELDS, several=True)


def names_of_schools(schools: Iterable[School]) -> dict[str, frozenset[str]]:
    """By id, all by which a spec may select each of them, `as_compared`."""
    return _names_of("school", schools, SCHOOL_FIELDS)


def names_of_courses(courses: Iterable[Course]) -> dict[str, frozenset[str]]:
    """By id, all by which a spec may select each of them, `as_compared`."""
    return _names_of("course", courses, COURSE_FIELDS)


def _names_of(
    kind: str, rows: Iterable[RowT], fields: Mapping[str, Callable[[RowT], str]]
) -> dict[str, frozenset[str]]:
    names: dict[str, frozenset[str]] = {}
    for row in rows:
        selectors = (Selector(by, value) for by, field in fields.items() if (value := field(row)))
        names[row.id] = names.get(row.id, frozenset()) | {as_compared(kind, selector) for selector in selectors}
    return names


def parsed(text: str) -> tuple[str, Selector]:
    """The kind and the selector of `school id "994"`, as specs are kept."""
    kind, by, value = text.split(" ", 2)
    return kind, Selector(by, value[1:-1])


def as_compared(kind: str, selector: Selector) -> str:
    """A selector of a `school` or a `course`; two that always select the same are one text."""
    return f"{kind} {selector.by} {_key(selector)}"


def _choose(
    selectors: Sequence[Selector],
    rows: Iterable[RowT],
    fields: Mapping[str, Callable[[RowT], str]],
    *,
    several: bool,
) -> Choice[RowT]:
    index: dict[tuple[str, str], dict[str, RowT]] = {}
    wanted = {(selector.by, _key(selector)) for selector in selectors}
    for row in rows:
        for by, field in fields.items():
            key = (by, field(row) if by == "id" else folded(field(row)))
            if key in wanted:
                index.setdefault(key, {})[row.id] = row
    chosen: list[tuple[RowT, ...]] = []
    unclear: set[str] = set()
    unresolved: list[Unresolved] = []
    for selector in selectors:
        # What is blank in the SIS is not found by a blank name.
        found = index.get((selector.by, _key(selector)), {}) if _key(selector) else {}
        active = tuple(row for row in found.values() if row.status is Status.ACTIVE)
        unknown = {row.id for row in found.values() if row.status is Status.UNRECOGNIZED}
        unclear |= unknown
        problem = ""
        if not active:
            problem = _absence(found=bool(found), unknown=bool(unknown))
        elif len(active) > 1 and not several:
            problem = f"matches {len(active)} schools; select one by id"
            active = ()
        if problem:
            unresolved.append(Unresolved(selector, problem, absent=not found))
        chosen.append(active)
    return Choice(tuple(chosen), tuple(unresolved), frozenset(unclear))


def _absence(*, found: bool, unknown: bool) -> str:
    if unknown:
        return "has a status in the SIS that is not known"
    return "is marked as deleted in the SIS" if found else "is not offered by the SIS"


def _key(selector: Selector) -> str:
    return selector.value.strip() if selector.by == "id" else folded(selector.value)


def folded(text: str) -> str:
    """As names are compared."""
    return " ".join(text.split()).casefold()
