"""Who is signed in, for how long, and by what; and what another site, another cluster or another tenant gets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from hack.controlplane.cluster import Cluster
from sqlalchemy import create_engine, select
from tests.console.conftest import Springfield
from tests.controller.fakes import wait_until

from roster_operator.ledger.schema import access_log

COOKIE = "roster-console"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def browser(springfield: Springfield) -> Iterator[httpx2.Client]:
    """What a browser sends, and keeps."""
    with httpx2.Client(base_url=springfield.url, timeout=60, headers=OURS) as client:
        yield client


def signed_in(browser: httpx2.Client, token: str) -> httpx2.Response:
    return browser.post("/sign-in", data={"token": token})


def mark_in(page: httpx2.Response) -> str:
    found = re.search(r'name="mark" value="([0-9a-f]{64})"', page.text)
    assert found, page.text
    return found[1]


def looks(springfield: Springfield) -> list[tuple[str, str]]:
    engine = create_engine(springfield.ledger)
    with engine.connect() as connection:
        found = connection.execute(select(access_log.c.actor, access_log.c.verb).order_by(access_log.c.position)).all()
    engine.dispose()
    return [tuple(row) for row in found]


def test_a_session_is_a_cookie_that_no_script_and_no_other_site_is_shown(
    springfield: Springfield, browser: httpx2.Client
) -> None:
    token = springfield.tokens["support"]
    answer = signed_in(browser, f" {token[:40]}\n{token[40:]} ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/districts"), answer.text
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert token[-20:] not in cookie
    by_name = httpx2.post(
        f"{springfield.url}/sign-in", data={"token": token}, headers={**OURS, "Host": "console.example"}
    )
    assert by_name.headers["Set-Cookie"].startswith("__Host-roster-console=")
    assert "Secure" in by_name.headers["Set-Cookie"].split("; ")


def test_every_page_forbids_scripts_frames_and_copies(springfield: Springfield, browser: httpx2.Client) -> None:
    pages = [browser.get("/sign-in"), browser.get("/no-such-page"), browser.get(springfield.path)]
    signed_in(browser, springfield.tokens["support"])
    pages += [browser.get(springfield.path), browser.post(f"{springfield.path}/person", data={"person": "x"})]
    for page in pages:
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert (page.headers["X-Content-Type-Options"], page.headers["X-Frame-Options"]) == ("nosniff", "DENY")
        assert "<script" not in page.text
    assert [page.status_code for page in pages] == [200, 404, 401, 200, 403]


def test_nobody_sends_a_form_for_somebody_else(springfield: Springfield, browser: httpx2.Client) -> None:
    """Each look is written down with a name, so nobody may be made to look."""
    signed_in(browser, springfield.tokens["support"])
    mark = mark_in(browser.get(springfield.path))
    asked = {"person": springfield.login}
    path = f"{springfield.path}/person"
    with httpx2.Client(base_url=springfield.url, timeout=60, headers=OURS) as other:
        signed_in(other, springfield.tokens["viewer"])
        foreign = mark_in(other.get(springfield.path))
    refused = [
        browser.post(path, data=asked),
        browser.post(path, data={**asked, "mark": foreign}),
        browser.post(path, data={**asked, "mark": mark}, headers={"Sec-Fetch-Site": "cross-site"}),
        browser.post(path, data={**asked, "mark": mark}, headers={"Sec-Fetch-Site": "same-site"}),
        browser.post(path, json={**asked, "mark": mark}),
        browser.post("/sign-in", data={"token": "mine"}, headers={"Sec-Fetch-Site": "cross-site"}),
        browser.post("/sign-out", data={"mark": "x"}),
    ]
    assert [answer.status_code for answer in refused] == [403, 403, 403, 403, 415, 403, 403]
    del browser.headers["Sec-Fetch-Site"]
    foreign_origin = browser.post(path, data={**asked, "mark": mark}, headers={"Origin": "https://evil.example"})
    no_origin = browser.post(path, data={**asked, "mark": mark})
    assert (foreign_origin.status_code, no_origin.status_code) == (403, 403)
    assert looks(springfield) == []
    ours = browser.post(path, data={**asked, "mark": mark}, headers={"Origin": springfield.url})
    assert ours.status_code == 200
    who = f"system:serviceaccount:{springfield.namespace}:support"
    assert looks(springfield) == [(who, "explain"), (who, "changes"), (who, "decisions")]
    assert browser.get(path, params=asked).status_code == 405
    assert len(looks(springfield)) == 3


def test_a_session_ends_for_every_copy_of_its_cookie(springfield: Springfield, browser: httpx2.Client) -> None:
    signed_in(browser, springfield.tokens["support"])
    copied = browser.cookies[COOKIE]
    signed_in(browser, springfield.tokens["support"])
    assert browser.cookies[COOKIE] != copied, "who signs in gets a session of their own"
    copied, mark = browser.cookies[COOKIE], mark_in(browser.get("/districts"))
    out = browser.post("/sign-out", data={"mark": mark})
    assert (out.status_code, out.headers["Location"], COOKIE in browser.cookies) == (303, "/sign-in", False)
    again = httpx2.get(f"{springfield.url}{springfield.path}", cookies={COOKIE: copied})
    assert again.status_code == 401
    for nonsense in ("", "x", copied[:-4], "gAAAAA" + copied[6:30]):
        answer = httpx2.get(f"{springfield.url}{springfield.path}", cookies={COOKIE: nonsense})
        assert answer.status_code == 401, answer.text


def test_a_token_that_the_cluster_no_longer_knows_opens_nothing(
    springfield: Springfield, browser: httpx2.Client, control_plane: Cluster
) -> None:
    signed_in(browser, springfield.tokens["support"])
    assert browser.get(springfield.path).status_code == 200
    control_plane.kubectl("delete", "serviceaccount", "support", "-n", springfield.namespace)
    answers: list[httpx2.Response] = []

    def refused() -> bool:
        answers.append(browser.get(springfield.path))
        return answers[-1].status_code != 200

    wait_until(refused, seconds=60)  # the API server believes a token that it has seen for some seconds more
    gone = answers[-1]
    assert (gone.status_code, "Sign in" in gone.text, COOKIE in browser.cookies) == (401, True, False)


def test_a_proxy_signs_people_in_by_their_token(springfield: Springfield) -> None:
    """By the header alone, which no cookie stands against; a header with a name in it vouches for nobody."""
    token = springfield.tokens["support"]
    with httpx2.Client(base_url=springfield.url, timeout=60, headers=OURS) as proxy:
        named = proxy.get(springfield.path, headers={"X-Forwarded-User": "admin", "Impersonate-User": "admin"})
        assert named.status_code == 401
        proxy.headers["Authorization"] = f"Bearer {token}"
        page = proxy.get(springfield.path)
        assert (page.status_code, "Set-Cookie" in page.headers) == (200, False)
        asked = {"person": springfield.login}
        assert proxy.post(f"{springfield.path}/person", data=asked).status_code == 403
        marked = {**asked, "mark": mark_in(page)}
        assert proxy.post(f"{springfield.path}/person", data=marked).status_code == 200
        wrong = proxy.get(springfield.path, headers={"Authorization": "Basic YTpi"})
        assert wrong.status_code == 401


@pytest.mark.parametrize(
    "by",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_asks_nothing_by_a_proxy_that_signs_people_in(
    springfield: Springfield, by: dict[str, str]
) -> None:
    """A form in plain text can be JSON, and the proxy adds the token of whoever looks at that site."""
    signed = {"Authorization": f"Bearer {springfield.tokens['support']}", "Content-Type": "text/plain"}
    body, before = json.dumps({"person": springfield.login}), looks(springfield)
    with httpx2.Client(base_url=f"{springfield.url}/v1", timeout=60, headers=signed) as proxy:
        refused = proxy.post(f"{springfield.path}/explain", content=body, headers=by)
        assert (refused.status_code, "another site" in refused.json()["error"]) == (403, True), refused.text
        assert looks(springfield) == before
        assert proxy.post(f"{springfield.path}/explain", content=body).status_code == 200
        assert proxy.post(f"{springfield.path}/explain", content=body, headers=OURS).status_code == 200


def test_pages_show_what_the_rights_of_each_give(springfield: Springfield, browser: httpx2.Client) -> None:
    signed_in(browser, springfield.tokens["viewer"])
    page = browser.get(springfield.path)
    assert page.status_code == 200
    for path in ("/person", "/details"):
        sent = {"mark": mark_in(page), "person": springfield.login, "item": "Removals"}
        refused = browser.post(f"{springfield.path}{path}", data=sent)
        assert (refused.status_code, "rosterintegrations/people" in refused.text) == (403, True)
        assert springfield.login not in refused.text
    assert browser.get(f"{springfield.path}/changes").status_code == 403
    assert browser.get(springfield.path.replace(springfield.namespace, "elsewhere")).status_code == 403
    assert looks(springfield) == []
    signed_in(browser, springfield.tokens["stranger"])
    fleet = browser.get("/districts")
    assert (fleet.status_code, "Open a district by its name" in fleet.text) == (403, True)
    opened = browser.get("/open", params={"namespace": springfield.namespace, "name": "springfield"})
    assert (opened.status_code, opened.headers["Location"]) == (303, springfield.path)
    for name in ("//evil.example", "..", "a/b", ""):
        assert browser.get("/open", params={"namespace": "districts", "name": name}).status_code == 400
    there, not_there = browser.get(springfield.path), browser.get(springfield.path[:-1])
    assert (there.status_code, not_there.status_code) == (403, 403)
    assert "RemovalsHeld" not in there.text


def test_no_address_leads_elsewhere_or_names_a_person(springfield: Springfield, browser: httpx2.Client) -> None:
    signed_in(browser, springfield.tokens["support"])
    page = browser.get(springfield.path)
    mark = mark_in(page)
    person = browser.post(f"{springfield.path}/person", data={"mark": mark, "person": springfield.login})
    changes = browser.get(f"{springfield.path}/changes")
    unknown = browser.post(f"{springfield.path}/person", data={"mark": mark, "person": "zebrafish"})
    assert (unknown.status_code, "zebrafish" in unknown.text) == (404, False)
    for shown in (page, person, changes, unknown):
        addresses = re.findall(r'(?:href|action|src)="([^"]*)"', shown.text)
        assert addresses
        assert all(address.startswith(("/", "#")) and not address.startswith("//") for address in addresses)
        assert springfield.login not in shown.text
        assert not any("person=" in address or "account" in address for address in addresses)
    assert browser.get(f"{springfield.path}/changes", params={"person": springfield.login}).status_code == 200
    for wrong in ("?start=-1", "?sort=x", "?mode=x", "?acts=x", "?namespace=../x"):
        assert browser.get(f"/districts{wrong}").status_code == 400, wrong
    assert browser.get(f"{springfield.path}/changes?before=x").status_code == 400
    too_much = browser.post(f"{springfield.path}/person", data={"mark": mark, "person": "x" * 40_000})
    assert too_much.status_code == 413


def test_times_are_told_as_of_now(springfield: Springfield, browser: httpx2.Client) -> None:
    signed_in(browser, springfield.tokens["support"])
    page = browser.get(springfield.path)
    times = [datetime.fromisoformat(each) for each in re.findall(r'<time datetime="([^"]+)"', page.text)]
    assert times
    assert min(abs(each - datetime.now(UTC)) for each in times) < timedelta(hours=1)
