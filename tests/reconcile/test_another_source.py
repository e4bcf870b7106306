"""A live district whose server is another one, or serves other people: nobody gets a stranger's licenses or account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.reconcile.contract import Outcome

KEPT = ("accounts", "licenses", "person_states", "journal", "districts", "district_state")


@pytest.fixture
def strangers() -> Iterator[SimulatedDistrict]:
    """Another district, whose ids of schools and persons are the same."""
    with SimulatedDistrict(students=60, schools=3, seed=8) as district:
        yield district


@pytest.fixture
def moved() -> Iterator[SimulatedDistrict]:
    """The same district at another address."""
    with SimulatedDistrict(students=120, schools=3, seed=7) as district:
        yield district


def kept(scene: Scene) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that decides who has what."""
    return {table: sorted(scene.query(f"SELECT * FROM {table}"), key=repr) for table in KEPT}


def point_at(scene: Scene, district: SimulatedDistrict, **more: object) -> None:
    scene.change_spec(source={**scene.spec["source"], "baseURL": district.base_url, **more})


def test_a_district_pointed_at_another_server_with_the_same_ids_stays_as_it_is(
    scene: Scene, strangers: SimulatedDistrict
) -> None:
    scene.reconcile()
    before = kept(scene)
    point_at(scene, strangers)
    for _ in range(2):
        assert scene.reconcile().outcome is Outcome.HELD, scene.status
        assert kept(scene) == before
    assert scene.condition("Ready") == scene.condition("Synced") == ("False", "SourceChanged")
    assert scene.condition("Held") == ("True", "SourceChanged")
    last = scene.status["lastSync"]
    assert (last.get("granted", 0), last.get("revoked", 0)) == (0, 0)
    assert scene.status["plan"]["held"] > 0
    message = scene.message("Held")
    for url in (scene.district.base_url, strangers.base_url):
        assert url.removeprefix("http://") in message
    assert "put the former source back" in message
    assert scene.status["plan"]["digest"] in message


def test_the_name_of_the_district_vouches_for_nobody(scene: Scene, strangers: SimulatedDistrict) -> None:
    scene.spec["district"] = "springfield"
    scene.reconcile()
    before = kept(scene)
    point_at(scene, strangers)
    assert scene.reconcile().outcome is Outcome.HELD, scene.status
    assert scene.condition("Ready") == ("False", "SourceChanged")
    assert kept(scene) == before


def test_no_delta_read_goes_on_from_before_once_something_is_in_question(
    scene: Scene, strangers: SimulatedDistrict
) -> None:
    point_at(scene, scene.district, delta={"fullInterval": "168h"})
    scene.reconcile()
    scene.reconcile()
    assert scene.query("SELECT count(watermark) FROM district_state") == [(1,)]
    point_at(scene, strangers)
    scene.reconcile()
    assert scene.query("SELECT count(watermark) FROM district_state") == [(0,)]


def test_when_the_former_url_is_put_back_all_goes_on(scene: Scene, strangers: SimulatedDistrict) -> None:
    scene.reconcile()
    point_at(scene, strangers)
    scene.reconcile()
    point_at(scene, scene.district)
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.condition("Held") == ("", "")
    assert scene.licenses() == scene.expected()


def test_a_mere_change_of_the_address_goes_on(scene: Scene, moved: SimulatedDistrict) -> None:
    scene.reconcile()
    accounts = scene.query("SELECT id, sourced_id, username FROM accounts ORDER BY id")
    moved.change("student-leaves:S1000003", "student-arrives,count=3")
    scene.district.change("student-leaves:S1000003", "student-arrives,count=3")
    point_at(scene, moved, vendor="eSchoolData")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()
    assert scene.query("SELECT id, sourced_id, username FROM accounts ORDER BY id")[: len(accounts)] == accounts


