"""OneRoster 1.2 is read like 1.1: it is found where it is, and its users become the same persons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from tests.sources.support.opened import API, BASE, KEYS, opened, read
from tests.sources.support.servers import TOKEN, TableServer, form, page, rows_of
from tests.sources.support.shapes import STUDENTS, TEACHERS, USERS

from roster_operator.api.v1alpha1.choices import OneRosterVersion
from roster_operator.errors import ScopeRejected, SourceProtocolError, WrongURL
from roster_operator.roster.models import Person, Role, Status
from roster_operator.sources.oneroster.decode import decode_page
from roster_operator.sources.source import Complete, Section

V2 = "/ims/oneroster/rostering/v1p2"
SHORT_V2 = "/ims/oneroster/v1p2"


def user(sourced_id: str, *roles: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A user as the specification has it; a role without a type is the primary one."""
    org = {"href": f"{BASE}{V2}/orgs/o-1", "sourcedId": "o-1", "type": "org"}
    return {
        "sourcedId": sourced_id,
        "status": "active",
        "dateLastModified": "2026-08-01T00:00:00.000Z",
        "enabledUser": "true",
        "givenName": "Geheim",
        "familyName": "Geheim",
        "roles": [{"roleType": "primary", "org": org, **held} for held in roles],
        "userProfiles": [{"profileId": "p", "credentials": [{"type": "x", "username": "u", "password": "geheim"}]}],
        "primaryOrg": org,
        **more,
    }


class Server:
    """OneRoster at one path, and tokens beside it."""

    def __init__(self, *paths: str, absent: httpx2.Response | None = None, users: list[Any] | None = None) -> None:
        self._paths = paths
        self._absent = absent or httpx2.Response(404)
        self._users = users
        self.requests: list[httpx2.Request] = []
        self.scopes: list[str] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/token":
            self.scopes.append(form(request)["scope"].rpartition("/spec/or/")[2])
            return httpx2.Response(200, json=TOKEN)
        self.requests.append(request)
        for path in self._paths:
            if request.url.path.startswith(f"{path}/"):
                return self._served(request.url.path.removeprefix(f"{path}/"), request)
        return httpx2.Response(self._absent.status_code, headers=self._absent.headers, content=self._absent.content)

    def _served(self, route: str, request: httpx2.Request) -> httpx2.Response:
        section, _, identifier = route.partition("/")
        people = {"teachers", "students", "users"}
        if identifier:
            found = [row for row in self._users or [] if row["sourcedId"] == identifier]
            return httpx2.Response(200, json={"user": found[0]}) if found else httpx2.Response(404)
        rows = self._users if self._users is not None and section in people else rows_of(section, 2)
        return page(section, rows, request)

    @property
    def bases(self) -> list[str]:
        """Where it was asked, without repetitions."""
        return list(dict.fromkeys(request.url.path.rpartition("/")[0] for request in self.requests))


@pytest.mark.parametrize(
    ("served", "pasted", "asked"),
    [
        (API, "", [API]),
        (V2, "", [API, V2]),
        (SHORT_V2, "", [API, V2, SHORT_V2]),
        (V2, V2, [V2]),
        (SHORT_V2, f"{SHORT_V2}/orgs", [SHORT_V2]),
        (f"/sis{V2}", f"/sis{V2}/", [f"/sis{V2}"]),
    ],
)
def test_the_version_is_that_of_the_url_or_the_first_that_is_there(served: str, pasted: str, asked: list[str]) -> None:
    server = Server(served, *(["/sis"] if served.startswith("/sis") else []))
    with opened(f"{BASE}{pasted}", handler=server, token_url=f"{BASE}/token") as source:
        assert not source.probe().refused
        assert isinstance(read(source.enrollments())[1], Complete)
    assert server.bases == asked


def test_a_server_with_both_is_read_in_1_1() -> None:
    server = Server(API, V2)
    with opened(handler=server) as source:
        source.probe()
    assert server.bases == [API]


def test_a_version_of_the_spec_is_asked_for_alone() -> None:
    server = Server(API, V2)
    with opened(handler=server, version=OneRosterVersion.V1_2) as source:
        source.probe()
    assert server.bases == [V2]


@pytest.mark.parametrize("absent", [httpx2.Response(410), httpx2.Response(200, html="<html>Not here</html>")])
def test_whatever_says_that_1_1_is_not_there_leads_to_1_2(absent: httpx2.Response) -> None:
    server = Server(V2, absent=absent)
    with opened(handler=server) as source:
        assert not source.probe().refused
    assert V2 in server.bases


