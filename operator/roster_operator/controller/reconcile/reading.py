"""Reads a roster section by section. One that is not provably whole ends the reading: no plan on half a roster."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import msgspec

from roster_operator.controller.reconcile.advice import located, nothing_in
from roster_operator.controller.reconcile.contract import Catalog, CatalogCourse, CatalogSchool
from roster_operator.controller.reconcile.keeping import Kept
from roster_operator.controller.reconcile.observations import Observations
from roster_operator.errors import ReadIncomplete, SourceError
from roster_operator.licensing.bearings import Bearings, ClassMemory
from roster_operator.licensing.guards import Verdict
from roster_operator.roster.members import held_by
from roster_operator.roster.models import SCHOOL, ClassSection, Course, School, Session, Status
from roster_operator.roster.quality import Question
from roster_operator.sources.source import (
    Incomplete,
    ListsOrganizations,
    Reading,
    RosterSource,
    RowT,
    Section,
)

log = logging.getLogger(__name__)

QUESTIONS: Final = "questions"
"""The member of a proof that holds what the roster raised."""
QUESTIONS_WHILE_WAITING: Final = "questionsWhileRemovalsWait"
"""The same of a roster that nobody should be compared with."""
QUESTIONS_IN_DOUBT: Final = "questionsInDoubt"
"""The same of one whose removals wait for broken rows."""

_MOST_UNLISTED: Final = 1000

_decode_proof: Final = msgspec.json.Decoder(dict[str, Any]).decode


def read(
    reading: Reading[RowT],
    section: Section,
    observations: Observations,
    sink: Callable[[Collection[RowT]], object],
    *,
    may_be_empty: bool = False,
) -> None:
    """Give every page of a section to `sink`; raises a `SourceError` unless it was read whole."""
    try:
        for page in reading:
            sink(page)
    except SourceError as error:
        raise located(error, section) from None
    outcome = reading.outcome
    if isinstance(outcome, Incomplete):
        raise ReadIncomplete(f"The section {section} could not be read whole: {outcome.message} Nothing was changed.")
    observations.proofs[section] = outcome
    observations.questions[Question.REJECTED_ROW] += outcome.rejected
    observations.questions[Question.DUPLICATE_ROW] += outcome.duplicates
    if not outcome.rows and not may_be_empty:
        raise nothing_in(section, observations.access or ())


class Offering:
    """What a district offers, before any of it is selected: schools, academic sessions and courses."""

    def __init__(self, source: RosterSource, observations: Observations) -> None:
        """Read the three sections; they are small in any district, and kept."""
        self.schools: list[School] = []
        self.sessions: list[Session] = []
        self.courses: list[Course] = []
        self._looked_beyond = False
        self.kept = Kept()
        """Weighs these, and what is kept of classes."""
        read(source.schools(), Section.ORGANIZATIONS, observations, self._keeping(self.schools))
        read(source.sessions(), Section.SCHEDULES, observations, self._keeping(self.sessions))
        read(source.courses(), Section.COURSES, observations, self._keeping(self.courses))

    def look_beyond(self, source: RosterSource) -> bool:
        """Look, once, for organizations that are not in the list of schools; whether there are any.

        Where that fails, they are not known, and what refers to them is left as it is.
        """
        if self._looked_beyond or not isinstance(source, ListsOrganizations):
            return False
        self._looked_beyond = True
        found: list[School] = []
        try:
            scratch = Observations(run_id="")
            read(source.organizations(), Section.ORGANIZATIONS, scratch, self._keeping(found), may_be_empty=True)
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

    def bearings(self, before: ClassMemory, unclear: frozenset[str]) -> Bearings:
        """What classes can be told by; `before`: those that were in scope; `unclear`: see `Bearings`."""
        return Bearings({course.id for course in self.courses}, {school.id for school in self.schools}, before, unclear)


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
        self.astray = 0
        """How many are at a school, or in the selection of a course, that the SIS does not list."""

    def add(self, sections: Collection[ClassSection]) -> None:
        """Take classes as they come."""
        self.members.update(held_by(sections))
        for section in sections:
            if section.status is Status.GONE:
                continue
            if section.school_id in self._schools:
                self._by_school[section.school_id] += 1
            else:
                self.astray += 1
                if len(self._unlisted) < _MOST_UNLISTED or section.school_id in self._unlisted:
                    self._unlisted[section.school_id] += 1
            if not self._selected or section.school_id in self._selected:
                if section.course_id in self._courses:
                    self._by_course[section.course_id] += 1
                elif section.course_id:
                    self.astray += 1

    def look_beyond(self, source: RosterSource) -> None:
        """All classes were given: see whether the schools that are not listed are organizations of another type."""
        if self._unlisted.keys() - {""} and self._offering.look_beyond(source):
            listed = {school.id for school in self._offering.schools}
            for school in listed & self._unlisted.keys():
                self._by_school[school] = self._unlisted.pop(school)
                self.astray -= self._by_school[school]

    def at_no_school(self) -> int:
        """How many are at an organization that is no school."""
        others = (school.id for school in self._offering.schools if school.kind != SCHOOL)
        return sum(self._by_school[other] for other in others)

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


def proofs_as_json(observations: Observations) -> str:
    """The proofs of completeness, for the journal, and the questions that the roster raises.

    Of a delta read, which sees too little for those, since when it asked for changes.
    """
    proofs: dict[str, Any] = {
        str(section): {"proof": str(proof.proof), "rows": proof.rows, "pages": proof.pages, "rejected": proof.rejected}
        for section, proof in observations.proofs.items()
    }
    if not observations.only_added:
        proofs[_member(observations.verdict)] = {
            str(question): count for question, count in observations.questions.items() if count
        }
    else:
        assert observations.changed_since is not None
        proofs[Section.ENROLLMENTS]["changed since"] = observations.changed_since.isoformat(timespec="seconds")
    return msgspec.json.encode(proofs).decode()


def _member(verdict: Verdict | None) -> str:
    if verdict is None or not verdict.hold.in_question:
        return QUESTIONS
    return QUESTIONS_IN_DOUBT if verdict.doubtful else QUESTIONS_WHILE_WAITING


def questions_of(proof: str) -> dict[Question, int] | None:
    """The questions that `proofs_as_json` counted; None if it did not, as of a delta read."""
    try:
        found: dict[str, Any] = _decode_proof(proof)
        return msgspec.convert(found.get(QUESTIONS), dict[Question, int] | None)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def rejected_of(proof: str) -> dict[str, int]:
    """Rows of each section that `proofs_as_json` says could not be read."""
    try:
        found: dict[str, Any] = _decode_proof(proof)
    except msgspec.DecodeError:
        return {}
    return {str(section): found.get(section, {}).get("rejected", 0) for section in Section}
