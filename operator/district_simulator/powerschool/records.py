"""The rows of PowerSchool's API as plain objects; attributes without a value are left out, as PowerSchool does.

An expansion that was asked for and has nothing to say is an empty text.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from district_simulator.catalogue import GRADES
from district_simulator.facts import ClassFacts, CourseFacts, EnrollmentFacts, OrgFacts
from district_simulator.people import Person

STATUS_CODES = {"A": 0, "P": -1, "T": 2, "G": 3}
_STATUS_TEXTS = {"A": "Active", "P": "Pre-Registered", "T": "Transferred Out", "G": "Graduated"}
STUDENT_EXPANSIONS = (
    "demographics", "addresses", "alerts", "phones", "school_enrollment", "ethnicity_race", "contact",
    "contact_info", "initial_enrollment", "schedule_setup", "fees", "lunch", "counselors", "global_id",
)  # fmt: skip
STAFF_EXPANSIONS = ("addresses", "emails", "phones", "school_affiliations")
SECTION_EXPANSIONS = ("term",)


class StudentFacts(NamedTuple):
    """A student as PowerSchool keeps them, the inactive included."""

    dcid: int
    person: Person
    status: str
    grade: str
    school_dcid: int
    school_number: int
    entry: str
    exit: str


class TermFacts(NamedTuple):
    """A term of one school."""

    dcid: int
    local_id: int
    school_dcid: int
    start_year: int
    portion: int
    start: date
    end: date
    abbreviation: str
    name: str


def school(dcid: int, number: int, facts: OrgFacts | None) -> dict[str, Any]:
    """A school; graduates have one without facts."""
    if facts is None:
        return {"id": dcid, "name": "Graduated Students", "school_number": number, "low_grade": 0, "high_grade": 0}
    high = facts.name.startswith("High")
    return {
        "id": dcid,
        "name": facts.name,
        "school_number": number,
        "state_province_id": facts.identifier,
        "low_grade": 9 if high else 6,
        "high_grade": 12 if high else 8,
        "alternate_school_number": 0,
    }


def term(facts: TermFacts) -> dict[str, Any]:
    """A term; its end is its last day."""
    return {
        "id": facts.dcid,
        "local_id": facts.local_id,
        "school_id": facts.school_dcid,
        "start_year": facts.start_year,
        "portion": facts.portion,
        "start_date": facts.start.isoformat(),
        "end_date": facts.end.isoformat(),
        "abbreviation": facts.abbreviation,
        "name": facts.name,
    }


def course(dcid: int, facts: CourseFacts) -> dict[str, Any]:
    """A course."""
    return {"id": dcid, "course_number": facts.code, "course_name": facts.title}


def section(dcid: int, facts: ClassFacts, in_term: TermFacts) -> dict[str, Any]:
    """A section with its term expanded; whoever did not ask for that gets its number instead."""
    return {
        "id": dcid,
        "section_number": facts.code.rpartition("-")[2],
        "expression": f"{facts.period}(A)",
        "external_expression": f"P{facts.period}(A)",
        "term": term(in_term),
    }


def staff(dcid: int, users_dcid: int, person: Person, schools: Collection[int]) -> dict[str, Any]:
    """A person in one school, with all expansions."""
    affiliations = [{"school_id": school_id} for school_id in schools]
    return {
        "id": dcid,
        "local_id": int(person.identifier),
        "users_dcid": users_dcid,
        "admin_username": person.username,
        "teacher_username": person.username,
        "name": {"first_name": person.given_name, "last_name": person.family_name},
        "addresses": "",
        "emails": {"work_email": person.email},
        "phones": "",
        "school_affiliations": {"school_affiliation": affiliations[0] if len(affiliations) == 1 else affiliations},
    }


def student(facts: StudentFacts) -> dict[str, Any]:
    """A student with all expansions."""
    person = facts.person
    return {
        **dict.fromkeys(STUDENT_EXPANSIONS, ""),
        "id": facts.dcid,
        "local_id": int(person.identifier),
        "state_province_id": f"99{person.identifier[-8:]}",
        "student_username": person.username,
        "name": {"first_name": person.given_name, "last_name": person.family_name},
        "contact_info": {"email": person.email},
        "school_enrollment": {
            "enroll_status": facts.status,
            "enroll_status_code": STATUS_CODES[facts.status],
            "enroll_status_description": _STATUS_TEXTS[facts.status],
            "grade_level": GRADES.index(facts.grade) + 6,
            "entry_date": facts.entry,
            "exit_date": facts.exit,
            "school_number": facts.school_number,
            "school_id": facts.school_dcid,
        },
    }


def section_enrollment(
    dcid: int, section_dcid: int, student_dcid: int, facts: EnrollmentFacts, dropped: bool
) -> dict[str, Any]:
    """A row of a student in a section; exit_date is the day after the last one."""
    return {
        "id": dcid,
        "section_id": section_dcid,
        "student_id": student_dcid,
        "entry_date": facts.begin,
        "exit_date": facts.end,
        "dropped": dropped,
    }