def test_each_version_is_asked_with_its_own_scope() -> None:
    server = Server(V2)
    with opened(handler=server) as source:
        source.probe()
    assert server.scopes == ["v1p1/scope/roster-core.readonly", "v1p2/scope/roster-core.readonly"]


def test_a_scope_of_1_1_that_is_refused_may_be_known_in_1_2() -> None:
    server = Server(V2)

    def strict(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/token" and "v1p2" not in form(request).get("scope", ""):
            return httpx2.Response(400, json={"error": "invalid_scope"})
        return server(request)

    with opened(handler=strict) as source:
        assert not source.probe().refused
    assert server.bases == [V2]


def test_a_scope_that_no_version_knows_is_a_matter_of_scope() -> None:
    refused = httpx2.Response(400, json={"error": "invalid_scope"})
    with opened(handler=TableServer(table={"/token": refused})) as source, pytest.raises(ScopeRejected) as raised:
        source.probe()
    assert "either" not in raised.value.message


def test_if_neither_is_there_all_places_are_named() -> None:
    with opened(handler=Server()) as source, pytest.raises(WrongURL) as raised:
        source.probe()
    assert all(f"{BASE}{path}" in raised.value.message for path in (API, V2, SHORT_V2))
    assert "District: check the base URL" in raised.value.message


def test_a_server_that_is_down_is_not_taken_for_one_of_another_version() -> None:
    server = Server(absent=httpx2.Response(503))
    with opened(handler=server) as source, pytest.raises(Exception, match="HTTP 503"):
        source.probe()
    assert server.bases == [API]


def persons(*rows: Any, default: Any = USERS) -> list[Person]:
    body = json.dumps({"users": list(rows)}).encode()
    found = decode_page(body, default, "users", BASE)
    assert found.rejected == 0
    return list(found.rows)


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([{"role": "student"}], Role.STUDENT),
        ([{"role": "teacher"}], Role.TEACHER),
        ([{"role": "aide"}], Role.AIDE),
        ([{"role": "districtAdministrator"}], Role.ADMINISTRATOR),
        ([{"role": "siteAdministrator"}], Role.ADMINISTRATOR),
        ([{"role": "systemAdministrator"}], Role.ADMINISTRATOR),
        ([{"role": "principal"}], Role.ADMINISTRATOR),
        ([{"role": "counselor"}], Role.OTHER),
        ([{"role": "ext:librarian"}], Role.OTHER),
        ([{"roleType": "secondary", "role": "parent"}, {"role": "teacher"}], Role.TEACHER),
        ([{"role": "teacher"}, {"role": "principal"}], Role.TEACHER),
        ([{"role": "teacher"}, {"role": "student"}], Role.STUDENT),
        ([{"role": "student", "endDate": "2015-06-01"}, {"role": "teacher"}], Role.TEACHER),
        ([{"role": "student"}, {"roleType": "secondary", "role": "teacher"}], Role.STUDENT),
        ([{"roleType": "secondary", "role": "teacher"}, {"roleType": "secondary", "role": "aide"}], Role.TEACHER),
        ([{"roleType": "secondary", "role": "teacher"}, {"roleType": "secondary", "role": "student"}], Role.STUDENT),
        ([{"role": "teacher", "endDate": "2015-06-01"}], Role.FORMER),
        ([{"role": "teacher", "endDate": "soon"}], Role.UNCLEAR),
        ([{"role": "teacher", "EndDate": "2015-06-01"}], Role.FORMER),
        ([{"Role": "teacher", "RoleType": "primary"}], Role.TEACHER),
        ([{"roleType": "Primary", "role": "Teacher", "beginDate": "2020-01-01", "endDate": None}], Role.TEACHER),
        ([], Role.UNKNOWN),
    ],
)
def test_of_several_roles_those_that_hold_count(roles: list[dict[str, Any]], role: Role) -> None:
    assert persons(user("u-1", *roles))[0].role is role


def test_a_student_among_other_things_is_one_whatever_the_route_says() -> None:
    both = user("u-1", {"role": "teacher"}, {"role": "student"})
    assert persons(both, default=TEACHERS)[0].role is Role.STUDENT
    assert persons(both, default=STUDENTS)[0].role is Role.STUDENT


