"""What is questionable in a roster: how often, and where. Nothing here stops a sync; it tells people where to look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from roster_operator.roster.subjects import Listed, Subject


class Question(StrEnum):
    """A kind of row that was left out, or that a person should look at."""

    REJECTED_ROW = "RejectedRow"
    DUPLICATE_ROW = "DuplicateRow"
    CLASS_WITHOUT_COURSE = "ClassWithoutCourse"
    CLASS_ASTRAY = "ClassOfUnknownCourse"
    CLASS_WITHOUT_SESSION = "ClassWithoutSession"
    UNKNOWN_CLASS = "EnrollmentInUnknownClass"
    UNKNOWN_PERSON = "EnrollmentOfUnknownPerson"
    UNKNOWN_ROLE = "EnrollmentWithoutRole"
    UNRECOGNIZED_ROLE = "EnrollmentOfUnknownRole"
    STUDENT_AS_TEACHER = "StudentEnrolledAsTeacher"
    END_BEFORE_BEGIN = "EndBeforeBegin"
    NO_LOGIN = "PersonWithoutUsernameAndEmail"
    SAME_ID_TWICE = "PersonsWithOneId"
    LEFT_AS_IS = "PersonsLeftAsTheyAre"
    UNREADABLE_DATE = "UnreadableDate"
    UNKNOWN_STATUS = "UnknownStatus"
    UNCLEAR_TERM = "ClassOfUnclearTerm"
    NO_CURRENT_ROLE = "TeacherWithoutCurrentRole"
    SHARED_LOGIN = "LoginOfManyPersons"
    SEVERAL_RECORDS = "PersonsWithSeveralRecords"
    NOT_A_SCHOOL = "ClassAtNoSchool"


EXPLANATIONS: dict[Question, tuple[str, str]] = {
    Question.REJECTED_ROW: (
        "row[s] that could not be read, for instance without a sourcedId, or with cells that have slipped",
        "District: look for incomplete records in the SIS's OneRoster export, and in CSV files for commas that are not "
        "in quotation marks.",
    ),
    Question.DUPLICATE_ROW: (
        "row[s] that came more than once",
        "District: look for records exported twice.",
    ),
    Question.CLASS_WITHOUT_COURSE: (
        "class[es] without a course; [it leads|they lead] to no license",
        "District: assign a course to these classes.",
    ),
    Question.CLASS_ASTRAY: (
        "class[es] of a course or a school that the SIS does not list; [it leads|they lead] to no license",
        "District: check that all courses and schools are shared.",
    ),
    Question.CLASS_WITHOUT_SESSION: (
        "class[es] in scope without a known term; [it is|they are] taken as on",
        "District: assign terms to these classes, and share academic schedules.",
    ),
    Question.UNKNOWN_CLASS: (
        "enrollment[s] in [a class|classes] that the SIS does not list",
        "District: check that all classes of the selected schools are shared.",
    ),
    Question.UNKNOWN_PERSON: (
        "person[s] enrolled in scope whom the SIS does not list; what they have is left as it is",
        "District: check that students and teachers of the selected schools are shared.",
    ),
    Question.UNKNOWN_ROLE: (
        "enrollment[s] in scope without a role; the person's own role decides",
        "District: check the roles in class enrollments.",
    ),
    Question.UNRECOGNIZED_ROLE: (
        "enrollment[s] in scope whose role is a word that OneRoster does not have; [it leads|they lead] to no license",
        "District: map the roles of the SIS to those of OneRoster, such as student and teacher.",
    ),
    Question.STUDENT_AS_TEACHER: (
        "[student enrolled as a teacher|students enrolled as teachers]; they get no Teacher edition",
        "District: correct the role of these enrollments.",
    ),
    Question.END_BEFORE_BEGIN: (
        "[enrollment in scope or term that ends before it begins; it leads|enrollments in scope or terms that end "
        "before they begin; they lead] to no license",
        "District: correct the dates of these enrollments and terms.",
    ),
    Question.LEFT_AS_IS: (
        "person[s] of whom it is unclear what they are entitled to, by a role, dates or a class that cannot be told "
        "any more; they keep what they have, and get nothing new",
        "District: look at the other items: roles, dates, and courses or classes that are no longer shared.",
    ),
    Question.UNREADABLE_DATE: (
        "enrollment[s] in scope or term[s] with a begin or end that cannot be read as a date; who is concerned keeps "
        "what they have",
        "District: export dates as YYYY-MM-DD.",
    ),
    Question.UNKNOWN_STATUS: (
        "row[s] in scope whose status or enabledUser is a word that is not known; who is concerned keeps what they "
        "have",
        "District: map the statuses of the SIS to those of OneRoster: active or tobedeleted, true or false.",
    ),
    Question.UNCLEAR_TERM: (
        "class[es] in scope of which it is unclear whether [it is|they are] on, as a term is not described, not "
        "understood, or marked as deleted before its end",
        "District: correct the dates of these terms, and share academic schedules whole.",
    ),
    Question.NO_CURRENT_ROLE: (
        "[person enrolled as a teacher|persons enrolled as teachers] whose roles are all over or have not begun; they "
        "get no Teacher edition",
        "District: correct the dates of these roles.",
    ),
    Question.SHARED_LOGIN: (
        "person[s] with a username or an email that many others have too; it is taken for an empty cell",
        "District: give each person a username or an email of their own.",
    ),
    Question.SEVERAL_RECORDS: (
        "record[s] beyond the first of persons who have several with one login and number; each person is served once",
        "District: nothing has to be done; one record a person makes reports easier to read.",
    ),
    Question.NOT_A_SCHOOL: (
        "class[es] at an organization that is no school; [it leads|they lead] to a license only if spec.schools names "
        "it by id",
        "District: correct the school of these classes. Publisher: or name the organization in spec.schools.",
    ),
    Question.NO_LOGIN: (
        "person[s] with neither username nor email; matched by sourcedId alone",
        "District: fill in username or email, as single sign-on needs it.",
    ),
    Question.SAME_ID_TWICE: (
        "id[s] that [stands|stand] for different persons; the first one read counts",
        "District: give each person a sourcedId of their own.",
    ),
}
"""For each question: what was counted, as `plurals.counted` wants it, and who should do what."""


class Questions(Counter[Question]):
    """How often each question is raised, and what it is about: of many, the first (`Listed`)."""

    def __init__(self, counts: Mapping[Question, int] | Iterable[Question] = ()) -> None:
        """Those of `counts`; what they are about is known if they are `Questions`."""
        self._listed: dict[Question, Listed] = {}
        super().__init__(counts)

    def add(self, question: Question, subject: Subject) -> None:
        """Raise one."""
        self[question] += 1
        self.about(question, subject)

    def take_back(self, question: Question, subject: Subject) -> None:
        """Raise one no longer."""
        self[question] -= 1
        if question in self._listed:
            self._listed[question].discard(subject)

    def about(self, question: Question, *subjects: Subject) -> None:
        """Say what it is about, where it was counted otherwise."""
        listed = self._listed.get(question)
        if listed is None:
            listed = self._listed[question] = Listed()
        listed.update(subjects)

    def listed(self, question: Question) -> tuple[Subject, ...]:
        """What it is about, in order; fewer than were counted, if they are many, or nobody can name them."""
        return tuple(self._listed.get(question, ()))

    def update(self, counts: Any = (), /, **more: int) -> None:
        """Take in others."""
        super().update(counts, **more)
        if isinstance(counts, Questions):
            for question, listed in counts._listed.items():
                self.about(question, *listed)

    def __add__(self, other: Counter[Question]) -> Questions:  # type: ignore[override]
        """Both together; neither is changed."""
        both = Questions(self)
        both.update(other)
        return both
