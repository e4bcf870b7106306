"""OAuth 2 tokens are asked for in the way that a server wants, renewed in time, and repeated when they are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from tests.sources.support.opened import API, BASE, opened, read
from tests.sources.support.servers import TOKEN, TableServer, form, in_turn, page, rows_of, token_server

from roster_operator.clock import FixedClock
from roster_operator.errors import (
    CredentialsRejected,
    InvalidSpec,
    WrongURL,
)
from roster_operator.interruption import Interruption
from roster_operator.sources.source import Complete

BARE_401 = httpx2.Response(401, json={"statusInfoSet": [{"imsx_codeMajor": "failure"}]})


def schools_of(server: TableServer, **more: Any) -> int:
    with opened(handler=server, **more) as source:
        rows, outcome = read(source.schools())
        assert isinstance(outcome, Complete)
        return len(rows)


def test_a_token_is_asked_for_beside_the_api_with_basic_and_the_core_scope() -> None:
    server = token_server()
    assert schools_of(server) == 3
    (request,) = server.asked("/token")
    assert request.method == "POST"
    assert request.headers["authorization"].startswith("Basic ")
    assert form(request) == {
        "grant_type": "client_credentials",
        "scope": "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly",
    }
    assert {r.headers["authorization"] for r in server.asked("schools")} == {"Bearer the-token"}


def test_a_prefix_of_the_base_url_is_one_of_the_token_url() -> None:
    server = TableServer(
        table={
            "/aeries/token": httpx2.Response(200, json=TOKEN),
            f"/aeries{API}/schools": lambda request: page("schools", rows_of("schools", 1), request),
        }
    )
    assert schools_of(server, base_url=f"{BASE}/aeries") == 1


def test_the_second_place_for_tokens_is_oauth_token() -> None:
    server = TableServer(table={"/token": httpx2.Response(405), "/oauth/token": httpx2.Response(200, json=TOKEN)})
    assert schools_of(server) == 3


@pytest.mark.parametrize("status", [400, 401])
def test_credentials_go_into_the_body_if_basic_is_refused(status: int) -> None:
    def body_only(request: httpx2.Request) -> httpx2.Response:
        if form(request).get("client_id") == "demo-key" and form(request).get("client_secret") == "demo-secret":
            assert "authorization" not in request.headers
            return httpx2.Response(200, json=TOKEN)
        return httpx2.Response(status, json={"error": "invalid_client"})

    server = token_server()
    server.table = {"/token": body_only}
    assert schools_of(server) == 3


def test_a_scope_that_is_not_known_is_left_out() -> None:
    def without_scope(request: httpx2.Request) -> httpx2.Response:
        if "scope" in form(request):
            return httpx2.Response(400, json={"error": "invalid_scope"})
        return httpx2.Response(200, json=TOKEN)

    server = token_server()
    server.table = {"/token": without_scope}
    assert schools_of(server) == 3


@pytest.mark.parametrize(
    "token",
    [
        {"access_token": "the-token"},
        {"access_token": "the-token", "token_type": "BearerToken", "expires_in": "21600"},
        {"access_token": " the-token\n", "token_type": "Bearer", "expires_in": 2504956.0},
        {"access_token": "the-token", "expires_in": "soon"},
        {"access_token": "the-token", "expires_in": None, "scope": None},
        {"access_token": "the-token", "expires_in": -1},
    ],
)
def test_token_answers_differ_and_are_all_understood(token: dict[str, object]) -> None:
    server = token_server()
    server.table = {"/token": httpx2.Response(200, json=token)}
    assert schools_of(server) == 3
    assert len(server.asked("/token")) == 1


def test_a_token_is_renewed_before_it_ends() -> None:
    clock = FixedClock(datetime(2026, 9, 1, tzinfo=UTC))
    tokens = in_turn(*(httpx2.Response(200, json={"access_token": f"t{n}", "expires_in": 600}) for n in range(3)))
    server = token_server()
    server.table = {"/token": tokens}
    with opened(handler=server, clock=clock, interruption=Interruption(clock, 3600)) as source:
        read(source.schools())
        clock.advance(timedelta(seconds=530))
        read(source.schools())
        assert len(server.asked("/token")) == 1
        clock.advance(timedelta(seconds=20))
        read(source.schools())
        assert len(server.asked("/token")) == 2
    assert server.asked("schools")[-1].headers["authorization"] == "Bearer t1"


def test_a_token_that_is_refused_in_mid_read_is_renewed_once_and_the_request_repeated() -> None:
    rows = rows_of("enrollments", 400)
    valid = {"token": "t0"}

    def give(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"access_token": valid["token"]})

    def serve(request: httpx2.Request) -> httpx2.Response:
        if request.headers["authorization"] != f"Bearer {valid['token']}":
            return httpx2.Response(401)
        if request.url.params["offset"] == "150":
            valid["token"] = "t1" if valid["token"] == "t0" else valid["token"]
        return page("enrollments", rows, request)

    server = TableServer(table={"/token": give, "enrollments": serve})
    with opened(handler=server) as source:
        read_rows, outcome = read(source.enrollments())
    assert isinstance(outcome, Complete)
    assert len(read_rows) == 400
    assert len(server.asked("/token")) == 2


def test_a_token_that_the_api_never_takes_is_a_rejection() -> None:
    server = TableServer(table={"/token": httpx2.Response(200, json=TOKEN)}, sections={}, otherwise=BARE_401)
    with opened(handler=server) as source, pytest.raises(CredentialsRejected, match="gives out a token"):
        source.probe()
    assert len(server.asked("schools")) <= 4


def test_a_token_url_of_its_own_is_used_with_its_query_and_on_another_host() -> None:
    asked: list[str] = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "login.example.org":
            asked.append(str(request.url))
            return httpx2.Response(200, json=TOKEN)
        return page("schools", rows_of("schools", 2), request)

    with opened(handler=serve, token_url="https://login.example.org/as/token?appName=cpm") as source:
        assert len(read(source.schools())[0]) == 2
    assert asked == ["https://login.example.org/as/token?appName=cpm"]


def test_a_token_url_that_gives_out_none_is_named_without_its_query() -> None:
    server = TableServer(table={"/t": httpx2.Response(404)})
    with opened(handler=server, token_url=f"{BASE}/t?appName=cpm") as source, pytest.raises(WrongURL) as raised:
        source.probe()
    assert f"{BASE}/t" in raised.value.message
    assert "appName" not in raised.value.message
    assert not server.asked("schools")


def test_a_token_url_must_be_protected() -> None:
    with (
        pytest.raises(InvalidSpec, match=r"spec.source.tokenURL begins with http://"),
        opened(handler=token_server(), token_url="http://login.example.org/token"),
    ):
        pass
