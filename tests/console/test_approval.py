"""A plan that waits is approved in a browser: shown, shown again with what it does, and given as whoever approves."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx2
import pytest
from hack.browser.build import Browser
from hack.controlplane.cluster import Cluster
from playwright.sync_api import BrowserContext, expect
from tests.console.conftest import Springfield
from tests.console.test_in_a_browser import found_by_axe, sign_in, tab_to, watched_page
from tests.console.test_sign_in import OURS, mark_in, signed_in
from tests.service.conftest import People

APPROVED = "rostering.cpm.org/approved-plan"


def annotated(cluster: Cluster, springfield: Springfield) -> dict[str, str]:
    body = json.loads(cluster.kubectl("get", "ri", "springfield", "-n", springfield.namespace, "-o", "json"))
    return dict(body["metadata"].get("annotations") or {})


def digest_of(cluster: Cluster, springfield: Springfield) -> str:
    body = json.loads(cluster.kubectl("get", "ri", "springfield", "-n", springfield.namespace, "-o", "json"))
    return str(body["status"]["plan"]["digest"])


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_what_waits_is_approved_by_keyboard_alone_after_it_was_shown_twice(
    applying: Springfield,
    control_plane: Cluster,
    installed_browser: Browser,
    open_browser: Callable[..., BrowserContext],
    width: int,
    scheme: str,
) -> None:
    page, refused = watched_page(open_browser(viewport={"width": width, "height": 800}, color_scheme=scheme))

    def look(title: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert found_by_axe(page, installed_browser) == [], title
        assert page.evaluate("document.documentElement.scrollWidth") <= width, title

    sign_in(page, applying, "publisher")
    page.goto(f"{applying.url}{applying.path}")
    tab_to(page, "What waits, and its approval")
    page.keyboard.press("Enter")
    look("Approval of springfield")
    expect(page.locator("main")).to_contain_text("algebra")
    expect(page.locator("main")).to_contain_text("Publisher: if the removals are right")
    tab_to(page, "reason")
    page.keyboard.type("ticket 4711")
    page.keyboard.press("Enter")
    look("Approve the plan of springfield")
    assert APPROVED not in annotated(control_plane, applying), "it was only shown"
    tab_to(page, "Approve this plan")
    page.keyboard.press("Enter")
    look("Approval of springfield")
    expect(page.get_by_role("status")).to_contain_text("Approved as you")
    found = annotated(control_plane, applying)
    assert found[APPROVED].startswith(f"{digest_of(control_plane, applying)} until ")
    assert found["rostering.cpm.org/approval-reason"] == "ticket 4711"
    assert refused == []


def test_another_plan_than_the_one_that_was_seen_is_refused_with_the_plan_of_now(
    applying: Springfield, control_plane: Cluster
) -> None:
    with httpx2.Client(base_url=applying.url, timeout=60, headers=OURS) as browser:
        signed_in(browser, applying.tokens["publisher"])
        path, now = f"{applying.path}/approval", digest_of(control_plane, applying)
        sent: dict[str, Any] = {"mark": mark_in(browser.get(path)), "reason": "ticket", "days": "7", "confirmed": "yes"}
        other = browser.post(path, data={**sent, "digest": "plan-000000000000000000000000"})
        assert other.status_code == 409
        assert "it has changed since you saw it" in other.text
        assert now in other.text
        for wrong in ({"reason": " "}, {"reason": "x" * 201}, {"days": "3650"}, {"days": ""}):
            assert browser.post(path, data={**sent, "digest": now, **wrong}).status_code == 400, wrong
        assert APPROVED not in annotated(control_plane, applying)


def test_nobody_approves_without_the_permission_or_by_the_rights_of_the_console(
    applying: Springfield, control_plane: Cluster
) -> None:
    path, now = f"{applying.path}/approval", digest_of(control_plane, applying)
    with httpx2.Client(base_url=applying.url, timeout=60, headers=OURS) as browser:
        signed_in(browser, applying.tokens["viewer"])
        seen = browser.get(path)
        sent = {"mark": mark_in(seen), "reason": "ticket", "days": "7", "confirmed": "yes", "digest": now}
        assert (seen.status_code, "update rosterintegrations/approval" in seen.text) == (200, True)
        assert browser.post(path, data=sent).status_code == 403
        elsewhere = path.replace(applying.namespace, "default")
        assert [browser.get(elsewhere).status_code, browser.post(elsewhere, data=sent).status_code] == [403, 403]
        signed_in(browser, applying.tokens["approver"])
        sent["mark"] = mark_in(browser.get(path))
        refused = browser.post(path, data=sent)
        assert (refused.status_code, "patch rosterintegrations" in refused.text) == (403, True)
        assert browser.post(path, data={**sent, "mark": "x"}).status_code == 403
        stranger = {**OURS, "Authorization": f"Bearer {applying.tokens['stranger']}"}
        assert httpx2.get(f"{applying.url}{path}", headers=stranger).status_code == 403
    assert APPROVED not in annotated(control_plane, applying)


def test_where_git_keeps_the_spec_the_patch_the_yaml_and_the_command_are_shown_and_nothing_is_changed(
    springfield: Springfield, control_plane: Cluster, people: People
) -> None:
    token = people.token(springfield.namespace, "publisher", "get", "list", "patch")
    people.grant(springfield.namespace, "publisher", "update", resources="rosterintegrations/approval")
    path, now = f"{springfield.path}/approval", digest_of(control_plane, springfield)
    with httpx2.Client(base_url=springfield.url, timeout=60, headers=OURS) as browser:
        signed_in(browser, token)
        sent = {"mark": mark_in(browser.get(path)), "reason": "it's <b>right</b>", "days": "1", "digest": now}
        for more in ({}, {"confirmed": "yes"}):
            shown = browser.post(path, data={**sent, **more})
            assert shown.status_code == 200
            assert "<b>" not in shown.text
            assert "Approve this plan" not in shown.text
            told = unescape(shown.text)
            assert f"approval:\n    plan: {now}" in told
            assert f"kubectl patch ri springfield -n {springfield.namespace} --type merge -p " in told
    assert APPROVED not in annotated(control_plane, springfield)
