"""From PowerSchool's rows to those of the roster.

Students and users are numbered by tables of their own, so their DCIDs say nothing without a letter before them.
"""

from __future__ import annotations

from typing import Final

from roster_operator.roster.dates import later
from roster_operator.roster.models import ClassSection, Course, Enrollment, Person, Role, School, Session, Status
from roster_operator.sources.powerschool.lists import dcid, number
from roster_operator.sources.powerschool.school_year import Term
from roster_operator.sources.powerschool.wire import (
    ContactInfo,
    CoTeacherRow,
    CourseRow,
    Emails,
    SchoolEnrollment,
    SchoolRow,
    SectionEnrollmentRow,
    SectionRow,
    StaffRow,
    StudentRow,
    TermRow,
    Value,
)
from roster_operator.sources.values.dates import iso_date
from roster_operator.sources.values.text import text

STUDENT: Final = "S"
USER: Final = "T"
_STAFF_ONLY: Final = "TS"
"""Before the DCID of a member of staff of whom the server does not say which user that is."""
_GRADUATED: Final = "999999"
"""The number of the school in which PowerSchool keeps who has left."""
_LEFT: Final = frozenset({"T", "G", "H", "I"})
_LEFT_CODES: Final = frozenset({"1", "2", "3", "4"})
_TRUE: Final = frozenset({"true", "1", "yes"})


def identifier(value: Value) -> str:
    """A DCID that another row names; empty for what is none. PowerSchool writes 0 where nothing is named."""
    written = number(value)
    return "" if written in {"0", "-1"} else written


def student_key(value: Value) -> str:
    """A student's id in the roster; empty if there is none."""
    named = identifier(value)
    return f"{STUDENT}{named}" if named else ""


def user_key(value: Value) -> str:
    """A teacher's id in the roster, the same in all schools; empty if there is none."""
    named = identifier(value)
    return f"{USER}{named}" if named else ""


def staff_key(row: StaffRow) -> str:
    """The same for a row of staff; by itself if it does not say which user it is."""
    return user_key(row.users_dcid) or f"{_STAFF_ONLY}{dcid(row)}"


def unknown_staff_key(staff_id: str) -> str:
    """Stands for a member of staff whom a section names and the server does not know."""
    return f"{_STAFF_ONLY}{staff_id}"


def is_graduates(row: SchoolRow) -> bool:
    """Whether this is where PowerSchool keeps who has left."""
    return text(row.school_number) == _GRADUATED


def school(row: SchoolRow) -> School:
    """A school; `identifier` is the school number that districts know it by."""
    return School(dcid(row), text(row.name), text(row.school_number))


def term(row: TermRow, school_id: str) -> Term:
    """A term; PowerSchool's last day becomes the first day after it."""
    year = text(row.start_year)
    start = iso_date(text(row.start_date))
    known = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else int(start[:4]) if start else 0
    return Term(dcid(row), school_id, known, start, later(iso_date(text(row.end_date))))


def session(of: Term) -> Session:
    """The academic session that a term is."""
    return Session(of.id, of.start, of.end)


def course(row: CourseRow) -> Course:
    """A course; its number is what people write in `spec.courses`."""
    return Course(dcid(row), text(row.course_number), text(row.course_name))


def section(row: SectionRow, school_id: str) -> ClassSection:
    """A section; `school_id` is the school whose list it stands in, whatever number the row has for it."""
    named = term_of(row)
    return ClassSection(dcid(row), identifier(row.course_id), school_id, (named,) if named else ())


def term_of(row: SectionRow) -> str:
    """The term of a section, which some servers expand unasked; empty if there is none."""
    return identifier(row.term_id) or (dcid(row.term) if isinstance(row.term, TermRow) else "")


def teacher(row: StaffRow) -> Person:
    """A member of staff."""
    email = row.emails.work_email if isinstance(row.emails, Emails) else None
    username = text(row.teacher_username) or text(row.admin_username)
    return Person(staff_key(row), Role.TEACHER, username, text(email), text(row.local_id))


def student(row: StudentRow) -> Person:
    """A student; not active who has left the district."""
    email = row.contact_info.email if isinstance(row.contact_info, ContactInfo) else None
    return Person(
        f"{STUDENT}{dcid(row)}",
        Role.STUDENT,
        text(row.student_username),
        text(email),
        text(row.local_id),
        status=Status.GONE if _has_left(row) else Status.ACTIVE,
    )


def _has_left(row: StudentRow) -> bool:
    said = row.school_enrollment
    if not isinstance(said, SchoolEnrollment):
        return False
    status = text(said.enroll_status).upper()
    return status in _LEFT if status else text(said.enroll_status_code) in _LEFT_CODES


def attendance(row: SectionEnrollmentRow, section_id: str) -> Enrollment | None:
    """A student's time in a section; None for who dropped it or left on the first day, never having come.

    Raises `ValueError` for nobody's.
    """
    person, named = student_key(row.student_id), identifier(row.section_id)
    if not person or named not in {"", section_id}:
        raise ValueError("no student, or another section")
    entry, leaving = iso_date(text(row.entry_date)), iso_date(text(row.exit_date))
    if text(row.dropped).lower() in _TRUE or (entry and leaving == entry):
        return None
    return Enrollment(person, section_id, Role.STUDENT, entry, leaving)


def co_teaching(row: CoTeacherRow) -> Enrollment:
    """Somebody's time as a teacher of a section. Raises `ValueError` for nobody's, or none."""
    person, section_id = user_key(row.users_dcid), identifier(row.section_id)
    if not person or not section_id:
        raise ValueError("no teacher, or no section")
    begin, end = iso_date(text(row.start_date)), later(iso_date(text(row.end_date)))
    return Enrollment(person, section_id, Role.TEACHER, begin, end)
