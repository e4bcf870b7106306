"""A district of two schools as a table of answers, and what its enrollments are."""

from __future__ import annotations

from typing import Any

from tests.sources.powerschool.support.opened import Server, opened, page
from tests.sources.support.opened import read

from roster_operator.roster.models import Enrollment, Role, Status
from roster_operator.sources.powerschool.settings import CO_TEACHER_QUERY
from roster_operator.sources.source import Outcome, Scope

QUERY = f"/ws/schema/query/{CO_TEACHER_QUERY}"
YEAR = {"start_year": 2026, "portion": 1, "start_date": "2026-08-12", "end_date": "2027-06-04"}
LAST_YEAR = {"start_year": 2025, "portion": 1, "start_date": "2025-08-12", "end_date": "2026-06-04"}
GRADUATES = {"id": 99, "name": "Graduated Students", "school_number": 999999}


def district(**more: object) -> Server:
    """Two schools, one class in each; a teacher who works at both leads both, and somebody else co-teaches."""
    return Server(
        {
            "/ws/v1/district/school": page("school", {"id": 12, "school_number": 994}, {"id": 13}, GRADUATES),
            "/ws/v1/district/school/count": {"resource": {"count": 2}},
            "/ws/v1/school/12/term": page("term", {"id": 1, **YEAR}, {"id": 3, **LAST_YEAR}),
            "/ws/v1/school/13/term": page("term", {"id": 2, **YEAR}),
            "/ws/v1/school/12/course": page("course", {"id": 5, "course_number": "MA101"}, {"id": 6}),
            "/ws/v1/school/13/course": page("course", {"id": 5, "course_number": "MA101"}),
            "/ws/v1/school/12/section": page("section", {"id": 7, "course_id": 5, "term_id": 1, "staff_id": 31}),
            "/ws/v1/school/13/section": page("section", {"id": 8, "course_id": 5, "term_id": 2, "staff_id": 32}),
            "/ws/v1/school/12/staff": page("staff", {"id": 31, "users_dcid": 3, "teacher_username": "tt"}),
            "/ws/v1/school/13/staff": page(
                "staff", {"id": 32, "users_dcid": 3, "teacher_username": "tt"}, {"id": 33, "users_dcid": 4}
            ),
            "/ws/v1/staff/33": {"staff": {"id": 33, "users_dcid": 4}},
            "/ws/v1/school/12/student": page("student", {"id": 3, "student_username": "ss"}),
            "/ws/v1/school/13/student": page("student", {"id": 4}),
            "/ws/v1/student/4": {"student": {"id": 4, "student_username": "other"}},
            "/ws/v1/section/7/section_enrollment": page(
                "section_enrollment",
                {"id": 1, "student_id": 3, "entry_date": "2026-08-12", "exit_date": "2027-06-05"},
                {"id": 2, "student_id": 4, "dropped": True},
            ),
            "/ws/v1/section/8/section_enrollment": page("section_enrollment"),
            QUERY: {"name": "x", "record": [{"id": "1", "section_id": "7", "users_dcid": "4", "staff_id": "33"}]},
            f"{QUERY}/count": {"count": 1},
            **more,
        }
    )


NORTH_ONLY = Scope(schools={"12"}, classes={"7"})
LEAD = Enrollment("T3", "7", Role.TEACHER)
CO_TEACHER = Enrollment("T4", "7", Role.TEACHER)
STUDENT = Enrollment("S3", "7", Role.STUDENT, "2026-08-12", "2027-06-05")


def enrollments_of(
    server: Server, scope: Scope | None = NORTH_ONLY, **settings: Any
) -> tuple[set[Enrollment], Outcome]:
    """What is read of a scope but for what is over, and how the reading ended."""
    with opened(server, **settings) as source:
        rows, outcome = read(source.enrollments(scope))
        return {row for row in rows if row.status is not Status.GONE}, outcome
