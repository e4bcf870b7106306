"""Cleaning up accounts in a browser: shown by count and one by one, done by what was shown, and undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import httpx2
import pytest
from hack.browser.build import Browser
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import create_engine, select, update
from tests.console.conftest import Springfield
from tests.console.test_in_a_browser import found_by_axe, sign_in, tab_to, watched_page
from tests.console.test_sign_in import OURS, looks, mark_in, signed_in
from tests.service.conftest import People

from roster_operator.ledger.schema import accounts

OLD_NEW = "old.example=springfield.example"
OF_OLD = "zebrafish@OLD.example"


@pytest.fixture
def dirty(springfield: Springfield, people: People) -> Springfield:
    """One account's username has the domain of before, and upper case; `publisher` may mend that."""
    token = people.token(springfield.namespace, "publisher", "get", "list")
    people.grant(springfield.namespace, "publisher", "update", resources="rosterintegrations/ledger")
    tokens = {**springfield.tokens, "publisher": token}
    engine = create_engine(springfield.ledger)
    with engine.begin() as connection:
        connection.execute(update(accounts).where(accounts.c.id == 1).values(username=OF_OLD, sourced_id=None))
    engine.dispose()
    return replace(springfield, tokens=tokens)


def username(springfield: Springfield) -> str:
    engine = create_engine(springfield.ledger)
    with engine.connect() as connection:
        found = connection.execute(select(accounts.c.username).where(accounts.c.id == 1)).scalar_one()
    engine.dispose()
    return str(found)


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark")])
def test_accounts_are_cleaned_up_and_what_they_were_again_by_keyboard_alone(
    dirty: Springfield,
    people: People,
    installed_browser: Browser,
    open_browser: Callable[..., BrowserContext],
    width: int,
    scheme: str,
) -> None:
    people.grant(dirty.namespace, "publisher", "get", resources="rosterintegrations/people")
    page, refused = watched_page(open_browser(viewport={"width": width, "height": 800}, color_scheme=scheme))

    def look(title: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert found_by_axe(page, installed_browser) == [], title
        assert page.evaluate("document.documentElement.scrollWidth") <= width, title

    sign_in(page, dirty, "publisher")
    page.goto(f"{dirty.url}{dirty.path}")
    tab_to(page, "Clean up accounts")
    page.keyboard.press("Enter")
    look("Clean up accounts of springfield")
    tab_to(page, "domains")
    page.keyboard.type(OLD_NEW)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("1 would get other logins")
    look("Clean up accounts of springfield")
    page.get_by_role("button", name="List the accounts").press("Enter")
    look("Accounts to clean up in springfield")
    expect(page.locator("main")).to_contain_text("zebrafish@springfield.example")
    assert ("cleanup" in {verb for _, verb in looks(dirty)}, "zebrafish" in page.url) == (True, False)
    page.get_by_role("link", name="Back to what this does").press("Enter")
    assert username(dirty) == OF_OLD, "it was only shown"
    tab_to(page, "reason")
    page.keyboard.type("ticket 4711")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 account with other logins")
    look("Clean up accounts of springfield")
    assert username(dirty) == "zebrafish@springfield.example"
    page.goto(f"{dirty.url}{dirty.path}/history")
    page.get_by_role("link", name="undo ").first.press("Enter")
    expect(page.locator("main")).to_contain_text("It was a clean-up: 1 account would be as before.")
    look("Undo in springfield")
    tab_to(page, "reason")
    page.keyboard.type("the wrong domain")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 account is as before")
    assert (username(dirty), refused) == (OF_OLD, [])


def digest_in(page: httpx2.Response) -> str:
    found = re.search(r'name="digest" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def test_nothing_is_done_but_what_was_shown_by_whoever_may(dirty: Springfield) -> None:
    path = f"{dirty.path}/cleanup"
    with httpx2.Client(base_url=dirty.url, timeout=60, headers=OURS) as browser:
        signed_in(browser, dirty.tokens["support"])
        refused = browser.get(path)
        assert (refused.status_code, "update rosterintegrations/ledger" in refused.text) == (403, True)
        sent = {"mark": mark_in(refused), "reason": "ticket", "digest": "plan-0"}
        assert browser.post(path, data=sent).status_code == 403
        signed_in(browser, dirty.tokens["publisher"])
        shown = browser.get(path, params={"domains": OLD_NEW})
        assert (shown.status_code, "List the accounts" in shown.text, "zebrafish" in shown.text) == (200, False, False)
        sent = {"mark": mark_in(shown), "reason": "ticket", "digest": digest_in(shown), "domains": OLD_NEW}
        assert browser.post(f"{path}/accounts", data=sent).status_code == 403, "that takes the right to see people"
        other = browser.post(path, data={**sent, "domains": ""})
        assert (other.status_code, "something has changed since you saw it" in other.text) == (409, True)
        assert browser.post(path, data={**sent, "mark": "x"}).status_code == 403
        assert browser.post(path, data={**sent, "reason": " "}).status_code == 409
        for wrong in ({"domains": "old.example"}, {"username_from": "name"}, {"number_digits": "-1"}):
            assert browser.get(path, params=wrong).status_code == 400, wrong
        elsewhere = path.replace(dirty.namespace, "default")
        assert [browser.get(elsewhere).status_code, browser.post(elsewhere, data=sent).status_code] == [403, 403]
        assert (username(dirty), looks(dirty)) == (OF_OLD, [])
        assert "Cleaned up, as you" in browser.post(path, data=sent).text
        assert browser.post(path, data=sent).status_code == 409, "what was done is not done twice"
    assert username(dirty) == "zebrafish@springfield.example"
