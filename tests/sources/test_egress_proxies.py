"""Where the platform lets nothing out but through a proxy, a SIS is reached in its tunnel, and refusals are told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.sources.support.certificates import Authority
from tests.sources.support.opened import opened, read
from tests.sources.support.proxies import egress_proxy
from tests.sources.support.sockets import misbehaving_server, send_json

from roster_operator.errors import SourceUnreachable, TLSFailed
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.retries import RetryPolicy
from roster_operator.sources.source import Complete

YEAR = timedelta(days=365)
BASIC = "Basic b3BlcmF0b3I6cEBzcw=="
"""operator:p@ss"""


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def authority() -> Authority:
    return Authority.create()


@pytest.fixture
def sis(authority: Authority, tmp_path: Path) -> Iterator[int]:
    """The port of a SIS whose certificate names sis.example.org."""
    tls = authority.server_context(tmp_path, host="sis.example.org", begins=-YEAR, ends=YEAR)
    with misbehaving_server(lambda connection, _stop: send_json(connection, {"orgs": []}), tls=tls) as url:
        yield urlsplit(url).port or 0


def schools(authority: Authority, base_url: str = "https://sis.example.org") -> object:
    """How reading the schools ended."""
    credentials = Credentials("demo-key", "demo-secret", ca_pem=authority.pem)
    with opened(base_url, credentials=credentials, retries=RetryPolicy(retries=0)) as source:
        return read(source.schools())[1]


def failure(authority: Authority) -> str:
    with pytest.raises(SourceUnreachable) as raised:
        schools(authority)
    return raised.value.message


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_sis_is_reached_in_a_tunnel(
    name: str, authority: Authority, sis: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with egress_proxy(sis) as proxy:
        monkeypatch.setenv(name, proxy.address())
        assert isinstance(schools(authority), Complete)
    assert set(proxy.asked) == {"sis.example.org:443"}


def test_a_proxy_gets_its_user_name_and_password_and_the_sis_does_not(
    authority: Authority, sis: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with egress_proxy(sis, authorization=BASIC) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.address("operator:p%40ss@"))
        assert isinstance(schools(authority), Complete)
        monkeypatch.setenv("HTTPS_PROXY", proxy.address("operator:wrong@"))
        said = failure(authority)
    assert "HTTP 407" in said
    assert "Platform: set them in HTTPS_PROXY" in said
    assert "wrong" not in said


def test_who_is_named_in_no_proxy_is_reached_directly(
    authority: Authority, sis: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with egress_proxy(sis) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.address())
        monkeypatch.setenv("NO_PROXY", "127.0.0.0,.invalid")
        with pytest.raises(SourceUnreachable, match="cannot be resolved"):
            schools(authority, "https://sis.example.invalid")
        with pytest.raises(TLSFailed, match="another host name"):
            schools(authority, f"https://localhost:{sis}")
    assert proxy.asked == []


def test_a_server_behind_a_proxy_is_verified_all_the_same(
    authority: Authority, sis: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with egress_proxy(sis) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.address())
        with pytest.raises(TLSFailed, match="another host name"):
            schools(authority, "https://other.example.org")


def test_a_proxy_that_refuses_is_told_with_what_to_do(
    authority: Authority, sis: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with egress_proxy(sis, status=403) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.address())
        said = failure(authority)
    assert "does not lead to https://sis.example.org" in said
    assert "HTTP 403" in said
    assert "Platform: let it through in the proxy" in said


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://127.0.0.1:1", "The egress proxy did not reach https://sis.example.org"),
        ("socks5://127.0.0.1:1080", "HTTPS_PROXY is not the address of a proxy that speaks HTTP"),
        ("http://[broken", "HTTPS_PROXY is not the address of a proxy that speaks HTTP"),
    ],
)
def test_a_proxy_that_is_not_there_is_told_apart_from_a_sis_that_is_not(
    address: str, says: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    assert failure(authority).startswith(says)
