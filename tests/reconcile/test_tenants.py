"""A namespace cannot take another one's district by naming it, before, while or after that is live."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import SystemClock
from roster_operator.ledger.interface.sync import Run
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.credentials import Credentials


@pytest.fixture
def squatter(district: SimulatedDistrict, scene_on_both: Scene) -> Iterator[Scene]:
    """A resource of another namespace that names the same district, and whose spec keeps nobody."""
    squatter = Scene(district, scene_on_both.ledger_url)
    squatter.namespace, squatter.name = "squatters", "grab"
    squatter.spec |= {"courses": [{"code": "MA101", "ebooks": ["workbook"]}]}
    yield squatter
    squatter.close()


def released(scene: Scene, *, revoke: bool = False) -> int:
    """What becomes of the resource's district when it is deleted."""
    now = SystemClock().now()
    owner = f"{scene.namespace}/{scene.name}"
    return scene.ledger.release(owner, revoke=revoke, run=Run(f"run-of-{owner}", now, now))


def refused(squatter: Scene) -> None:
    """It changes nothing, its deletion neither, and it learns of nobody."""
    before = squatter.rows()
    for live in (False, True):
        squatter.change_spec(live=live)
        assert squatter.reconcile().outcome is Outcome.INVALID_INPUT
        assert squatter.condition("Ready") == ("False", "DistrictConflict")
        assert "springfield" not in str(squatter.status)
        assert "districts/" not in str(squatter.status)
    assert released(squatter, revoke=True) == 0
    assert squatter.rows() == before


def test_another_namespace_takes_nothing_while_a_district_is_prepared(scene_on_both: Scene, squatter: Scene) -> None:
    scene_on_both.change_spec(live=False)
    scene_on_both.reconcile()
    refused(squatter)
    scene_on_both.change_spec(live=True)
    assert scene_on_both.reconcile().outcome is Outcome.SYNCED


def test_choosing_schools_reserves_too(scene_on_both: Scene, squatter: Scene) -> None:
    scene_on_both.change_spec(live=False, schools=[], courses=[])
    scene_on_both.reconcile()
    refused(squatter)


def test_a_plan_and_a_server_that_lets_nobody_in_reserve_nothing(scene_on_both: Scene, squatter: Scene) -> None:
    scene_on_both.change_spec(live=False)
    scene_on_both.reconcile(plan_only=True)
    squatter.credentials = Credentials("nobody", "wrong")
    squatter.change_spec(live=False)
    squatter.reconcile()
    assert squatter.condition("Ready")[1] == "CredentialsRejected"
    assert scene_on_both.rows()["reservations"] == 0


def test_another_namespace_takes_nothing_of_a_live_district(scene_on_both: Scene, squatter: Scene) -> None:
    scene_on_both.reconcile()
    refused(squatter)


def test_another_namespace_takes_nothing_after_a_release(scene_on_both: Scene, squatter: Scene) -> None:
    scene_on_both.reconcile()
    licenses = scene_on_both.licenses()
    released(scene_on_both)
    refused(squatter)
    assert scene_on_both.licenses() == licenses
    assert scene_on_both.reconcile().outcome is Outcome.SYNCED
    assert scene_on_both.status["lastSync"]["granted"] == 0


def test_a_reservation_goes_with_its_resource(scene_on_both: Scene, squatter: Scene) -> None:
    squatter.change_spec(live=False)
    squatter.reconcile()
    assert scene_on_both.reconcile().outcome is Outcome.INVALID_INPUT
    released(squatter)
    assert scene_on_both.reconcile().outcome is Outcome.SYNCED


def test_a_transfer_gives_the_district_to_another_namespace(scene_on_both: Scene, district: SimulatedDistrict) -> None:
    scene_on_both.reconcile()
    source = scene_on_both.ledger.holdings()[0].source
    heir = Scene(district, scene_on_both.ledger_url)
    heir.namespace = "new-home"
    assert heir.reconcile().outcome is Outcome.INVALID_INPUT
    heir.ledger.transfer(source, "new-home", SystemClock().now())
    assert heir.reconcile().outcome is Outcome.SYNCED
    assert heir.status["lastSync"]["granted"] == heir.status["lastSync"]["revoked"] == 0
    assert scene_on_both.reconcile().outcome is Outcome.INVALID_INPUT
    assert released(scene_on_both, revoke=True) == 0
    assert heir.licenses() == heir.expected()
    heir.close()
