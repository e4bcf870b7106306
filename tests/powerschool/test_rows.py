"""From PowerSchool's rows to the roster's, school years, and base URLs."""

from __future__ import annotations

from typing import Any

import pytest

from roster_operator.errors import InvalidSpec
from roster_operator.roster.dates import UNREADABLE
from roster_operator.roster.models import ClassSection, Course, Enrollment, Person, Role, School, Session, Status
from roster_operator.sources.powerschool import normalise, roster
from roster_operator.sources.powerschool.lists import dcid
from roster_operator.sources.powerschool.school_year import Term, years_to_read
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
    assert roster.student(StudentRow(id=5)).id != roster.teacher(StaffRow(id=5, users_dcid=5)).id
    assert roster.staff_key(StaffRow(id=5)) != roster.staff_key(StaffRow(id=1, users_dcid=5))


def test_a_student() -> None:
    row = StudentRow(id=5, local_id=70, student_username="ss", contact_info=ContactInfo(email="s@example.org"))
    assert roster.student(row) == Person("S5", Role.STUDENT, "ss", "s@example.org", "70")
    assert roster.student(StudentRow(id="5", contact_info="")) == Person("S5", Role.STUDENT)


@pytest.mark.parametrize(
    ("said", "active"),
    [
        (None, True), ("", True), ({}, True), ({"enroll_status": "A"}, True), ({"enroll_status": "P"}, True),
        ({"enroll_status": "T"}, False), ({"enroll_status": "g"}, False), ({"enroll_status": "H"}, False),
        ({"enroll_status_code": 0}, True), ({"enroll_status_code": -1}, True), ({"enroll_status_code": "2"}, False),
        ({"enroll_status": "A", "enroll_status_code": 2}, True),
    ],
)  # fmt: skip
def test_who_has_left_the_district(said: Any, active: bool) -> None:
    enrollment = SchoolEnrollment(**said) if isinstance(said, dict) else said
    counts = roster.student(StudentRow(id=5, school_enrollment=enrollment)).status is Status.ACTIVE
    assert counts is active


@pytest.mark.parametrize(
    ("row", "dates"),
    [
        ({"entry_date": "2026-08-12", "exit_date": "2027-06-05"}, ("2026-08-12", "2027-06-05")),
        ({"entry_date": "2026-08-12", "exit_date": ""}, ("2026-08-12", "")),
        ({}, ("", "")),
        ({"dropped": False}, ("", "")),
        ({"dropped": "false"}, ("", "")),
        ({"dropped": True}, None),
        ({"dropped": "true"}, None),
        ({"entry_date": "2026-08-12", "exit_date": "2026-08-12"}, None),
        ({"entry_date": "2026-08-12", "exit_date": "2026-08-01"}, ("2026-08-12", "2026-08-01")),
        ({"exit_date": "2026-08-12"}, ("", "2026-08-12")),
    ],
)
def test_attendance(row: dict[str, Any], dates: tuple[str, str] | None) -> None:
    found = roster.attendance(SectionEnrollmentRow(id=1, section_id=7, student_id=5, **row), "7")
    assert found == (None if dates is None else Enrollment("S5", "7", Role.STUDENT, *dates))


@pytest.mark.parametrize("row", [{}, {"student_id": ""}, {"student_id": 0}, {"student_id": 5, "section_id": 8}])
def test_attendance_of_nobody_or_elsewhere_is_no_attendance(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no student"):
        roster.attendance(SectionEnrollmentRow(id=1, **row), "7")


def test_co_teaching() -> None:
    row = CoTeacherRow(id="1", section_id="7", users_dcid="5", start_date="2026-08-12", end_date="2026-12-18")
    assert roster.co_teaching(row) == Enrollment("T5", "7", Role.TEACHER, "2026-08-12", "2026-12-19")
    for odd in (CoTeacherRow(id="1", section_id="7"), CoTeacherRow(id="1", users_dcid="5")):
        with pytest.raises(ValueError, match="no teacher"):
            roster.co_teaching(odd)


@pytest.mark.parametrize("written", [9000, "9000", "009000", 9000.0, "9000.0", " 9000 "])
def test_a_dcid_is_the_same_however_it_is_written(written: Any) -> None:
    assert dcid(StudentRow(id=written)) == "9000"
    assert roster.student_key(written) == "S9000"


@pytest.mark.parametrize("written", [0, "0", "000", "0.0", -1, "", None])
def test_nobody_has_the_dcid_0(written: Any) -> None:
    assert roster.student_key(written) == ""


def year(start_year: int, start: str = "", end: str = "") -> Term:
    return Term(f"t{start_year}", "12", start_year, start, end)


YEARS = [
    year(2024, "2024-08-10", "2025-06-05"),
    year(2025, "2025-08-10", "2026-06-05"),
    year(2026, "2026-08-10", "2027-06-05"),
]


@pytest.mark.parametrize(
    ("terms", "today", "years"),
    [
        (YEARS, "2025-11-24", {2025}),
        (YEARS, "2026-06-04", {2025, 2026}),
        (YEARS, "2026-03-01", {2025}),
        (YEARS, "2026-06-05", {2025, 2026}),
        (YEARS, "2026-08-10", {2026}),
        (YEARS[:2], "2026-07-20", {2025, 2026}),
        (YEARS[:2], "2026-11-24", {2025, 2026}),
        (YEARS, "2029-01-01", {2026, 2028}),
        (YEARS, "2023-01-01", {2022, 2024, 2025, 2026}),
        ([year(2025), year(2026)], "2026-11-24", {2026}),
        ([year(2025), year(2026)], "2026-07-01", {2026}),
        ([], "2026-11-24", {2026}),
        ([], "2026-06-30", {2025}),
        ([year(0, "", "2027-06-05")], "2026-11-24", {2026}),
        ([year(2026, "2026-08-10", "2026-12-20"), year(2026, "2027-01-05", "2027-06-05")], "2026-12-28", {2026}),
        ([year(2026, "2026-01-20", "2026-12-10")], "2026-11-24", {2026}),
    ],
)
def test_the_school_years_that_are_read(terms: list[Term], today: str, years: set[int]) -> None:
    assert years_to_read(terms, today) == years


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
