"""Requests that no browser sends: none of them is a defect, and none keeps others from being answered."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.console.conftest import Springfield
from tests.console.test_sign_in import COOKIE, OURS, mark_in, signed_in

from roster_operator.service.admission import MOST

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def browser(springfield: Springfield) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=springfield.url, timeout=60, headers=OURS) as client:
        yield client


def test_what_cannot_be_read_is_refused_and_no_defect(springfield: Springfield, browser: httpx2.Client) -> None:
    signed_in(browser, springfield.tokens["support"])
    mark = mark_in(browser.get(springfield.path))
    path = f"{springfield.path}/person"
    asked = {"mark": mark, "person": springfield.login}
    for number in ("9" * 5000, f"account:{'9' * 5000}", f"question:{'9' * 5000}"):
        assert browser.post(path, data={**asked, "person": number}).status_code == 404
    headers = {"Authorization": f"Bearer {springfield.tokens['support']}"}
    for half in ('{"person": "\\ud800"}', '{"person": "x", "ebook": "\\ud800"}'):
        answer = browser.post(f"/v1{springfield.path}/explain", content=half, headers=headers)
        assert answer.status_code == 400, answer.text
    packed = {**headers, "Content-Encoding": "gzip"}
    for where in ("/sign-in", f"/v1{springfield.path}/status"):
        answer = browser.post(where, content=b"abcde", headers={**packed, "Content-Type": FORM})
        assert answer.status_code in {400, 403}, where
    for host in ("[", "[::1", "a b", "127.0.0.1:x"):
        assert browser.get("/districts", headers={"Host": host}).status_code in {200, 401}, host
    del browser.headers["Sec-Fetch-Site"]
    for origin in ("http://[", "null", "", "http://"):
        assert browser.post(path, data=asked, headers={"Origin": origin}).status_code == 403, origin
    other = browser.delete("/districts")
    assert (other.status_code, other.headers["Allow"]) == (405, "GET,HEAD")


def test_who_begins_many_forms_and_sends_none_keeps_nobody_waiting(springfield: Springfield) -> None:
    """They need not be known to the cluster."""
    at = urlsplit(springfield.url)
    begun = (
        f"POST /sign-in HTTP/1.1\r\nHost: {at.netloc}\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: {FORM}\r\nContent-Length: 50\r\n\r\ntoken="
    )
    with ExitStack() as open_ones:
        for _ in range(MOST + 1):
            connection = open_ones.enter_context(socket.create_connection((at.hostname, at.port), timeout=10))
            connection.sendall(begun.encode())
        headers = {"Authorization": f"Bearer {springfield.tokens['support']}"}
        assert httpx2.get(f"{springfield.url}{springfield.path}", headers=headers, timeout=60).status_code == 200


def test_who_is_refused_a_form_can_still_sign_out(springfield: Springfield, browser: httpx2.Client) -> None:
    signed_in(browser, springfield.tokens["support"])
    refused = browser.post(f"{springfield.path}/person", data={"mark": "x"})
    assert refused.status_code == 403
    copied = browser.cookies[COOKIE]
    out = browser.post("/sign-out", data={"mark": mark_in(refused)})
    assert (out.status_code, COOKIE in browser.cookies) == (303, False), out.text
    assert httpx2.get(f"{springfield.url}/districts", cookies={COOKIE: copied}).status_code == 401
    unknown = httpx2.post(f"{springfield.url}/sign-out", headers={**OURS, "Authorization": "Bearer nobody's"})
    assert unknown.status_code == 303, "the cluster is not asked who leaves"
