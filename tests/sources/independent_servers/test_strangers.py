"""A OneRoster server that nobody here wrote: it is read right, and when it fails nobody loses anything."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.conftest import scene_of
from tests.sources.independent_servers.oneroster_v1p1 import CLAMP, Question, Stranger, Twist, ref
from tests.sources.independent_servers.serving import Reply, Row
from tests.sources.support.certificates import Authority

from roster_operator.clock import FixedClock
from roster_operator.errors import Actor
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.credentials import Credentials

pytestmark = pytest.mark.slow

SECTIONS = ("schools", "enrollments", "students")
"""The first one, which is of one page, the largest, and one of persons; the others are read in the same way."""
LOGIN = b"<!DOCTYPE html><html><body>Please log in</body></html>"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("speaks", ["oauth2", "oauth1-sha256", "oauth1-sha1"])
def test_a_stranger_is_read_right_and_again_after_a_change(speaks: str, tmp_path: Path) -> None:
    with Stranger(speaks=speaks) as stranger:
        scene = scene_of(stranger, tmp_path)
        assert scene.reconcile().outcome is Outcome.SYNCED
        assert scene.licenses() == scene.expected()
        stranger.remove_person("student-3")
        stranger.add_person("student-new", "student", [0])
        assert scene.reconcile().outcome is Outcome.SYNCED
        assert scene.licenses() == scene.expected()
        scene.close()


def later(reply: Callable[[Reply], Reply]) -> Twist:
    """On every page but the first."""
    return lambda question, honest: reply(honest) if question.offset else honest


def always(reply: Callable[[Reply], Reply]) -> Twist:
    return lambda _, honest: reply(honest)


def without(name: str) -> Callable[[Row], Row]:
    return lambda row: {member: value for member, value in row.items() if member != name}


def one_unreadable(question: Question, honest: Reply) -> Reply:
    """The first row has lost its id."""
    rows = honest.rows()
    return honest if question.offset else honest.with_rows([without("sourcedId")(rows[0]), *rows[1:]])


def empty_once(question: Question, honest: Reply) -> Reply:
    """A page comes empty, and when it is asked for again it does not; and nobody says how many rows there are."""
    told = honest.with_rows([]) if question.offset == CLAMP and question.number == 1 else honest
    return told.but(headers=JSON)


SPOILT: dict[str, Twist] = {
    "cut": always(lambda honest: honest.but(cut=len(honest.body) // 2)),
    "cut where its length says": always(lambda honest: honest.but(body=honest.body[: len(honest.body) // 2])),
    "cut inside gzip": always(
        lambda honest: honest.but(body=gzip.compress(honest.body)[:-20], headers={**JSON, "Content-Encoding": "gzip"})
    ),
    "login page": always(lambda honest: honest.but(body=LOGIN, headers={"Content-Type": "text/html"})),
    "login page called JSON": always(lambda honest: honest.but(body=LOGIN)),
    "redirect to a login": always(lambda _: Reply(302, {"Location": "https://login.example.org/"})),
    "nothing at all": always(lambda honest: honest.but(body=b"")),
    "failure called success": always(
        lambda honest: honest.but(body=json.dumps({"statusInfoSet": [{"imsx_codeMajor": "failure"}]}).encode())
    ),
    "some rows beside a failure": always(
        lambda honest: honest.with_tree(
            {**honest.with_rows(honest.rows()[:2]).tree(), "imsx_StatusInfo": {"imsx_codeMajor": "failure"}}
        ).but(headers={"X-Total-Count": "2"})
    ),
    "500": always(lambda _: Reply(500)),
    "total too high": always(
        lambda honest: honest.but(headers={"X-Total-Count": str(int(honest.headers["X-Total-Count"]) + 1)})
    ),
    "too large": always(lambda honest: honest.but(body=honest.body[:-1] + b" " * 3_000_000 + b"}")),
    "too deep": always(lambda honest: honest.but(body=b"[" * 100_000)),
    "bomb": always(
        lambda honest: honest.but(
            body=gzip.compress(b" " * 30_000_000), headers={**honest.headers, "Content-Encoding": "gzip"}
        )
    ),
    "no ids": always(lambda honest: honest.with_rows(map(without("sourcedId"), honest.rows()))),
}
SPOILT_LATER: dict[str, Twist] = {
    "empty pages": later(lambda honest: honest.with_rows([])),
    "empty objects": later(lambda honest: honest.but(body=b"{}")),
    "no content": later(lambda _: Reply(204)),
    "login page": later(lambda honest: honest.but(body=LOGIN, headers={"Content-Type": "text/html"})),
    "cut": later(lambda honest: honest.but(cut=30)),
    "404": later(lambda _: Reply(404)),
    "401": later(lambda _: Reply(401)),
    "429": later(lambda _: Reply(429, {"Retry-After": "4000"})),
    "rows missing": later(lambda honest: honest.with_rows(honest.rows()[:-2])),
    "shifted by one": later(lambda honest: honest.with_rows(honest.rows()[1:])),
    "other rows": later(lambda honest: honest.but(body=b'{"demographics": []}')),
    "empty once, no total": empty_once,
}


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("spoilt", SPOILT)
def test_an_answer_that_is_spoilt_changes_nothing_and_says_who_acts(
    scene: Scene, stranger: Stranger, spoilt: str, section: str
) -> None:
    _changes_nothing_and_says_who_acts(scene, stranger, SPOILT[spoilt], section)


@pytest.mark.parametrize("section", SECTIONS[1:])
@pytest.mark.parametrize("spoilt", SPOILT_LATER)
def test_pages_that_are_spoilt_in_mid_read_change_nothing(
    scene: Scene, stranger: Stranger, spoilt: str, section: str
) -> None:
    _changes_nothing_and_says_who_acts(scene, stranger, SPOILT_LATER[spoilt], section)


def _changes_nothing_and_says_who_acts(scene: Scene, stranger: Stranger, twist: Twist, section: str) -> None:
    scene.reconcile()
    before = scene.licenses()
    assert before == scene.expected()
    stranger.remove_person("student-3")
    stranger.add_person("student-new", "student", [0])
    stranger.questions.clear()
    stranger.spoil(lambda question, honest: twist(question, honest) if question.route == section else honest)
    scene.reconcile()
    assert scene.licenses() == before
    assert scene.condition("Ready")[0] == "False"
    assert any(f"{actor}:" in scene.message("Ready") for actor in Actor), scene.message("Ready")
    stranger.spoil(None)
    scene.reconcile()
    assert scene.licenses() == scene.expected()


@pytest.mark.parametrize(
    ("section", "told"),
    [("courses", "PersonsLeftAsTheyAre"), ("classes", "PersonsLeftAsTheyAre"), ("enrollments", "cannot be read")],
)
def test_nobody_loses_anything_while_a_row_that_may_entitle_cannot_be_read(
    scene: Scene, stranger: Stranger, section: str, told: str
) -> None:
    stranger.courses.insert(0, {**stranger.courses[0], "sourcedId": "course-MA101-again"})
    for row in stranger.classes[::6]:
        row["course"] = {"sourcedId": "course-MA101-again"}
    scene.reconcile()
    before = scene.licenses()
    assert before == scene.expected()
    stranger.spoil(lambda question, honest: one_unreadable(question, honest) if question.route == section else honest)
    scene.reconcile()
    assert scene.licenses() == before
    assert told in json.dumps(scene.status)


def test_a_row_that_can_never_be_read_holds_nothing_and_a_new_one_for_a_week(scene: Scene, stranger: Stranger) -> None:
    scene.clock = clock = FixedClock(scene.clock.now())
    stranger.enrollments.append({**stranger.enrollments[0], "sourcedId": "unreadable", "user": None})
    scene.reconcile()
    stayed = {person for person, _, _ in scene.licenses()} - {"student-3"}
    others = {row["sourcedId"] for row in stranger.users} - {"student-3"}
    stranger.enrollments = [
        row for row in stranger.enrollments if not row["user"] or row["user"]["sourcedId"] in others
    ]
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert {person for person, _, _ in scene.licenses()} == stayed
    lost = next(row for row in stranger.enrollments if row["user"] == ref("student-4"))
    before = scene.licenses()
    lost["user"] = None
    for _ in range(7):
        assert scene.reconcile().outcome is Outcome.HELD
        assert scene.licenses() == before
        clock.advance(timedelta(days=1))
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert {person for person, _, _ in before - scene.licenses()} == {"student-4"}


def test_unreadable_rows_of_one_section_are_no_excuse_for_those_of_another(scene: Scene, stranger: Stranger) -> None:
    stranger.users.append({**stranger.users[-1], "sourcedId": ""})
    scene.reconcile()
    before = scene.licenses()
    stranger.users.pop()
    next(row for row in stranger.enrollments if row["user"] == ref("student-4"))["user"] = None
    assert scene.reconcile().outcome is Outcome.HELD
    assert scene.licenses() == before


def test_what_waits_for_another_reason_shortens_no_week(scene: Scene, stranger: Stranger) -> None:
    scene.clock = clock = FixedClock(scene.clock.now())
    scene.reconcile()
    before = scene.licenses()
    scene.change_spec(guard={"districtPercent": 1, "schoolPercent": 1, "floor": 0, "absentReads": 1})
    gone = [row for row in stranger.enrollments if row["user"] in (ref("student-3"), ref("student-5"))]
    stranger.enrollments = [row for row in stranger.enrollments if row not in gone]
    for _ in range(9):
        clock.advance(timedelta(days=1))
        assert scene.reconcile().outcome is Outcome.HELD
    scene.change_spec(guard={"districtPercent": 100, "schoolPercent": 100, "floor": 1000, "absentReads": 1})
    next(row for row in stranger.enrollments if row["user"] == ref("student-4"))["user"] = None
    clock.advance(timedelta(days=1))
    assert scene.reconcile().outcome is Outcome.HELD
    assert "cannot be read" in scene.message("Held")
    assert scene.licenses() == before


def test_a_reading_that_stops_says_in_which_section(scene: Scene, stranger: Stranger) -> None:
    def break_off(question: Question, honest: Reply) -> Reply:
        read = question.route == "academicSessions" and question.limit > 1
        return honest.but(body=b"?") if read else honest

    stranger.spoil(break_off)
    scene.reconcile()
    assert "academic schedules" in scene.message("Ready")


def test_an_answer_that_drips_is_given_up(scene: Scene, stranger: Stranger) -> None:
    scene.change_spec(source={**scene.spec["source"], "requestTimeout": "1s"})
    stranger.spoil(lambda question, honest: honest.but(drip=0.05) if question.route == "schools" else honest)
    scene.reconcile()
    assert scene.condition("Ready") == ("False", "SourceUnreachable")
    assert "took too long" in scene.message("Ready")


def test_a_token_that_ends_in_mid_read_is_renewed(scene: Scene, stranger: Stranger) -> None:
    forgotten = False

    def forget(question: Question, honest: Reply) -> Reply:
        """Once, at a page that tells how many others there are: they are asked for with a token that has ended."""
        nonlocal forgotten
        if question.route == "enrollments" and question.offset == 0 and not forgotten:
            forgotten = True
            stranger.tokens.clear()
        return honest

    stranger.spoil(forget)
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()
    assert stranger.refusals


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_clock_that_is_off_is_told_from_a_wrong_key(tmp_path: Path, seconds: int) -> None:
    with Stranger(speaks="oauth1-sha256") as stranger:
        scene = scene_of(stranger, tmp_path)
        stranger.skew = seconds
        scene.reconcile()
        assert scene.condition("CredentialsValid") == ("False", "ClockSkewed")
        assert "60 minutes" in scene.message("Ready")
        stranger.skew = 0
        scene.credentials = Credentials(stranger.client_id, "wrong")
        scene.reconcile()
        assert scene.condition("CredentialsValid") == ("False", "CredentialsRejected")
        scene.close()


def test_an_authority_of_the_districts_own_is_trusted_once_it_is_in_the_secret(tmp_path: Path) -> None:
    authority = Authority.create()
    tls = authority.server_context(tmp_path, begins=timedelta(days=-1), ends=timedelta(days=1))
    with Stranger(tls=tls) as stranger:
        scene = scene_of(stranger, tmp_path)
        scene.reconcile()
        assert scene.condition("CredentialsValid") == ("False", "TLSFailed")
        assert "ca.crt" in scene.message("Ready")
        scene.credentials = Credentials(stranger.client_id, stranger.client_secret, ca_pem=authority.pem)
        scene.reconcile()
        assert scene.licenses() == scene.expected()
        scene.close()


def test_nobody_can_be_found_in_what_a_stranger_makes_us_say(
    scene: Scene, stranger: Stranger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    persons = stranger.personal_strings()
    emitted = ""
    for twist in (None, *SPOILT.values(), *SPOILT_LATER.values()):
        stranger.spoil(twist)
        result = scene.reconcile()
        emitted += json.dumps(scene.status) + repr(result) + str(result.catalog)
    emitted += "".join(record.getMessage() + str(record.exc_info) + str(record.args) for record in caplog.records)
    assert not [person for person in persons if person in emitted]
