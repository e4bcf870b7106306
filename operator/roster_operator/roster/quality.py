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
    LOGIN_OF_SEVERAL = "LoginOfSeveralPersons"
    NUMBER_OF_SEVERAL = "NumberOfSeveralPersons"
    MASKED = "MaskedLogins"
    LOGIN_FORMAT = "LoginOfAnotherForm"
    NO_TEACHER = "ClassWithoutTeacher"
    NO_STUDENTS = "ClassWithoutStudents"
    OUTSIDE_TERM = "EnrollmentOutsideTerm"


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
