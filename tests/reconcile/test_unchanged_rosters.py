"""A roster that is still what the last sync found is recognised by the digests of its pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import FixedClock
from roster_operator.ledger.interface.district import Memory
from roster_operator.reconcile.contract import Outcome, Trigger

pytestmark = pytest.mark.slow

ABOUT_THE_RUN = ("lastSync", "lastSyncTime", "lastAttemptTime", "nextSyncTime", "history", "provider")


def memory(scene: Scene) -> list[Any]:
    rows = scene.query("SELECT memory_version, memory FROM district_state WHERE memory IS NOT NULL")
    found = [(version, msgspec.msgpack.decode(memory, type=Memory)) for version, memory in rows]
    return [(version, memory.day, memory.until, memory.findings) for version, memory in found]


def lasting(scene: Scene) -> dict[str, Any]:
    return {name: value for name, value in scene.status.items() if name not in ABOUT_THE_RUN}


def test_an_unchanged_roster_is_recognised_and_gives_the_same_status(scene_on_both: Scene) -> None:
    scene = scene_on_both
    scene.reconcile()
    first, licenses, remembered = scene.reconcile(), scene.licenses(), memory(scene)
    scene.district.reset_stats()
    again = scene.reconcile()
    assert len(remembered) == 1
    assert again.outcome is Outcome.SYNCED
    assert again.catalog == first.catalog
    assert scene.licenses() == licenses == scene.expected()
    assert memory(scene) == remembered
    status = lasting(scene)
    scene.reconcile(trigger=Trigger.REQUESTED)
    assert lasting(scene) == status


def test_only_a_recognised_roster_is_not_read_twice(scene: Scene) -> None:
    """A change costs no request twice in a small district: what was compared is then decoded."""
    scene.reconcile()
    scene.district.reset_stats()
    scene.reconcile()
    unchanged = sum(scene.district.stats()["requests"].values())
    scene.district.change("student-moves:S1000020")
    scene.district.reset_stats()
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()
    assert sum(scene.district.stats()["requests"].values()) <= unchanged + 8


def test_what_was_read_twice_for_want_of_totals_is_recognised_by_one_reading(scene: Scene) -> None:
    scene.district.fault("no-total", "clamp=37")
    requests = []
    for _ in range(2):
        scene.district.reset_stats()
        assert scene.reconcile().outcome is Outcome.SYNCED
        requests.append(sum(scene.district.stats()["requests"].values()))
    first, again = requests
    assert again < 0.6 * first


@pytest.mark.parametrize(
    "change",
    [
        "student-arrives,count=3",
        "student-leaves:S1000003",
        "student-moves:S1000020",
        "percent:1",
        "class-ends:{class_id}",
    ],
)
def test_any_change_is_seen(scene: Scene, change: str) -> None:
    scene.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100}
    scene.reconcile()
    scene.reconcile()
    scene.district.change(change.format(class_id=scene.district.classes_of(scene.district.school_ids[0], "MA101")[0]))
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()


def test_whatever_else_decides_is_looked_at(scene: Scene) -> None:
    scene.reconcile()
    scene.change_spec(courses=[{"code": "MA101", "ebooks": ["algebra", "workbook"]}, *scene.spec["courses"][1:]])
    scene.reconcile()
    assert scene.status["lastSync"]["granted"] > 0
    scene.ebooks["workbook"] = {"title": "Workbook", "editions": ["Student", "Teacher"]}
    scene.reconcile()
    assert scene.status["lastSync"]["granted"] > 0
    scene.reconcile()
    assert scene.status["lastSync"]["granted"] == 0


def test_a_day_on_which_something_ends_is_looked_at(district: SimulatedDistrict, tmp_path: Path) -> None:
    clock = FixedClock(datetime.now(UTC))
    scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}", clock=clock)
    scene.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100}
    scene.reconcile()
    ((_, day, until, _),) = memory(scene)
    assert until > day
    licenses = scene.licenses()
    begins = datetime.fromisoformat(until).replace(tzinfo=UTC)
    clock.advance(begins - timedelta(hours=1) - clock.now())
    scene.reconcile()
    assert scene.licenses() == licenses
    ((_, same_day, _, _),) = memory(scene)
    assert same_day == day
    clock.advance(timedelta(hours=2))
    scene.reconcile()
    ((_, later, _, _),) = memory(scene)
    assert later == until
    scene.close()


def test_a_clock_that_goes_back_is_not_believed(district: SimulatedDistrict, tmp_path: Path) -> None:
    clock = FixedClock(datetime.now(UTC))
    scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}", clock=clock)
    scene.reconcile()
    ((_, day, _, _),) = memory(scene)
    clock.advance(timedelta(days=-1))
    scene.reconcile()
    ((_, earlier, _, _),) = memory(scene)
    assert earlier < day
    scene.close()


def test_what_waits_or_is_in_doubt_is_not_remembered(scene: Scene) -> None:
    scene.reconcile()
    scene.change_spec(courses=scene.spec["courses"][1:])
    assert scene.reconcile().outcome is Outcome.HELD
    assert memory(scene) == []
    assert scene.reconcile().outcome is Outcome.HELD


@pytest.mark.parametrize("statement", ["UPDATE person_states SET digest = 0", "DELETE FROM person_states"])
def test_states_that_were_cleared_or_taken_away_are_looked_at(scene: Scene, statement: str) -> None:
    scene.reconcile()
    person = sorted(scene.expected())[0][0]
    scene.execute(
        "DELETE FROM licenses WHERE account_id = (SELECT id FROM accounts WHERE sourced_id = :person)",
        [{"person": person}],
    )
    scene.execute(f"{statement} WHERE key = :person", [{"person": person}])
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()


def test_a_server_that_fails_meanwhile_changes_nothing(scene: Scene) -> None:
    scene.reconcile()
    licenses = scene.licenses()
    scene.district.fault("error=500,on=enrollments")
    assert scene.reconcile().outcome is Outcome.INCOMPLETE
    assert scene.licenses() == licenses
    scene.district.clear_faults()
    assert scene.reconcile().outcome is Outcome.SYNCED


def test_setup_mode_remembers_nothing(scene: Scene) -> None:
    scene.spec["live"] = False
    scene.reconcile()
    assert memory(scene) == []
