"""What an attacker tries with a sign-in: fixed sessions, foreign or used answers, mixed-up issuers and clients."""

from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

import httpx2
import pytest
from tests.console.by_provider import Consoles, at_provider, begun, consoles, ports, provider, signed_in
from tests.console.test_sign_in import COOKIE, mark_in
from tests.service.conftest import People

__all__ = ["consoles", "ports", "provider"]

FLOW = f"{COOKIE}-sign-in"


def changed(address: str, **asked: str | None) -> str:
    """An address with other values of its query; None: without it."""
    parts = urlsplit(address)
    query = {**dict(parse_qsl(parts.query)), **asked}
    kept = {key: value for key, value in query.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def is_refused(page: httpx2.Response, browser: httpx2.Client) -> bool:
    return (page.status_code, COOKIE in browser.cookies, "Refresh" in page.headers) == (403, False, False)


def test_what_is_asked_of_the_provider_is_bound_to_this_browser(consoles: Consoles) -> None:
    with consoles.browser() as browser:
        answer = browser.get("/sign-in/provider")
        asked = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert asked["response_type"] == ["code"]
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["redirect_uri"] == [f"{consoles.url}/sign-in/callback"]
        cookie = answer.headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/"} <= set(cookie.split("; "))
        for name in ("state", "nonce", "code_challenge"):
            assert asked[name][0] not in cookie
        again = parse_qs(urlsplit(begun(browser)).query)
        assert again["state"] != asked["state"]
        assert again["nonce"] != asked["nonce"]
    by_name = httpx2.get(f"{consoles.url}/sign-in/provider", headers={"Host": "console.example"})
    assert by_name.headers["Set-Cookie"].startswith("__Host-")
    assert "Secure" in by_name.headers["Set-Cookie"].split("; ")
    assert "console.example" not in by_name.headers["Location"], "no header says where people are sent back"


def test_nobody_is_signed_in_as_the_attacker(consoles: Consoles) -> None:
    """The attacker signs in, and has the victim open the address to which the provider would send them back."""
    with consoles.browser() as attacker, consoles.browser() as victim:
        theirs = at_provider(attacker, begun(attacker), "ann")
        assert is_refused(victim.get(theirs), victim)
        begun(victim)
        assert is_refused(victim.get(theirs), victim), "nor where the victim is just signing in"
        assert is_refused(attacker.get(changed(theirs, state=None)), attacker)


def test_a_session_that_was_there_before_is_not_the_one_that_opens(
    consoles: Consoles, people: People, namespace: str
) -> None:
    with consoles.browser() as attacker, consoles.browser() as victim:
        attacker.post("/sign-in", data={"token": people.token(namespace, "attacker")})
        planted = attacker.cookies[COOKIE]
        victim.cookies.set(COOKIE, planted, domain="127.0.0.1", path="/")
        assert signed_in(victim, "ann").status_code == 200
        fresh = [each.value for each in victim.cookies.jar if each.name == COOKIE and each.value != planted]
        assert len(fresh) == 1
        shown = attacker.get("/districts").text
        assert "district.example" not in shown


@pytest.mark.parametrize("what", ["the code", "the state"])
def test_what_was_used_is_used_up(consoles: Consoles, what: str) -> None:
    with consoles.browser() as browser:
        first = begun(browser)
        flow = browser.cookies[FLOW]
        back = at_provider(browser, first, "ann")
        assert browser.get(back).status_code == 200
        del browser.cookies[COOKIE]
        if what == "the state":
            browser.cookies.set(FLOW, flow)
        else:
            state = parse_qs(urlsplit(begun(browser)).query)["state"][0]
            back = changed(back, state=state)
        assert is_refused(browser.get(back), browser)


def test_another_replica_takes_a_sign_in_but_no_code_a_second_time(consoles: Consoles) -> None:
    with consoles.browser() as browser:
        first = begun(browser)
        flow = browser.cookies[FLOW]
        back = at_provider(browser, first, "ann")
        assert browser.get(back).status_code == 200
    there = back.replace(consoles.url, consoles.other_url)
    assert httpx2.get(there, cookies={FLOW: flow}).status_code == 403


def test_a_code_for_another_client_or_of_another_issuer_opens_nothing(consoles: Consoles) -> None:
    with consoles.browser() as browser:
        address = changed(begun(browser), client_id="another")
        assert is_refused(browser.get(at_provider(browser, address, "ann")), browser), "a code of another client"
        back = at_provider(browser, begun(browser), "ann")
        for iss in ("https://evil.example", None):
            if iss is None:
                back = at_provider(browser, begun(browser), "ann")
            assert is_refused(browser.get(changed(back, iss=iss)), browser), iss


def test_a_code_without_its_verifier_is_worth_nothing(consoles: Consoles) -> None:
    """Somebody who has seen the code and the state begins a sign-in of their own with the code."""
    with consoles.browser() as victim, consoles.browser() as attacker:
        code = parse_qs(urlsplit(at_provider(victim, begun(victim), "ann")).query)["code"][0]
        theirs = parse_qs(urlsplit(begun(attacker)).query)["state"][0]
        answer = attacker.get("/sign-in/callback", params={"code": code, "state": theirs, "iss": consoles.issuer})
        assert is_refused(answer, attacker)


def test_another_site_begins_no_sign_in_and_leads_nowhere(consoles: Consoles) -> None:
    with consoles.browser() as browser:
        for site in ("cross-site", "same-site"):
            answer = browser.get("/sign-in/provider", headers={"Sec-Fetch-Site": site})
            assert (answer.headers["Location"], FLOW in browser.cookies) == ("/sign-in", False)
        for name in ("next", "redirect_uri", "return_to", "rd"):
            location = begun_with(browser, {name: "https://evil.example"})
            assert "evil" not in location
        back = at_provider(browser, begun(browser), "ann")
        assert browser.get(f"{back}&next=//evil.example").headers["Refresh"] == "0; url=/districts"


def begun_with(browser: httpx2.Client, asked: dict[str, str]) -> str:
    return browser.get("/sign-in/provider", params=asked).headers["Location"]


@pytest.mark.parametrize(
    "asked",
    [
        {"error": "access_denied", "error_description": "<script>zebrafish</script>"},
        {"code": "x" * 5000},
        {"code": "x\r\nSet-Cookie: a=b"},
        {"code": "\x00\ud800".encode("utf-8", "replace").decode()},
        {},
    ],
    ids=["refused", "long", "header", "signs", "nothing"],
)
def test_an_answer_that_is_none_opens_nothing_and_is_not_shown(consoles: Consoles, asked: dict[str, str]) -> None:
    with consoles.browser() as browser:
        state = parse_qs(urlsplit(begun(browser)).query)["state"][0]
        page = browser.get("/sign-in/callback", params={**asked, "state": state})
        assert is_refused(page, browser)
        assert "zebrafish" not in page.text
        assert "a" not in browser.cookies


def test_a_cookie_of_one_purpose_is_none_of_another(consoles: Consoles) -> None:
    with consoles.browser() as browser:
        first = begun(browser)
        flow = browser.cookies[FLOW]
        assert httpx2.get(f"{consoles.url}/districts", cookies={COOKIE: flow}).status_code == 401
        signed_in(browser, "ann")
        state = parse_qs(urlsplit(first).query)["state"][0]
        asked = {"code": "x", "state": state}
        session = {FLOW: browser.cookies[COOKIE]}
        answer = httpx2.get(f"{consoles.url}/sign-in/callback", params=asked, cookies=session)
        assert answer.status_code == 403


def test_a_form_of_one_session_is_none_of_another_also_of_the_same_person(consoles: Consoles) -> None:
    with consoles.browser() as one, consoles.browser() as other:
        signed_in(one, "ann")
        signed_in(other, "ann")
        asked = {"mark": mark_in(one.get("/districts"))}
        assert other.post("/sign-out", data=asked).status_code == 403
        assert one.post("/sign-out", data=asked).status_code == 303


def test_who_fails_at_the_provider_on_and_on_keeps_nobody_behind_the_same_address_out(consoles: Consoles) -> None:
    """The provider is asked about a code only within a sign-in that began in that browser."""
    with consoles.browser() as attacker:
        for _ in range(60):
            state = parse_qs(urlsplit(begun(attacker)).query)["state"][0]
            answer = attacker.get("/sign-in/callback", params={"code": "x", "state": state, "iss": consoles.issuer})
            assert answer.status_code == 403
    with consoles.browser() as browser:
        assert signed_in(browser, "ann").status_code == 200
        assert COOKIE in browser.cookies
