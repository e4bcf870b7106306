"""People who sign in at an OpenID Connect provider that is not ours, and the console that lets them in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
import pytest
from hack.node import NodeMissing
from hack.openid.server import OpenIDProvider
from hack.processes import free_ports

from roster_operator.clock import SystemClock
from roster_operator.console.openid.flows import Flows
from roster_operator.console.openid.identity import ClaimMapping
from roster_operator.console.openid.provider import Client, Provider
from roster_operator.console.signing_in import ByProvider
from roster_operator.snapshot.key import SnapshotKey

SECRET = "a secret that the provider made for its client"
OURS = {"Sec-Fetch-Site": "same-origin"}
MAPPING = ClaimMapping("email", "oidc:", "groups", "oidc:")
ACCOUNTS = {
    "ann": {"email": "ann@district.example", "email_verified": True, "groups": ["support"]},
    "ben": {"email": "ben@district.example", "email_verified": True, "groups": ["system:masters", "others"]},
    "eve": {"email": "ann@district.example", "email_verified": False, "groups": ["support"]},
    "max": {"email": "max@district.example", "email_verified": True, "groups": [f"group-{n:04}" for n in range(400)]},
}


@dataclass(frozen=True)
class Consoles:
    """Two replicas of a console at which people sign in with their accounts."""

    url: str
    other_url: str
    issuer: str

    def browser(self, url: str = "") -> httpx2.Client:
        return httpx2.Client(base_url=url or self.url, timeout=60, headers=OURS)


@pytest.fixture(scope="module")
def ports() -> list[int]:
    return free_ports(2)


@pytest.fixture(scope="module")
def provider(ports: list[int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIDProvider]:
    callbacks = [f"http://127.0.0.1:{port}/sign-in/callback" for port in ports]
    client = {"client_id": "console", "client_secret": SECRET, "redirect_uris": callbacks}
    another = {**client, "client_id": "another"}
    try:
        with OpenIDProvider(tmp_path_factory.mktemp("provider"), [client, another], ACCOUNTS) as provider:
            yield provider
    except NodeMissing as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def consoles(serve: Callable[..., Any], ports: list[int], provider: OpenIDProvider, tmp_path: Path) -> Consoles:
    """Without a district to show."""
    return two_replicas(serve, ports, provider.issuer, f"sqlite:///{tmp_path / 'empty.sqlite'}", SnapshotKey.new())


def two_replicas(serve: Callable[..., Any], ports: list[int], issuer: str, ledger: str, key: SnapshotKey) -> Consoles:
    ways = [by_provider(issuer, port, key.secret) for port in ports]
    urls = [serve(ledger, key=key, by_provider=way, port=port).url for way, port in zip(ways, ports, strict=True)]
    return Consoles(urls[0], urls[1], issuer)


def by_provider(issuer: str, port: int, secret: bytes, **changed: Any) -> ByProvider:
    clock = SystemClock()
    callback = f"http://127.0.0.1:{port}/sign-in/callback"
    client = replace(Client(issuer, "console", callback, ("email", "groups"), lambda: SECRET), **changed)
    return ByProvider(Provider(client, clock), Flows(lambda: secret, clock), MAPPING, "District Accounts")


def begun(browser: httpx2.Client) -> str:
    """A sign-in, to where it leads."""
    answer = browser.get("/sign-in/provider")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def at_provider(browser: httpx2.Client, address: str, login: str) -> str:
    """Say there who one is; the address of the console that it leads back to."""
    page = browser.get(address)
    while page.has_redirect_location:
        back = urljoin(str(page.url), page.headers["Location"])
        if "/sign-in/callback" in back:
            return back
        page = browser.get(back)
    action = re.search(r'<form[^>]* action="([^"]+)"', page.text)
    assert action, page.text
    filled = {"prompt": "login", "login": login, "password": "any"}
    page = browser.post(urljoin(str(page.url), action[1]), data=filled)
    return at_provider(browser, urljoin(str(page.url), page.headers["Location"]), login)


def signed_in(browser: httpx2.Client, login: str) -> httpx2.Response:
    """The page that ends a sign-in."""
    return browser.get(at_provider(browser, begun(browser), login))
