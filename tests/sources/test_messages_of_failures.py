"""Each failure is told in its own words, and none tells what nobody may know."""

from __future__ import annotations

import logging
import socket
import ssl
import traceback
import warnings
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from tests.sources.support.certificates import Authority
from tests.sources.support.opened import API, opened, read
from tests.sources.support.servers import page, rows_of, token_server
from tests.sources.support.sockets import Stop, misbehaving_server, send_json

from roster_operator.errors import (
    InvalidSpec,
    SourceError,
    SourceUnreachable,
    TLSFailed,
)
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.retries import RetryPolicy
from roster_operator.sources.source import Complete

ONCE = RetryPolicy(retries=0)
YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.create()


def schools(connection: socket.socket, stop: Stop) -> None:
    send_json(connection, {"orgs": []})


def keys(ca_pem: str = "") -> Credentials:
    return Credentials("demo-key", "demo-secret", ca_pem=ca_pem)


def failure(url: str, credentials: Credentials) -> SourceError:
    with opened(url, credentials=credentials, retries=ONCE) as source, pytest.raises(SourceError) as raised:
        source.probe()
    return raised.value


def test_an_authority_of_the_secret_is_trusted(authority: Authority, tmp_path: Path) -> None:
    tls = authority.server_context(tmp_path, begins=-YEAR, ends=YEAR)
    with misbehaving_server(schools, tls=tls) as url, opened(url, credentials=keys(authority.pem)) as source:
        assert isinstance(read(source.schools())[1], Complete)


def test_an_unknown_authority_is_named_with_what_to_do(authority: Authority, tmp_path: Path) -> None:
    tls = authority.server_context(tmp_path, begins=-YEAR, ends=YEAR)
    with misbehaving_server(schools, tls=tls) as url:
        error = failure(url, keys())
    assert isinstance(error, TLSFailed)
    assert "not signed by a known authority" in error.message
    assert "ca.crt" in error.message


@pytest.mark.parametrize(
    ("host", "begins", "ends", "words"),
    [
        ("localhost", -2 * YEAR, -YEAR, "has expired"),
        ("localhost", YEAR, 2 * YEAR, "not valid yet"),
        ("other.example.org", -YEAR, YEAR, "another host name"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_told_apart(
    authority: Authority, tmp_path: Path, host: str, begins: timedelta, ends: timedelta, words: str
) -> None:
    tls = authority.server_context(tmp_path, host=host, begins=begins, ends=ends)
    with misbehaving_server(schools, tls=tls) as url:
        error = failure(url, keys(authority.pem))
    assert isinstance(error, TLSFailed)
    assert words in error.message


def test_a_server_without_tls_at_an_https_url_is_a_matter_of_tls() -> None:
    with misbehaving_server(schools) as url:
        error = failure(url.replace("http://", "https://"), keys())
    assert isinstance(error, TLSFailed)
    assert "does not speak TLS" in error.message


def test_old_tls_is_refused(authority: Authority, tmp_path: Path) -> None:
    tls = authority.server_context(tmp_path, begins=-YEAR, ends=YEAR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        tls.maximum_version = ssl.TLSVersion.TLSv1_1
    with misbehaving_server(schools, tls=tls) as url:
        error = failure(url, keys(authority.pem))
    assert isinstance(error, TLSFailed)


def test_a_ca_that_is_no_certificate_is_the_secrets_fault() -> None:
    with pytest.raises(InvalidSpec, match=r"ca\.crt"), opened(credentials=keys("not a certificate")):
        pass


def test_a_name_that_does_not_exist_is_told() -> None:
    error = failure("https://sis.springfield.invalid", keys())
    assert isinstance(error, SourceUnreachable)
    assert "cannot be resolved" in error.message


@pytest.mark.parametrize("host", ["a" * 70 + ".example.org", "a..example.org"])
def test_a_name_that_cannot_exist_is_told(host: str) -> None:
    error = failure(f"https://{host}", keys())
    assert isinstance(error, SourceUnreachable)


def test_a_port_where_nothing_listens_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    error = failure(f"http://127.0.0.1:{port}", keys())
    assert isinstance(error, SourceUnreachable)
    assert "refuses the connection" in error.message


SECRETS = ("geheim", "a-student-42", "demo-secret", "demo-key")


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 504, 511, 599])
def test_no_message_log_or_traceback_holds_a_body_an_identifier_or_a_key(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    def leak(request: httpx2.Request) -> httpx2.Response:
        headers = {"x-trace": "geheim", "set-cookie": "session=geheim", "retry-after": "0"}
        return httpx2.Response(status, text="geheim a-student-42 is not JSON", headers=headers)

    server = token_server(**{"users/a-student-42": leak, "students": leak})
    texts: list[str] = []
    with caplog.at_level(logging.DEBUG), opened(handler=server) as source:
        for reading in (source.people_by_id(["a-student-42"]), source.people()):
            try:
                texts.append(str(read(reading)[1]))
            except SourceError as error:
                texts += [error.message, *traceback.format_exception(error)]
    told = "\n".join([*texts, caplog.text])
    assert not [secret for secret in SECRETS if secret in told]


def test_nothing_of_a_read_is_logged_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    def one(connection: socket.socket, stop: Stop) -> None:
        send_json(connection, {"user": {"sourcedId": "a-student-42"}})

    with caplog.at_level(logging.DEBUG), misbehaving_server(one) as url, opened(url) as source:
        rows, _ = read(source.people_by_id(["a-student-42"]))
    assert len(rows) == 1
    assert "a-student-42" not in caplog.text
    assert "the-token" not in caplog.text
    assert repr(rows) == "[Person(...)]"


def test_messages_name_the_base_url_without_route_or_query() -> None:
    server = token_server(courses=httpx2.Response(500))
    pasted = f"https://sis.example.org{API}?key=geheim"
    with opened(pasted, handler=server) as source, pytest.raises(SourceUnreachable) as raised:
        read(source.courses())
    assert raised.value.message.startswith(f"https://sis.example.org{API} failed with HTTP 500")


def test_a_failure_in_mid_read_tells_how_far_it_came() -> None:
    def failing(request: httpx2.Request) -> httpx2.Response:
        if int(request.url.params["offset"]) >= 100:
            return httpx2.Response(502, text="geheim")
        return page("courses", rows_of("courses", 1000), request)

    with opened(handler=token_server(courses=failing), max_concurrency=1) as source:
        rows, outcome = read(source.courses())
    assert len(rows) in {50, 100}  # the page that fails is asked for while the one before it is on its way
    assert not isinstance(outcome, Complete)
    assert outcome.rows == len(rows)
    assert f"only in part, {len(rows)} of them" in outcome.message
    assert "HTTP 502" in outcome.message
