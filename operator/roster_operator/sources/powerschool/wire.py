"""The rows of PowerSchool's API, reduced to what is needed.

No name, no demographics, no phone number is even decoded. PowerSchool writes numbers as numbers or as texts, leaves
out what is empty, and writes "" for an expansion that has nothing to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

RowT = TypeVar("RowT", bound="Row")

Value = str | int | float | bool | None


class Row(msgspec.Struct, gc=False):
    """What every row has: a DCID, unique in its table."""

    id: Value = None


class SchoolRow(Row, gc=False):
    """Of /district/school."""

    name: Value = None
    school_number: Value = None


class TermRow(Row, gc=False):
    """Of /school/{id}/term; `end_date` is the last day."""

    start_year: Value = None
    start_date: Value = None
    end_date: Value = None


class CourseRow(Row, gc=False):
    """Of /school/{id}/course; a course has the same DCID in every school."""

    course_number: Value = None
    course_name: Value = None


class SectionRow(Row, gc=False):
    """Of /school/{id}/section; `staff_id` is the lead teacher's row in this school, `term` an expansion."""

    course_id: Value = None
    staff_id: Value = None
    term_id: Value = None
    term: TermRow | str | None = None


class Emails(msgspec.Struct, gc=False):
    """An expansion of staff."""

    work_email: Value = None


class StaffRow(Row, gc=False):
    """Of /school/{id}/staff: a person has one for each school; `users_dcid` is the person."""

    users_dcid: Value = None
    local_id: Value = None
    teacher_username: Value = None
    admin_username: Value = None
    emails: Emails | str | None = None


class ContactInfo(msgspec.Struct, gc=False):
    """An expansion of students."""

    email: Value = None


class SchoolEnrollment(msgspec.Struct, gc=False):
    """An expansion of students: their status by a letter, by a number and in words; `standing` says what they mean."""

    enroll_status: Any = None
    enroll_status_code: Any = None
    enroll_status_description: Any = None


class StudentRow(Row, gc=False):
    """Of /school/{id}/student and /student/{id}."""

    local_id: Value = None
    student_username: Value = None
    contact_info: ContactInfo | str | None = None
    school_enrollment: list[SchoolEnrollment] | SchoolEnrollment | Value = None


class SectionEnrollmentRow(Row, gc=False):
    """Of /section/{id}/section_enrollment; `exit_date` is the day after the last one."""

    section_id: Value = None
    student_id: Value = None
    entry_date: Value = None
    exit_date: Value = None
    dropped: Value = None


class CoTeacherRow(Row, gc=False):
    """Of the plugin's PowerQuery, whose values are all texts; `end_date` is the last day."""

    section_id: Value = None
    users_dcid: Value = None
    staff_id: Value = None
    start_date: Value = None
    end_date: Value = None


@dataclass(frozen=True, slots=True)
class Kind(Generic[RowT]):
    """A kind of row and how a list of them is wrapped."""

    name: str
    """The key of the rows, and of a single one; names its maximum page size in the metadata too."""
    row: type[RowT]
    outer: str = ""
    """The key around that; PowerQueries have none."""
    expansions: str = ""
    """What is asked for beyond the plain row: each slows the server down."""

    @property
    def maximum(self) -> str:
        """Where the metadata say how many rows a page may have."""
        return f"{self.name if self.outer else 'schema_table_query'}_max_page_size"


SCHOOLS = Kind("school", SchoolRow, "schools")
TERMS = Kind("term", TermRow, "terms")
COURSES = Kind("course", CourseRow, "courses")
SECTIONS = Kind("section", SectionRow, "sections")
STAFF = Kind("staff", StaffRow, "staffs", "emails")
STUDENTS = Kind("student", StudentRow, "students", "contact_info,school_enrollment")
SECTION_ENROLLMENTS = Kind("section_enrollment", SectionEnrollmentRow, "section_enrollments")
CO_TEACHERS = Kind("record", CoTeacherRow)
