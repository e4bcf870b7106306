"""ClassLink is asked with signatures; its proxy with a token, for the application that is meant, and no other host."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from tests.sources.support.opened import API, read
from tests.sources.support.servers import TableServer
from tests.sources.support.vendors import Recorder, vendor_source

from roster_operator.errors import CredentialsRejected, InvalidSpec, SectionNotShared, SourceError, WrongURL
from roster_operator.sources.credentials import Credentials

PROXY = "https://oneroster-proxy.classlink.io"


def proxy(*applications: object) -> TableServer:
    """ClassLink's proxy with these applications; the API is there for `abc%3D` alone."""
    listing = {"status": 1, "applications": [{"bearer": "geheim", "oneroster_application_id": a} for a in applications]}
    healthy = Recorder()

    def serve(request: httpx2.Request) -> httpx2.Response:
        if request.headers.get("authorization") != "Bearer demo-token":
            return httpx2.Response(401)
        return healthy(request) if request.url.raw_path.startswith(b"/abc%3D/") else httpx2.Response(404)

    class Proxy(TableServer):
        def __call__(self, request: httpx2.Request) -> httpx2.Response:
            self.requests.append(request)
            return httpx2.Response(200, json=listing) if request.url.path == "/applications" else serve(request)

    return Proxy()


@pytest.mark.parametrize(
    ("base_url", "spec"),
    [
        (PROXY, {}),
        (PROXY, {"applicationID": "abc="}),
        (PROXY, {"applicationID": "abc%3D"}),
        (f"{PROXY}/abc%3D", {}),
        (f"{PROXY}/abc%3D{API}/", {}),
    ],
)
def test_the_proxy_is_read_for_the_application_that_is_meant(base_url: str, spec: dict[str, Any]) -> None:
    server = proxy("abc%3D") if not spec else proxy("abc%3D", "def%3D")
    with vendor_source("ClassLinkProxy", server, base_url, **spec) as source:
        assert not source.probe().refused
        assert len(read(source.schools())[0]) == 2
    listed = [request for request in server.requests if request.url.path == "/applications"]
    assert len(listed) == (base_url == PROXY and not spec)
    assert {request.url.host for request in server.requests} == {"oneroster-proxy.classlink.io"}


def test_a_token_for_several_districts_needs_to_be_told_which() -> None:
    with (
        vendor_source("ClassLinkProxy", proxy("abc%3D", "def%3D"), PROXY) as source,
        pytest.raises(InvalidSpec) as told,
    ):
        source.probe()
    assert "for 2 districts" in told.value.message
    assert "abc%3D, def%3D" in told.value.message
    assert "geheim" not in told.value.message


def test_a_token_for_no_district_is_a_matter_of_sharing() -> None:
    with vendor_source("ClassLinkProxy", proxy(), PROXY) as source, pytest.raises(SectionNotShared) as told:
        source.probe()
    assert "enable the publisher's application under Apps" in told.value.message


def test_a_wrong_access_token_is_rejected() -> None:
    credentials = Credentials("", "", token="wrong")
    with (
        vendor_source("ClassLinkProxy", proxy("abc%3D"), f"{PROXY}/abc%3D", credentials) as source,
        pytest.raises(CredentialsRejected, match="refuses the Access Token"),
    ):
        source.probe()


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, json={"applications": "none"}),
        httpx2.Response(200, text="["),
        httpx2.Response(200, html="<html>Sign in</html>"),
        httpx2.Response(404),
        httpx2.Response(503),
        httpx2.Response(302, headers={"location": "https://elsewhere.example.org/applications"}),
    ],
)
def test_a_list_of_applications_that_makes_no_sense_ends_in_words(answer: httpx2.Response) -> None:
    server = TableServer(table={"/applications": answer})
    with vendor_source("ClassLinkProxy", server, PROXY) as source, pytest.raises(SourceError):
        source.probe()
    assert {request.url.host for request in server.requests} == {"oneroster-proxy.classlink.io"}


def test_an_address_that_the_proxy_names_is_never_called() -> None:
    def serve(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/applications":
            entry = {"oneroster_application_id": "abc%3D", "endpoint_url": "https://evil.example.org"}
            return httpx2.Response(200, json={"applications": [entry], "server": entry})
        return httpx2.Response(302, headers={"location": "https://evil.example.org/x"})

    hosts = []

    def watched(request: httpx2.Request) -> httpx2.Response:
        hosts.append(request.url.host)
        return serve(request)

    with vendor_source("ClassLinkProxy", watched, PROXY) as source, pytest.raises(WrongURL, match="another server"):
        source.probe()
    assert set(hosts) == {"oneroster-proxy.classlink.io"}


def test_classlink_itself_is_signed_with_sha256_and_asked_for_no_token() -> None:
    server = Recorder()
    with vendor_source("ClassLink", server) as source:
        source.probe()
    assert not server.tokens
    assert all('oauth_signature_method="HMAC-SHA256"' in request.headers["authorization"] for request in server.pages)
