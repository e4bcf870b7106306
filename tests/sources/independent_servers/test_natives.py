"""A PowerSchool server that nobody here wrote: it is read right, and what it leaves out or says twice takes nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from tests.reconcile.district_harness import COURSES, Scene
from tests.sources.independent_servers.powerschool import MAX_PAGE, QUERY, TODAY, YEAR, Asked, Native, Twist, rows_of
from tests.sources.independent_servers.serving import Reply, Row

from district_simulator.library import SimulatedDistrict
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.clock import Clock, FixedClock
from roster_operator.errors import Actor
from roster_operator.interruption import Interruption
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.powerschool import open_powerschool
from roster_operator.sources.powerschool.settings import PowerSchoolSettings
from roster_operator.sources.retries import RetryPolicy
from roster_operator.sources.source import RosterSource

pytestmark = pytest.mark.slow


def open_impatient(
    integration: RosterIntegration, credentials: Credentials, clock: Clock, interruption: Interruption
) -> RosterSource:
    """As always, but little time is lost with servers that fail for good."""
    settings = PowerSchoolSettings(
        integration.spec.source.base_url,
        ZoneInfo("UTC"),
        request_timeout=5,
        retries=RetryPolicy(retries=1, first_wait=0.01),
    )
    return open_powerschool(settings, credentials, clock=clock, interruption=interruption)


@pytest.fixture
def native() -> Iterator[Native]:
    """The server."""
    with Native() as native:
        yield native


@pytest.fixture
def scene(native: Native, tmp_path: Path) -> Iterator[Scene]:
    """Its district, live, with guards that hold nothing back."""
    scene = Scene(cast(SimulatedDistrict, native), f"sqlite:///{tmp_path / 'ledger.sqlite'}", clock=FixedClock(TODAY))
    scene.open_source = open_impatient
    scene.change_spec(
        source={"type": "PowerSchool", "baseURL": native.base_url, "secretRef": {"name": "sis"}},
        guard={"districtPercent": 100, "schoolPercent": 100, "absentReads": 1},
        courses=[course for course in COURSES if course["code"] in {"MA101", "MA104"}],
    )
    yield scene
    scene.close()


def test_a_native_server_is_read_right_and_again_after_a_change(
    scene: Scene, native: Native, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()
    native.remove_student(9003)
    native.add_student(9990, [0])
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()
    emitted = json.dumps(scene.status) + "".join(record.getMessage() + str(record.args) for record in caplog.records)
    assert not [person for person in native.personal_strings() if person in emitted]


def test_a_token_that_is_good_for_few_requests_is_renewed(scene: Scene, native: Native) -> None:
    native.uses_of_a_token = 10
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()


def _on(kind: str, twist: Twist, *, counts: bool = False) -> Twist:
    return lambda asked, honest: twist(asked, honest) if asked.kind == kind and (counts or asked.page) else honest


def _first_row_only(_: Asked, honest: Reply) -> Reply:
    return Native.page("section_enrollment", rows_of(honest)[:1])


SPOILT: dict[str, Twist] = {
    "no rows but a count": _on("section_enrollment", lambda *_: Native.page("section_enrollment", [])),
    "one row but a count": _on("section_enrollment", _first_row_only),
    "no section at all": _on("section", lambda *_: Native.page("section", [])),
    "a count of nothing": _on(
        "section_enrollment",
        lambda asked, honest: honest if asked.page else Reply.of({"resource": {"count": None}}),
        counts=True,
    ),
    "a count beyond all numbers": _on(
        "section_enrollment",
        lambda asked, honest: honest if asked.page else honest.but(body=b'{"resource":{"count":' + b"9" * 5000 + b"}}"),
        counts=True,
    ),
    "nothing in the answer": _on("section_enrollment", lambda *_: Reply.of({})),
    "an error called success": _on("section_enrollment", lambda *_: Reply.of({"errorMessage": {"message": "x"}})),
    "a text for the rows": _on("section_enrollment", lambda *_: Reply.of({"section_enrollments": ""})),
    "404": _on("section_enrollment", lambda *_: Reply.of({}, 404), counts=True),
    "500 for one class": lambda asked, honest: Reply(500) if asked.path.startswith("section/100/") else honest,
    "403": _on("course", lambda *_: Reply.of({"message": "permission"}, 403), counts=True),
    "429": _on("course", lambda *_: Reply(429, {"Retry-After": "4000"}), counts=True),
    "too deep": _on("course", lambda _, honest: honest.but(body=b'{"courses":' + b"[" * 100_000)),
    "XML": _on("course", lambda *_: Reply(200, {"Content-Type": "text/xml"}, b"<?xml version='1.0'?><x/>")),
    "a login page": _on("course", lambda *_: Reply(200, {"Content-Type": "text/html"}, b"<html>Sign in</html>")),
    "another host": _on("course", lambda *_: Reply(302, {"Location": "https://elsewhere.example.org/"}), counts=True),
    "cut": _on("course", lambda _, honest: honest.but(cut=20)),
    "the first page again": lambda asked, honest: (
        Native.page("section", [{"id": 100 + number} for number in range(MAX_PAGE)])
        if asked.kind == "section" and asked.page
        else honest
    ),
    "the sections of another school": lambda asked, honest: (
        Native.page("section", [{"id": 101 + number, "term_id": 501} for number in range(0, 18, 2)])
        if asked.path == "school/10/section" and asked.page
        else honest
    ),
    "no ids": _on(
        "section_enrollment",
        lambda _, honest: Native.page("section_enrollment", [{**row, "student_id": 0} for row in rows_of(honest)]),
    ),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_an_answer_that_is_spoilt_changes_nothing_and_says_who_acts(scene: Scene, native: Native, spoilt: str) -> None:
    scene.reconcile()
    before = scene.licenses()
    native.remove_student(9003)
    native.spoil(SPOILT[spoilt])
    scene.reconcile()
    assert scene.licenses() == before
    assert scene.condition("Ready")[0] == "False"
    assert any(f"{actor}:" in scene.message("Ready") for actor in Actor), scene.message("Ready")
    native.spoil(None)
    scene.reconcile()
    assert scene.licenses() == scene.expected() != before


def _each(lists: dict[str, list[Row]], **fields: object) -> None:
    for rows in lists.values():
        for row in rows:
            row.update(fields)


def _ids_as_decimals(native: Native) -> None:
    for rows in native.attendances.values():
        for row in rows:
            row["student_id"] = f"{row['student_id']}.0"


def _terms(*rows: Row) -> Callable[[Native], None]:
    def change(native: Native) -> None:
        native.terms["10"] = [*map(dict, rows)]

    return change


OTHER_YEAR = {"id": 888, "portion": 1}
CONTRADICTIONS: dict[str, Callable[[Native], None]] = {
    "terms of one school missing": _terms(),
    "terms of last year only": _terms(
        {**OTHER_YEAR, "start_year": 2025, "start_date": "2025-08-01", "end_date": "2026-06-01"}
    ),
    "terms of a year to come only": _terms(
        {**OTHER_YEAR, "start_year": 2090, "start_date": "2090-08-01", "end_date": "2091-06-01"}
    ),
    "terms with their years in words": _terms({"id": 501, **YEAR, "start_year": "2026-2027"}),
    "searches by another kind of year": lambda native: setattr(native, "year", "36"),
    "terms with their dates turned round": _terms(
        {"id": 501, **YEAR, "start_date": "2027-06-01", "end_date": "2026-08-01"}
    ),
    "sections without course": lambda native: _each(native.sections, course_id=""),
    "sections without term": lambda native: _each(native.sections, term_id=None),
    "sections without teacher": lambda native: _each(native.sections, staff_id=0),
    "courses of one school missing": lambda native: native.courses.update({"10": []}),
    "nobody on the staff": lambda native: native.staff.update({"10": [], "20": []}),
    "no student listed": lambda native: native.students.update({"10": [], "20": []}),
    "students' ids as decimals": _ids_as_decimals,
    "dates turned round": lambda native: _each(native.attendances, entry_date="2027-06-02", exit_date="2026-08-01"),
    "ends of 1900": lambda native: _each(native.attendances, exit_date="1900-01-01"),
    "ends that are no dates": lambda native: _each(native.attendances, exit_date="0000-00-00"),
}
"""What a server says or leaves out, while it still names the same persons and classes."""
ROWS = ("year", "schools", "terms", "courses", "sections", "staff", "students", "attendances")


@pytest.mark.parametrize("contradiction", CONTRADICTIONS)
def test_what_a_server_contradicts_itself_in_is_left_as_it_was_and_heals(
    scene: Scene, native: Native, contradiction: str
) -> None:
    honest = deepcopy({name: getattr(native, name) for name in ROWS})
    scene.reconcile()
    before = scene.licenses()
    CONTRADICTIONS[contradiction](native)
    for _ in range(2):
        scene.reconcile()
        assert scene.licenses() == before
    for name, rows in honest.items():
        setattr(native, name, rows)
    native.remove_student(9003)
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected() != before


def test_co_teachers_keep_the_book_while_the_plugin_does_not_tell_of_them(scene: Scene, native: Native) -> None:
    native.co_teachers = [{"id": "1", "section_id": "100", "users_dcid": "3001", "staff_id": "301"}]
    scene.reconcile()
    before = scene.licenses()
    assert ("T3001", "Teacher", "algebra") in before
    native.spoil(_on(QUERY, lambda *_: Reply.of({"message": "No access to the field"}, 403), counts=True))
    scene.reconcile()
    assert scene.licenses() == before
    assert scene.condition("Held") == ("True", "RemovalsHeld")


def test_a_class_that_waits_for_co_teachers_all_year_makes_nobody_else_less_safe(scene: Scene, native: Native) -> None:
    """Removals of Teacher editions wait as long as the plugin does not tell; that is no reason to doubt no more."""
    native.spoil(_on(QUERY, lambda *_: Reply.of({"message": "No access to the field"}, 403), counts=True))
    scene.clock = clock = FixedClock(TODAY)
    scene.reconcile()
    native.sections["10"][0]["staff_id"] = 302
    for _ in range(9):
        scene.reconcile()
        clock.advance(timedelta(days=1))
    assert scene.condition("Held") == ("True", "RemovalsHeld")
    before = scene.licenses()
    native.attendances["100"][0]["student_id"] = 424242
    scene.reconcile()
    assert scene.licenses() == before
    assert "leads nowhere" in scene.message("Held")
