"""People sign in with their account, and are to Kubernetes who its own OpenID Connect flags would make them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from hack.openid.server import OpenIDProvider
from playwright.sync_api import BrowserContext
from tests.console.by_provider import Consoles, at_provider, begun, consoles, ports, provider, signed_in, two_replicas
from tests.console.conftest import Springfield
from tests.console.test_sign_in import COOKIE, looks, mark_in

from roster_operator.cli.snapshot_key import find_key

__all__ = ["consoles", "ports", "provider"]


@pytest.fixture
def with_district(
    springfield: Springfield,
    serve: Callable[..., Any],
    ports: list[int],
    provider: OpenIDProvider,
    kubectl: Callable[..., str],
) -> Consoles:
    """That show a district, to a group of the provider's too."""
    for role in ("support-rosterintegrations", "support-people"):
        binding = ("rolebinding", f"oidc-{role}", f"--role={role}", "--group=oidc:support")
        kubectl("create", *binding, "-n", springfield.namespace)
    key = find_key(None, springfield.ledger)
    assert key is not None
    return two_replicas(serve, ports, provider.issuer, springfield.ledger, key)


def test_an_account_opens_what_its_groups_may_see(with_district: Consoles, springfield: Springfield) -> None:
    consoles, path = with_district, springfield.path
    with consoles.browser() as browser:
        assert "Sign in with District Accounts" in browser.get(path).text
        page = signed_in(browser, "ann")
        assert (page.status_code, page.headers["Refresh"]) == (200, "0; url=/districts"), page.text
        cookie = browser.cookies[COOKIE]
        assert "ann" not in cookie
        shown = browser.get(path)
        assert (shown.status_code, "Signed in as oidc:ann@district.example" in shown.text) == (200, True)
        asked = {"mark": mark_in(shown), "person": springfield.login}
        assert browser.post(f"{path}/person", data=asked).status_code == 200
    assert {actor for actor, _ in looks(springfield)} == {"oidc:ann@district.example"}
    other = httpx2.get(f"{consoles.other_url}{path}", cookies={COOKIE: cookie})
    assert other.status_code == 200, "another replica knows the session"


def test_nobody_becomes_a_part_of_the_cluster_by_a_group_or_a_name(
    consoles: Consoles, springfield: Springfield
) -> None:
    with consoles.browser() as browser:
        signed_in(browser, "ben")
        assert browser.get(springfield.path).status_code == 403
        assert browser.get("/districts").status_code == 403


def test_an_account_that_cannot_be_taken_is_told_why(consoles: Consoles) -> None:
    for login, status, why in (("eve", 403, "nobody has verified"), ("max", 413, "console.openid.groups")):
        with consoles.browser() as browser:
            page = signed_in(browser, login)
            assert (page.status_code, why in page.text, COOKIE in browser.cookies) == (status, True, False), page.text
            assert "district.example" not in page.text


def test_who_signs_out_is_shown_the_way_out_of_the_provider(consoles: Consoles) -> None:
    with consoles.browser() as browser:
        signed_in(browser, "ann")
        copied = browser.cookies[COOKIE]
        out = browser.post("/sign-out", data={"mark": mark_in(browser.get("/districts"))})
        assert (out.headers["Location"], COOKIE in browser.cookies) == ("/signed-out", False)
        page = browser.get("/signed-out").text
        assert f"{consoles.issuer}/session/end?client_id=console" in page
        assert httpx2.get(f"{consoles.url}/districts", cookies={COOKIE: copied}).status_code == 401


def test_signing_in_again_takes_no_password_while_the_provider_remembers(consoles: Consoles) -> None:
    with consoles.browser() as browser:
        signed_in(browser, "ann")
        first = browser.cookies[COOKIE]
        assert browser.get(at_provider(browser, begun(browser), "nobody")).status_code == 200
        assert browser.cookies[COOKIE] != first, "a session of its own"


def test_in_a_browser_it_takes_a_click_and_an_account(
    consoles: Consoles, open_browser: Callable[..., BrowserContext]
) -> None:
    """A browser withholds our cookie from a page that another site led to: so a page of ours comes between."""
    page = open_browser().new_page()
    page.goto(f"{consoles.url}/")
    page.get_by_role("link", name="Sign in with District Accounts").click()
    page.locator("input[name=login]").fill("ann")
    page.locator("input[name=password]").fill("any")
    page.get_by_role("button").click()
    page.wait_for_url("**/districts")
    assert page.get_by_text("Signed in as oidc:ann@district.example").is_visible()
    assert re.search("Districts", page.title())
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign out of District Accounts").click()
    page.wait_for_url(f"{consoles.issuer}/session/end**")
