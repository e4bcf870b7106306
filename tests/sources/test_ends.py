"""Ends that are the last day become the day after, in all that has an end and in nothing else."""

from __future__ import annotations

import httpx2
import pytest
from tests.sources.support.opened import opened, read
from tests.sources.support.servers import page, token_server

from roster_operator.api.v1alpha1.choices import EndDates
from roster_operator.roster.models import Enrollment, Enrollments, Role, Session, Status
from roster_operator.sources.source import RosterSource
from roster_operator.sources.values.inclusive_ends import after_last_days

ENROLLMENT = {
    "sourcedId": "e-1",
    "user": {"sourcedId": "u"},
    "class": {"sourcedId": "c"},
    "role": "student",
    "beginDate": "2026-08-12",
    "endDate": "2027-06-07",
}
SESSION = {"sourcedId": "t-1", "type": "term", "startDate": "2026-08-12", "endDate": "2026-12-31"}
STUDENT = {"sourcedId": "u", "role": "student", "username": "ada"}


def ends(source: RosterSource) -> tuple[str, str, str, str]:
    (enrollment,) = read(source.enrollments())[0]
    (session,) = read(source.sessions())[0]
    return enrollment.begin, enrollment.end, session.start, session.end


@pytest.mark.parametrize(
    ("meaning", "expected"),
    [
        (EndDates.EXCLUSIVE, ("2026-08-12", "2027-06-07", "2026-08-12", "2026-12-31")),
        (EndDates.INCLUSIVE, ("2026-08-12", "2027-06-08", "2026-08-12", "2027-01-01")),
    ],
)
@pytest.mark.parametrize("plain", [True, False], ids=["plain", "odd"])
def test_an_end_is_what_the_vendor_means_by_it(meaning: EndDates, expected: tuple[str, ...], plain: bool) -> None:
    row = ENROLLMENT if plain else {**ENROLLMENT, "sourcedId": 7}

    def serve(request: httpx2.Request) -> httpx2.Response:
        section = request.url.path.rpartition("/")[2]
        return page(section, [{"enrollments": row, "academicSessions": SESSION}.get(section, STUDENT)], request)

    server = token_server(enrollments=serve, academicSessions=serve, students=serve, teachers=serve)
    with opened(handler=server, end_dates=meaning) as source:
        assert ends(source) == expected
        assert {person.username for person in read(source.people())[0]} == {"ada"}


def test_what_has_no_end_has_none_afterwards() -> None:
    rows = [Enrollment("u", "c", Role.STUDENT, "2026-08-12", ""), Enrollment("v", "c", Role.STUDENT, "", "9999-12-31")]
    for kind in (rows, Enrollments.of(rows)):
        assert [row.end for row in after_last_days(kind)] == ["", ""]


def test_leap_days_and_the_rest_of_the_row_are_kept() -> None:
    row = Enrollment("u", "c", Role.TEACHER, "2028-01-10", "2028-02-28", status=Status.GONE)
    for kind in ([row], Enrollments.of([row])):
        assert list(after_last_days(kind)) == [
            Enrollment("u", "c", Role.TEACHER, "2028-01-10", "2028-02-29", Status.GONE)
        ]
    assert list(after_last_days([Session("t", "2028-01-10", "2028-02-29")])) == [
        Session("t", "2028-01-10", "2028-03-01")
    ]
