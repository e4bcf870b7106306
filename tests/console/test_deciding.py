"""Undo, grant and block in a browser: each is shown first, bound to what was shown, and done by whoever asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx2
import pytest
import yaml
from hack.browser.build import Browser
from hack.controlplane.cluster import Cluster
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import create_engine, func, select
from tests.cli.folders import EBOOK
from tests.console.conftest import Springfield
from tests.console.test_in_a_browser import found_by_axe, sign_in, tab_to, watched_page
from tests.console.test_sign_in import OURS, mark_in, signed_in
from tests.service.conftest import People

from roster_operator.ledger.schema import licenses


@pytest.fixture
def decided(springfield: Springfield, people: People, control_plane: Cluster) -> Iterator[Springfield]:
    """`publisher` may do all of it; `support` may see people and no more, as before."""
    calculus = {**EBOOK, "metadata": {"name": "calculus"}, "spec": {"title": "Calculus"}}
    control_plane.kubectl("apply", "-f", "-", input=yaml.safe_dump(calculus))
    token = people.token(springfield.namespace, "publisher", "get", "list")
    for verb, part in (("get", "people"), ("update", "ledger"), ("update", "licenses")):
        people.grant(springfield.namespace, "publisher", verb, resources=f"rosterintegrations/{part}")
    yield replace(springfield, tokens={**springfield.tokens, "publisher": token})
    control_plane.kubectl("delete", "ebook", "calculus")


def held_now(springfield: Springfield) -> int:
    engine = create_engine(springfield.ledger)
    with engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(licenses)).scalar_one()
    engine.dispose()
    return int(found)


def run_of(springfield: Springfield, browser: httpx2.Client) -> str:
    """The sync that granted."""
    found = re.search(r"/undo\?run=([0-9a-f-]+)", browser.get(f"{springfield.path}/history").text)
    assert found
    return found[1]


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark")])
def test_a_sync_is_turned_back_and_lifted_by_keyboard_alone(
    decided: Springfield,
    installed_browser: Browser,
    open_browser: Callable[..., BrowserContext],
    width: int,
    scheme: str,
) -> None:
    page, refused = watched_page(open_browser(viewport={"width": width, "height": 800}, color_scheme=scheme))
    before = held_now(decided)
    sign_in(page, decided, "publisher")
    page.goto(f"{decided.url}{decided.path}")
    tab_to(page, "History, and undo")
    page.keyboard.press("Enter")
    look(page, installed_browser, "History of springfield", width)
    expect(page.get_by_role("img")).to_have_count(2)
    page.get_by_role("link", name="undo ").last.press("Enter")
    look(page, installed_browser, "Undo in springfield", width)
    expect(page.locator("main")).to_contain_text("40 licenses would go")
    assert held_now(decided) == before
    tab_to(page, "reason")
    page.keyboard.type("a wrong export")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Turned back")
    look(page, installed_browser, "Undo in springfield", width)
    assert held_now(decided) == before - 40
    tab_to(page, "Let syncs apply again what they plan")
    page.keyboard.press("Enter")
    look(page, installed_browser, "Lift the hold of springfield", width)
    tab_to(page, "Let syncs apply again")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("apply again what they plan")
    assert refused == []


def test_a_license_is_given_by_hand_and_taken_back_from_the_page_of_a_person(
    decided: Springfield, installed_browser: Browser, open_browser: Callable[..., BrowserContext]
) -> None:
    page, refused = watched_page(open_browser(viewport={"width": 390, "height": 800}))
    before = held_now(decided)
    sign_in(page, decided, "publisher")
    page.goto(f"{decided.url}{decided.path}")
    page.get_by_label("Who", exact=True).fill(decided.login)
    page.keyboard.press("Enter")
    look(page, installed_browser, "Account 1 of springfield", 390)
    page.locator("select[name=ebook]").select_option("calculus")
    page.get_by_label("Edition").select_option("Student")
    page.get_by_label("Until").fill("2099-06-30")
    page.get_by_label("Why").fill("ticket 1")
    page.get_by_role("button", name="Show what this does").click()
    look(page, installed_browser, "By hand in springfield", 390)
    expect(page.locator("main")).to_contain_text("Grant by hand")
    assert held_now(decided) == before
    page.get_by_role("button", name="Do this").click()
    expect(page.get_by_role("status")).to_have_text("Done, as you.")
    assert held_now(decided) == before + 1
    page.get_by_role("button", name="Show them").click()
    look(page, installed_browser, "Account 1 of springfield", 390)
    page.get_by_role("button", name="End it").click()
    look(page, installed_browser, "By hand in springfield", 390)
    page.get_by_role("textbox", name="Why").fill("ticket 2")
    page.get_by_role("button", name="Show what this does").click()
    page.get_by_role("button", name="Do this").click()
    expect(page.get_by_role("status")).to_have_text("Done, as you.")
    assert held_now(decided) == before
    assert decided.login not in page.content()
    assert refused == []


def test_what_has_changed_since_it_was_shown_is_refused_and_shown_anew(decided: Springfield) -> None:
    with httpx2.Client(base_url=decided.url, timeout=60, headers=OURS) as browser:
        signed_in(browser, decided.tokens["publisher"])
        path, before = f"{decided.path}/undo", held_now(decided)
        run = run_of(decided, browser)
        shown = browser.get(path, params={"run": run})
        mark, digest = mark_in(shown), re.findall(r'name="digest" value="([^"]+)"', shown.text)[0]
        stale = {"mark": mark, "run": run, "digest": "plan-000000000000000000000000", "reason": "wrong"}
        refused = browser.post(path, data=stale)
        assert (refused.status_code, "Nothing was changed" in refused.text, digest in refused.text) == (409, True, True)
        assert browser.post(path, data={**stale, "digest": digest, "reason": ""}).status_code == 409
        assert browser.get(path, params={"run": "ffffffff"}).status_code in {400, 404}
        assert browser.get(path, params={"run": run, "ebook": "zebrafish"}).status_code in {400, 404}
        by_hand = f"{decided.path}/by-hand"
        grant = {"mark": mark, "kind": "Grant", "person": "account:1", "ebook": "geometry", "edition": "Student"}
        grant |= {"until": "2099-01-01", "reason": "x"}
        other = browser.post(by_hand, data={**grant, "digest": "plan-000000000000000000000000"})
        assert (other.status_code, "Nothing was changed" in other.text) == (400, True)
        for wrong in ({"until": "2001-01-01"}, {"until": "soon"}, {"ebook": "zebrafish"}, {"reason": ""}):
            assert browser.post(by_hand, data={**grant, **wrong}).status_code in {400, 404}, wrong
        newcomer = {**grant, "person": "", "email": "<i>new@example.org</i>"}
        shown = browser.post(by_hand, data=newcomer)
        assert (shown.status_code, "<i>" in shown.text, "a new account" in shown.text) == (200, False, True)
        assert held_now(decided) == before


def test_who_may_not_is_told_what_it_takes_and_nothing_is_done_for_another_site(decided: Springfield) -> None:
    with httpx2.Client(base_url=decided.url, timeout=60, headers=OURS) as browser:
        signed_in(browser, decided.tokens["publisher"])
        run, before = run_of(decided, browser), held_now(decided)
        shown = browser.get(f"{decided.path}/undo", params={"run": run})
        undo = {"run": run, "reason": "x", "digest": re.findall(r'name="digest" value="([^"]+)"', shown.text)[0]}
        grant = {"kind": "Block", "person": "account:1", "until": "2099-01-01", "reason": "x"}
        posts: tuple[tuple[str, dict[str, str]], ...] = (("undo", undo), ("lift", {"x": "y"}), ("by-hand", grant))
        own = mark_in(shown)
        for page, sent in posts:
            assert browser.post(f"{decided.path}/{page}", data=sent).status_code == 403, "without the mark"
            elsewhere = f"{decided.path}/{page}".replace(decided.namespace, "default")
            assert browser.post(elsewhere, data={**sent, "mark": own}).status_code == 403, "another namespace"
            by_other = {"Sec-Fetch-Site": "cross-site"}
            marked = {**sent, "mark": own}
            assert browser.post(f"{decided.path}/{page}", data=marked, headers=by_other).status_code == 403
        signed_in(browser, decided.tokens["support"])
        mark = mark_in(browser.get(decided.path))
        for page, sent in posts:
            refused = browser.post(f"{decided.path}/{page}", data={**sent, "mark": mark})
            assert (refused.status_code, "update rosterintegrations/" in refused.text) == (403, True), page
        assert browser.get(f"{decided.path}/by-hand").status_code == 403
        assert browser.get(f"{decided.path}/undo", params={"run": run}).status_code == 403
        assert "Do this" not in browser.post(f"{decided.path}/person", data={"mark": mark, "person": "account:1"}).text
        assert held_now(decided) == before


def look(page: Page, browser: Browser, title: str, width: int) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert found_by_axe(page, browser) == [], title
    assert page.evaluate("document.documentElement.scrollWidth") <= width, title
    assert page.locator("script, style, [style], [onclick]").count() == 0
