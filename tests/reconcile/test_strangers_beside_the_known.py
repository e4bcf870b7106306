"""Many strangers in one night, at schools that are served already, are a question though all the others are there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.reconcile.district_harness import COURSES, Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Outcome

AUTUMN, FIRST_WEEKS = date(2026, 10, 6), date(2026, 7, 14)


@pytest.fixture
def small(new_ledger_url: str) -> Iterator[Scene]:
    """Forty students, all of them known since yesterday; on SQLite and PostgreSQL."""
    with SimulatedDistrict(students=40, schools=1, seed=7, today=AUTUMN) as district:
        scene = at(district, new_ledger_url)
        assert scene.reconcile().outcome is Outcome.SYNCED
        yield scene
        scene.close()


def at(district: SimulatedDistrict, ledger_url: str, day: date = AUTUMN) -> Scene:
    scene = Scene(district, ledger_url, clock=FixedClock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)))
    scene.spec |= {"courses": COURSES}
    return scene


def test_strangers_who_prevail_wait_and_an_approval_lets_them_in(small: Scene) -> None:
    before = small.licenses()
    small.district.change("student-arrives,count=160")
    for _ in range(2):
        assert small.reconcile().outcome is Outcome.HELD, small.status
        assert small.licenses() == before
    assert small.condition("Held") == ("True", "RosterInQuestion")
    assert "whom nobody knows, in one night" in small.message("Held")
    small.change_spec(approval={"plan": small.status["plan"]["digest"]})
    assert small.reconcile().outcome is Outcome.SYNCED
    assert small.licenses() == small.expected()
    assert small.reconcile().outcome is Outcome.SYNCED


def test_strangers_who_come_by_a_delta_read_wait_too(small: Scene) -> None:
    small.spec["source"]["delta"] = {"fullInterval": "168h"}
    small.reconcile()
    before = small.licenses()
    small.district.change("student-arrives,count=160")
    assert small.reconcile().outcome is Outcome.HELD, small.status
    assert small.licenses() == before


def test_some_newcomers_go_and_so_do_any_if_the_guard_says_so(small: Scene) -> None:
    small.district.change("student-arrives,count=12")
    assert small.reconcile().outcome is Outcome.SYNCED, small.status
    small.change_spec(guard={"schoolPercent": 100})
    small.district.change("student-arrives,count=160")
    assert small.reconcile().outcome is Outcome.SYNCED, small.status


def test_who_comes_by_a_course_that_was_added_goes(new_ledger_url: str) -> None:
    with SimulatedDistrict(students=120, schools=1, seed=7, today=AUTUMN) as district:
        scene = at(district, new_ledger_url)
        scene.spec["courses"] = COURSES[:1]
        scene.reconcile()
        known = scene.status["roster"]["students"]
        assert known > 10
        scene.change_spec(courses=COURSES)
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
        assert scene.status["roster"]["students"] > 2 * known
        scene.close()


def test_in_the_first_weeks_of_a_year_rosters_fill(tmp_path: Path) -> None:
    with SimulatedDistrict(students=40, schools=1, seed=7, today=FIRST_WEEKS) as district:
        scene = at(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}", FIRST_WEEKS)
        scene.reconcile()
        district.change("student-arrives,count=160")
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
        scene.close()