def test_approving_the_plan_makes_the_other_source_the_districts(scene: Scene, strangers: SimulatedDistrict) -> None:
    scene.reconcile()
    point_at(scene, strangers)
    scene.reconcile()
    digest = scene.status["plan"]["digest"]
    scene.change_spec(approval={"plan": digest})
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    scene.district = strangers
    assert scene.licenses() == scene.expected()
    assert scene.reconcile().outcome is Outcome.SYNCED, "that source is the district's from now on"
    assert scene.condition("Ready") == ("True", "Synced")


def test_an_approval_is_good_for_the_very_plan_that_was_seen(scene: Scene, strangers: SimulatedDistrict) -> None:
    scene.reconcile()
    before = scene.licenses()
    point_at(scene, strangers)
    scene.reconcile()
    scene.change_spec(approval={"plan": scene.status["plan"]["digest"]})
    strangers.change("student-leaves:S1000003")
    assert scene.reconcile().outcome is Outcome.HELD, "not even for less"
    assert scene.licenses() == before


def test_while_a_name_is_unresolved_the_removals_of_an_approved_plan_wait_still(
    scene: Scene, strangers: SimulatedDistrict
) -> None:
    scene.reconcile()
    before = scene.licenses()
    point_at(scene, strangers)
    scene.change_spec(schools=[*scene.spec["schools"], {"id": "nowhere"}])
    scene.reconcile()
    assert scene.condition("Ready") == ("False", "SourceChanged")
    scene.change_spec(approval={"plan": scene.status["plan"]["digest"]})
    assert scene.reconcile().outcome is Outcome.HELD
    assert scene.condition("Held") == ("True", "Unresolved")
    assert len(scene.licenses()) >= len(before)


def test_setup_mode_shows_what_would_wait(scene: Scene, strangers: SimulatedDistrict) -> None:
    scene.reconcile()
    before = kept(scene)
    point_at(scene, strangers)
    assert scene.reconcile(plan_only=True).outcome is Outcome.PLANNED
    assert kept(scene) == before
    shown = scene.status["plan"]["digest"]
    assert f"All of it would wait for spec.approval.plan: {shown}" in scene.message("Synced")
    removals = next(item for item in scene.status["checklist"] if item["name"] == "Removals")
    assert removals["result"] == "Warn"
    scene.reconcile()
    assert scene.status["plan"]["digest"] == shown


def test_the_same_address_that_serves_other_people_is_noticed(tmp_path: Path, strangers: SimulatedDistrict) -> None:
    with SimulatedDistrict(students=120, schools=3, seed=7) as district:
        scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        scene.reconcile()
        before = kept(scene)
        district.service.roster.people = strangers.service.roster.people
        assert scene.reconcile().outcome is Outcome.HELD, scene.status
        assert scene.condition("Ready") == ("False", "IdentitiesChanged")
        assert kept(scene) == before
        scene.close()


def test_many_newcomers_where_few_are_left_who_are_known_are_a_question(scene: Scene) -> None:
    scene.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100, "floor": 10_000}
    scene.reconcile()
    before = kept(scene)
    scene.district.change("student-leaves:S1000001,count=120,how=gone", "student-arrives,count=40")
    assert scene.reconcile().outcome is Outcome.HELD, scene.status
    assert scene.condition("Ready") == ("False", "RosterInQuestion")
    assert "40 persons come whom nobody knows" in scene.message("Ready")
    assert kept(scene) == before
    scene.change_spec(approval={"plan": scene.status["plan"]["digest"]})
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()


def test_newcomers_are_none_where_those_who_are_known_are_still_listed(scene: Scene) -> None:
    """A course that everybody takes for a year: the others are still at the school."""
    scene.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100, "floor": 10_000}
    scene.reconcile()
    scene.district.change("student-leaves:S1000001,count=120,how=ended", "student-arrives,count=40")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()


def test_what_is_read_for_the_first_time_has_no_yesterday(scene: Scene) -> None:
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.query("SELECT count(*) FROM district_state") == [(1,)]
