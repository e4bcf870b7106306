"""Everything that can go wrong with a PowerSchool server has a reason, a message and an actor of its own."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest
from tests.sources.powerschool.support.opened import Server, opened, page
from tests.sources.support.opened import read

from roster_operator.errors import (
    Actor,
    CredentialsMissing,
    CredentialsRejected,
    SectionNotShared,
    SourceError,
    SourceProtocolError,
    SourceRateLimited,
    SourceUnreachable,
    WrongURL,
)
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.source import Incomplete, Section

TOKEN = "/oauth/access_token"
SCHOOLS = "/ws/v1/district/school"
NORTH = {"id": 12, "name": "North", "school_number": 994}
SECRET_NAME = "Rumpelstilzchen"
"""Stands in answers for a person; no message may hold it."""
HTML = httpx2.Response(200, text=f"<!DOCTYPE html><title>{SECRET_NAME} signs in</title>")
WRONG_KEY = {"error": "invalid_client"}
NO_API = {"errorMessage": {"message": f"Plugin is missing required accessLevelV1Api READ permission {SECRET_NAME}"}}


def refused(status: int, body: object = None, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json=body or {"message": SECRET_NAME}, headers=headers)


def failure_of(server: Callable[[httpx2.Request], httpx2.Response]) -> SourceError:
    try:
        with opened(server) as source:
            (access, *_) = source.probe().refused
            failure: SourceError = SectionNotShared(access.message, section=access.section)
    except SourceError as error:
        failure = error
    assert SECRET_NAME not in failure.message
    assert any(f"{actor}:" in failure.message for actor in Actor) or failure.retryable
    return failure


@pytest.mark.parametrize(
    ("routes", "kind", "says"),
    [
        ({TOKEN: refused(401, WRONG_KEY)}, CredentialsRejected, "refuses the Client ID or Client Secret"),
        ({TOKEN: refused(400, WRONG_KEY)}, CredentialsRejected, "Plugin Management Configuration"),
        ({TOKEN: refused(404)}, WrongURL, "is not a PowerSchool SIS"),
        ({TOKEN: HTML}, WrongURL, "being upgraded"),
        ({TOKEN: refused(503)}, SourceUnreachable, "HTTP 503"),
        ({TOKEN: refused(429)}, SourceRateLimited, "fewer requests"),
        ({SCHOOLS: refused(401)}, CredentialsRejected, "gives out a token, but its API refuses it"),
        ({SCHOOLS: refused(401, NO_API)}, SectionNotShared, "accessLevelV1Api"),
        ({SCHOOLS: refused(403, NO_API)}, SectionNotShared, "accessLevelV1Api"),
        ({SCHOOLS: refused(403)}, SectionNotShared, "does not let the plugin read schools"),
        ({SCHOOLS: refused(404)}, WrongURL, "does not know the route for schools"),
        ({SCHOOLS: refused(400)}, SourceProtocolError, "as wrong"),
        ({SCHOOLS: refused(503)}, SourceUnreachable, "HTTP 503"),
        ({SCHOOLS: refused(429, None, **{"Retry-After": "7"})}, SourceRateLimited, "7"),
        ({SCHOOLS: HTML}, WrongURL, "web page"),
        (
            {SCHOOLS: httpx2.Response(200, text="<?xml version='1.0'?><schools/>")},
            SourceProtocolError,
            "answers in XML",
        ),
        ({SCHOOLS: {"message": SECRET_NAME}}, SourceProtocolError, "without the member schools"),
        ({SCHOOLS: httpx2.Response(200, text='{"schools":{"school":[')}, SourceProtocolError, "cut off"),
        ({SCHOOLS: refused(302, None, Location="https://evil.example.org/")}, WrongURL, "another server"),
        ({}, SectionNotShared, "does not know the route for academic schedules"),
    ],
)  # fmt: skip
def test_each_failure_in_its_own_words(routes: dict[str, object], kind: type[SourceError], says: str) -> None:
    failure = failure_of(Server({SCHOOLS: page("school", NORTH), **routes}))
    assert isinstance(failure, kind)
    assert says in failure.message


def test_a_connection_that_breaks() -> None:
    def broken(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadError(SECRET_NAME, request=request)

    assert isinstance(failure_of(broken), SourceUnreachable)


def test_a_secret_without_client_id() -> None:
    keys = Credentials(client_id="", client_secret="", token="token")
    with pytest.raises(CredentialsMissing, match="clientID and clientSecret"), opened(credentials=keys):
        pass


def test_a_token_that_ends_early_is_renewed() -> None:
    server = Server({SCHOOLS: page("school", NORTH)})
    with opened(server) as source:
        read(source.schools())
        server.refused.add("token-1")
        schools, _ = read(source.schools())
    assert [school.id for school in schools] == ["12"]
    assert server.tokens == 2


def test_a_server_may_want_the_slash_behind_its_token_endpoint() -> None:
    moved = refused(301, None, Location="/oauth/access_token/")
    routes = {TOKEN: moved, f"{TOKEN}/": {"access_token": "token-1"}, SCHOOLS: page("school", NORTH)}
    with opened(Server(routes)) as source:
        assert [school.id for school in read(source.schools())[0]] == ["12"]


def test_a_web_page_after_data_is_an_upgrade_and_no_wrong_address() -> None:
    server = Server({SCHOOLS: page("school", NORTH), "/ws/v1/school/12/term": HTML})
    with opened(server) as source:
        read(source.schools())
        with pytest.raises(SourceUnreachable, match="being upgraded"):
            read(source.sessions())


def test_what_fails_in_the_middle_makes_the_section_incomplete() -> None:
    schools = [{"id": number, "name": f"School {number}"} for number in range(1, 9)]
    terms = {f"/ws/v1/school/{number}/term": page("term", {"id": number}) for number in range(1, 8)}
    with opened(Server({SCHOOLS: page("school", *schools), **terms}), max_concurrency=1) as source:
        read(source.schools())
        _, outcome = read(source.sessions())
    assert isinstance(outcome, Incomplete)
    assert "read only in part" in outcome.message


@pytest.mark.parametrize(
    ("route", "section"),
    [
        ("/ws/v1/school/12/term", Section.SCHEDULES),
        ("/ws/v1/school/12/course", Section.COURSES),
        ("/ws/v1/school/12/section", Section.CLASSES),
        ("/ws/v1/section/7/section_enrollment", Section.ENROLLMENTS),
        ("/ws/v1/school/12/staff", Section.TEACHERS),
        ("/ws/v1/school/12/student", Section.STUDENTS),
    ],
)
def test_each_section_that_is_refused_is_named(route: str, section: Section) -> None:
    server = Server({**SHARED, route: refused(403)})
    with opened(server) as source:
        report = source.probe()
    assert [access.section for access in report.refused] == [section]
    assert {access.section for access in report.sections} >= set(Section) - {Section.ENROLLMENTS}


def test_each_section_that_is_empty_is_named() -> None:
    with opened(Server({**SHARED, "/ws/v1/school/12/student": page("student")})) as source:
        report = source.probe()
    assert [access.section for access in report.sections if access.empty] == [Section.STUDENTS]
    assert not report.refused


SHARED = {
    SCHOOLS: page("school", NORTH),
    "/ws/v1/school/12/term": page("term", {"id": 1}),
    "/ws/v1/school/12/course": page("course", {"id": 5}),
    "/ws/v1/school/12/section": page("section", {"id": 7}),
    "/ws/v1/school/12/staff": page("staff", {"id": 3}),
    "/ws/v1/school/12/student": page("student", {"id": 4}),
    "/ws/v1/section/7/section_enrollment": page("section_enrollment", {"id": 9}),
}
