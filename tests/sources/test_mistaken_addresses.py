"""What is wrong with an address is said of the address that is wrong, and what the right one looks like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest
from tests.sources.support.opened import API, BASE, QUICK, opened, read
from tests.sources.support.servers import TOKEN, Answer, TableServer, page, rows_of

from roster_operator.api.v1alpha1 import RosterSourceSpec
from roster_operator.api.v1alpha1.choices import AuthMethod
from roster_operator.clock import SystemClock
from roster_operator.errors import CredentialsRejected, WrongURL
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oneroster import open_oneroster
from roster_operator.sources.oneroster.from_spec import oneroster_settings

HTML = httpx2.Response(200, html="<!doctype html><html>Sign in</html>")


def refused(handler: TableServer, **spec: Any) -> WrongURL:
    """Why a source of this spec cannot be used."""
    source = RosterSourceSpec.model_validate({"secretRef": {"name": "sis"}, **spec})
    clock = SystemClock()
    opened_source = open_oneroster(
        replace(oneroster_settings(source), retries=QUICK),
        Credentials("key", "secret"),
        clock=clock,
        interruption=Interruption(clock, 60),
        transport=httpx2.MockTransport(handler),
    )
    with pytest.raises(WrongURL) as caught:
        opened_source.probe()
    opened_source.close()
    return caught.value


def aeries(**more: Answer) -> TableServer:
    """A server whose API is below a sub-directory."""
    return TableServer(
        table={
            "/aeries/token": httpx2.Response(200, json=TOKEN),
            f"/aeries{API}/schools": lambda request: page("schools", rows_of("schools", 1), request),
            **more,
        },
        sections={},
    )


@pytest.mark.parametrize("path", ["", "/aeries/token", "/Aeries2"])
def test_a_base_path_that_is_wrong_is_said_to_be_and_what_it_looks_like(path: str) -> None:
    error = refused(aeries(), vendor="Aeries", baseURL=f"{BASE}{path}")
    assert "base URL" in error.message
    assert "https://springfield.aeries.net/aeries" in error.message
    assert "tokenURL" not in error.message


@pytest.mark.parametrize("path", ["/aeries/token/", "/aeries/ims/oneroster/v1p1/token"])
def test_a_web_page_at_the_wrong_path_says_the_same(path: str) -> None:
    error = refused(TableServer(sections={}, otherwise=HTML), vendor="Aeries", baseURL=f"{BASE}{path}")
    assert "base URL" in error.message
    assert "https://springfield.aeries.net/aeries" in error.message


@pytest.mark.parametrize("there", [401, 403])
def test_a_token_url_is_asked_for_where_the_api_is(there: int) -> None:
    server = TableServer(sections={}, table={"/aeries/token": httpx2.Response(404)}, otherwise=httpx2.Response(there))
    error = refused(server, vendor="Aeries", baseURL=f"{BASE}/aeries")
    assert "spec.source.tokenURL" in error.message


def test_a_server_without_a_product_says_where_its_address_is_to_be_found() -> None:
    error = refused(TableServer(sections={}), baseURL=f"{BASE}/nowhere", auth="OAuth2")
    assert "the one that the SIS shows for OneRoster" in error.message


def test_tokens_may_be_given_out_below_the_path_of_the_api() -> None:
    server = TableServer(table={f"{API}/token": httpx2.Response(200, json=TOKEN)})
    with opened(handler=server, auth=AuthMethod.OAUTH2, token_urls=("{root}/token", "{api}/token")) as source:
        assert len(read(source.schools())[0]) == 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_token_url_that_leads_elsewhere_says_so(status: int) -> None:
    away = httpx2.Response(status, headers={"location": "https://login.example.org:8443/as/token?client=geheim"})
    server = TableServer(table={"/token": away, "/oauth/token": away}, otherwise=httpx2.Response(401), sections={})
    with opened(handler=server, auth=AuthMethod.OAUTH2) as source, pytest.raises(WrongURL) as caught:
        source.probe()
    assert "redirects to another server" in caught.value.message
    assert "login.example.org" not in caught.value.message
    assert "spec.source.tokenURL" in caught.value.message
    assert "geheim" not in caught.value.message
    assert {request.url.host for request in server.requests} == {"sis.example.org"}


@pytest.mark.parametrize(
    "location",
    ["https://user:geheim@login.example.org/", "https://gehe%69m:x@[::1]/", "//geheim\u202e.example/", "https://", "?"],
)
def test_what_cannot_be_printed_of_a_redirect_is_not(location: str) -> None:
    away = httpx2.Response(307, headers=[(b"location", location.encode())])
    server = TableServer(table={"/token": away, "/oauth/token": away}, otherwise=httpx2.Response(401), sections={})
    with opened(handler=server, auth=AuthMethod.OAUTH2) as source, pytest.raises(WrongURL) as caught:
        source.probe()
    assert "geheim" not in caught.value.message
    assert caught.value.message.isascii()
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(("kind", "other"), [(AuthMethod.OAUTH1, "OAuth1SHA1"), (AuthMethod.OAUTH1_SHA1, "OAuth1.")])
def test_a_signature_that_is_refused_mentions_the_other_one(kind: AuthMethod, other: str) -> None:
    server = TableServer(table={"schools": httpx2.Response(401)})
    with opened(handler=server, auth=kind) as source, pytest.raises(CredentialsRejected) as caught:
        read(source.schools())
    assert f"spec.source.auth to {other}" in caught.value.message
