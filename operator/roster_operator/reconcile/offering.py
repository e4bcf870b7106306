"""What a district offers to choose from: schools, academic sessions, courses, and how many classes they have."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Final

from roster_operator.errors import SourceError
from roster_operator.licensing.class_scope import ClassMemory, KnownReferences
from roster_operator.reconcile.contract import Catalog, CatalogCourse, CatalogSchool
from roster_operator.reconcile.memory_limit import MemoryLimit
from roster_operator.reconcile.read_section import read
from roster_operator.roster.members import held_by
from roster_operator.roster.models import SCHOOL, ClassSection, Course, School, Session, Status
from roster_operator.roster.quality import Question, Questions
from roster_operator.roster.scope import names_of_courses, names_of_schools
from roster_operator.roster.subjects import Listed, Subject
from roster_operator.sources.source import Complete, ListsOrganizations, RosterSource, RowT, Section

log = logging.getLogger(__name__)

_MOST_UNLISTED: Final = 1000


_SCHOOL: Final = "school "


class Offering:
    """What a district offers, before any of it is selected: schools, academic sessions and courses."""

    def __init__(self, source: RosterSource) -> None:
        """Read the three sections; they are small in any district, and kept."""
        self.schools: list[School] = []
        self.sessions: list[Session] = []
        self.courses: list[Course] = []
        self._looked_beyond = False
        self.kept = MemoryLimit()
        """Weighs these, and what is kept of classes."""
        self.proofs: Mapping[Section, Complete] = {
            Section.ORGANIZATIONS: read(source.schools(), Section.ORGANIZATIONS, self._keeping(self.schools)),
            Section.SCHEDULES: read(source.sessions(), Section.SCHEDULES, self._keeping(self.sessions)),
            Section.COURSES: read(source.courses(), Section.COURSES, self._keeping(self.courses)),
        }

    def look_beyond(self, source: RosterSource) -> bool:
        """Look, once, for organizations that are not in the list of schools; whether there are any.

        Where that fails, they are not known, and what refers to them is left as it is.
        """
        if self._looked_beyond or not isinstance(source, ListsOrganizations):
            return False
        self._looked_beyond = True
        found: list[School] = []
        try:
            read(source.organizations(), Section.ORGANIZATIONS, self._keeping(found), may_be_empty=True)
        except SourceError as error:
            log.warning("organizations of other types could not be read: reason=%s", error.reason)
            return False
        known = {school.id for school in self.schools}
        others = [school for school in found if school.id not in known]
        self.schools += others
        return bool(others)

    def _keeping(self, rows: list[RowT]) -> Callable[[Collection[RowT]], None]:
        def keep(page: Collection[RowT]) -> None:
            self.kept.weigh(page)
            rows.extend(page)

        return keep

    @property
    def members(self) -> dict[Section, Mapping[str, int]]:
        """How many rows of each section hold each member."""
        return {
            Section.ORGANIZATIONS: held_by(self.schools),
            Section.SCHEDULES: held_by(self.sessions),
            Section.COURSES: held_by(self.courses),
        }

    def bearings(
        self, before: ClassMemory, *, courses: Collection[str], schools: Collection[str], unclear: frozenset[str]
    ) -> KnownReferences:
        """What classes can be told by; `courses` and `schools`: ids of the selected; the others: `KnownReferences`."""
        return KnownReferences(
            courses={course.id for course in self.courses},
            schools={school.id for school in self.schools},
            before=before,
            course_names=names_of_courses(row for row in self.courses if row.id in courses or row.id in unclear),
            school_names=names_of_schools(row for row in self.schools if row.id in schools or row.id in unclear),
            unclear=unclear,
        )


class ClassCounts:
    """How many classes each school and course on offer has; classes themselves are not kept."""

    def __init__(self, offering: Offering, selected_schools: frozenset[str]) -> None:
        """Courses are counted in the selected schools only, or in all if none is selected yet."""
        self._offering = offering
        self._selected = selected_schools
        self._by_school: Counter[str] = Counter()
        self._by_course: Counter[str] = Counter()
        self.members: Counter[str] = Counter()
        """How many classes hold each member."""
        self._schools = {school.id for school in offering.schools}
        self._courses = {course.id for course in offering.courses}
        self._unlisted: Counter[str] = Counter()
        """Classes at schools that are not listed, of some of these."""
        self._nowhere = Listed()
        """Classes at what is not listed as a school, or of a course that is not listed."""
        self._others = {school.id for school in offering.schools if school.kind != SCHOOL}
        self._orphaned = 0
        """How many are at a school, or in the selection of a course, that the SIS does not list."""

    def add(self, sections: Collection[ClassSection]) -> None:
        """Take classes as they come."""
        self.members.update(held_by(sections))
        for section in sections:
            if section.status is Status.GONE:
                continue
            if section.school_id in self._schools:
                self._by_school[section.school_id] += 1
                if section.school_id in self._others:
                    self._nowhere.add(_at_school(section))
            else:
                self._orphaned += 1
                self._nowhere.add(_at_school(section))
                if len(self._unlisted) < _MOST_UNLISTED or section.school_id in self._unlisted:
                    self._unlisted[section.school_id] += 1
            if not self._selected or section.school_id in self._selected:
                if section.course_id in self._courses:
                    self._by_course[section.course_id] += 1
                elif section.course_id:
                    self._orphaned += 1
                    self._nowhere.add(Subject(class_id=section.id, what=f"course {section.course_id}"))

    def look_beyond(self, source: RosterSource) -> None:
        """All classes were given: see whether the schools that are not listed are organizations of another type."""
        if self._unlisted.keys() - {""} and self._offering.look_beyond(source):
            listed = {school.id for school in self._offering.schools}
            for school in listed & self._unlisted.keys():
                self._by_school[school] = self._unlisted.pop(school)
                self._orphaned -= self._by_school[school]

    @property
    def questions(self) -> Questions:
        """Once all classes were given: those at a school that is not listed, and at an organization that is none."""
        others = {school.id for school in self._offering.schools if school.kind != SCHOOL}
        at_no_school = sum(self._by_school[other] for other in others)
        questions = Questions({Question.CLASS_ASTRAY: self._orphaned, Question.NOT_A_SCHOOL: at_no_school})
        found_later = {_SCHOOL + other for other in others}
        for subject in self._nowhere:
            astray = subject.what not in found_later
            questions.about(Question.CLASS_ASTRAY if astray else Question.NOT_A_SCHOOL, subject)
        return questions

    def has_class(self, school_id: str) -> bool:
        """Whether a class is at the school."""
        return self._by_school[school_id] > 0

    def teaches(self, course_id: str) -> bool:
        """Whether the course has a class in the selected schools."""
        return self._by_course[course_id] > 0

    def catalog(self) -> Catalog:
        """The schools and courses on offer, sorted for reading; courses without a class in the selection left out."""
        offering = self._offering
        schools = {school.id: school for school in offering.schools if school.status is Status.ACTIVE}.values()
        courses = {course.id: course for course in offering.courses if course.status is Status.ACTIVE}.values()
        return Catalog(
            schools=tuple(
                CatalogSchool(school.id, school.name, school.identifier, self._by_school[school.id])
                for school in sorted(schools, key=lambda school: (school.name, school.id))
                if school.kind == SCHOOL or self._by_school[school.id]
            ),
            courses=tuple(
                CatalogCourse(course.id, course.code, course.title, self._by_course[course.id])
                for course in sorted(courses, key=lambda course: (course.code, course.title, course.id))
                if self._by_course[course.id] or not self._selected
            ),
        )


def _at_school(section: ClassSection) -> Subject:
    return Subject(class_id=section.id, what=_SCHOOL + section.school_id)
