"""Two nights of a PowerSchool server: a good one, and one on which it says something that nobody understands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.reconcile.district_harness import COURSES, License, Scene
from tests.sources.independent_servers.powerschool import TODAY, YEAR, Asked, Native
from tests.sources.independent_servers.serving import Reply, Row
from tests.sources.independent_servers.test_natives import ROWS, open_impatient

from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Outcome

pytestmark = pytest.mark.slow

GONE_STUDENT, NEW_STUDENT = 9000, 9990


@pytest.fixture
def native() -> Iterator[Native]:
    """The server."""
    with Native() as native:
        yield native


@pytest.fixture
def scene(native: Native, tmp_path: Path) -> Iterator[Scene]:
    """Its district, live, with guards that hold nothing back."""
    scene = Scene(native, f"sqlite:///{tmp_path / 'ledger.sqlite'}", clock=FixedClock(TODAY))  # type: ignore[arg-type]
    scene.open_source = open_impatient
    scene.change_spec(
        source={"type": "PowerSchool", "baseURL": native.base_url, "secretRef": {"name": "sis"}},
        guard={"districtPercent": 100, "schoolPercent": 100, "absentReads": 1},
        courses=[course for course in COURSES if course["code"] in {"MA101", "MA104"}],
    )
    yield scene
    scene.close()


def held_by(scene: Scene, dcid: int) -> set[str]:
    """The books of a student."""
    return {book for person, _, book in scene.licenses() if person == f"S{dcid}"}


def students_of(licenses: set[License]) -> set[License]:
    """Those of students."""
    return {held for held in licenses if held[1] == "Student"}


def checks(scene: Scene) -> dict[str, int]:
    """What the checklist counts."""
    return {check["name"]: check.get("count") or 0 for check in scene.status["checklist"]}


def _of_student(native: Native, dcid: int) -> Row:
    return next(row for rows in native.students.values() for row in rows if row["id"] == dcid)


LEFT: dict[str, Any] = {
    "a code of older versions": {"enroll_status_code": -2},
    "a code that is not listed": {"enroll_status_code": 5},
    "a code with a point": {"enroll_status_code": "2.0"},
    "a code with a zero": {"enroll_status_code": "02"},
    "a word": {"enroll_status": "Transferred Out"},
    "an unknown letter and a code": {"enroll_status": "W", "enroll_status_code": 2},
    "a description": {"enroll_status_description": "Graduated"},
    "two of one kind": [{"enroll_status": "T"}, {"enroll_status": "G"}],
    "another case": {"Enroll_Status": "T", "Enroll_Status_Code": 2},
}
UNCLEAR: dict[str, Any] = {
    "an unknown letter": {"enroll_status": "W"},
    "a word that is not known": {"enroll_status": "pending"},
    "a letter against a code": {"enroll_status": "A", "enroll_status_code": 2},
    "a code against a description": {"enroll_status_code": 0, "enroll_status_description": "Transferred Out"},
    "two that differ": [{"enroll_status": "A"}, {"enroll_status": "T"}],
    "an object for a letter": {"enroll_status": {"code": "T"}},
}


@pytest.mark.parametrize("how", LEFT)
def test_who_has_left_gets_nothing_and_loses_what_they_have(scene: Scene, native: Native, how: str) -> None:
    scene.reconcile()
    assert held_by(scene, GONE_STUDENT)
    native.add_student(NEW_STUDENT, [0])
    for dcid in (GONE_STUDENT, NEW_STUDENT):
        _of_student(native, dcid)["school_enrollment"] = deepcopy(LEFT[how])
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert held_by(scene, GONE_STUDENT) == held_by(scene, NEW_STUDENT) == set()


@pytest.mark.parametrize("how", UNCLEAR)
def test_of_whom_it_is_unclear_stays_as_they_are(scene: Scene, native: Native, how: str) -> None:
    scene.reconcile()
    before = held_by(scene, GONE_STUDENT)
    native.add_student(NEW_STUDENT, [0])
    for dcid in (GONE_STUDENT, NEW_STUDENT):
        _of_student(native, dcid)["school_enrollment"] = deepcopy(UNCLEAR[how])
    for _ in range(2):
        assert scene.reconcile().outcome is Outcome.SYNCED
        assert held_by(scene, GONE_STUDENT) == before
        assert not held_by(scene, NEW_STUDENT)
    assert checks(scene)["UnknownStatus"] == 2
    assert checks(scene)["PersonsLeftAsTheyAre"] == 1


@pytest.mark.parametrize(
    ("row", "unclear"),
    [
        ({"dropped": "Y"}, False), ({"dropped": "T"}, False), ({"dropped": "dropped"}, False),
        ({"dropped": 1.0}, False), ({"exit_date": "01-JUN-26"}, False), ({"section_id": "-100"}, False),
        ({"dropped": "maybe"}, True), ({"exit_date": "2026-06"}, True), ({"exit_date": {"day": 1}}, True),
        ({"entry_date": "soon"}, True), ({"entry_date": "soon", "exit_date": "soon"}, True),
    ],
)  # fmt: skip
def test_who_dropped_a_class_and_of_whom_that_is_unclear(scene: Scene, native: Native, row: Row, unclear: bool) -> None:
    native.attendances["100"] = [one for one in native.attendances["100"] if one["student_id"] != GONE_STUDENT]
    native.add_student(9900, [0])
    scene.reconcile()
    before = held_by(scene, 9900)
    assert before
    native.add_student(NEW_STUDENT, [0])
    for one in native.attendances["100"]:
        if one["student_id"] in {9900, NEW_STUDENT}:
            one.update(row)
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert held_by(scene, 9900) == (before if unclear else set())
    assert not held_by(scene, NEW_STUDENT)
    assert checks(scene).get("PersonsLeftAsTheyAre", 0) == unclear


def _unlist(native: Native) -> None:
    """Section 100 in no list any more, though its students are still in it."""
    native.sections["10"] = [row for row in native.sections["10"] if row["id"] != 100]


def test_who_is_in_a_class_that_is_no_longer_listed_keeps_what_they_have(scene: Scene, native: Native) -> None:
    scene.reconcile()
    before = scene.licenses()
    _unlist(native)
    native.add_student(NEW_STUDENT, [4])
    for _ in range(3):
        scene.reconcile()
        assert scene.licenses() == before | {(f"S{NEW_STUDENT}", "Student", book) for book in ("geometry", "workbook")}
    assert checks(scene)["EnrollmentInUnknownClass"] > 0
    assert checks(scene)["PersonsLeftAsTheyAre"] > 0


def test_it_ends_when_the_class_ends_of_which_the_server_still_tells(scene: Scene, native: Native) -> None:
    scene.clock = clock = FixedClock(TODAY)
    scene.reconcile()
    _unlist(native)
    for row in native.attendances["100"]:
        row["exit_date"] = "2026-11-25"
    scene.reconcile()
    assert held_by(scene, GONE_STUDENT)
    for _ in range(8):
        clock.advance(timedelta(days=1))
        scene.reconcile()
    assert students_of(scene.licenses()) == students_of(scene.expected())
    assert held_by(scene, GONE_STUDENT) == {"geometry", "workbook"}


@pytest.mark.parametrize(
    "answer", [Reply.of({}, 404), Reply.of({}, 403), Reply(500), Native.page("section_enrollment", [])]
)
def test_removals_wait_for_a_week_if_the_server_tells_no_more_who_was_in_it(
    scene: Scene, native: Native, answer: Reply
) -> None:
    def twist(asked: Asked, honest: Reply) -> Reply:
        return answer if asked.path == "section/100/section_enrollment" else honest

    scene.clock = clock = FixedClock(TODAY)
    scene.reconcile()
    before = scene.licenses()
    _unlist(native)
    native.remove_student(9003)
    native.add_student(NEW_STUDENT, [4])
    native.spoil(twist)
    for _ in range(7):
        scene.reconcile()
        assert before <= scene.licenses()
        assert held_by(scene, NEW_STUDENT)
        assert "1 class that was in scope is no longer listed" in scene.message("Held")
        clock.advance(timedelta(days=1))
    scene.reconcile()
    assert students_of(scene.licenses()) == students_of(scene.expected())


def _all_terms(**dates: Any) -> Callable[[Native], None]:
    def change(native: Native) -> None:
        native.terms["10"] = [{"id": 501, **YEAR, **dates}]

    return change


UNREADABLE_TERMS = {
    "an end that is no date": _all_terms(end_date="2026-06"),
    "a begin that is no date": _all_terms(start_date="autumn"),
    "neither a date": _all_terms(start_date="autumn", end_date={"day": 1}),
    "no year either": _all_terms(start_year="?", start_date="autumn", end_date="summer"),
    "last year's number": _all_terms(start_year=2025, end_date="2026-06"),
}


@pytest.mark.parametrize("how", UNREADABLE_TERMS)
def test_terms_with_dates_that_nobody_can_read_end_no_class(scene: Scene, native: Native, how: str) -> None:
    scene.reconcile()
    before = scene.licenses()
    honest = deepcopy({name: getattr(native, name) for name in ROWS})
    UNREADABLE_TERMS[how](native)
    native.add_student(NEW_STUDENT, [0])
    for _ in range(2):
        scene.reconcile()
        assert scene.licenses() == before
    for name, rows in honest.items():
        setattr(native, name, rows)
    scene.reconcile()
    assert scene.licenses() == before


@pytest.mark.parametrize("written", ["9003.0", "09003", 9003.0, " 9003 "])
def test_a_dcid_in_another_form_is_the_same_student(scene: Scene, native: Native, written: Any) -> None:
    scene.reconcile()
    before = scene.licenses()
    for rows in native.attendances.values():
        for row in rows:
            row["student_id"] = written if row["student_id"] == 9003 else row["student_id"]
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == before


@pytest.mark.parametrize("written", ["9E+3", "NULL", True, None, {"id": 9003}, [9003, 9004]])
def test_a_dcid_that_cannot_be_read_takes_nothing(scene: Scene, native: Native, written: Any) -> None:
    scene.reconcile()
    before = scene.licenses()
    for rows in native.attendances.values():
        for row in rows:
            row["student_id"] = written if row["student_id"] == 9003 else row["student_id"]
    scene.reconcile()
    assert scene.licenses() == before
    assert checks(scene)["RejectedRow"] > 0
    assert scene.condition("Held") == ("True", "RemovalsHeld")


def test_a_lead_teacher_who_cannot_be_read_loses_nothing(scene: Scene, native: Native) -> None:
    scene.reconcile()
    before = scene.licenses()
    native.sections["10"][0]["staff_id"] = "3E+2"
    scene.reconcile()
    assert scene.licenses() == before
    assert scene.condition("Held") == ("True", "RemovalsHeld")
