"""Going live at some schools first: the others are read, checked and planned, and nothing of them is touched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from tests.reconcile.district_harness import License, Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Outcome

TODAY = date(2026, 10, 6)


@pytest.fixture
def scene(new_ledger_url: str) -> Iterator[Scene]:
    """Two schools, of which the first goes live first."""
    with SimulatedDistrict(120, schools=2, seed=7, today=TODAY) as district:
        scene = Scene(district, new_ledger_url)
        scene.spec["canary"] = {"schools": [district.school_ids[0]]}
        scene.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100}
        yield scene
        scene.close()


def sync(scene: Scene, ahead: int = 0, outcome: Outcome = Outcome.SYNCED) -> None:
    scene.clock = FixedClock(datetime.combine(TODAY + timedelta(days=ahead), time(15), UTC))
    assert scene.reconcile().outcome is outcome, scene.status


def first_school(scene: Scene) -> set[License]:
    """What everybody of the first school is to have, at the other one too."""
    people = {person for person, _, _ in scene.expected(scene.district.school_ids[:1])}
    return {each for each in scene.expected() if each[0] in people}


def canary(scene: Scene) -> dict[str, Any]:
    found: dict[str, Any] = scene.status["canary"]
    return found


def test_the_first_school_is_live_and_the_other_is_planned(scene: Scene) -> None:
    sync(scene)
    live, everybody = first_school(scene), scene.expected()
    assert scene.licenses() == live
    assert live < everybody
    assert (canary(scene)["grants"], canary(scene)["revocations"]) == (len(everybody - live), 0)
    assert "the other schools are in setup mode" in canary(scene)["message"]
    assert scene.status["roster"]["schools"] == 2
    assert scene.status["plan"]["unchanged"] == 0


def test_setup_mode_shows_what_going_live_does_row_by_row(scene: Scene) -> None:
    scene.spec["live"] = False
    sync(scene, outcome=Outcome.PLANNED)
    planned, promotion = scene.status["plan"]["grants"], canary(scene)["grants"]
    scene.spec["live"] = True
    sync(scene, 1)
    assert len(scene.licenses()) == planned == scene.status["lastSync"]["granted"]
    assert canary(scene)["grants"] == promotion
    scene.change_spec(canary=None)
    sync(scene, 2)
    assert scene.status["lastSync"]["granted"] == promotion
    assert scene.licenses() == scene.expected()
    assert "canary" not in scene.status


def test_promotion_comes_by_itself_after_so_many_healthy_days(scene: Scene) -> None:
    scene.spec["canary"] = {**scene.spec["canary"], "promoteAfter": 2}
    for ahead, nights in ((0, 0), (0, 0), (1, 1), (1, 1), (2, 2)):
        sync(scene, ahead)
        assert (canary(scene)["nights"], scene.licenses()) == (nights, first_school(scene))
    sync(scene, 3)
    assert scene.licenses() == scene.expected()
    assert canary(scene)["promotedOn"] == "2026-10-09"
    assert "remove spec.canary" in canary(scene)["message"]
    scene.district.change("student-arrives,count=4")
    sync(scene, 4)
    assert scene.licenses() == scene.expected()


def test_a_night_in_which_something_waits_begins_the_count_anew(scene: Scene) -> None:
    scene.spec["canary"] = {**scene.spec["canary"], "promoteAfter": 2}
    sync(scene)
    sync(scene, 1)
    scene.spec["guard"] = {"districtPercent": 0, "schoolPercent": 0, "floor": 0}
    scene.district.change(f"student-leaves:{sorted(first_school(scene))[0][0]}")
    sync(scene, 2, Outcome.HELD)
    assert canary(scene)["nights"] == 0
    sync(scene, 3, Outcome.HELD)
    scene.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100}
    sync(scene, 4)
    assert canary(scene)["nights"] == 1


def test_a_failed_night_counts_as_none(scene: Scene) -> None:
    scene.spec["canary"] = {**scene.spec["canary"], "promoteAfter": 2}
    sync(scene)
    sync(scene, 1)
    good, scene.spec["courses"] = scene.spec["courses"], [{"code": "NO-SUCH", "ebooks": ["algebra"]}]
    scene.clock = FixedClock(scene.clock.now() + timedelta(days=1))
    assert scene.reconcile().outcome is Outcome.INVALID_INPUT
    assert canary(scene)["nights"] == 1
    scene.spec["courses"] = good
    sync(scene, 3)
    assert canary(scene)["nights"] == 2


def test_whoever_moves_to_another_school_stays_live(scene: Scene) -> None:
    sync(scene)
    before = scene.licenses()
    scene.spec["canary"] = {"schools": [scene.district.school_ids[1]]}
    sync(scene, 1)
    assert before <= scene.licenses() == scene.expected()
