"""Support answers in a browser: by keyboard alone, without scripts, on a phone, and as a screen reader needs it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hack.browser.build import Browser
from playwright.sync_api import BrowserContext, Page, expect
from tests.console.conftest import Springfield

SHOTS = os.environ.get("SCREENSHOTS")
"""A folder for pictures of the pages: see `make screenshots`."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def sign_in(page: Page, springfield: Springfield, who: str = "support") -> None:
    page.goto(springfield.url)
    page.get_by_label("Token", exact=True).fill(springfield.tokens[who])
    page.get_by_role("button", name="Sign in").click()


def until_listed(page: Page) -> None:
    """The console reads the fleet when it starts."""
    for _ in range(100):
        if page.get_by_role("heading", name="Districts", exact=True).count():
            return
        page.wait_for_timeout(50)
        page.reload()
    raise AssertionError(page.content())


def tab_to(page: Page, name: str) -> None:
    """By the Tab key alone, to what has this accessible name."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and name in (focused.get_attribute("name") or "", focused.inner_text().strip()):
            return
    raise AssertionError(f"{name} is not reached")


def test_a_person_is_asked_about_by_keyboard_alone_and_without_scripts(
    springfield: Springfield, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(java_script_enabled=False).new_page()
    page.goto(springfield.url)
    tab_to(page, "token")
    page.keyboard.type(springfield.tokens["support"])
    page.keyboard.press("Enter")
    until_listed(page)
    tab_to(page, "springfield")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("springfield")
    expect(page.locator("main")).to_contain_text("RemovalsHeld")
    tab_to(page, "person")
    page.keyboard.type(springfield.login)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Account 1 of springfield")
    expect(page.locator("main")).to_contain_text("algebra")
    assert page.url == f"{springfield.url}{springfield.path}/person"
    assert springfield.login not in page.content()
    tab_to(page, "Sign out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto(f"{springfield.url}{springfield.path}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def watched_page(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what its policy refuses from now on."""
    page, refused = context.new_page(), list[str]()
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    return page, refused


def found_by_axe(page: Page, browser: Browser) -> list[Any]:
    """What axe-core finds wrong; evaluated beside the page, whose policy lets no script in."""
    page.evaluate(browser.axe.read_text())
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    result = page.evaluate("options => axe.run(document, options)", options)
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in result["violations"]]


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "dark"), (1920, "light")], ids=["a phone in the dark", "a large screen"]
)
def test_nothing_is_found_that_keeps_anybody_from_reading_a_page(
    springfield: Springfield,
    installed_browser: Browser,
    open_browser: Callable[..., BrowserContext],
    width: int,
    scheme: str,
) -> None:
    page, refused = watched_page(open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme))
    seen: list[str] = []

    def look(title: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        seen.append(title)
        if SHOTS:
            page.screenshot(
                path=f"{SHOTS}/{width}-{len(seen)}-{title.replace(' ', '-')}.png", full_page=True, caret="initial"
            )
        assert found_by_axe(page, installed_browser) == [], title
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{title} is {wide} px wide"
        assert page.locator("script, style, [style], [onclick]").count() == 0

    page.goto(springfield.url)
    look("Sign in")
    page.get_by_label("Token", exact=True).fill("nobody's")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("does not know this token")
    look("Sign in")
    sign_in(page, springfield)
    until_listed(page)
    look("Districts")
    page.get_by_role("link", name="springfield").click()
    look("springfield")
    district = page.url
    page.get_by_role("link", name="All changes").click()
    look("Changes in springfield")
    page.get_by_role("button", name="explain this account").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Account ")
    look(page.get_by_role("heading", level=1).inner_text())
    page.get_by_role("button", name="Make a case code").click()
    look("A case of springfield")
    page.get_by_role("link", name="Case code").click()
    look("Open a case")
    page.goto(district)
    page.get_by_label("Who", exact=True).fill("zebrafish")
    page.get_by_role("button", name="Explain").click()
    look("A person")
    expect(page.get_by_role("alert")).to_contain_text("Nobody in springfield has this")
    page.goto(f"{springfield.url}/namespaces/elsewhere/districts/springfield")
    look("You may not see this")
    assert (len(seen), refused) == (10, [])


def test_the_checklist_is_listed_one_by_one(
    springfield: Springfield, installed_browser: Browser, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    sign_in(page, springfield)
    page.goto(f"{springfield.url}{springfield.path}")
    listed = page.get_by_role("button", name="what Removals counts").first
    listed.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(" in springfield")
    assert page.url.endswith("/details")
    assert found_by_axe(page, installed_browser) == []


def test_who_may_not_see_people_is_told_what_it_takes(
    springfield: Springfield, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    sign_in(page, springfield, "viewer")
    until_listed(page)
    page.get_by_role("link", name="springfield").click()
    expect(page.locator("main")).to_contain_text("to get rosterintegrations/people")
    assert page.get_by_role("button", name="List").count() == 0
    assert page.get_by_role("button", name="Explain").count() == 0
