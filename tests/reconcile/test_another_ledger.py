"""A live district whose licenses are gone from the ledger waits, whether that is another one or has lost them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.reconcile.contract import Outcome


@pytest.fixture
def live(scene_on_both: Scene) -> Scene:
    """Synced, and synced again."""
    scene_on_both.reconcile()
    assert scene_on_both.reconcile().outcome is Outcome.SYNCED
    return scene_on_both


@pytest.fixture
def elsewhere(district: SimulatedDistrict, live: Scene, tmp_path: Path) -> Iterator[Scene]:
    """The same resource, by an operator that was pointed at another, empty ledger."""
    moved = Scene(district, f"sqlite:///{tmp_path / 'another.sqlite'}")
    moved.status = live.status
    yield moved
    moved.close()


def write(scene: Scene, *statements: str) -> None:
    with scene.engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def held(scene: Scene) -> str:
    """The message of a sync that changes nothing because licenses are missing."""
    before = scene.rows()
    assert scene.reconcile().outcome is Outcome.HELD, scene.status
    assert scene.condition("Ready") == ("False", "LicensesMissing")
    assert scene.condition("Held") == ("True", "LicensesMissing")
    after = scene.rows()
    looked = {"sync_runs": 0, "reservations": 0, "shown_plans": 0}
    assert before | looked == after | looked
    return scene.message("Ready")


def test_the_status_names_the_ledger(live: Scene) -> None:
    named = live.status["ledger"]
    assert named["licenses"] == len(live.expected())
    with live.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT id FROM identity")) == named["id"]


def test_a_live_district_does_not_begin_anew_in_another_ledger(live: Scene, elsewhere: Scene) -> None:
    had = len(live.expected())
    for _ in range(2):
        told = held(elsewhere)
        assert f"had {had} licenses at the last sync, and the ledger is another one" in told
        assert "Platform: point the operator at the former ledger, or restore it." in told
    assert elsewhere.licenses() == set()
    live.status = elsewhere.status
    assert live.reconcile().outcome is Outcome.SYNCED
    assert live.condition("Held") == ("", "")


def test_who_approves_begins_anew(elsewhere: Scene) -> None:
    held(elsewhere)
    was = elsewhere.status["ledger"]["id"]
    elsewhere.change_spec(approval={"plan": elsewhere.status["plan"]["digest"]})
    assert elsewhere.reconcile().outcome is Outcome.SYNCED
    assert elsewhere.licenses() == elsewhere.expected()
    assert elsewhere.status["ledger"]["id"] != was
    assert elsewhere.reconcile().outcome is Outcome.SYNCED


def test_a_plan_against_an_empty_ledger_says_what_would_wait(elsewhere: Scene) -> None:
    elsewhere.reconcile(plan_only=True)
    assert "All of it would wait" in elsewhere.message("Synced")


@pytest.mark.parametrize("also", [(), ("DELETE FROM person_states",), ("UPDATE district_state SET memory = NULL",)])
def test_licenses_that_are_gone_from_the_same_ledger_are_missed(live: Scene, also: tuple[str, ...]) -> None:
    write(live, "DELETE FROM licenses", *also)
    for _ in range(2):
        assert "another one" not in held(live)
    live.change_spec(approval={"plan": live.status["plan"]["digest"]})
    assert live.reconcile().outcome is Outcome.SYNCED
    assert live.licenses() == live.expected()


def test_a_district_that_never_was_live_misses_nothing(scene_on_both: Scene) -> None:
    scene_on_both.change_spec(live=False)
    scene_on_both.reconcile()
    assert "ledger" not in scene_on_both.status
    scene_on_both.change_spec(live=True)
    assert scene_on_both.reconcile().outcome is Outcome.SYNCED


def test_delta_reads_do_not_build_on_what_is_gone(live: Scene, elsewhere: Scene) -> None:
    live.spec["source"]["delta"] = elsewhere.spec["source"]["delta"] = {}
    live.reconcile()
    live.reconcile()
    elsewhere.status = live.status
    held(elsewhere)
