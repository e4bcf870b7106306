"""Where a system makes a record of a person for each school, as Ed-Fi does, all records of a login are one person's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.conftest import scene_of
from tests.sources.independent_servers.oneroster_v1p1 import Stranger
from tests.sources.independent_servers.oneroster_v1p2 import Newcomer

from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Outcome

ALGEBRA, GEOMETRY, WORKBOOK = "algebra", "geometry", "workbook"
HERE, THERE = [0], [1]
"""A class of MA101 at the first school, and one of MA104 at the second."""


@pytest.fixture(params=[Stranger, Newcomer])
def server(request: pytest.FixtureRequest) -> Iterator[Stranger]:
    with request.param(students=30) as server:
        yield server


@pytest.fixture
def scene(server: Stranger, tmp_path: Path) -> Iterator[Scene]:
    scene = scene_of(server, tmp_path)
    scene.clock = FixedClock(scene.clock.now())
    yield scene
    scene.close()


def record(server: Stranger, name: str, school: str, role: str, classes: list[int]) -> None:
    """A record of this person at a school."""
    server.add_person(f"{name}-{school}", role, classes)
    server.users[-1].update(username=f"login.{name}", email=f"{name}@persons.example.org", identifier=f"number-{name}")


def night(scene: Scene) -> None:
    assert isinstance(scene.clock, FixedClock)
    scene.clock.advance(timedelta(days=1))
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.status["plan"]["conflicts"] == 0


def books_of(scene: Scene, name: str) -> set[str]:
    """Of the one account that this person has."""
    accounts = scene.query(f"SELECT id FROM accounts WHERE username = 'login.{name}'")
    assert len(accounts) == 1
    return {row[0] for row in scene.query(f"SELECT ebook FROM active_licenses WHERE account = {accounts[0][0]}")}


def test_a_teacher_who_travels_has_what_all_schools_bring(scene: Scene, server: Stranger) -> None:
    record(server, "t", "a", "teacher", HERE)
    record(server, "t", "b", "teacher", THERE)
    night(scene)
    assert books_of(scene, "t") == {ALGEBRA, GEOMETRY}
    night(scene)
    assert books_of(scene, "t") == {ALGEBRA, GEOMETRY}
    server.remove_person("t-b")
    night(scene)
    assert books_of(scene, "t") == {ALGEBRA}
    record(server, "t", "c", "teacher", [4])
    night(scene)
    assert books_of(scene, "t") == {ALGEBRA, GEOMETRY}
    server.remove_person("t-a")
    night(scene)
    assert books_of(scene, "t") == {GEOMETRY}


def test_a_student_at_two_schools_has_both_books(scene: Scene, server: Stranger) -> None:
    record(server, "s", "a", "student", HERE)
    night(scene)
    assert books_of(scene, "s") == {ALGEBRA}
    record(server, "s", "b", "student", THERE)
    night(scene)
    assert books_of(scene, "s") == {ALGEBRA, GEOMETRY, WORKBOOK}


@pytest.mark.parametrize("how", ["gone", "deleted", "disabled", "enrollment ended", "enrollment deleted"])
def test_a_transfer_brings_the_new_book_and_ends_the_old_one(scene: Scene, server: Stranger, how: str) -> None:
    record(server, "s", "a", "student", HERE)
    night(scene)
    (row,) = [user for user in server.users if user["sourcedId"] == "s-a"]
    (enrollment,) = [one for one in server.enrollments if one["user"]["sourcedId"] == "s-a"]
    if how == "gone":
        server.remove_person("s-a")
    elif how == "deleted":
        row["status"] = enrollment["status"] = "tobedeleted"
    elif how == "disabled":
        row["enabledUser"] = "false"
    else:
        enrollment.update({"endDate": "2026-01-15"} if how == "enrollment ended" else {"status": "tobedeleted"})
    record(server, "s", "b", "student", THERE)
    night(scene)
    assert books_of(scene, "s") == {GEOMETRY, WORKBOOK}
    night(scene)
    assert books_of(scene, "s") == {GEOMETRY, WORKBOOK}


def test_a_transfer_back_is_one_too(scene: Scene, server: Stranger) -> None:
    record(server, "s", "a", "student", HERE)
    night(scene)
    server.remove_person("s-a")
    record(server, "s", "b", "student", THERE)
    night(scene)
    server.remove_person("s-b")
    record(server, "s", "a", "student", HERE)
    night(scene)
    assert books_of(scene, "s") == {ALGEBRA}
