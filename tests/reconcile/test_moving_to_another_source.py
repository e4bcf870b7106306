"""A live district moves to another SIS or server: ids count for nothing until somebody approved whom they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.reconcile.contract import Outcome

ACCOUNTS = "SELECT id, username FROM accounts ORDER BY id"


@pytest.fixture
def strangers() -> Iterator[SimulatedDistrict]:
    """Another district, whose ids of schools and persons are the same."""
    with SimulatedDistrict(students=60, schools=3, seed=8) as district:
        yield district


@pytest.fixture
def migrated() -> Iterator[SimulatedDistrict]:
    """The same district on another vendor's SIS, which gives everybody and everything another id."""
    with SimulatedDistrict(students=120, schools=3, seed=7, vendor="InfiniteCampus") as district:
        yield district


def point_at(scene: Scene, district: SimulatedDistrict, **more: object) -> None:
    source = {**scene.spec["source"], "baseURL": district.base_url, "vendor": str(district.vendor.name), **more}
    scene.change_spec(source=source, schools=[{"id": school} for school in district.school_ids])


def approve(scene: Scene) -> None:
    scene.change_spec(approval={"plan": scene.status["plan"]["digest"]})
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status


def by_login(scene: Scene) -> set[tuple[Any, ...]]:
    """Who holds what, whatever ids say."""
    return set(
        scene.query(
            "SELECT accounts.id, username, ebook, edition FROM active_licenses JOIN accounts ON accounts.id = account"
        )
    )


def test_no_account_becomes_another_childs_where_a_wrong_server_is_approved(
    scene_on_both: Scene, strangers: SimulatedDistrict
) -> None:
    scene = scene_on_both
    scene.reconcile()
    before = scene.query(ACCOUNTS)
    point_at(scene, strangers, vendor="Generic")
    assert scene.reconcile().outcome is Outcome.HELD, scene.status
    assert scene.condition("Ready") == ("False", "SourceChanged")
    rekey = scene.status["plan"]["rekey"]
    assert rekey["neither"] > 50
    assert (rekey["both"], rekey["number"]) == (0, 0)
    assert f"{rekey['neither']} by neither" in scene.message("Held")
    approve(scene)
    after = scene.query(ACCOUNTS)
    assert after[: len(before)] == before
    scene.district = strangers
    assert scene.licenses() == scene.expected(), "and the strangers are served as themselves"
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.query(ACCOUNTS) == after


def test_people_keep_accounts_and_licenses_where_another_vendor_gives_all_of_them_new_ids(
    scene_on_both: Scene, migrated: SimulatedDistrict
) -> None:
    scene = scene_on_both
    scene.reconcile()
    held = by_login(scene)
    point_at(scene, migrated)
    assert scene.reconcile().outcome is Outcome.HELD, scene.status
    assert scene.condition("Ready") == ("False", "SourceChanged")
    rekey = scene.status["plan"]["rekey"]
    assert (rekey["neither"], rekey["moved"]) == (0, rekey["both"] + rekey["login"] + rekey["number"])
    assert by_login(scene) == held
    approve(scene)
    assert by_login(scene) == held
    assert scene.status["lastSync"].get("revoked", 0) == 0
    scene.district = migrated
    assert scene.licenses() == scene.expected()
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert "rekey" not in scene.status["plan"]


def test_a_change_that_is_taken_back_before_it_was_approved_was_never_made(
    scene_on_both: Scene, strangers: SimulatedDistrict
) -> None:
    scene = scene_on_both
    scene.reconcile()
    before, held = scene.query(ACCOUNTS), by_login(scene)
    point_at(scene, strangers, vendor="Generic")
    scene.reconcile()
    point_at(scene, scene.district, vendor="Generic")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert (scene.query(ACCOUNTS), by_login(scene)) == (before, held)
    assert scene.condition("Held") == ("", "")


def test_a_district_that_is_pointed_back_after_an_approval_has_its_accounts_back(
    scene: Scene, strangers: SimulatedDistrict
) -> None:
    scene.reconcile()
    held = by_login(scene)
    point_at(scene, strangers, vendor="Generic")
    scene.reconcile()
    approve(scene)
    point_at(scene, scene.district, vendor="Generic")
    assert scene.reconcile().outcome is Outcome.HELD, scene.status
    approve(scene)
    assert by_login(scene) == held


def test_the_former_people_are_no_longer_listed_as_anybody_is(scene: Scene, strangers: SimulatedDistrict) -> None:
    scene.spec["guard"] = {"absentReads": 2}
    scene.reconcile()
    held = by_login(scene)
    point_at(scene, strangers, vendor="Generic")
    scene.reconcile()
    scene.change_spec(approval={"plan": scene.status["plan"]["digest"]})
    scene.reconcile()
    assert scene.condition("Ready") == ("True", "Synced")
    assert not by_login(scene) & held, "an approval is the second reading"


def test_one_server_that_gave_its_ids_to_others_is_a_re_key_too(tmp_path: Path, strangers: SimulatedDistrict) -> None:
    with SimulatedDistrict(students=120, schools=3, seed=7) as district:
        scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        scene.reconcile()
        before = scene.query(ACCOUNTS)
        district.service.roster.people = strangers.service.roster.people
        assert scene.reconcile().outcome is Outcome.HELD, scene.status
        assert scene.condition("Ready") == ("False", "IdentitiesChanged")
        approve(scene)
        assert scene.query(ACCOUNTS)[: len(before)] == before
        scene.close()


def test_a_district_that_gave_everybody_another_login_says_that_they_are_the_same(
    tmp_path: Path, strangers: SimulatedDistrict
) -> None:
    with SimulatedDistrict(students=120, schools=3, seed=7) as district:
        scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        scene.reconcile()
        held, accounts = scene.licenses(), scene.query("SELECT id, sourced_id FROM accounts ORDER BY id")
        district.service.roster.people = strangers.service.roster.people
        scene.change_spec(matching={"unconfirmed": "SameAccount"})
        assert scene.reconcile().outcome is Outcome.HELD, "it is shown before, all the same"
        assert scene.status["plan"]["revocations"] == 0
        approve(scene)
        assert scene.licenses() == held
        assert scene.query("SELECT id, sourced_id FROM accounts ORDER BY id") == accounts
        scene.close()


def test_a_ledger_that_knows_no_source_takes_that_of_the_next_sync(scene: Scene, strangers: SimulatedDistrict) -> None:
    scene.reconcile()
    scene.execute("UPDATE district_state SET evidence = ''")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.condition("Held") == ("", "")
    point_at(scene, strangers, vendor="Generic")
    assert scene.reconcile().outcome is Outcome.HELD
    assert scene.condition("Ready") == ("False", "SourceChanged")


def test_a_move_in_a_summer_without_classes_is_judged_once_people_come(
    scene: Scene, strangers: SimulatedDistrict
) -> None:
    scene.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100}
    school, taught, untaught = [{"id": "994"}], scene.spec["courses"][:1], scene.spec["courses"][4:]
    scene.change_spec(schools=school, courses=taught)
    scene.reconcile()
    before = scene.query(ACCOUNTS)
    scene.change_spec(courses=untaught)
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.query("SELECT count(*) FROM active_licenses") == [(0,)]
    point_at(scene, strangers, vendor="Generic")
    scene.change_spec(schools=school)
    for _ in range(2):
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    scene.change_spec(courses=taught)
    assert scene.reconcile().outcome is Outcome.HELD, "ids were not yet told to be those of before"
    assert scene.condition("Ready") == ("False", "SourceChanged")
    assert scene.query(ACCOUNTS) == before
