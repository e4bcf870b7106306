"""The wizard before people who want more of it: answers and namespaces of others, servers, a page of their own."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from tests.console.test_sign_in import OURS, mark_in, signed_in
from tests.console.test_wizard_pages import Setting, setting, sis
from tests.controller.looptime import run
from tests.service.conftest import People, Served

from roster_operator.clock import SystemClock
from roster_operator.console.languages.readers import Language, Reader
from roster_operator.console.rendering import written
from roster_operator.console.views.wizard import courses_page, schools_page
from roster_operator.console.wizard.asking import NOT_REACHED
from roster_operator.console.wizard.visitors import ANSWERS_KEPT, CREDENTIALS_KEPT, MOST, MOST_OF_ONE, Visitors
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wizard.choices import Chosen, CourseChoice
from roster_operator.operations.wizard.offer import OfferedCourse, OfferedSchool, Size
from roster_operator.operations.wizard.saved import Entered
from roster_operator.service.refusals import Refused

__all__ = ["setting", "sis"]

HOSTILE = "\"><script>alert('x')</script>"


@pytest.fixture
def admin(setting: Setting) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=setting.url, timeout=60, headers=OURS, follow_redirects=True) as client:
        signed_in(client, setting.token)
        yield client


def typed(setting: Setting, mark: str, **more: str) -> dict[str, str]:
    sent = {"url": setting.sis.base_url, "system": "OneRoster/Aeries", "key": "demo-key", "secret": "demo-secret"}
    return {"mark": mark, "zone": "America/Chicago", **sent, **more}


def test_answers_and_credentials_are_of_the_person_who_gave_them_and_of_their_namespace(
    setting: Setting, admin: httpx2.Client, people: People
) -> None:
    mark = mark_in(admin.get(setting.wizard))
    accepted = admin.post(f"{setting.wizard}/connection", data=typed(setting, mark))
    assert "accepts the credentials" in accepted.text
    assert "demo-secret" not in accepted.text
    other = people.token(setting.namespace, "other", "get", "patch")
    viewer = people.token(setting.namespace, "viewer", "get", "list")
    with httpx2.Client(base_url=setting.url, timeout=60, headers=OURS) as client:
        signed_in(client, other)
        theirs = client.get(f"{setting.wizard}/connection")
        assert (theirs.status_code, setting.sis.base_url in theirs.text) == (200, False)
        assert client.get(f"{setting.wizard}/schools").headers["Location"].endswith("/wizard/connection")
        signed_in(client, viewer)
        refused = client.get(setting.wizard)
        assert (refused.status_code, "to patch rosterintegrations" in refused.text) == (403, True)
        assert client.post(f"{setting.wizard}/connection", data=typed(setting, mark)).status_code == 403
    for part in ("", "/connection", "/schools", "/courses", "/ebooks", "/review", "/live", "/result"):
        elsewhere = f"{setting.wizard}{part}".replace(setting.namespace, "default")
        assert admin.get(elsewhere).status_code == 403, part


def test_no_other_site_sets_anything_up(setting: Setting, admin: httpx2.Client) -> None:
    mark = mark_in(admin.get(setting.wizard))
    for part in ("connection", "schools", "courses", "ebooks", "review", "live", "apply", "folder", "again"):
        address, sent = f"{setting.wizard}/{part}", {**typed(setting, mark), "add": "x", "live": "yes"}
        assert admin.post(address, data={**sent, "mark": "x"}).status_code == 403, part
        cross = admin.post(address, data=sent, headers={"Sec-Fetch-Site": "cross-site"})
        assert cross.status_code == 403, part
        assert part == "again" or "demo-secret" not in admin.get(setting.wizard).text


def test_nobody_finds_out_by_it_what_listens_where(
    setting: Setting, serve: Callable[..., Served], admin: httpx2.Client
) -> None:
    """One console may ask this machine, where most ports are closed; the other may ask the internet alone."""
    bound = serve(setting.ledger)
    path = setting.wizard.removeprefix(setting.url)
    told: set[str] = set()
    open_port = setting.sis.base_url
    for url in (
        "http://127.0.0.1:1",
        open_port,
        "https://[::1]:22",
        "https://no-such-host.invalid",
        "https://10.0.0.1:80",
    ):
        with httpx2.Client(base_url=bound.url, timeout=60, headers=OURS, follow_redirects=True) as client:
            signed_in(client, setting.token)
            mark = mark_in(client.get(path))
            page = client.post(f"{path}/connection", data=typed(setting, mark, url=url))
            told |= set(re.findall(r'role="alert">([^<]*)', page.text))
    assert told == {NOT_REACHED}
    mark = mark_in(admin.get(setting.wizard))
    no_tls = open_port.replace("http://", "https://")
    for url in ("http://127.0.0.1:1", no_tls):
        closed = admin.post(f"{setting.wizard}/connection", data=typed(setting, mark, url=url))
        assert re.findall(r'role="alert">([^<]*)', closed.text) == [NOT_REACHED], url
    for url in ("file:///etc/passwd", "gopher://127.0.0.1", "nonsense", "http://x\ny", ""):
        wrong = admin.post(f"{setting.wizard}/connection", data=typed(setting, mark, url=url))
        assert 'role="alert"' in wrong.text, url
        assert "root:" not in wrong.text


def test_who_names_servers_that_never_answer_keeps_nobody_else_waiting(
    setting: Setting, admin: httpx2.Client, people: People
) -> None:
    """For ten districts, which need not be there; others are answered meanwhile."""
    other = people.token(setting.namespace, "other", "get", "patch")
    districts = setting.wizard.removeprefix(setting.url).removesuffix("/springfield/wizard")
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        httpx2.Client(base_url=setting.url, timeout=60, headers=OURS) as client,
    ):
        signed_in(client, other)
        mark = mark_in(client.get(f"{districts}/d-0/wizard"))
        sent = typed(setting, mark, url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        for number in range(MOST_OF_ONE):
            begun = client.post(f"{districts}/d-{number}/wizard/connection", data=sent)
            assert begun.status_code == 303, begun.text
        last = client.get(f"{districts}/d-{MOST_OF_ONE - 1}/wizard/connection")
        assert "Too many of your questions" in last.text
        mark = mark_in(admin.get(setting.wizard))
        assert "accepts the credentials" in admin.post(f"{setting.wizard}/connection", data=typed(setting, mark)).text


def test_what_is_not_on_offer_or_out_of_order_is_refused(setting: Setting, admin: httpx2.Client) -> None:
    mark = mark_in(admin.get(setting.wizard))
    early = admin.post(f"{setting.wizard}/live", data={"mark": mark, "live": "yes"})
    assert "Step 1 of 6" in early.text
    assert "Step 1 of 6" in admin.post(f"{setting.wizard}/apply", data={"mark": mark}).text
    admin.post(f"{setting.wizard}/connection", data=typed(setting, mark))
    schools = admin.get(f"{setting.wizard}/schools")
    assert "Step 2 of 6" in schools.text
    unknown = admin.post(f"{setting.wizard}/schools", data={"mark": mark, "add": HOSTILE})
    assert (unknown.status_code, "<script" in unknown.text) == (400, False)
    assert "Include at least one school." in admin.get(f"{setting.wizard}/courses").text
    add = re.findall(r'name="add" value="([^"]+)"', schools.text)[0]
    admin.post(f"{setting.wizard}/schools", data={"mark": mark, "add": add})
    assert "Step 3 of 6" in admin.get(f"{setting.wizard}/ebooks").text
    for start in ("-1", "x", "9" * 40):
        assert admin.get(f"{setting.wizard}/ebooks", params={"start": start}).status_code in {200, 400}


def test_what_a_sis_calls_things_is_no_markup() -> None:
    district, size = DistrictName("springfield", "districts"), Size(1, 2)
    school = OfferedSchool(HOSTILE, HOSTILE, HOSTILE, size)
    course = OfferedCourse("code", HOSTILE, HOSTILE, (HOSTILE,), {HOSTILE: size})
    chosen = Chosen((), (HOSTILE,))
    pages = (
        schools_page(district, (school,), chosen, contains="x"),
        schools_page(district, (school,), Chosen((HOSTILE,), ())),
        courses_page(district, (CourseChoice(course, size),), chosen, alert=HOSTILE),
    )
    for page in pages:
        assert "<script" not in written(page, Reader(Language.SPANISH))


class _Clock(SystemClock):
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class _LoopClock(SystemClock):
    """Wall time that passes with the loop's."""

    def now(self) -> datetime:
        return datetime(2026, 11, 30, tzinfo=UTC) + timedelta(seconds=asyncio.get_running_loop().time())


