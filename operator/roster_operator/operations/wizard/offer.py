"""What the SIS offers to choose from, read as a sync reads it: schools and courses, with classes and students in each.

An offer holds no person: it may be written down, so that whoever comes back need not wait for it again.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from roster_operator.errors import SourceError
from roster_operator.reconcile.offering import ClassCounts, Offering
from roster_operator.reconcile.read_section import read
from roster_operator.roster.models import ClassSection, Course, Enrollment, Enrollments, Role, Status
from roster_operator.roster.scope import folded
from roster_operator.sources.source import CourseResource, RosterSource, Section, TellsResources

log = logging.getLogger(__name__)

_LONGEST: Final = 128
"""Characters of what a spec may select by."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is taught."""

    classes: int = 0
    students: int = 0
    """Each counted once at each school."""

    def __add__(self, other: Size) -> Size:
        """Both together."""
        return Size(self.classes + other.classes, self.students + other.students)


@dataclass(frozen=True, slots=True)
class OfferedSchool:
    """A school that can be chosen."""

    id: str
    name: str
    identifier: str
    size: Size


@dataclass(frozen=True, slots=True)
class OfferedCourse:
    """A course that can be chosen: all rows of a code, as many SIS list a course once for each school."""

    by: str
    """`code`, or `id` where the SIS gives no code."""
    value: str
    title: str
    ids: tuple[str, ...]
    """Of the rows that it stands for."""
    schools: Mapping[str, Size] = field(default_factory=dict)
    """By the id of a school that teaches it."""
    more_titles: tuple[str, ...] = ()
    """Of rows of its code that are called otherwise."""
    numbers: tuple[str, ...] = ()
    """Those by which publishers know its learning resources, where the SIS has them."""

    @property
    def key(self) -> str:
        """What tells two apart."""
        return f"{self.by} {folded(self.value)}"

    def at(self, schools: Collection[str]) -> Size:
        """How much is taught at some schools."""
        return sum((size for school, size in self.schools.items() if school in schools), Size())


@dataclass(frozen=True, slots=True)
class Offer:
    """Of a district."""

    read: datetime
    schools: tuple[OfferedSchool, ...]
    courses: tuple[OfferedCourse, ...]


def read_offer(source: RosterSource, now: datetime, grew: Callable[[int], None] = lambda _rows: None) -> Offer:
    """Read it; `grew`: told how many rows of classes and enrollments came so far. Raises `SourceError`."""
    offering = Offering(source)
    counts = ClassCounts(offering, frozenset())
    groups = _grouped(offering.courses)
    taught = _Taught({row.id: key for key, rows in groups.items() for row in rows}, grew)

    def take(page: Collection[ClassSection]) -> None:
        counts.add(page)
        taught.add_classes(page)

    read(source.classes(), Section.CLASSES, take)
    counts.look_beyond(source)
    read(source.enrollments(), Section.ENROLLMENTS, taught.add_enrollments, may_be_empty=True)
    schools = tuple(
        OfferedSchool(
            each.id, _line(each.name), _line(each.identifier), Size(each.classes, taught.students_at(each.id))
        )
        for each in counts.catalog().schools
    )
    sizes, numbers = taught.sizes(), _numbers(source)
    courses = (_course(by, value, rows, sizes[by, value], numbers) for (by, value), rows in groups.items())
    return Offer(now, schools, tuple(sorted(courses, key=lambda course: (course.value, course.title))))


def _course(
    by: str, value: str, rows: Sequence[Course], schools: Mapping[str, Size], numbers: Mapping[str, list[str]]
) -> OfferedCourse:
    title, *more = dict.fromkeys(_line(row.title) for row in rows)
    known = dict.fromkeys(number for row in rows for number in numbers.get(row.id, ()))
    return OfferedCourse(by, _line(value), title, tuple(row.id for row in rows), schools, tuple(more), tuple(known))


def _numbers(source: RosterSource) -> dict[str, list[str]]:
    """By course, the numbers of its learning resources. They only help to propose: where they fail, there are none."""
    found: defaultdict[str, list[str]] = defaultdict(list)

    def take(page: Collection[CourseResource]) -> None:
        for course, number in page:
            found[course].append(_line(number))

    if isinstance(source, TellsResources):
        try:
            read(source.course_resources(), Section.COURSES, take, may_be_empty=True)
        except SourceError as error:
            log.warning("learning resources could not be read: reason=%s", error.reason)
            return {}
    return found


_Key = tuple[str, str]


def _grouped(courses: Iterable[Course]) -> dict[_Key, list[Course]]:
    """The rows that one entry of a spec selects: those of one code, or one row without."""
    groups: dict[_Key, list[Course]] = {}
    spelled: dict[str, str] = {}
    for row in {course.id: course for course in courses if course.status is Status.ACTIVE}.values():
        code = spelled.setdefault(folded(row.code), _line(row.code))
        named = code and code.isprintable() and len(code) <= _LONGEST
        groups.setdefault(("code", code) if named else ("id", row.id), []).append(row)
    return groups


def _line(text: str) -> str:
    """One line, of what can be shown: names come from the SIS."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


class _Taught:
    """Who takes which course where; of students only how many they are leaves it."""

    def __init__(self, key_of: Mapping[str, _Key], grew: Callable[[int], None]) -> None:
        self._key_of = key_of
        self._grew = grew
        self._rows = 0
        self._place: dict[str, tuple[_Key | None, str]] = {}
        """Of a class: its course, and its school."""
        self._classes: Counter[tuple[_Key, str]] = Counter()
        self._students: defaultdict[tuple[_Key, str], set[str]] = defaultdict(set)
        self._students_at: defaultdict[str, set[str]] = defaultdict(set)

    def add_classes(self, page: Collection[ClassSection]) -> None:
        for section in page:
            if section.status is Status.GONE:
                continue
            key = self._key_of.get(section.course_id)
            self._place[section.id] = (key, section.school_id)
            if key is not None:
                self._classes[key, section.school_id] += 1
        self._told(len(page))

    def add_enrollments(self, page: Collection[Enrollment]) -> None:
        columns = Enrollments.of(page)
        for person, section, said in zip(columns.persons, columns.classes, columns.parts, strict=True):
            place = self._place.get(section)
            if place is None or said.role is not Role.STUDENT or said.status is not Status.ACTIVE:
                continue
            key, school = place
            self._students_at[school].add(person)
            if key is not None:
                self._students[key, school].add(person)
        self._told(len(page))

    def students_at(self, school: str) -> int:
        return len(self._students_at[school])

    def sizes(self) -> defaultdict[_Key, dict[str, Size]]:
        """Of each course, by school."""
        found: defaultdict[_Key, dict[str, Size]] = defaultdict(dict)
        for (key, school), classes in self._classes.items():
            found[key][school] = Size(classes, len(self._students[key, school]))
        return found

    def _told(self, rows: int) -> None:
        self._rows += rows
        self._grew(self._rows)
