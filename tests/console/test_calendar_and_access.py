"""The license calendar, drawn and as a table; and the access log, where asking about somebody is a look at them too."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import httpx2
import pytest
from hack.browser.build import Browser
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import create_engine, delete
from tests.console.conftest import Springfield
from tests.console.test_in_a_browser import found_by_axe, sign_in, tab_to, until_listed, watched_page
from tests.console.test_sign_in import OURS, looks, mark_in, signed_in

from roster_operator.console.elements import Plot
from roster_operator.console.languages.readers import Reader
from roster_operator.console.plotting import BOTTOM, LEFT, RIGHT, TOP, drawn
from roster_operator.console.rendering import written
from roster_operator.console.safety import HEADERS
from roster_operator.console.views.calendar import calendar_page
from roster_operator.ledger.schema import snapshots
from roster_operator.operations.calendar import Cliff, Day, EBookCalendar, LicenseCalendar, TermDay

TODAY = date(2026, 11, 30)


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def told(*by_ebook: EBookCalendar, cliffs: tuple[Cliff, ...] = (), terms: tuple[TermDay, ...] = ()) -> LicenseCalendar:
    return LicenseCalendar(
        district="springfield",
        namespace="districts",
        read=datetime(2026, 11, 30, tzinfo=UTC),
        run_id="r1",
        zone="America/Chicago",
        today=TODAY,
        until=after(120),
        undecided=0,
        by_ebook=by_ebook,
        cliffs=cliffs,
        terms=terms,
    )


ALGEBRA = EBookCalendar("algebra", "Student", 40, (Day(after(10), 5, 0, 45), Day(after(30), 0, 45, 0)))
GEOMETRY = EBookCalendar("geometry", "Student", 7, (Day(after(30), 3, 0, 10),))


def test_the_table_says_of_all_ebooks_together_what_the_plot_draws() -> None:
    terms = (TermDay(after(20), ("fall",), ()), TermDay(after(30), (), ("t1", "t2", "t3", "t4")))
    page = calendar_page(told(ALGEBRA, GEOMETRY, terms=terms), "districts", "springfield")
    by_day = page.sections[0].tables[0]
    assert by_day.rows == (
        (after(10), 5, 0, 52, "", ""),
        (after(20), 0, 0, 52, "fall", ""),
        (after(30), 3, 45, 10, "", "t1, t2, t3 and 1 more"),
    )
    assert page.sections[0].plots[0].steps == {TODAY: 47, after(10): 52, after(30): 10}


def test_a_calendar_of_one_ebook_counts_that_one_alone() -> None:
    cliffs = (
        Cliff(after(30), "algebra", "Student", 45, 0, 45, 0),
        Cliff(after(30), "geometry", "Student", 7, 3, 0, 10),
    )
    page = calendar_page(told(ALGEBRA, GEOMETRY, cliffs=cliffs), "districts", "springfield", ebook="algebra")
    plot = page.sections[0].plots[0]
    assert plot.steps == {TODAY: 40, after(10): 45, after(30): 0}
    assert plot.marks == {after(30): f"{after(30)}: algebra, Student: 45 before, 0 then"}
    assert [row[1] for row in page.sections[1].tables[0].rows] == ["algebra"]


@pytest.mark.parametrize("steps", [{TODAY: 0}, {TODAY: 1}, {TODAY: 40, after(10): 45, after(120): 0}, {TODAY: 999_999}])
def test_a_plot_stays_within_its_picture(steps: dict[date, int]) -> None:
    drawing = drawn(Plot("Licenses", "Licenses", TODAY, after(120), steps), Reader().month)
    assert all(LEFT <= float(x) <= RIGHT for x in re.findall(r"[MH]([\d.]+)", drawing.line))
    assert all(TOP <= float(y) <= BOTTOM for y in re.findall(r"[V ]([\d.]+)", drawing.line))
    assert drawing.highest >= max(steps.values())
    assert [name for _, name in drawing.months] == ["Dec", "Jan", "Feb", "Mar"]
    assert all(x < following for (x, _), (following, _) in pairwise(drawing.months))


def test_the_scale_ends_with_a_number_that_is_easily_read() -> None:
    highest = [
        drawn(Plot("", "", TODAY, after(1), {TODAY: each}), Reader().month).highest for each in (0, 7, 45, 100, 4_523)
    ]
    assert highest == [1, 7, 50, 100, 5_000]


def test_what_a_sis_calls_a_term_is_no_markup_in_a_plot_or_a_table() -> None:
    hostile = "\"><script>alert('x')</script>"
    cliff = Cliff(after(30), hostile, "Student", 45, 0, 45, 0)
    calendar = told(ALGEBRA, cliffs=(cliff,), terms=(TermDay(after(20), (hostile,), ()),))
    shown = written(calendar_page(calendar, "districts", "springfield"), Reader())
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 3


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "dark"), (1920, "light")], ids=["a phone in the dark", "a large screen"]
)
def test_both_pages_are_read_by_keyboard_and_nothing_keeps_anybody_from_it(
    springfield: Springfield,
    installed_browser: Browser,
    open_browser: Callable[..., BrowserContext],
    width: int,
    scheme: str,
) -> None:
    page, refused = watched_page(open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme))

    def look(title: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert found_by_axe(page, installed_browser) == [], title
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{title} is {wide} px wide"
        assert page.locator("script, style, [style], [onclick]").count() == 0

    sign_in(page, springfield)
    until_listed(page)
    page.goto(f"{springfield.url}{springfield.path}")
    tab_to(page, "License calendar")
    page.keyboard.press("Enter")
    look("License calendar of springfield")
    plot = page.get_by_role("img", name="Licenses of all eBooks")
    box = plot.bounding_box()
    assert box is not None
    assert 300 < box["width"] <= width
    assert 100 < box["height"] < 400
    assert plot.locator(".line").evaluate("line => getComputedStyle(line).strokeWidth") == "2px"
    tab_to(page, "geometry")
    page.keyboard.press("Enter")
    look("License calendar of springfield")
    expect(page.locator("h2").first).to_have_text("Licenses of geometry by day")
    page.goto(f"{springfield.url}{springfield.path}")
    tab_to(page, "Who looked at people")
    page.keyboard.press("Enter")
    look("Who looked at people of springfield")
    expect(page.locator("main")).to_contain_text("Nobody has looked at a person of this district.")
    tab_to(page, "person")
    page.keyboard.type(springfield.login)
    page.keyboard.press("Enter")
    look("Who looked at one person of springfield")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text(f"system:serviceaccount:{springfield.namespace}:support")
    assert springfield.login not in page.content()
    assert page.url == f"{springfield.url}{springfield.path}/access"
    page.get_by_role("button", name="looks at this account").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    assert refused == []


def test_a_cliff_is_seen_on_a_phone_and_nothing_of_the_plot_is_forbidden(
    springfield: Springfield, installed_browser: Browser, open_browser: Callable[..., BrowserContext]
) -> None:
    cliff = Cliff(after(30), "algebra", "Student", 45, 0, 45, 0)
    shown = written(calendar_page(told(ALGEBRA, GEOMETRY, cliffs=(cliff,)), "districts", "springfield"), Reader())
    page = open_browser(viewport={"width": 390, "height": 900}).new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.route("**/calendar", lambda route: route.fulfill(body=shown, headers={**HEADERS, "Content-Type": "text/html"}))
    page.goto(f"{springfield.url}/calendar")
    plot = page.get_by_role("img", name="Licenses of all eBooks: 47 on Nov 30, 2026, 10 on Mar 30, 2027.")
    assert plot.locator(".noted").evaluate("mark => getComputedStyle(mark).strokeDasharray") == "4px, 3px"
    line, scale = plot.locator(".line").bounding_box(), plot.bounding_box()
    assert line is not None
    assert scale is not None
    assert line["height"] > scale["height"] / 3, "it falls from 52 to 10 of 60"
    assert found_by_axe(page, installed_browser) == []
    assert (page.evaluate("document.documentElement.scrollWidth") <= 390, refused) == (True, [])


def test_the_access_log_is_for_who_may_see_people_and_a_look_into_it_for_one_is_written_down(
    springfield: Springfield,
) -> None:
    address = f"{springfield.path}/access"
    with httpx2.Client(base_url=springfield.url, timeout=60, headers=OURS) as browser:
        signed_in(browser, springfield.tokens["viewer"])
        district = browser.get(springfield.path)
        assert f'href="{springfield.path}/calendar"' in district.text
        assert f'href="{address}"' not in district.text
        sent = {"mark": mark_in(district), "person": springfield.login}
        assert [browser.get(address).status_code, browser.post(address, data=sent).status_code] == [403, 403]
        assert browser.get(f"{springfield.path}/calendar").status_code == 200
        signed_in(browser, springfield.tokens["stranger"])
        assert browser.get(f"{springfield.path}/calendar").status_code == 403
        signed_in(browser, springfield.tokens["support"])
        mark = mark_in(browser.get(address))
        assert browser.get(address, params={"person": springfield.login}).status_code == 200
        assert browser.post(address, data={"person": springfield.login}).status_code == 403
        assert looks(springfield) == []
        unknown = browser.post(address, data={"mark": mark, "person": "zebrafish"})
        assert (unknown.status_code, "zebrafish" in unknown.text) == (404, False)
        assert browser.post(address, data={"mark": mark, "person": " "}).status_code == 400
        assert browser.post(address, data={"mark": mark, "person": springfield.login}).status_code == 200
    assert looks(springfield) == [(f"system:serviceaccount:{springfield.namespace}:support", "access")]


def test_where_no_calendar_can_be_made_the_page_says_why(springfield: Springfield) -> None:
    with httpx2.Client(base_url=springfield.url, timeout=60, headers=OURS) as browser:
        signed_in(browser, springfield.tokens["support"])
        address = f"{springfield.path}/calendar"
        unknown = browser.get(address, params={"ebook": "zebrafish"})
        assert (unknown.status_code, "zebrafish" in unknown.text) == (404, False)
        assert 'role="alert">The calendar of this district has no eBook of that name.' in unknown.text
        engine = create_engine(springfield.ledger)
        with engine.begin() as connection:
            connection.execute(delete(snapshots))
        engine.dispose()
        nothing = browser.get(address)
        assert (nothing.status_code, 'role="alert">No reading of springfield is kept' in nothing.text) == (404, True)
        assert f'href="{springfield.path}"' in nothing.text
