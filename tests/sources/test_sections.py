"""Sections are read from the routes that a server has, and persons in every way that they can be found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from tests.sources.support.opened import API, opened, read
from tests.sources.support.servers import TableServer, page, rows_of, token_server

from roster_operator.errors import SectionNotShared, SourceProtocolError
from roster_operator.roster.models import Person, Role, School
from roster_operator.sources.source import Complete, Incomplete, Proof

USERS = [
    {"sourcedId": "t1", "role": "teacher"},
    {"sourcedId": "s1", "role": "student"},
    {"sourcedId": "a1", "role": "aide"},
]


def users(request: httpx2.Request) -> httpx2.Response:
    """/users with everybody, and /users/{id}."""
    return page("users", USERS, request)


def one_user(row: dict[str, Any]) -> httpx2.Response:
    return httpx2.Response(200, json={"user": row})


def test_schools_come_from_orgs_where_there_is_no_route_for_them() -> None:
    def orgs(request: httpx2.Request) -> httpx2.Response:
        rows = [{"sourcedId": "1", "type": "district"}, {"sourcedId": "2", "type": "school", "name": "West"}]
        return page("orgs", rows, request)

    with opened(handler=token_server(schools=httpx2.Response(404), orgs=orgs)) as source:
        rows, outcome = read(source.schools())
    assert rows == [School("1", kind="district"), School("2", "West")]
    assert outcome == Complete(Proof.TOTAL, rows=2, pages=1, totals=True, links=False, largest_page=2)


def test_a_section_that_is_forbidden_is_raised_with_its_word() -> None:
    server = token_server(classes=httpx2.Response(403))
    with opened(handler=server) as source, pytest.raises(SectionNotShared, match="share classes") as raised:
        read(source.classes())
    assert raised.value.section == "classes"


def test_a_section_that_is_forbidden_in_mid_read_is_raised_too() -> None:
    def closing(request: httpx2.Request) -> httpx2.Response:
        if int(request.url.params["offset"]) >= 100:
            return httpx2.Response(403)
        return page("classes", rows_of("classes", 300), request)

    with opened(handler=token_server(classes=closing)) as source, pytest.raises(SectionNotShared):
        read(source.classes())


def test_a_section_that_is_not_there_is_not_shared_once_the_url_is_known_to_be_right() -> None:
    with opened(handler=token_server(courses=httpx2.Response(404))) as source:
        read(source.schools())
        with pytest.raises(SectionNotShared, match="does not offer courses"):
            read(source.courses())


def test_people_are_teachers_and_students() -> None:
    with opened(handler=token_server()) as source:
        rows, outcome = read(source.people())
    assert [row.role for row in rows] == [Role.TEACHER] * 3 + [Role.STUDENT] * 3
    assert outcome == Complete(Proof.TOTAL, rows=6, pages=2, totals=True, links=False, largest_page=3)


@pytest.mark.parametrize("missing", [("teachers", "students"), ("teachers",), ("students",)])
def test_people_are_all_users_where_roles_have_no_routes(missing: tuple[str, ...]) -> None:
    server = token_server(users=users, **dict.fromkeys(missing, httpx2.Response(404)))
    with opened(handler=server) as source:
        rows, outcome = read(source.people())
    assert {Person("t1", Role.TEACHER), Person("s1", Role.STUDENT), Person("a1", Role.AIDE)} <= set(rows)
    assert isinstance(outcome, Complete)


def test_people_are_only_as_well_proved_as_the_lesser_of_both() -> None:
    def without_total(request: httpx2.Request) -> httpx2.Response:
        answer = page("students", rows_of("students", 5), request)
        return httpx2.Response(200, content=answer.content)

    with opened(handler=token_server(students=without_total)) as source:
        _, outcome = read(source.people())
    assert outcome == Complete(Proof.EMPTY_PAGE, rows=8, pages=2, totals=False, links=False, largest_page=5)


def test_an_incomplete_part_makes_people_incomplete() -> None:
    def too_high(request: httpx2.Request) -> httpx2.Response:
        answer = page("teachers", rows_of("teachers", 5), request)
        return httpx2.Response(200, content=answer.content, headers={"x-total-count": "7"})

    server = token_server(teachers=too_high)
    with opened(handler=server) as source:
        _, outcome = read(source.people())
    assert isinstance(outcome, Incomplete)
    assert not server.asked("students")


def test_a_few_persons_are_asked_for_one_by_one_with_encoded_identifiers() -> None:
    known = {"a1": USERS[2], "x/y z": {"sourcedId": "x/y z", "role": "administrator"}}

    def serve(request: httpx2.Request) -> httpx2.Response:
        asked = httpx2.URL(str(request.url)).raw_path.decode().removeprefix(f"{API}/users/")
        row = {"a1": known["a1"], "x%2Fy%20z": known["x/y z"]}.get(asked)
        return one_user(row) if row else httpx2.Response(404)

    server = TableServer(table={"/token": httpx2.Response(200, json={"access_token": "t"})})
    handler = by_prefix(server, f"{API}/users/", serve)
    with opened(handler=handler) as source:
        rows, outcome = read(source.people_by_id(["a1", "x/y z", "gone"]))
    assert set(rows) == {Person("a1", Role.AIDE), Person("x/y z", Role.ADMINISTRATOR)}
    assert outcome == Complete(Proof.TOTAL, rows=2, pages=3)


def by_prefix(
    server: TableServer, prefix: str, serve: Callable[[httpx2.Request], httpx2.Response]
) -> Callable[[httpx2.Request], httpx2.Response]:
    def handler(request: httpx2.Request) -> httpx2.Response:
        return serve(request) if request.url.path.startswith(prefix) else server(request)

    return handler


def test_nobody_wanted_is_nobody_asked_for() -> None:
    server = token_server()
    with opened(handler=server) as source:
        rows, outcome = read(source.people_by_id([]))
    assert (rows, outcome, server.requests) == ([], Complete(Proof.TOTAL, rows=0, pages=0), [])


def test_many_persons_are_picked_from_all_users() -> None:
    server = token_server(users=users)
    with opened(handler=server) as source:
        rows, outcome = read(source.people_by_id(["a1", *(f"gone-{n}" for n in range(300))]))
    assert rows == [Person("a1", Role.AIDE)]
    assert isinstance(outcome, Complete)
    assert len(server.asked("users")) <= 2


def test_a_server_without_the_route_for_one_user_is_read_whole() -> None:
    server = token_server(users=users)
    with opened(handler=server) as source:
        read(source.people())
        rows, outcome = read(source.people_by_id(["a1", "gone"]))
    assert rows == [Person("a1", Role.AIDE)]
    assert isinstance(outcome, Complete)


def test_a_user_that_cannot_be_read_makes_it_incomplete() -> None:
    def serve(request: httpx2.Request) -> httpx2.Response:
        return one_user(USERS[2]) if request.url.path.endswith("a1") else httpx2.Response(422)

    handler = by_prefix(token_server(), f"{API}/users/", serve)
    with opened(handler=handler, max_concurrency=1) as source:
        rows, outcome = read(source.people_by_id(["a1", "b1"]))
    assert rows == [Person("a1", Role.AIDE)]
    assert isinstance(outcome, Incomplete)
    assert "b1" not in outcome.message


def test_a_server_that_answers_with_others_is_not_believed() -> None:
    handler = by_prefix(token_server(), f"{API}/users/", lambda request: httpx2.Response(200, json={"users": USERS}))
    with opened(handler=handler) as source:
        assert read(source.people_by_id(["s1"]))[0] == [Person("s1", Role.STUDENT)]
        with pytest.raises(SourceProtocolError):
            read(source.people_by_id(["somebody"]))


def test_users_that_are_forbidden_are_not_shared() -> None:
    handler = by_prefix(token_server(), f"{API}/users/", lambda request: httpx2.Response(403))
    with opened(handler=handler) as source, pytest.raises(SectionNotShared, match="users"):
        read(source.people_by_id(["a1"]))


@pytest.mark.parametrize("most", [1000, 999, 100, 0])
def test_a_page_size_that_is_refused_is_made_smaller(most: int) -> None:
    def picky(request: httpx2.Request) -> httpx2.Response:
        if int(request.url.params.get("limit", 0)) > most:
            return httpx2.Response(400)
        return page("courses", rows_of("courses", 250), request)

    server = token_server(courses=picky)
    with opened(handler=server, page_size=5000) as source:
        rows, outcome = read(source.courses())
        read(source.courses())
    assert len(rows) == 250
    assert isinstance(outcome, Complete)
    refused = [r for r in server.asked("courses") if int(r.url.params.get("limit", 0)) > most]
    assert len(refused) <= 3, "what was refused was not remembered"


def test_a_request_that_is_refused_in_every_form_is_an_error() -> None:
    server = token_server(courses=httpx2.Response(400))
    with opened(handler=server) as source, pytest.raises(SourceProtocolError, match="HTTP 400"):
        read(source.courses())


def test_rows_that_can_all_not_be_read_prove_nothing() -> None:
    rows = [{"id": n} for n in range(20)]
    with opened(handler=token_server(courses=lambda request: page("courses", rows, request))) as source:
        _, outcome = read(source.courses())
    assert isinstance(outcome, Incomplete)
    assert "none of them can be read" in outcome.message


def test_only_what_is_needed_is_asked_for() -> None:
    server = token_server()
    with opened(handler=server) as source:
        source.probe()
        read(source.schools())
        read(source.sessions())
        read(source.courses())
        read(source.classes())
        read(source.enrollments())
        read(source.people())
    assert not [r for r in server.requests if "demographics" in str(r.url)]
    assert {r.url.params.get("filter") for r in server.requests} == {None}
