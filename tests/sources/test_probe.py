"""The probe says which section is not shared, in words that a district's tech admin can act on."""

from __future__ import annotations

import httpx2
import pytest
from tests.sources.support.opened import API, opened
from tests.sources.support.servers import TableServer, page, rows_of, token_server

from roster_operator.errors import CredentialsRejected, SourceUnreachable, WrongURL
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


def probed(server: TableServer) -> Report:
    with opened(handler=server) as source:
        return source.probe()


def test_one_row_of_each_section_is_asked_for() -> None:
    server = token_server()
    report = probed(server)
    assert report.sections == tuple(Access(section, shared=True) for section in Section)
    asked = [r for r in server.requests if r.url.path.startswith(API)]
    assert [r.url.path.removeprefix(f"{API}/") for r in asked] == list(ROUTE_OF.values())
    assert all(r.url.params["limit"] == "1" for r in asked)


@pytest.mark.parametrize("section", Section)
@pytest.mark.parametrize("status", [403, 401])
def test_a_section_that_is_refused_is_named(section: Section, status: int) -> None:
    report = probed(token_server(**{ROUTE_OF[section]: httpx2.Response(status)}))
    (refused,) = report.refused
    assert refused.section is section
    assert f"share {section} with this application" in refused.message


def test_a_section_without_rows_is_empty() -> None:
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
def test_a_route_that_is_not_there_has_a_substitute(section: Section, other: str) -> None:
    def substitute(request: httpx2.Request) -> httpx2.Response:
        return page(other, rows_of(other, 1), request)

    server = token_server(**{ROUTE_OF[section]: httpx2.Response(404)})
    server.table = {**server.table, other: substitute}
    assert not probed(server).refused


def test_a_section_without_any_route_is_not_offered() -> None:
    (refused,) = probed(token_server(courses=httpx2.Response(404))).refused
    assert refused.section is Section.COURSES
    assert "does not offer courses" in refused.message


def test_no_section_at_all_is_a_wrong_url() -> None:
    server = token_server()
    server.sections = {}
    with pytest.raises(WrongURL, match="base URL"):
        probed(server)


def test_all_sections_forbidden_are_all_reported() -> None:
    server = token_server()
    server.sections, server.otherwise = {}, httpx2.Response(403)
    refused = probed(server).refused
    assert len(refused) == len(Section)
    assert len({access.message for access in refused}) == 1
    assert "spec.source.scope" in refused[0].message


def test_all_sections_unauthorized_are_a_rejection() -> None:
    server = token_server()
    server.sections, server.otherwise = {}, httpx2.Response(401)
    with pytest.raises(CredentialsRejected):
        probed(server)


def test_a_server_that_is_down_is_unreachable() -> None:
    with pytest.raises(SourceUnreachable, match="HTTP 503"):
        probed(token_server(classes=httpx2.Response(503)))


def test_a_limit_of_one_may_be_refused() -> None:
    def picky(request: httpx2.Request) -> httpx2.Response:
        if "limit" in request.url.params:
            return httpx2.Response(400)
        return page("courses", rows_of("courses", 2), request)

    assert not probed(token_server(courses=picky)).refused