def test_credentials_go_though_nobody_opens_a_page_any_more() -> None:
    async def left() -> None:
        visitor = Visitors(_LoopClock()).begin("ann", DistrictName("mine", "districts"))
        await asyncio.sleep(60)
        visitor.entered = Entered({"clientSecret": "demo-secret"})
        await asyncio.sleep(CREDENTIALS_KEPT.total_seconds())
        assert visitor.entered is None

    run(left())


def test_what_is_kept_is_bounded_and_credentials_go_first() -> None:
    asyncio.run(_bounded())


async def _bounded() -> None:
    clock = _Clock()
    kept = Visitors(clock)
    for number in range(MOST_OF_ONE + 1):
        kept.begin("ann", DistrictName(f"d{number}", "districts"))
    assert kept.find("ann", DistrictName("d0", "districts")) is None
    for number in range(MOST + 5):
        kept.begin(f"user-{number}", DistrictName("d", "districts"))
    there = [number for number in range(MOST + 5) if kept.find(f"user-{number}", DistrictName("d", "districts"))]
    assert MOST - MOST_OF_ONE <= len(there) <= MOST
    mine = kept.begin("ann", DistrictName("mine", "districts"))
    mine.entered = Entered({"clientSecret": "demo-secret"})
    assert "demo-secret" not in repr(mine)
    clock.at += CREDENTIALS_KEPT + timedelta(seconds=1)
    found = kept.find("ann", DistrictName("mine", "districts"))
    assert found is mine
    assert found.entered is None
    clock.at += ANSWERS_KEPT + timedelta(seconds=1)
    assert kept.find("ann", DistrictName("mine", "districts")) is None


def test_one_thing_at_a_time_is_asked_of_a_sis() -> None:
    async def twice() -> None:
        visitor = Visitors(SystemClock()).begin("ann", DistrictName("mine", "districts"))
        ended = asyncio.Event()

        async def work() -> None:
            await ended.wait()

        visitor.begin(work)
        with pytest.raises(Refused, match="still being asked"):
            visitor.begin(work)
        ended.set()
        assert await visitor.wait()

    asyncio.run(twice())
