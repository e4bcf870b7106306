"""From PowerSchool's rows to the roster's, and base URLs."""

from __future__ import annotations

from typing import Any

import pytest

from roster_operator.errors import InvalidSpec
from roster_operator.roster.dates import UNREADABLE
from roster_operator.roster.models import (
    DAY_FIRST,
    STATUS_TOLD,
    ClassSection,
    Course,
    Enrollment,
    Enrollments,
    Person,
    Role,
    School,
    Session,
    Status,
)
from roster_operator.sources.powerschool import normalise, roster
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
)


def test_schools_courses_and_sections() -> None:
    assert roster.school(SchoolRow(id=12, name=" North ", school_number=994)) == School("12", "North", "994")
    assert roster.course(CourseRow(id="5", course_number=" MA101", course_name="Algebra")) == Course(
        "5", "MA101", "Algebra"
    )
    assert roster.section(SectionRow(id=7, course_id=5, term_id="3400"), "12") == ClassSection(
        "7", "5", "12", ("3400",)
    )
    assert roster.section(SectionRow(id=7, course_id=0, term=TermRow(id=9)), "13") == ClassSection(
        "7", "", "13", ("9",)
    )
    assert roster.section(SectionRow(id=7, term=""), "13") == ClassSection("7", "", "13")
    assert [roster.is_graduates(SchoolRow(id=1, school_number=number)) for number in (999999, "999999", 99, None)] == [
        True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "session"),
    [
        (TermRow(id=1, start_date="2026-08-12", end_date="2027-06-04"), Session("1", "2026-08-12", "2027-06-05")),
        (
            TermRow(id=1, start_date="2026-08-12T00:00:00", end_date="2026-12-31"),
            Session("1", "2026-08-12", "2027-01-01"),
        ),
        (TermRow(id=1, start_date="", end_date="not a day"), Session("1", end=UNREADABLE)),
        (TermRow(id=1, end_date="9999-12-31"), Session("1")),
    ],
)
def test_the_last_day_of_a_term_is_still_in_it(row: TermRow, session: Session) -> None:
    assert roster.session(roster.term(row, "12")) == session


@pytest.mark.parametrize(
    ("row", "year"),
    [
        (TermRow(start_year=2026), 2026),
        (TermRow(start_year="2026"), 2026),
        (TermRow(start_date="2026-08-12"), 2026),
        (TermRow(start_year=36), 0),
        (TermRow(), 0),
    ],
)
def test_the_school_year_of_a_term(row: TermRow, year: int) -> None:
    assert roster.term(row, "12").start_year == year


def test_a_teacher_is_one_person_in_all_schools() -> None:
    emails = Emails(work_email="t@example.org")
    north = StaffRow(id=11, users_dcid=5, local_id=77, teacher_username="tt", admin_username="ta", emails=emails)
    south = StaffRow(id=12, users_dcid="5", local_id="77", teacher_username="tt", emails=emails)
    assert roster.teacher(north) == roster.teacher(south)
    assert roster.teacher(north) == Person("T5", Role.TEACHER, "tt", "t@example.org", "77")
    assert roster.teacher(StaffRow(id=11, admin_username="ta", emails="")) == Person("TS11", Role.TEACHER, "ta")


def test_students_and_teachers_with_one_number_are_two_persons() -> None:
    assert roster.student(StudentRow(id=5))[0] != roster.teacher(StaffRow(id=5, users_dcid=5)).id
    assert roster.staff_key(StaffRow(id=5)) != roster.staff_key(StaffRow(id=1, users_dcid=5))


def test_a_student() -> None:
    row = StudentRow(id=5, local_id=70, student_username="ss", contact_info=ContactInfo(email="s@example.org"))
    standing = (Role.STUDENT, Status.ACTIVE, 0)
    assert roster.student(row) == ("S5", standing, "ss", "s@example.org", "70")
    assert roster.student(StudentRow(id="5", contact_info="")) == ("S5", standing, "", "", "")
    empty = StudentRow(id=5, local_id="N/A", student_username="NULL", contact_info=ContactInfo(email="none"))
    assert roster.student(empty) == ("S5", standing, "", "", "")


def attended(**row: Any) -> tuple[str, str, Status, int]:
    """Begin, end, status and marks of a student's time in section 7."""
    person, section, said = roster.attendance(SectionEnrollmentRow(id=1, section_id=7, student_id=5, **row), "7")
    assert (person, section, said.role) == ("S5", "7", Role.STUDENT)
    return said.begin, said.end, said.status, said.marks


@pytest.mark.parametrize(
    ("row", "dates"),
    [
        ({"entry_date": "2026-08-12", "exit_date": "2027-06-05"}, ("2026-08-12", "2027-06-05")),
        ({"entry_date": "2026-08-12", "exit_date": ""}, ("2026-08-12", "")),
        ({}, ("", "")),
        ({"entry_date": "12-AUG-26", "exit_date": "05-JUN-27"}, ("2026-08-12", "2027-06-05")),
        ({"entry_date": "soon", "exit_date": "2027-06-05"}, (UNREADABLE, "2027-06-05")),
        ({"entry_date": "2026-08-12", "exit_date": "2026-02-30"}, ("2026-08-12", UNREADABLE)),
        ({"entry_date": "soon", "exit_date": "soon"}, (UNREADABLE, UNREADABLE)),
        ({"entry_date": "2026-08-12", "exit_date": "2026-08-01"}, ("2026-08-12", "2026-08-01")),
        ({"exit_date": "2026-08-12"}, ("", "2026-08-12")),
        ({"exit_date": "08/05/2026"}, ("", "2026-08-05/2026-05-08")),
        ({"exit_date": 46178}, ("", "2026-06-05")),
        ({"exit_date": 46178.0}, ("", "2026-06-05")),
    ],
)
def test_attendance(row: dict[str, Any], dates: tuple[str, str]) -> None:
    assert attended(**row) == (*dates, Status.ACTIVE, 0)


