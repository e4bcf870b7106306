"""A district of one or two schools, answer by answer: what is asked, what comes out, and what is not believed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from tests.sources.powerschool.support.opened import Server, opened, page
from tests.sources.powerschool.support.two_schools import (
    CO_TEACHER,
    LEAD,
    NORTH_ONLY,
    STUDENT,
    district,
    enrollments_of,
)
from tests.sources.support.opened import read

from roster_operator.clock import FixedClock
from roster_operator.roster.models import ClassSection, Enrollment, Person, Role, School, Status
from roster_operator.sources.source import Complete, Incomplete, Outcome, Proof, Scope


def test_schools_without_the_one_of_graduates() -> None:
    with opened(district()) as source:
        schools, outcome = read(source.schools())
    assert schools == [School("12", "", "994"), School("13")]
    assert outcome == Complete(Proof.TOTAL, rows=2, pages=2)


def test_a_course_of_two_schools_is_one_course() -> None:
    with opened(district()) as source:
        courses, outcome = read(source.courses())
    assert sorted(course.id for course in courses) == ["5", "6"]
    assert isinstance(outcome, Complete)
    assert outcome.rows == 2


def test_only_classes_in_scope_are_asked_for_their_enrollments() -> None:
    server = district()
    rows, outcome = enrollments_of(server)
    assert rows == {LEAD, CO_TEACHER, STUDENT}
    assert isinstance(outcome, Complete)
    assert (outcome.rows, outcome.without, outcome.rejected) == (2, frozenset(), 0)
    assert not any("/section/8/" in path or path.endswith("/13/staff") for path in server.asked)


def test_without_a_scope_everything_is_read() -> None:
    rows, _ = enrollments_of(district(), None)
    assert rows == {LEAD, CO_TEACHER, STUDENT, Enrollment("T3", "8", Role.TEACHER)}


def test_only_the_people_of_schools_in_scope_are_read_and_others_asked_for_by_id() -> None:
    server = district()
    with opened(server) as source:
        read(source.enrollments(NORTH_ONLY))
        people, _ = read(source.people(NORTH_ONLY))
        assert {person.id for person in people} == {"S3", "T3"}
        assert not any(path.startswith("/ws/v1/school/13/st") for path in server.asked)
        others, outcome = read(source.people_by_id(["S4", "S77", "T4", "T77", "TS5"]))
    assert {person.id for person in others} == {"S4", "T4"}
    assert "/ws/v1/staff/33" in server.asked
    assert isinstance(outcome, Complete)


def test_many_persons_are_looked_for_in_the_lists_of_all_schools() -> None:
    server = district()
    with opened(server) as source:
        read(source.schools())
        found, _ = read(source.people_by_id([f"S{number}" for number in range(4, 600)]))
    assert [person.id for person in found] == ["S4"]
    assert not any(path.startswith("/ws/v1/student/") for path in server.asked)


def test_a_student_who_left_is_not_active() -> None:
    left = {"id": 4, "school_enrollment": {"enroll_status": "T"}}
    with opened(district(**{"/ws/v1/student/4": {"student": left}})) as source:
        found, _ = read(source.people_by_id(["S4"]))
    assert found == [Person("S4", Role.STUDENT, status=Status.GONE)]


@pytest.mark.parametrize(
    ("scope", "here", "elsewhere", "rows"),
    [
        (NORTH_ONLY, 0, 1, 1),
        (NORTH_ONLY, 0, 0, 0),
        (Scope(schools=set(), classes=set()), 1, 0, 1),
        (Scope(schools=set(), classes=set()), 0, 0, 0),
    ],
)
def test_nobody_in_scope_is_told_from_nobody_at_all(scope: Scope, here: int, elsewhere: int, rows: int) -> None:
    def enrolled(count: int) -> object:
        return page("section_enrollment", *({"id": number, "student_id": number} for number in range(1, count + 1)))

    server = district(
        **{
            "/ws/v1/section/7/section_enrollment": enrolled(here),
            "/ws/v1/section/8/section_enrollment": enrolled(elsewhere),
        }
    )
    _, outcome = enrollments_of(server, scope)
    assert isinstance(outcome, Complete)
    assert outcome.rows == rows


def test_a_row_of_nobody_is_rejected_and_counted() -> None:
    elsewhere = {"id": 5, "section_id": 8}
    rows = page("section_enrollment", {"id": 1, "student_id": 3}, {"id": 2}, {"student_id": 4}, elsewhere)
    found, outcome = enrollments_of(district(**{"/ws/v1/section/7/section_enrollment": rows}))
    assert isinstance(outcome, Complete)
    assert (outcome.rows, outcome.rejected) == (4, 3)
    assert {row.person_id for row in found if row.role is Role.STUDENT} == {"S3"}


def test_a_class_that_is_not_read_whole_makes_the_section_incomplete() -> None:
    _, outcome = enrollments_of(district(**{"/ws/v1/section/7/section_enrollment/count": {"count": 30}}))
    assert isinstance(outcome, Incomplete)
    assert "30 rows" in outcome.message


def sections(*rows: dict[str, Any]) -> object:
    """A server that does not heed searches."""
    return page("section", *({"course_id": 5, "staff_id": 31, **row} for row in rows))


def classes_of(server: Server) -> tuple[set[str], Outcome]:
    with opened(server) as source:
        rows, outcome = read(source.classes())
        return {row.id for row in rows}, outcome


def test_sections_of_other_years_are_left_out_even_if_the_server_sends_them() -> None:
    both = sections({"id": 7, "term_id": 1}, {"id": 70, "term_id": 3}, {"id": 71, "term_id": 999})
    found, outcome = classes_of(district(**{"/ws/v1/school/12/section": both}))
    assert found == {"7", "71", "8"}
    assert isinstance(outcome, Complete)


def test_a_server_that_refuses_searches_is_read_without() -> None:
    both = page("section", {"id": 7, "course_id": 5, "term_id": 1}, {"id": 70, "course_id": 5, "term_id": 3})

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(400) if "q" in request.url.params else httpx2.Response(200, json=both)

    path = "/ws/v1/school/12/section"
    found, outcome = classes_of(district(**{path: answer, f"{path}/count": {"count": 2}}))
    assert found == {"7", "8"}
    assert isinstance(outcome, Complete)


def test_a_count_that_does_not_heed_the_search_is_recognised() -> None:
    found, outcome = classes_of(district(**{"/ws/v1/school/12/section/count": {"count": 500}, **PAGED}))
    assert found == {"7", "8"}
    assert isinstance(outcome, Complete)
    assert outcome.proof is Proof.EMPTY_PAGE


def test_a_count_that_heeds_the_search_is_believed() -> None:
    def count(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"count": 0 if request.url.params["q"] == "term.start_year==1" else 500})

    _, outcome = classes_of(district(**{"/ws/v1/school/12/section/count": count, **PAGED}))
    assert isinstance(outcome, Incomplete)


def _first_page_only(request: httpx2.Request) -> httpx2.Response:
    rows = [{"id": 7, "course_id": 5, "term_id": 1}] if request.url.params["page"] == "1" else []
    return httpx2.Response(200, json=page("section", *rows))


PAGED = {"/ws/v1/school/12/section": _first_page_only}


def test_the_year_of_today_is_asked_for_and_no_page_is_larger_than_the_plugin_may_have() -> None:
    asked: list[tuple[str, str]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append((request.url.params["q"], request.url.params["pagesize"]))
        return httpx2.Response(200, json=page("section", {"id": 7, "course_id": 5, "term_id": 1}))

    metadata = {"metadata": {"section_max_page_size": "40"}}
    classes_of(district(**{"/ws/v1/school/12/section": answer, "/ws/v1/metadata": metadata}))
    assert {query for query, _ in asked} == {"term.start_year==2026"}
    assert all(int(size) <= 40 for _, size in asked)


def test_between_school_years_the_last_and_the_next_are_read() -> None:
    asked: set[str] = set()

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.add(request.url.params["q"])
        return httpx2.Response(200, json=page("section"))

    server = district(**{"/ws/v1/school/12/section": answer, "/ws/v1/school/12/section/count": {"count": 0}})
    with opened(server, clock=FixedClock(datetime(2026, 7, 10, tzinfo=UTC))) as source:
        read(source.classes())
    assert asked == {"term.start_year==2025", "term.start_year==2026"}


def test_a_class_says_where_it_is_taught() -> None:
    with opened(district()) as source:
        rows, _ = read(source.classes())
    assert sorted(rows, key=lambda row: row.id)[0] == ClassSection("7", "5", "12", ("1",))


def test_another_time_zone_is_worth_a_word_and_another_name_of_it_is_not() -> None:
    server = district(**{"/ws/v1/metadata": {"metadata": {"district_timezone": "America/Los_Angeles"}}})
    with opened(server, time_zone="America/Chicago") as source:
        (notice,) = source.probe().notices
    assert "America/Los_Angeles" in notice.message
    with opened(server, time_zone="US/Pacific") as source:
        assert source.probe().notices == ()


def test_it_has_no_transcript() -> None:
    with opened(district()) as source:
        read(source.schools())
        assert source.transcript() is None
        assert not source.repeats(b"")
