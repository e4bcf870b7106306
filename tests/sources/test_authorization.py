"""Who asks is told in the way that the server wants, which is found out once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import pytest
from tests.sources.support.opened import BASE, KEYS, opened, read
from tests.sources.support.servers import Answer, TableServer, page, rows_of, token_server

from roster_operator.api.v1alpha1.choices import AuthMethod
from roster_operator.clock import FixedClock
from roster_operator.errors import (
    ClockSkewed,
    CredentialsMissing,
    CredentialsRejected,
    SourceUnreachable,
    WrongURL,
)
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.source import Complete

INVALID_CLIENT = httpx2.Response(401, json={"error": "invalid_client"})
BARE_401 = httpx2.Response(401, json={"statusInfoSet": [{"imsx_codeMajor": "failure"}]})
HTML = httpx2.Response(200, html="<!doctype html><html>Sign in</html>")


def signed_with(method: str) -> Callable[[httpx2.Request], httpx2.Response]:
    """Serves schools to requests that are signed with this method."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if f'oauth_signature_method="{method}"' in request.headers.get("authorization", ""):
            return page("schools", rows_of("schools", 2), request)
        return httpx2.Response(401)

    return answer


def schools_of(server: TableServer, **more: Any) -> int:
    with opened(handler=server, **more) as source:
        rows, outcome = read(source.schools())
        assert isinstance(outcome, Complete)
        return len(rows)


def test_a_token_of_the_secret_is_used_as_it_is() -> None:
    server = token_server()
    assert schools_of(server, credentials=Credentials("", "", token="given\n")) == 3
    assert not server.asked("/token")
    assert server.asked("schools")[0].headers["authorization"] == "Bearer given"


def test_a_token_of_the_secret_that_is_refused_is_a_rejection() -> None:
    server = TableServer(table={"schools": httpx2.Response(401)})
    credentials = Credentials("", "", token="given")
    with opened(handler=server, credentials=credentials) as source, pytest.raises(CredentialsRejected, match="token"):
        read(source.schools())


@pytest.mark.parametrize("method", ["HMAC-SHA256", "HMAC-SHA1"])
@pytest.mark.parametrize(
    "at_token",
    [httpx2.Response(404), httpx2.Response(405), HTML, BARE_401, httpx2.Response(403), httpx2.Response(302)],
    ids=["404", "405", "html", "401", "403", "302"],
)
def test_without_a_token_endpoint_requests_are_signed(at_token: httpx2.Response, method: str) -> None:
    server = TableServer(table={"/token": at_token, "/oauth/token": at_token, "schools": signed_with(method)})
    with opened(handler=server) as source:
        assert len(read(source.schools())[0]) == 2
        read(source.schools())
    assert len(server.asked("/token")) <= 2
    tried = 1 if method == "HMAC-SHA256" else 2
    assert len(server.asked("schools")) == tried + 2 * 2, "what worked was not remembered"


def test_a_token_endpoint_that_redirects_to_a_login_page_elsewhere_is_none() -> None:
    away = httpx2.Response(307, headers={"location": "https://login.example.org/"})
    server = TableServer(table={"/token": away, "schools": signed_with("HMAC-SHA256")})
    assert schools_of(server) == 2


def test_a_wrong_key_at_a_real_token_endpoint_is_believed() -> None:
    server = TableServer(table={"/token": INVALID_CLIENT})
    with opened(handler=server) as source, pytest.raises(CredentialsRejected) as raised:
        source.probe()
    assert f"{BASE}/token refuses" in raised.value.message
    assert len(server.requests) == 2


def test_a_key_that_nothing_accepts_is_rejected_with_a_hint_at_the_token_url() -> None:
    server = TableServer(table={"schools": httpx2.Response(401)})
    with opened(handler=server) as source, pytest.raises(CredentialsRejected, match="tokenURL"):
        source.probe()


@pytest.mark.parametrize(
    ("kind", "method"), [(AuthMethod.OAUTH1, "HMAC-SHA256"), (AuthMethod.OAUTH1_SHA1, "HMAC-SHA1")]
)
def test_a_given_signature_method_is_the_only_one_tried(kind: AuthMethod, method: str) -> None:
    server = TableServer(table={"schools": httpx2.Response(401)})
    with opened(handler=server, auth=kind) as source, pytest.raises(CredentialsRejected):
        read(source.schools())
    assert len(server.requests) == 1
    assert method in server.requests[0].headers["authorization"]


def test_a_failing_token_endpoint_is_not_a_wrong_key() -> None:
    down = httpx2.Response(503)
    server = TableServer(table={"/token": down, "/oauth/token": down, "schools": httpx2.Response(401)})
    with opened(handler=server) as source, pytest.raises(SourceUnreachable):
        source.probe()


def test_nothing_of_oneroster_at_the_url_is_a_wrong_url() -> None:
    for answer in (httpx2.Response(404), HTML):
        server = TableServer(sections={}, table={"schools": answer})
        with opened(handler=server) as source, pytest.raises(WrongURL, match="base URL"):
            source.probe()


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_a_signature_that_is_refused_while_the_clocks_differ_is_a_matter_of_clocks(ahead: int) -> None:
    clock = FixedClock(datetime(2026, 9, 1, tzinfo=UTC))
    theirs = format_datetime(clock.now() + timedelta(seconds=ahead), usegmt=True)
    server = TableServer(table={"schools": httpx2.Response(401, headers={"date": theirs})})
    with opened(handler=server, clock=clock) as source, pytest.raises(ClockSkewed, match="60 minutes") as raised:
        source.probe()
    assert ("ahead of" if ahead > 0 else "behind") in raised.value.message


@pytest.mark.parametrize("date", ["Tue, 01 Sep 2026 00:04:00 GMT", "yesterday", "", "Tue, 99 Sep 2026 00:00:00 GMT"])
def test_a_few_minutes_or_no_date_are_no_matter_of_clocks(date: str) -> None:
    clock = FixedClock(datetime(2026, 9, 1, tzinfo=UTC))
    server = TableServer(table={"schools": httpx2.Response(401, headers={"date": date})})
    with opened(handler=server, clock=clock) as source, pytest.raises(CredentialsRejected):
        source.probe()


@pytest.mark.parametrize(
    ("credentials", "auth"),
    [
        (Credentials("", ""), AuthMethod.AUTO),
        (Credentials("key", " "), AuthMethod.OAUTH2),
        (Credentials("key", "secret"), AuthMethod.BEARER),
        (Credentials("", "", token="t"), AuthMethod.OAUTH1),
    ],
)
def test_a_secret_that_lacks_a_key_is_said_before_any_request(credentials: Credentials, auth: AuthMethod) -> None:
    with pytest.raises(CredentialsMissing), opened(handler=token_server(), credentials=credentials, auth=auth):
        pass


def test_secrets_are_in_no_repr() -> None:
    credentials = Credentials("demo-key", "geheim", "geheim", "geheim")
    assert repr(credentials) == "Credentials(...)"
    assert "geheim" not in f"{credentials} {credentials.stripped()}"


def test_odd_characters_in_keys_survive() -> None:
    answers: dict[str, Answer] = {"/token": httpx2.Response(404), "schools": signed_with("HMAC-SHA256")}
    assert schools_of(TableServer(table=answers), credentials=Credentials("k&y=1 ü", 's"cr/t+%')) == 2
    assert schools_of(token_server(), credentials=Credentials("k&y=1", "s:cr/t+%")) == 3
    assert KEYS.client_id == "demo-key"