def test_attendance_shows_in_which_order_dates_are_written() -> None:
    assert attended(exit_date="13/05/2026") == ("", "2026-05-13", Status.ACTIVE, DAY_FIRST)


@pytest.mark.parametrize("day", ["2026-08-12", "08/09/2026", "2026-08-12T13:00:00Z"])
def test_who_left_on_the_first_day_never_came(day: str) -> None:
    assert attended(entry_date=day, exit_date=day)[2] is Status.GONE


@pytest.mark.parametrize(
    "dropped", [True, "true", "TRUE", "T", "Y", "Yes", "dropped", 1, 1.0, "1.0", "01", "withdrawn"]
)
def test_who_dropped_a_section_is_no_longer_in_it(dropped: Any) -> None:
    assert attended(dropped=dropped)[2:] == (Status.GONE, STATUS_TOLD)


@pytest.mark.parametrize("dropped", [False, "false", "F", "N", "no", 0, "0.0", "00", "enrolled", "active"])
def test_who_did_not_drop_it_is_in_it(dropped: Any) -> None:
    assert attended(dropped=dropped)[2:] == (Status.ACTIVE, STATUS_TOLD)


@pytest.mark.parametrize("dropped", ["", None, "NULL"])
def test_of_whom_nothing_is_said_is_in_it(dropped: Any) -> None:
    assert attended(dropped=dropped)[2:] == (Status.ACTIVE, 0)


@pytest.mark.parametrize("dropped", ["maybe", -1, 2, "X", "?"])
def test_what_is_no_yes_and_no_no_is_not_understood(dropped: Any) -> None:
    assert attended(dropped=dropped)[2:] == (Status.UNRECOGNIZED, STATUS_TOLD)


def test_a_section_below_zero_is_one_that_was_dropped() -> None:
    row = SectionEnrollmentRow(id=1, section_id=-7, student_id=5)
    assert roster.attendance(row, "7")[2].status is Status.GONE


@pytest.mark.parametrize("row", [{}, {"student_id": ""}, {"student_id": 0}, {"student_id": 5, "section_id": 8}])
def test_attendance_of_nobody_or_elsewhere_is_no_attendance(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no student"):
        roster.attendance(SectionEnrollmentRow(id=1, **row), "7")


def test_co_teaching() -> None:
    row = CoTeacherRow(id="1", section_id="7", users_dcid="5", start_date="2026-08-12", end_date="2026-12-18")
    (found,) = Enrollments.gathered([roster.co_teaching(row)])
    assert found == Enrollment("T5", "7", Role.TEACHER, "2026-08-12", "2026-12-19")
    row = CoTeacherRow(id="1", section_id="7", users_dcid="5", start_date="12-AUG-26", end_date="2026-12")
    (found,) = Enrollments.gathered([roster.co_teaching(row)])
    assert found == Enrollment("T5", "7", Role.TEACHER, "2026-08-12", UNREADABLE)
    for odd in (CoTeacherRow(id="1", section_id="7"), CoTeacherRow(id="1", users_dcid="5")):
        with pytest.raises(ValueError, match="no teacher"):
            roster.co_teaching(odd)


@pytest.mark.parametrize(
    ("pasted", "url"),
    [
        ("https://ps.example.org", "https://ps.example.org"),
        (" ps.example.org/ ", "https://ps.example.org"),
        ("https://ps.example.org/admin/home.html", "https://ps.example.org"),
        ("https://ps.example.org/admin/pw.html?x=1", "https://ps.example.org"),
        ("https://ps.example.org/ws/v1/", "https://ps.example.org"),
        ("https://ps.example.org/oauth/access_token", "https://ps.example.org"),
        ("https://ps.example.org/public/", "https://ps.example.org"),
        ("https://ps.example.org:8443/teachers/index.html", "https://ps.example.org:8443"),
        ("https://proxy.example.org/springfield//ws/v1", "https://proxy.example.org/springfield"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_what_districts_paste(pasted: str, url: str) -> None:
    base = normalise(pasted)
    assert base.url == base.where == url
    assert base.token_urls[0] == f"{url}/oauth/access_token"


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("", "is not a URL"),
        ("http://ps.example.org", "would travel unprotected"),
        ("https://ps.example.org/api/ims/oneroster/v1p1", "is the address of a OneRoster API"),
    ],
)
def test_what_cannot_be_the_address_of_powerschool(pasted: str, says: str) -> None:
    with pytest.raises(InvalidSpec, match=says):
        normalise(pasted)


def test_a_search_is_encoded() -> None:
    url = normalise("https://ps.example.org").route(("ws", "v1", "a/b"), {"q": "term.start_year==2026;x=in=(1,2)"})
    assert url == "https://ps.example.org/ws/v1/a%2Fb?q=term.start_year%3D%3D2026%3Bx%3Din%3D%281%2C2%29"
