"""Credentials never leave the server that they are for, wherever it points."""

from __future__ import annotations

import httpx2
import pytest
from tests.sources.support.opened import API, BASE, opened, read
from tests.sources.support.servers import TableServer, page, rows_of, token_server

from roster_operator.errors import WrongURL


def test_a_redirect_within_the_server_is_followed_with_credentials() -> None:
    moved = httpx2.Response(301, headers={"location": f"{API}/v2/schools?limit=50&offset=0"})

    def serve(request: httpx2.Request) -> httpx2.Response:
        assert request.headers["authorization"] == "Bearer the-token"
        return page("schools", rows_of("schools", 2), request)

    with opened(handler=token_server(schools=moved, **{"v2/schools": serve})) as source:
        assert len(read(source.schools())[0]) == 2


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example.org/ims/oneroster/v1p1/schools?secret=geheim",
        "//evil.example.org/x",
        "http://sis.example.org/ims/oneroster/v1p1/schools",
        "https://sis.example.org:8443/ims/oneroster/v1p1/schools",
    ],
)
def test_a_redirect_to_another_server_gets_no_credentials(location: str) -> None:
    asked: list[str] = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        asked.append(f"{request.url.scheme}://{request.url.netloc.decode()}")
        if request.url.path == "/token":
            return httpx2.Response(200, json={"access_token": "t"})
        return httpx2.Response(302, headers={"location": location})

    with opened(handler=serve) as source, pytest.raises(WrongURL, match="another server") as raised:
        source.probe()
    assert set(asked) == {BASE}
    for part in ("geheim", "evil", "8443", "http://"):
        assert part not in raised.value.message
    assert "/ims/oneroster/v1p1/schools?" not in raised.value.message


def test_redirects_in_a_circle_end() -> None:
    server = token_server(schools=httpx2.Response(302, headers={"location": f"{API}/schools"}))
    with opened(handler=server) as source, pytest.raises(WrongURL, match="circle"):
        read(source.schools())
    assert len(server.asked("schools")) == 4


def test_user_names_in_a_redirect_are_not_sent() -> None:
    seen: list[str] = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        seen.append(str(request.url))
        return page("schools", rows_of("schools", 1), request)

    moved = httpx2.Response(302, headers={"location": f"https://a:b@sis.example.org{API}/orgs2"})
    with opened(handler=token_server(schools=moved, orgs2=serve)) as source:
        read(source.schools())
    assert seen == [f"{BASE}{API}/orgs2"] * len(seen)


def test_a_cookie_goes_back_to_the_server_that_set_it() -> None:
    def give(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"access_token": "t"}, headers={"set-cookie": "node=7; Path=/"})

    server = TableServer(table={"/token": give})
    with opened(handler=server) as source:
        read(source.schools())
    assert {r.headers.get("cookie") for r in server.asked("schools")} == {"node=7"}


def test_links_to_another_host_are_never_followed() -> None:
    hosts: set[str] = set()

    def serve(request: httpx2.Request) -> httpx2.Response:
        hosts.add(request.url.host)
        if request.url.path == "/token":
            return httpx2.Response(200, json={"access_token": "t"})
        answer = page("courses", rows_of("courses", 120), request)
        link = '<http://internal.example.org/ims/oneroster/v1p1/courses?offset=999>; rel="next"'
        return httpx2.Response(200, content=answer.content, headers={"link": link})

    with opened(handler=serve) as source:
        rows, _ = read(source.courses())
    assert len(rows) == 120
    assert hosts == {"sis.example.org"}
