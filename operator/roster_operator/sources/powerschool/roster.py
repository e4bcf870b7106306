"""From PowerSchool's rows to those of the roster.

Students and users are numbered by tables of their own, so their DCIDs say nothing without a letter before them.
"""

from __future__ import annotations

from typing import Final

from roster_operator.roster.dates import UNREADABLE, later
from roster_operator.roster.models import (
    STATUS_TOLD,
    ClassSection,
    Course,
    EnrollmentParts,
    Person,
    PersonRow,
    Role,
    School,
    Session,
    Status,
    part,
)
from roster_operator.sources.powerschool.dcids import dcid, identifier, is_unreadable
from roster_operator.sources.powerschool.school_year import Term
from roster_operator.sources.powerschool.statuses import attendance_status, student_status
from roster_operator.sources.powerschool.wire import (
    ContactInfo,
    CoTeacherRow,
    CourseRow,
    Emails,
    SchoolRow,
    SectionEnrollmentRow,
    SectionRow,
    StaffRow,
    StudentRow,
    TermRow,
    Value,
)
from roster_operator.sources.values.dates import Written, written_date
from roster_operator.sources.values.text import login, text, told

STUDENT: Final = "S"
USER: Final = "T"
_STAFF_ONLY: Final = "TS"
"""Before the DCID of a member of staff of whom the server does not say which user that is."""
_GRADUATED: Final = "999999"
"""The number of the school in which PowerSchool keeps who has left."""


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
    return user_key(row.users_dcid) or unknown_staff_key(dcid(row))


def unknown_staff_key(staff_id: str) -> str:
    """Stands for a member of staff whom a section names and the server does not know."""
    return f"{_STAFF_ONLY}{staff_id}"


def is_graduates(row: SchoolRow) -> bool:
    """Whether this is where PowerSchool keeps who has left."""
    return told(row.school_number) == _GRADUATED


def school(row: SchoolRow) -> School:
    """A school; `identifier` is the school number that districts know it by."""
    return School(dcid(row), text(row.name), told(row.school_number))


def term(row: TermRow, school_id: str) -> Term:
    """A term; PowerSchool's last day becomes the first day after it."""
    year, start, end = text(row.start_year), _date(row.start_date), _date(row.end_date)
    is_year = year.isascii() and year.isdigit() and len(year) == 4
    begins = start.begin[:4] if start.begin != UNREADABLE else ""
    known = int(year) if is_year else int(begins or 0)
    return Term(dcid(row), school_id, known, start.begin, later(end.begin), start.marks | end.marks)


def session(of: Term) -> Session:
    """The academic session that a term is."""
    return Session(of.id, of.start, of.end, marks=of.marks)


def course(row: CourseRow) -> Course:
    """A course; its number is what people write in `spec.courses`."""
    return Course(dcid(row), told(row.course_number), text(row.course_name))


def section(row: SectionRow, school_id: str) -> ClassSection:
    """A section; `school_id` is the school whose list it stands in, whatever number the row has for it."""
    named = term_of(row)
    return ClassSection(dcid(row), identifier(row.course_id), school_id, (named,) if named else ())


def term_of(row: SectionRow) -> str:
    """The term of a section, which some servers expand unasked; empty if there is none."""
    return identifier(row.term_id) or (dcid(row.term) if isinstance(row.term, TermRow) else "")


def lead_of(row: SectionRow) -> str:
    """The lead teacher's row of staff; one that nobody knows if it cannot be read, empty if there is none."""
    return UNREADABLE if is_unreadable(row.staff_id) else identifier(row.staff_id)


def teacher(row: StaffRow) -> Person:
    """A member of staff."""
    email = row.emails.work_email if isinstance(row.emails, Emails) else None
    username = _login(row.teacher_username) or _login(row.admin_username)
    return Person(staff_key(row), Role.TEACHER, username, _login(email), _login(row.local_id))


def student(row: StudentRow) -> PersonRow:
    """A student; not active who has left the district."""
    email = row.contact_info.email if isinstance(row.contact_info, ContactInfo) else None
    status, is_told = student_status(row)
    standing = Role.STUDENT, status, STATUS_TOLD if is_told else 0
    return f"{STUDENT}{dcid(row)}", standing, _login(row.student_username), _login(email), _login(row.local_id)


def attendance(row: SectionEnrollmentRow, section_id: str) -> EnrollmentParts:
    """A student's time in a section; over for who dropped it, or left on the first day and so never came.

    In PowerSchool's tables, who dropped a section is in the one with its number below zero. Raises `ValueError` for
    nobody's.
    """
    person, named = student_key(row.student_id), identifier(row.section_id)
    if not person or named.removeprefix("-") not in {"", section_id}:
        raise ValueError("no student, or another section")
    entry, leaving = _date(row.entry_date), _date(row.exit_date)
    never_came = entry.begin not in {"", UNREADABLE} and entry.begin == leaving.end
    status = Status.GONE if never_came or named.startswith("-") else attendance_status(row.dropped)
    marks = entry.marks | leaving.marks | (STATUS_TOLD if told(row.dropped) else 0)
    return person, section_id, part(Role.STUDENT, entry.begin, leaving.end, status, marks)


def leading(person: str, section_id: str, end: str = "") -> EnrollmentParts:
    """Somebody's time as the lead teacher of a section, of which no dates are told."""
    return person, section_id, part(Role.TEACHER, "", end)


def co_teaching(row: CoTeacherRow) -> EnrollmentParts:
    """Somebody's time as a teacher of a section. Raises `ValueError` for nobody's, or none."""
    person, section_id = user_key(row.users_dcid), identifier(row.section_id)
    if not person or not section_id:
        raise ValueError("no teacher, or no section")
    begin, end = _date(row.start_date), _date(row.end_date)
    marks = begin.marks | end.marks
    return person, section_id, part(Role.TEACHER, begin.begin, later(end.begin), marks=marks)


def _login(value: Value) -> str:
    return "" if value == UNREADABLE else login(value)


def _date(value: Value) -> Written:
    return written_date(text(value) if isinstance(value, float | bool) else value)
