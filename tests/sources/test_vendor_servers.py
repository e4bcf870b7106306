"""Servers with a vendor's habits are asked as they want to be asked, and spoken of in their own words."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest
from tests.sources.support.opened import API, BASE, opened, read
from tests.sources.support.servers import TOKEN, TableServer, form, token_server
from tests.sources.support.vendors import Recorder, vendor_source
from tests.sources.vendors.sis import by_access_token

from roster_operator import vendors
from roster_operator.errors import CredentialsMissing, CredentialsRejected, ScopeRejected, WrongURL
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.source import Complete, Section
from roster_operator.sources.vendor_profile import profile_of


@pytest.mark.parametrize(
    ("vendor", "base_url", "more", "token_url"),
    [
        ("Generic", BASE, {}, f"{BASE}/token"),
        ("Aeries", f"{BASE}/aeries", {}, f"{BASE}/aeries/token"),
        ("InfiniteCampus", f"{BASE}/campus", {}, f"{BASE}/campus/oauth2/token"),
        (
            "InfiniteCampus",
            f"{BASE}/campus/oneroster/spring{API}",
            {},
            f"{BASE}/campus/oauth2/token?appName=spring",
        ),
        ("InfiniteCampus", BASE, {"applicationID": "spring"}, f"{BASE}/campus/oauth2/token?appName=spring"),
        ("PowerSchool", BASE, {}, "https://accounts.powerschool.com/as/token.oauth2"),
        ("Skyward", f"{BASE}/api", {}, f"{BASE}/api/oauth/token"),
        ("Synergy", BASE, {}, f"{BASE}/token"),
        ("Synergy", BASE, {"tokenURL": "https://t.example.org/x?a=1"}, "https://t.example.org/x?a=1"),
    ],
)
def test_tokens_are_fetched_where_the_vendor_gives_them_out(
    vendor: str, base_url: str, more: dict[str, Any], token_url: str
) -> None:
    server = Recorder()
    with vendor_source(vendor, server, base_url, **more) as source:
        assert not source.probe().refused
    (request,) = server.tokens
    asked = request.url.copy_remove_param("grant_type").copy_remove_param("scope")
    assert str(asked) == token_url


def test_infinite_campus_takes_grant_type_and_scope_in_the_query() -> None:
    server = Recorder()
    with vendor_source("InfiniteCampus", server, f"{BASE}/campus") as source:
        source.probe()
    (request,) = server.tokens
    assert parse_qs(request.url.query.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly"],
    }
    assert request.content == b""
    assert request.headers["authorization"].startswith("Basic ")


def test_parameters_that_are_not_found_in_the_query_are_sent_in_the_form() -> None:
    def form_only(request: httpx2.Request) -> httpx2.Response:
        if "grant_type" in form(request):
            return httpx2.Response(200, json=TOKEN)
        return httpx2.Response(400, json={"error": "invalid_request"})

    server = token_server()
    server.table = {"/campus/oauth2/token": form_only}
    with vendor_source("InfiniteCampus", server, f"{BASE}{API}") as source:
        assert not source.probe().refused


def test_unified_classroom_takes_id_and_secret_in_the_form_without_a_scope() -> None:
    server = Recorder()
    with vendor_source("PowerSchool", server) as source:
        source.probe()
    (request,) = server.tokens
    assert form(request) == {
        "grant_type": "client_credentials",
        "client_id": "demo-key",
        "client_secret": "demo-secret",
    }
    assert "authorization" not in request.headers


def test_credentials_are_put_in_one_place_only_if_the_vendor_is_known_for_it() -> None:
    server = TableServer(table={"/as/token.oauth2": httpx2.Response(401, json={"error": "invalid_client"})})
    with vendor_source("PowerSchool", server) as source, pytest.raises(CredentialsRejected):
        source.probe()
    assert len(server.requests) == 1


@pytest.mark.parametrize(("vendor", "expected"), [("Synergy", "application/x-www-form-urlencoded"), ("Aeries", None)])
def test_synergy_is_sent_a_content_type_with_every_request(vendor: str, expected: str | None) -> None:
    server = Recorder()
    with vendor_source(vendor, server) as source:
        source.probe()
        read(source.enrollments())
    assert {request.headers.get("content-type") for request in server.pages} == {expected}
    assert server.tokens[0].headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("vendor", [vendor for vendor in vendors.names() if vendor != vendors.GENERIC])
def test_no_more_rows_and_requests_than_the_vendor_bears(vendor: str) -> None:
    server = Recorder()
    with (
        vendor_source(vendor, server, applicationID="x")
        if vendor == "ClassLinkProxy"
        else vendor_source(vendor, server) as source
    ):
        source.probe()
        _, outcome = read(source.classes())
    assert isinstance(outcome, Complete)
    limits = {request.url.params["limit"] for request in server.pages if request.url.path.endswith("/classes")}
    assert limits == {"1", str(profile_of(vendor).page_size.value)}


def test_routes_that_a_vendor_lacks_are_never_asked() -> None:
    server = Recorder()
    with vendor_source("SkywardQmlativ", server) as source:
        assert not source.probe().refused
        read(source.schools())
        read(source.people())
    paths = {request.url.path.removeprefix("/ims/oneroster/v1p2/") for request in server.pages}
    assert paths == {"orgs", "academicSessions", "courses", "classes", "enrollments", "users"}
    users = [str(request.url) for request in server.pages if request.url.path.endswith("/users")]
    assert len([url for url in users if "limit=1&" not in url]) == 2, "everybody was read twice"


def test_a_route_that_is_not_missing_after_all_can_be_asked_again() -> None:
    server = Recorder()
    with vendor_source("SkywardQmlativ", server, missingRoutes=[]) as source:
        source.probe()
    assert any(request.url.path.endswith("/teachers") for request in server.pages)


def test_a_section_without_any_other_route_is_asked_for_all_the_same() -> None:
    server = Recorder()
    with vendor_source("Generic", server, missingRoutes=["courses", "schools", "orgs"]) as source:
        assert not source.probe().refused
    assert {"courses", "orgs"} <= {request.url.path.rpartition("/")[2] for request in server.pages}


@pytest.mark.parametrize("vendor", vendors.names())
@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("section", Section)
def test_a_missing_section_says_what_to_share_in_the_words_of_the_product(
    vendor: str, status: int, section: Section
) -> None:
    routes = {
        Section.ORGANIZATIONS: {"schools", "orgs"},
        Section.SCHEDULES: {"academicSessions", "terms"},
        Section.COURSES: {"courses"},
        Section.CLASSES: {"classes"},
        Section.ENROLLMENTS: {"enrollments"},
        Section.TEACHERS: {"teachers", "users"},
        Section.STUDENTS: {"students", "users"},
    }[section]
    healthy = Recorder()

    def serve(request: httpx2.Request) -> httpx2.Response:
        missing = request.url.path.rpartition("/")[2] in routes
        return httpx2.Response(status) if missing and request.method == "GET" else healthy(request)

    application: dict[str, Any] = {"applicationID": "x"} if profile_of(vendor).discovery.value else {}
    with vendor_source(vendor, serve, **application) as source:
        refused = {access.section: access.message for access in source.probe().refused}
    assert section in refused
    assert profile_of(vendor).wording.share(section) in refused[section]
    assert "District: " in refused[section]


def test_a_wrong_key_is_called_what_the_product_calls_it() -> None:
    server = TableServer(table={"/token": httpx2.Response(401, json={"error": "invalid_client"})})
    with vendor_source("Aeries", server) as source, pytest.raises(CredentialsRejected) as raised:
        source.probe()
    assert "refuses the Consumer ID or Consumer Secret Key" in raised.value.message
    assert "API Security page of Aeries" in raised.value.message


@pytest.mark.parametrize("vendor", vendors.names())
def test_missing_credentials_are_called_what_the_product_calls_them(vendor: str) -> None:
    words = profile_of(vendor).wording
    with (
        pytest.raises(CredentialsMissing) as raised,
        vendor_source(vendor, Recorder(), credentials=Credentials("", "")),
    ):
        pass
    expected = words.token if by_access_token(vendor) else words.key
    assert expected in raised.value.message
    assert "Secret" in raised.value.message


def test_a_key_that_infinite_campus_refuses_may_lack_the_name_of_the_application() -> None:
    server = TableServer(table={"/campus/oauth2/token": httpx2.Response(401)})
    cases: list[tuple[dict[str, Any], bool]] = [({}, True), ({"applicationID": "cpm"}, False)]
    for spec, hinted in cases:
        with (
            vendor_source("InfiniteCampus", server, f"{BASE}{API}", **spec) as source,
            pytest.raises(CredentialsRejected) as raised,
        ):
            source.probe()
        assert ("appName" in raised.value.message) is hinted


@pytest.mark.parametrize("status", [400, 401])
def test_a_scope_that_must_be_but_is_not_known_is_named_as_the_scope(status: int) -> None:
    server = TableServer(table={"/token": httpx2.Response(status, json={"error": "invalid_scope"})})
    with vendor_source("Aeries", server) as source, pytest.raises(ScopeRejected, match=r"spec\.source\.scope"):
        source.probe()


def test_no_token_anywhere_asks_for_the_token_url() -> None:
    server = TableServer(table={}, otherwise=httpx2.Response(404))
    with vendor_source("Skyward", server) as source, pytest.raises(WrongURL, match=r"spec\.source\.tokenURL") as raised:
        source.probe()
    assert f"{BASE}/oauth/token or {BASE}/token" in raised.value.message


def test_a_source_without_a_vendor_speaks_of_the_sis() -> None:
    server = token_server(courses=httpx2.Response(403))
    with opened(handler=server) as source:
        (refused,) = source.probe().refused
    assert refused.message.endswith("District: share courses with this application in the SIS.")
