"""A OneRoster 1.2 server that nobody here wrote: what it contradicts itself in takes no license from anybody."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.judge.conftest import scene_of
from tests.judge.newcomer import Newcomer
from tests.judge.serving import Row
from tests.judge.stranger import ref
from tests.reconcile.scene import Scene

from roster_operator.controller.reconcile.contract import Outcome


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
