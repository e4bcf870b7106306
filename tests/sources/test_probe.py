"""The probe says which section is not shared, in words that a district's tech admin can act on.

It does so alike whether it asks for one row of each section, or for their first pages, with which a reading begins.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import httpx2
import pytest
from tests.sources.support.opened import API, opened, read
from tests.sources.support.servers import TOKEN, TableServer, page, rows_of, token_server

from roster_operator.api.v1alpha1.choices import AuthMethod
from roster_operator.errors import CredentialsRejected, SourceError, SourceUnreachable, WrongURL
from roster_operator.sources.source import Access, Report, Section

ROUTE_OF = {
    Section.ORGANIZATIONS: "schools",
    Section.SCHEDULES: "academicSessions",
    Section.COURSES: "courses",
    Section.CLASSES: "classes",
    Section.ENROLLMENTS: "enrollments",
    Section.TEACHERS: "teachers",
    Section.STUDENTS: "students",
}


Probe = Callable[[TableServer], Report]


@pytest.fixture(params=[False, True], ids=["alone", "then read"])
def probed(request: pytest.FixtureRequest) -> Probe:
    def probe(server: TableServer) -> Report:
        with opened(handler=server) as source:
            return source.probe(then_read=request.param)

    return probe


@pytest.mark.parametrize(("then_read", "limit"), [(False, "1"), (True, "50")])
def test_one_row_of_each_section_is_asked_for_or_the_page_that_a_reading_needs(then_read: bool, limit: str) -> None:
    server = token_server()
    with opened(handler=server, max_concurrency=1) as source:
        report = source.probe(then_read=then_read)
    assert report.sections == tuple(Access(section, shared=True) for section in Section)
    first = [r for r in server.requests if r.url.path.startswith(API) and r.url.params["offset"] == "0"]
    assert sorted(r.url.path.removeprefix(f"{API}/") for r in first) == sorted(ROUTE_OF.values())
    assert all(r.url.params["limit"] == limit for r in first)


def test_a_first_page_that_does_not_come_is_left_to_the_reading_to_tell_of() -> None:
    def cut_off(request: httpx2.Request) -> httpx2.Response:
        if request.url.params["limit"] == "1":
            return page("courses", rows_of("courses", 2), request)
        return httpx2.Response(200, content=b'{"courses": [{"sourcedId": "co')

    with opened(handler=token_server(courses=cut_off)) as source:
        assert not source.probe(then_read=True).refused
        with pytest.raises(SourceError, match="cut off"):
            read(source.courses())


def test_credentials_that_may_be_wrong_are_tried_twice_and_not_seven_times() -> None:
    refusing = token_server()
    refusing.sections, refusing.otherwise = {}, httpx2.Response(401)
    with opened(handler=refusing, auth=AuthMethod.OAUTH1) as source, pytest.raises(CredentialsRejected):
        source.probe(then_read=True)
    assert len(refusing.requests) == 2


def test_a_place_where_the_api_is_not_is_left_only_when_all_its_answers_have_come() -> None:
    elsewhere = "/ims/oneroster/rostering/v1p2/"
    waiting: set[str] = set()

    def answer(request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.removeprefix(API).removeprefix(elsewhere).removeprefix("/")
        if request.url.path.startswith(API):
            waiting.add(path)
            time.sleep(0.05 if path == "courses" else 0)
            waiting.remove(path)
            return httpx2.Response(200, content=b"<html>Sign in</html>")
        if request.url.path.startswith(elsewhere):
            assert not waiting
            return page(path, rows_of(path, 3), request)
        return httpx2.Response(200, json=TOKEN)

    with opened(handler=answer, auth=AuthMethod.OAUTH2) as source:
        assert not source.probe(then_read=True).refused
        rows, _ = read(source.courses())
    assert len(rows) == 3


def test_a_route_that_was_seen_to_be_missing_is_not_asked_for_again() -> None:
    def substitute(request: httpx2.Request) -> httpx2.Response:
        return page("orgs", rows_of("schools", 3), request)

    server = token_server(schools=httpx2.Response(404), orgs=substitute)
    with opened(handler=server) as source:
        source.probe(then_read=True)
        rows, _ = read(source.schools())
    assert len(rows) == 3
    assert Counter(request.url.path for request in server.requests)[f"{API}/schools"] == 1


@pytest.mark.parametrize("section", Section)
@pytest.mark.parametrize("status", [403, 401])
def test_a_section_that_is_refused_is_named(section: Section, status: int, probed: Probe) -> None:
    report = probed(token_server(**{ROUTE_OF[section]: httpx2.Response(status)}))
    (refused,) = report.refused
    assert refused.section is section
    assert f"share {section} with this application" in refused.message


def test_a_section_without_rows_is_empty(probed: Probe) -> None:
    report = probed(token_server(enrollments=httpx2.Response(200, json={"enrollments": []})))
    (empty,) = [access for access in report.sections if access.empty]
    assert (empty.section, empty.shared) == (Section.ENROLLMENTS, True)
    assert "current school year" in empty.message


@pytest.mark.parametrize(
    ("section", "other"),
    [
        (Section.ORGANIZATIONS, "orgs"),
        (Section.SCHEDULES, "terms"),
        (Section.TEACHERS, "users"),
        (Section.STUDENTS, "users"),
    ],
)
def test_a_route_that_is_not_there_has_a_substitute(section: Section, other: str, probed: Probe) -> None:
    def substitute(request: httpx2.Request) -> httpx2.Response:
        return page(other, rows_of(other, 1), request)

    server = token_server(**{ROUTE_OF[section]: httpx2.Response(404)})
    server.table = {**server.table, other: substitute}
    assert not probed(server).refused


def test_a_section_without_any_route_is_not_offered(probed: Probe) -> None:
    (refused,) = probed(token_server(courses=httpx2.Response(404))).refused
    assert refused.section is Section.COURSES
    assert "does not offer courses" in refused.message


def test_no_section_at_all_is_a_wrong_url(probed: Probe) -> None:
    server = token_server()
    server.sections = {}
    with pytest.raises(WrongURL, match="base URL"):
        probed(server)


def test_all_sections_forbidden_are_all_reported(probed: Probe) -> None:
    server = token_server()
    server.sections, server.otherwise = {}, httpx2.Response(403)
    refused = probed(server).refused
    assert len(refused) == len(Section)
    assert len({access.message for access in refused}) == 1
    assert "spec.source.scope" in refused[0].message


def test_all_sections_unauthorized_are_a_rejection(probed: Probe) -> None:
    server = token_server()
    server.sections, server.otherwise = {}, httpx2.Response(401)
    with pytest.raises(CredentialsRejected):
        probed(server)


def test_a_server_that_is_down_is_unreachable(probed: Probe) -> None:
    with pytest.raises(SourceUnreachable, match="HTTP 503"):
        probed(token_server(classes=httpx2.Response(503)))


def test_a_limit_of_one_may_be_refused(probed: Probe) -> None:
    def picky(request: httpx2.Request) -> httpx2.Response:
        if "limit" in request.url.params:
            return httpx2.Response(400)
        return page("courses", rows_of("courses", 2), request)

    assert not probed(token_server(courses=picky)).refused
