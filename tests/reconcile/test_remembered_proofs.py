"""What a server proved before is remembered: where it proves less, nobody loses a license until somebody has looked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from tests.reconcile.district_harness import Scene

from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Outcome

UNLIMITED = {"districtPercent": 100, "schoolPercent": 100, "floor": 10_000}


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """Live since yesterday, under no limit."""
    scene.clock = FixedClock(scene.clock.now())
    scene.spec["guard"] = UNLIMITED
    scene.spec["source"] = {**scene.spec["source"], "pageSize": 100}
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    tomorrow(scene)
    return scene


def tomorrow(scene: Scene) -> None:
    assert isinstance(scene.clock, FixedClock)
    scene.clock.advance(timedelta(days=1))


def sections(scene: Scene) -> dict[str, Any]:
    """What is remembered."""
    found: dict[str, Any] = msgspec.json.decode(scene.query("SELECT evidence FROM district_state")[0][0])["sections"]
    return found


def test_no_removal_goes_on_without_the_totals_that_there_were(scene: Scene) -> None:
    before = scene.licenses()
    scene.district.fault("no-total")
    scene.district.change("student-leaves:S1000003", "student-arrives")
    assert scene.reconcile().outcome is Outcome.HELD, scene.status
    assert scene.licenses() > before
    assert scene.condition("Held") == ("True", "RemovalsHeld")
    assert "and was by Total" in scene.message("Held")
    scene.district.clear_faults()
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()


def test_a_night_on_which_nothing_is_removed_does_not_make_less_proof_the_custom(scene: Scene) -> None:
    since = scene.clock.now().date().isoformat()
    scene.district.fault("no-total")
    for _ in range(3):
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
        tomorrow(scene)
    scene.district.change("student-leaves:S1000003")
    assert scene.reconcile().outcome is Outcome.HELD, scene.status
    assert f"(since {since})" in scene.message("Held")


def test_what_was_approved_is_the_custom_from_then_on(scene: Scene) -> None:
    scene.district.fault("no-total")
    scene.district.change("student-leaves:S1000003")
    scene.reconcile()
    scene.change_spec(approval={"plan": scene.status["plan"]["digest"]})
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    tomorrow(scene)
    scene.district.change("student-leaves:S1000004")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()


def test_a_section_that_shrinks_as_never_before_is_looked_at(scene: Scene) -> None:
    before = scene.licenses()
    scene.district.change("student-leaves:S1000003,count=12,how=gone")
    assert scene.reconcile().outcome is Outcome.HELD, scene.status
    assert "more than it ever lost at once" in scene.message("Held")
    assert scene.licenses() == before
    tomorrow(scene)
    scene.change_spec(approval={"plan": scene.status["plan"]["digest"]})
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert sections(scene)["enrollments"]["largest_shrink"] > 5
    tomorrow(scene)
    scene.district.change("student-leaves:S1000033,count=9,how=gone")
    assert scene.reconcile().outcome is Outcome.SYNCED, "that has happened before"
    tomorrow(scene)
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()


def test_a_section_that_is_empty_all_at_once_changes_nothing(scene: Scene) -> None:
    before = scene.licenses()
    scene.district.fault("roster-empty,on=academicSessions")
    scene.district.change("student-arrives", "student-leaves:S1000003")
    assert scene.reconcile().outcome is not Outcome.SYNCED
    assert scene.licenses() == before


def test_an_unchanged_night_writes_no_evidence_anew(scene: Scene) -> None:
    before = scene.query("SELECT * FROM district_state")
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.query("SELECT * FROM district_state") == before


def test_no_credential_and_no_person_is_remembered(scene: Scene) -> None:
    scene.district.change("student-arrives")
    scene.reconcile()
    kept = scene.query("SELECT evidence FROM district_state")[0][0]
    for word in {*scene.district.personal_strings(), scene.district.client_id, scene.district.client_secret}:
        assert word not in kept
