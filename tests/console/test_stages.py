"""Seasons and the canary in a browser: what is on, what comes, and the promotion by whoever may change the spec."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx2
import pytest
import yaml
from hack.browser.build import Browser
from hack.controlplane.cluster import Cluster
from playwright.sync_api import BrowserContext, expect
from tests.console.conftest import Springfield
from tests.console.test_in_a_browser import found_by_axe, sign_in, tab_to, watched_page
from tests.console.test_sign_in import OURS, mark_in, signed_in

TODAY = datetime.now(UTC).date()
CANARY = {
    "nights": 2,
    "grants": 120,
    "revocations": 7,
    "held": 7,
    "digest": "plan-1acd397caa7cca8c66bf4908",
    "message": "Two healthy days of three.",
}


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def written(days: int) -> str:
    on = TODAY + timedelta(days=days)
    return f"{on:%b} {on.day}, {on.year}"


@pytest.fixture
def staged(applying: Springfield, control_plane: Cluster) -> str:
    """The path of another district, with a freeze that is on and a canary whose promotion would wait in part."""
    body = json.loads(control_plane.kubectl("get", "ri", "springfield", "-n", applying.namespace, "-o", "json"))
    spec: dict[str, Any] = body["spec"]
    spec["schools"] = [{"id": "994"}, {"name": "High School 2"}]
    spec["canary"] = {"schools": ["994"], "promoteAfter": 3}
    freeze = {"season": "Frozen", "firstDay": day(-10), "lastDay": day(20)}
    preview = {"season": "Preview", "firstDay": day(30), "lastDay": day(40)}
    spec["terms"] = {"seasons": [freeze, preview]}
    manifest = {**body, "metadata": {"name": "shelby", "namespace": applying.namespace}, "spec": spec}
    control_plane.kubectl("apply", "-f", "-", input=yaml.safe_dump({**manifest, "status": {}}))
    tell(control_plane, applying.namespace, CANARY, body["status"])
    return applying.path.replace("springfield", "shelby")


def tell(cluster: Cluster, namespace: str, canary: dict[str, Any], status: dict[str, Any] | None = None) -> None:
    told = json.dumps({"status": {**(status or {}), "observedGeneration": 1, "canary": canary}})
    cluster.kubectl("patch", "ri", "shelby", "-n", namespace, "--subresource=status", "--type=merge", "-p", told)


def spec_of(cluster: Cluster, springfield: Springfield) -> dict[str, Any]:
    body = json.loads(cluster.kubectl("get", "ri", "shelby", "-n", springfield.namespace, "-o", "json"))
    return {**body["spec"], "annotations": body["metadata"].get("annotations") or {}}


@pytest.mark.parametrize(("width", "scheme"), [(390, "light")])
def test_all_schools_are_promoted_by_keyboard_alone_after_it_was_shown(
    applying: Springfield,
    staged: str,
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
    page.goto(f"{applying.url}{staged}")
    look("shelby")
    main = page.locator("main")
    expect(main).to_contain_text(f"Frozen, until {written(20)}")
    expect(main).to_contain_text(f"Until {day(40)}, terms that begin by {day(41)} count already.")
    expect(main).to_contain_text("2 of 3, then all schools follow by themselves")
    page.goto(f"{applying.url}{staged}/approval")
    look("Approval of shelby")
    expect(main).to_contain_text("The season is Frozen.")
    expect(main).to_contain_text("A canary is on: this plan is of the people of 994 alone.")
    page.goto(f"{applying.url}{staged}")
    tab_to(page, "What promotion does, and how")
    page.keyboard.press("Enter")
    look("Promotion of shelby")
    expect(main).to_contain_text("grant 120 licenses and remove 7")
    expect(main.get_by_text("Of that would wait")).to_be_visible()
    assert "canary" in spec_of(control_plane, applying), "it was only shown"
    tab_to(page, "reason")
    page.keyboard.type("three good nights")
    page.keyboard.press("Enter")
    look("Promotion of shelby")
    expect(page.get_by_role("status")).to_contain_text("All schools of shelby go live")
    spec = spec_of(control_plane, applying)
    assert ("canary" in spec, spec["approval"]["plan"]) == (False, CANARY["digest"])
    assert spec["annotations"]["rostering.cpm.org/approval-reason"] == "three good nights"
    assert refused == []


def test_nobody_promotes_without_the_right_to_change_the_spec_or_something_else_than_was_seen(
    applying: Springfield, staged: str, control_plane: Cluster
) -> None:
    path = f"{staged}/promotion"
    with httpx2.Client(base_url=applying.url, timeout=60, headers=OURS) as browser:
        signed_in(browser, applying.tokens["approver"])
        seen = browser.get(path)
        told = "patch rosterintegrations" in seen.text, 'name="seen"' in seen.text
        assert (seen.status_code, *told) == (200, True, False)
        assert browser.post(path, data={"mark": mark_in(seen), "reason": "x", "seen": "x"}).status_code == 403
        signed_in(browser, applying.tokens["publisher"])
        page = browser.get(path)
        found = re.search(r'name="seen" value="([0-9a-f]+)"', page.text)
        assert found
        sent = {"mark": mark_in(page), "reason": "three good nights", "seen": found[1]}
        assert browser.post(path, data={**sent, "mark": "x"}).status_code == 403
        assert browser.post(path, data={**sent, "reason": " "}).status_code == 400
        assert browser.post(path, data={**sent, "seen": ""}).status_code == 409
        tell(
            control_plane, applying.namespace, {**CANARY, "revocations": 900, "digest": "plan-000000000000000000000000"}
        )
        other = browser.post(path, data=sent)
        assert (other.status_code, "has changed since you saw it" in other.text) == (409, True)
        assert "remove 900" in other.text
    assert "canary" in spec_of(control_plane, applying)


def test_where_git_keeps_the_spec_the_patch_is_shown_and_nothing_is_changed(
    springfield: Springfield, applying: Springfield, staged: str, control_plane: Cluster
) -> None:
    path = f"{staged}/promotion"
    with httpx2.Client(base_url=springfield.url, timeout=60, headers=OURS) as browser:
        signed_in(browser, applying.tokens["publisher"])
        page = browser.get(path)
        told = unescape(page.text)
        assert "Let all schools go live" not in told
        assert '{"spec": {"canary": null, "approval": {"plan": "plan-1acd397caa7cca8c66bf4908"' in told
        sent = {"mark": mark_in(page), "reason": "x", "seen": "x"}
        assert browser.post(path, data=sent).status_code == 409
    assert "canary" in spec_of(control_plane, applying)