@pytest.mark.parametrize(
    ("alone", "roles", "role"),
    [
        ("", [{"role": "teacher"}], Role.TEACHER),
        (None, [{"role": "teacher", "endDate": "2015-06-01"}], Role.FORMER),
        ("teacher", [{"role": "teacher", "endDate": "2015-06-01"}], Role.FORMER),
        ("teacher", [{"role": "student"}], Role.STUDENT),
        ("student", [{"role": "teacher"}], Role.STUDENT),
        ("aide", [], Role.AIDE),
        ("aide", None, Role.AIDE),
        ("aide", [{"role": ""}], Role.AIDE),
        ("", [], Role.UNKNOWN),
    ],
)
def test_a_role_beside_roles_counts_where_they_tell_nothing_or_if_it_is_a_students(
    alone: Any, roles: Any, role: Role
) -> None:
    assert persons(user("u-1", roles=roles, role=alone))[0].role is role


def test_who_has_no_role_at_all_is_what_the_route_says() -> None:
    assert persons(user("u-1"), default=TEACHERS)[0].role is Role.TEACHER
    assert persons(user("u-1", roles=None), default=STUDENTS)[0].role is Role.STUDENT


def test_what_matching_looks_at_is_read_and_nothing_else() -> None:
    rows = [
        user("u-1", {"role": "student"}, username="ada", email="ada@example.org", identifier="4711"),
        user("u-2", {"role": "student"}),
        user("u-3", {"role": "student"}, enabledUser="false"),
        user("u-4", {"role": "student"}, enabledUser=False, username=None, email=""),
        user("u-5", {"role": "student"}, status="tobedeleted"),
    ]
    assert persons(*rows) == [
        Person("u-1", Role.STUDENT, "ada", "ada@example.org", "4711"),
        Person("u-2", Role.STUDENT),
        Person("u-3", Role.STUDENT, status=Status.GONE),
        Person("u-4", Role.STUDENT, status=Status.GONE),
        Person("u-5", Role.STUDENT, status=Status.GONE),
    ]


def test_users_of_1_1_are_understood_too() -> None:
    old = {"sourcedId": "u-1", "role": "teacher", "orgs": [{"sourcedId": "o"}], "enabledUser": True, "username": "t"}
    assert persons(old) == [Person("u-1", Role.TEACHER, "t")]


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ({"roleType": "primary", "role": "teacher"}, Role.TEACHER),
        ([{"roleType": "primary", "role": ["teacher"]}], Role.TEACHER),
        (["teacher", None, {"roleType": 1, "role": "aide"}], Role.AIDE),
        ("teacher", Role.UNKNOWN),
        ([[]], Role.UNKNOWN),
        (17, Role.UNKNOWN),
    ],
)
def test_roles_in_another_form_cost_nobody_a_row(roles: Any, role: Role) -> None:
    (odd, plain) = persons({"sourcedId": 5, "roles": roles}, user("u-2", {"role": "student"}))
    assert (odd.id, odd.role) == ("5", role)
    assert plain.role is Role.STUDENT


def test_people_are_read_from_their_routes_and_one_by_one() -> None:
    rows = [user("u-1", {"role": "teacher"}), user("u-2", {"role": "districtAdministrator"})]
    server = Server(V2, users=rows)
    with opened(f"{BASE}{V2}", handler=server) as source:
        people, _ = read(source.people())
        (single,) = read(source.people_by_id(["u-2"]))[0]
    assert {person.id: person.role for person in people} == {"u-1": Role.TEACHER, "u-2": Role.ADMINISTRATOR}
    assert single.role is Role.ADMINISTRATOR


def test_another_answer_than_the_user_that_was_asked_for_is_no_user() -> None:
    def serve(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/token":
            return httpx2.Response(200, json=TOKEN)
        return httpx2.Response(200, json={"user": user("another", {"role": "student"})})

    with opened(f"{BASE}{V2}", handler=serve) as source, pytest.raises(SourceProtocolError):
        read(source.people_by_id(["u-2"]))


def test_sections_are_asked_for_by_the_same_routes_as_in_1_1() -> None:
    server = Server(V2)
    with opened(f"{BASE}{V2}", handler=server, credentials=KEYS) as source:
        report = source.probe()
    assert [access.section for access in report.sections] == list(Section)
    asked = [request.url.path.rpartition("/")[2] for request in server.requests]
    assert sorted(asked) == [
        "academicSessions",
        "classes",
        "courses",
        "enrollments",
        "schools",
        "students",
        "teachers",
    ]
