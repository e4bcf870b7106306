"""A OneRoster 1.2 server that nobody here wrote: what it contradicts itself in takes no license from anybody."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.conftest import scene_of
from tests.sources.independent_servers.oneroster_v1p1 import Question, ref
from tests.sources.independent_servers.oneroster_v1p2 import Newcomer
from tests.sources.independent_servers.serving import Reply, Row

from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Outcome

pytestmark = pytest.mark.slow


@pytest.fixture
def newcomer() -> Iterator[Newcomer]:
    """The server."""
    with Newcomer(students=40) as newcomer:
        yield newcomer


@pytest.fixture
def scene(newcomer: Newcomer, tmp_path: Path) -> Iterator[Scene]:
    """Its district, not synced yet."""
    scene = scene_of(newcomer, tmp_path)
    yield scene
    scene.close()


def test_a_teacher_who_is_or_was_a_student_elsewhere_keeps_the_teacher_edition(
    scene: Scene, newcomer: Newcomer
) -> None:
    scene.reconcile()
    before = scene.licenses()
    elsewhere = {"roleType": "primary", "role": "student", "org": ref("elsewhere"), "endDate": "2015-06-01"}

    def also_a_student(row: Row) -> Row:
        return {**row, "roles": [elsewhere, *row["roles"]]} if row["sourcedId"] == "teacher-0" else row

    newcomer.spoil(
        lambda question, honest: (
            honest.with_rows(map(also_a_student, honest.rows())) if question.route == "teachers" else honest
        )
    )
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == before


@pytest.mark.parametrize(
    "dates",
    [
        {"startDate": "2035-07-31", "endDate": "2020-08-01"},
        {"startDate": "1970-01-01", "endDate": "1970-01-01"},
        {"startDate": None, "endDate": ""},
    ],
    ids=str,
)
def test_a_session_with_impossible_dates_closes_no_class(
    scene: Scene, newcomer: Newcomer, dates: dict[str, str | None]
) -> None:
    scene.reconcile()
    before = scene.licenses()
    newcomer.sessions[0].update(dates)
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == before


def _each(rows: list[Row], **fields: object) -> None:
    for row in rows:
        row.update(fields)


def _in_capitals(rows: list[Row]) -> None:
    for row in rows:
        row["sourcedId"] = row["sourcedId"].upper()


def _without_roles(sis: Newcomer) -> None:
    """And without routes that would tell who is what."""
    _each(sis.enrollments, role=None)

    def forgetful(question: Question, honest: Reply) -> Reply:
        if question.route in {"teachers", "students"}:
            return sis.failure(404, "unknownobject")
        if question.route == "users":
            return honest.with_rows({**row, "roles": []} for row in honest.rows())
        return honest

    sis.spoil(forgetful)


CONTRADICTIONS: dict[str, Callable[[Newcomer], None]] = {
    "roles of users and enrollments lost": _without_roles,
    "another word for students": lambda sis: _each(sis.enrollments, role="pupil"),
    "dates turned round": lambda sis: _each(sis.enrollments, beginDate="2034-06-01", endDate="2025-08-01"),
    "dates of 1970": lambda sis: _each(sis.enrollments, beginDate="1970-01-01", endDate="1970-01-01"),
    "classes without course": lambda sis: _each(sis.classes, course=None),
    "classes without school": lambda sis: _each(sis.classes, school=None),
    "courses with new ids": lambda sis: _in_capitals(sis.courses),
    "classes with new ids": lambda sis: _in_capitals(sis.classes),
}
"""What a server says of all rows, while it still names the same persons, classes and courses."""


@pytest.mark.parametrize("contradiction", CONTRADICTIONS)
def test_what_a_server_contradicts_itself_in_is_left_as_it_was_and_heals(
    scene: Scene, newcomer: Newcomer, contradiction: str
) -> None:
    honest = deepcopy((newcomer.courses, newcomer.classes, newcomer.enrollments))
    scene.reconcile()
    before = scene.licenses()
    CONTRADICTIONS[contradiction](newcomer)
    for _ in range(3):
        scene.reconcile()
        assert scene.licenses() == before
    newcomer.spoil(None)
    newcomer.courses, newcomer.classes, newcomer.enrollments = honest
    newcomer.remove_person("student-3")
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected() != before


def test_who_takes_a_course_out_of_the_spec_that_is_no_longer_shared_means_it(scene: Scene, newcomer: Newcomer) -> None:
    scene.reconcile()
    before = scene.licenses()
    newcomer.courses = [row for row in newcomer.courses if row["courseCode"] != "MA104"]
    scene.reconcile()
    assert scene.licenses() == before
    scene.change_spec(courses=[course for course in scene.spec["courses"] if course["code"] == "MA101"])
    scene.reconcile()
    assert scene.licenses() == {kept for kept in before if kept[2] == "algebra"}


def test_removals_that_broken_references_may_explain_wait_for_a_week_and_no_longer(
    scene: Scene, newcomer: Newcomer
) -> None:
    scene.clock = clock = FixedClock(scene.clock.now())
    scene.reconcile()
    before = scene.licenses()
    lost = next(row for row in newcomer.enrollments if row["user"]["sourcedId"] == "student-3")
    lost["class"] = ref("never-there")
    for _ in range(7):
        assert scene.reconcile().outcome is Outcome.HELD
        assert "nowhere" in scene.message("Held")
        assert scene.licenses() == before
        clock.advance(timedelta(days=1))
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert {person for person, _, _ in before - scene.licenses()} == {"student-3"}


def test_where_only_some_courses_are_shared_removals_do_not_wait(scene: Scene, newcomer: Newcomer) -> None:
    """The classes of the others are listed, lead nowhere, and grow in number every night."""
    newcomer.courses = [row for row in newcomer.courses if row["courseCode"] != "PE1"]
    gone: set[str] = set()
    scene.reconcile()
    for night in range(5):
        newcomer.classes.append({**newcomer.classes[2], "sourcedId": f"more-{night}"})
        newcomer.enrollments.append(
            {**newcomer.enrollments[-1], "sourcedId": f"in-{night}", "class": ref(f"more-{night}")}
        )
        before = scene.licenses()
        gone.add(f"student-{night}")
        newcomer.remove_person(f"student-{night}")
        assert scene.reconcile().outcome is Outcome.SYNCED
        assert scene.licenses() == {kept for kept in before if kept[0] not in gone} != before


def test_version_1_2_is_found_read_and_recognised_night_after_night(
    scene: Scene, newcomer: Newcomer, caplog: pytest.LogCaptureFixture
) -> None:
    """Its tokens are for its own scopes, so that asking it as 1.1 first gives none."""
    caplog.set_level(logging.DEBUG)
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()
    read = len(newcomer.questions)
    newcomer.questions.clear()
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert 0 < len(newcomer.questions) < read
    newcomer.remove_person("student-3")
    newcomer.add_person("student-new", "student", [0])
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()
    emitted = json.dumps(scene.status) + "".join(record.getMessage() + str(record.args) for record in caplog.records)
    assert not [person for person in newcomer.personal_strings() if person in emitted]
