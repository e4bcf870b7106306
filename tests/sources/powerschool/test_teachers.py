"""Lead teachers and co-teachers: whom the lists and the query name, and what is not said where they name nobody."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from tests.sources.powerschool.support.opened import opened, page
from tests.sources.powerschool.support.two_schools import LEAD, NORTH_ONLY, QUERY, STUDENT, district, enrollments_of
from tests.sources.support.opened import read

from roster_operator.errors import SourceUnreachable
from roster_operator.roster.models import Person, Role
from roster_operator.sources.source import Complete, Incomplete


def test_a_teacher_of_two_schools_is_one_person_and_a_student_of_the_same_number_another() -> None:
    with opened(district()) as source:
        people, outcome = read(source.people())
    assert sorted((person.id, person.role) for person in people) == [
        ("S3", Role.STUDENT), ("S4", Role.STUDENT), ("T3", Role.TEACHER), ("T4", Role.TEACHER),
    ]  # fmt: skip
    assert isinstance(outcome, Complete)


def test_of_several_rows_of_a_teacher_the_one_that_tells_most_is_taken() -> None:
    rows: list[dict[str, Any]] = [
        {"id": 31, "users_dcid": 3, "emails": {"work_email": "t"}},
        {"id": 35, "users_dcid": 3, "local_id": 9},
    ]
    for ordered in (rows, rows[::-1]):
        with opened(district(**{"/ws/v1/school/12/staff": page("staff", *ordered)})) as source:
            people, _ = read(source.people(NORTH_ONLY))
        assert Person("T3", Role.TEACHER, email="t") in people


def missing(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(404)


def denied(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(403, json={"errors": [{"code": "No access to the field"}]})


def invalid(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(400, json={"message": "Validation Failed"})


@pytest.mark.parametrize("answer", [missing, denied, invalid], ids=["no query", "no right to a field", "invalid"])
def test_without_the_query_only_leads_are_told_and_it_says_so(answer: object) -> None:
    server = district(**{QUERY: answer, f"{QUERY}/count": answer})
    rows, outcome = enrollments_of(server)
    assert rows == {LEAD, STUDENT}
    assert isinstance(outcome, Complete)
    assert outcome.without == {Role.TEACHER}
    with opened(server) as source:
        assert [notice.name for notice in source.probe().notices] == ["CoTeachers"]


def test_who_does_not_want_co_teachers_is_told_everything_that_they_want() -> None:
    server = district()
    rows, outcome = enrollments_of(server, co_teacher_query="")
    assert rows == {LEAD, STUDENT}
    assert isinstance(outcome, Complete)
    assert outcome.without == frozenset()
    assert not any(path.startswith("/ws/schema") for path in server.asked)


def test_a_query_that_fails_is_no_query_that_is_missing() -> None:
    server = district(**{QUERY: lambda _: httpx2.Response(503), f"{QUERY}/count": {"count": 1}})
    with pytest.raises(SourceUnreachable):
        enrollments_of(server)


@pytest.mark.parametrize(
    "records",
    [
        {"name": "x", "record": [{"id": "1", "section_id": "7"}]},
        {"name": "x", "record": {"id": "1", "users_dcid": "4"}},
    ],
)
def test_co_teachers_who_cannot_be_read_are_counted(records: object) -> None:
    _, outcome = enrollments_of(district(**{QUERY: records}))
    assert isinstance(outcome, Complete)
    assert outcome.rejected == 1


@pytest.mark.parametrize("count", [0, 2])
def test_other_co_teachers_than_are_counted_make_the_section_incomplete(count: int) -> None:
    _, outcome = enrollments_of(district(**{f"{QUERY}/count": {"count": count}}))
    assert isinstance(outcome, Incomplete)


def test_a_lead_teacher_who_is_in_no_list_is_asked_for() -> None:
    found = district(
        **{"/ws/v1/school/12/staff": page("staff"), "/ws/v1/staff/31": {"staff": {"id": 31, "users_dcid": "3"}}}
    )
    rows, outcome = enrollments_of(found)
    assert LEAD in rows
    assert isinstance(outcome, Complete)
    assert outcome.without == frozenset()


@pytest.mark.parametrize(
    "more",
    [
        {"/ws/v1/school/12/staff": page("staff")},
        {"/ws/v1/school/12/section": page("section", {"id": 7, "course_id": 5, "term_id": 1})},
    ],
    ids=["a stranger", "nobody is named"],
)
def test_classes_whose_teacher_nobody_knows_take_no_license_from_a_teacher(more: dict[str, object]) -> None:
    rows, outcome = enrollments_of(district(**more))
    assert LEAD not in rows
    assert isinstance(outcome, Complete)
    assert outcome.without == {Role.TEACHER}
