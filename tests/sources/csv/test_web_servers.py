"""A ZIP comes over HTTP, from the simulated district and from servers that misbehave."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import httpx2
import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.csv.opened import QUICK, opened, read
from tests.sources.csv.sets import CsvSet
from tests.sources.support.certificates import Authority
from tests.sources.support.sockets import Stop, misbehaving_server

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import SystemClock
from roster_operator.errors import (
    CredentialsRejected,
    RosterOperatorError,
    SourceProtocolError,
    SourceRateLimited,
    SourceUnreachable,
    TLSFailed,
    WrongURL,
)
from roster_operator.interruption import Interruption
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.csv import CsvSettings, open_csv

pytestmark = pytest.mark.slow

URL = "https://files.example.org/springfield/roster.zip"
KEYS = Credentials("springfield", "the-password")

Handler = Callable[[httpx2.Request], httpx2.Response]


@pytest.fixture(scope="module")
def whole() -> CsvSet:
    return CsvSet.of(SimulatedDistrict(students=60, schools=2, seed=3))


def probe(handler: Handler, credentials: Credentials = KEYS, **settings: int) -> int:
    """How many enrollments there are, from a server without a network."""
    clock = SystemClock()
    source = open_csv(
        CsvSettings(base_url=URL, retries=QUICK, **settings),  # type: ignore[arg-type]
        credentials,
        clock=clock,
        interruption=Interruption(clock, 60),
        transport=httpx2.MockTransport(handler),
    )
    try:
        source.probe()
        return len(read(source.enrollments())[0])
    finally:
        source.close()


def always(*answers: httpx2.Response) -> Handler:
    left = list(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        found = left.pop(0) if len(left) > 1 else left[0]
        return httpx2.Response(found.status_code, headers=found.headers, content=found.content)

    return answer


@pytest.mark.parametrize(
    ("credentials", "header"),
    [
        (KEYS, "Basic " + base64.b64encode(b"springfield:the-password").decode()),
        (Credentials("", "", token="the-token"), "Bearer the-token"),
        (Credentials("", ""), None),
    ],
    ids=["Basic", "Bearer", "nobody"],
)
def test_credentials_are_sent_as_the_secret_has_them(whole: CsvSet, credentials: Credentials, header: str) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, content=whole.zipped())

    assert probe(answer, credentials) == len(whole.tables["enrollments"])
    assert [request.headers.get("authorization") for request in asked] == [header], "and it is fetched once"
    assert "application/zip" in asked[0].headers["accept"]


def test_a_passing_trouble_costs_nothing(whole: CsvSet) -> None:
    good = httpx2.Response(200, content=whole.zipped())
    for trouble in (httpx2.Response(503), httpx2.Response(429), httpx2.Response(200, content=b"<html>busy</html>")):
        assert probe(always(trouble, good)) == len(whole.tables["enrollments"])


def test_206_is_taken_for_the_file_if_it_is_whole(whole: CsvSet) -> None:
    content = whole.zipped()
    headers = {"Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}"}
    assert probe(always(httpx2.Response(206, headers=headers, content=content))) == len(whole.tables["enrollments"])
    with pytest.raises(RosterOperatorError, match="District"):
        probe(always(httpx2.Response(206, headers=headers, content=content[: len(content) // 2])))


REFUSED: dict[str, tuple[httpx2.Response, type[RosterOperatorError], str]] = {
    "wrong credentials": (httpx2.Response(401), CredentialsRejected, "check clientID and clientSecret, or token"),
    "forbidden": (httpx2.Response(403), CredentialsRejected, "let these credentials read the file"),
    "not there": (httpx2.Response(404), WrongURL, "There is no file at https://files.example.org/springfield"),
    "down": (httpx2.Response(500), SourceUnreachable, "HTTP 500"),
    "too often": (httpx2.Response(429, headers={"Retry-After": "4000"}), SourceRateLimited, "come back in 4000 s"),
    "a page for people": (httpx2.Response(200, content=b"<html>Sign in</html>"), WrongURL, "web page"),
    "something else": (httpx2.Response(200, json={"orgs": []}), SourceProtocolError, "is not a ZIP"),
    "nothing": (httpx2.Response(204), SourceProtocolError, "HTTP 204"),
    "another server": (
        httpx2.Response(302, headers={"Location": "https://elsewhere.example.org/roster.zip"}),
        WrongURL,
        "credentials are not sent there",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_not_the_file_says_so(why: str) -> None:
    answer, error, message = REFUSED[why]
    with pytest.raises(error, match=message):
        probe(always(answer))


def test_a_redirect_on_the_same_server_is_followed(whole: CsvSet) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/springfield/roster.zip":
            return httpx2.Response(302, headers={"Location": "/latest.zip"})
        return httpx2.Response(200, content=whole.zipped())

    assert probe(answer) == len(whole.tables["enrollments"])


def test_a_file_without_end_is_not_kept(whole: CsvSet) -> None:
    with pytest.raises(SourceProtocolError, match="more than 1000 bytes"):
        probe(always(httpx2.Response(200, content=whole.zipped())), max_file_bytes=1000)


def test_a_download_that_breaks_off_is_begun_again_and_never_taken_in_part(whole: CsvSet) -> None:
    body = whole.zipped()
    sent: list[int] = []

    def misbehave(connection: object, stop: Stop) -> None:
        part = body[: len(body) // 2] if len(sent) < 2 else body
        sent.append(len(part))
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
        connection.sendall(head + part)  # type: ignore[attr-defined]

    with misbehaving_server(misbehave) as origin, opened(f"{origin}/roster.zip") as source:
        source.probe()
        assert len(read(source.enrollments())[0]) == len(whole.tables["enrollments"])
    assert len(sent) == 3
    sent.clear()
    body_for_ever = body[:-1]

    def always_cut(connection: object, stop: Stop) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
        connection.sendall(head + body_for_ever)  # type: ignore[attr-defined]

    with (
        misbehaving_server(always_cut) as origin,
        opened(f"{origin}/roster.zip") as source,
        pytest.raises(SourceUnreachable, match="broke the connection"),
    ):
        source.probe()


def test_a_certificate_of_nobody_is_refused(whole: CsvSet, tmp_path: Path) -> None:
    authority = Authority.create()
    tls = authority.server_context(tmp_path, begins=timedelta(days=-1), ends=timedelta(days=1))
    body = whole.zipped()

    def serve(connection: object, stop: Stop) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)  # type: ignore[attr-defined]

    with misbehaving_server(serve, tls=tls) as origin:
        with opened(f"{origin}/roster.zip") as source, pytest.raises(TLSFailed):
            source.probe()
        trusted = Credentials("", "", ca_pem=authority.pem)
        with opened(f"{origin}/roster.zip", credentials=trusted) as source:
            assert not source.probe().refused


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """A district that serves its set itself, which shares no code with this operator."""
    version: Literal["1.1", "1.2"] = getattr(request, "param", "1.1")
    with SimulatedDistrict(students=120, schools=3, seed=7, vendor="OneRosterCSV", version=version) as district:
        scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        scene.spec["source"] = {"type": "OneRosterCSV", "baseURL": district.base_url, "secretRef": {"name": "sis"}}
        scene.spec["guard"] = {"absentReads": 1}
        yield scene
        scene.close()


@pytest.mark.parametrize("scene", ["1.1", "1.2"], indirect=True)
def test_a_simulated_district_is_read_over_http(scene: Scene) -> None:
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()
    assert len(scene.licenses()) > 100
    scene.district.change("student-arrives,count=3", "student-leaves:S1000003,count=2")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()


HARMLESS = (
    "csv-bom",
    "csv-lf",
    "csv-columns=shuffled",
    "csv-columns=lower-case",
    "csv-columns=old-names",
    "csv-extra-columns",
    "csv-in-folder",
    "csv-manifest=missing",
    "csv-manifest=last",
    "csv-bad-rows=blank-lines",
    "csv-bad-rows=padded",
    "csv-bad-rows=duplicates",
)


@pytest.mark.parametrize("fault", HARMLESS)
def test_habits_of_an_export_change_no_license(scene: Scene, fault: str) -> None:
    scene.reconcile()
    scene.district.fault(fault)
    scene.district.change("student-leaves:S1000003")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()


HARMFUL = {
    "csv-manifest=unreadable": "manifest.csv",
    "csv-without=enrollments": "enrollments.csv is missing",
    "csv-without=users+classes": "classes.csv is missing",
    "csv-undeclared=enrollments": "enrollments.csv is absent although it is there",
    "csv-header-only=enrollments": "holds nothing",
    "csv-header-only=users": "hold nothing",
    "csv-cut=enrollments": "enrollments.csv of roster.zip ends in the middle of line",
    "csv-cut=users": "users.csv of roster.zip ends in the middle of line",
    "csv-cut=classes": "classes.csv of roster.zip ends in the middle of line",
}


@pytest.mark.parametrize("fault", HARMFUL)
def test_an_export_that_is_not_whole_removes_nobodys_license(scene: Scene, fault: str) -> None:
    scene.reconcile()
    before = scene.licenses()
    scene.district.fault(fault)
    scene.district.change("student-leaves:S1000003,count=5")
    assert scene.reconcile().outcome is Outcome.INCOMPLETE, scene.status
    assert scene.licenses() == before
    assert HARMFUL[fault] in scene.message("Synced"), scene.message("Synced")
    scene.district.clear_faults()
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()


@pytest.mark.parametrize("fault", ["short", "long", "missing-ids"])
def test_rows_that_an_export_spoils_hold_removals(scene: Scene, fault: str) -> None:
    scene.reconcile()
    before = scene.licenses()
    scene.district.fault(f"csv-bad-rows={fault}")
    scene.district.change("student-leaves:S1000003,count=5")
    scene.reconcile()
    assert before <= scene.licenses()
    assert scene.condition("Held") == ("True", "RemovalsHeld")
    assert {check["name"] for check in scene.status["checklist"]} >= {"RejectedRow"}
