"""The rows of a roster as plain values, before they become JSON.

`revision` is the number of the last change that touched the row, 0 for one that is as it was generated.
"""

from __future__ import annotations

from typing import NamedTuple

from district_simulator.people import Person


class OrgFacts(NamedTuple):
    """The district (no parent) or one of its schools."""

    sourced_id: str
    name: str
    identifier: str
    parent: str | None
    children: tuple[str, ...]


class CourseFacts(NamedTuple):
    """A course as the catalogue shows it today."""

    sourced_id: str
    title: str
    code: str
    subject: str
    subject_code: str
    grades: tuple[str, ...]
    revision: int


class ClassFacts(NamedTuple):
    """A class: one section of one course in one school."""

    sourced_id: str
    status: str
    title: str
    code: str
    location: str
    grade: str
    subject: str
    subject_code: str
    period: str
    course_id: str
    school_id: str
    sessions: tuple[str, ...]
    end: str
    revision: int


class UserFacts(NamedTuple):
    """A person with the role and the school in which the roster lists them, and further schools."""

    person: Person
    status: str
    role: str
    school_id: str
    grade: str
    revision: int
    also_at: tuple[str, ...]


class EnrollmentFacts(NamedTuple):
    """One person in one class; `end` is exclusive; `local_class` and `school` lead back to the arithmetic."""

    sourced_id: str
    status: str
    person_id: str
    role: str
    primary: str
    class_id: str
    school_id: str
    begin: str
    end: str
    revision: int
    school: int
    local_class: int
