"""The ledger, or the cluster's own store, goes back to yesterday; the other one goes on from today."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.reconcile.district_harness import Scene

from roster_operator.reconcile.contract import Outcome


@pytest.fixture
def live(scene: Scene) -> Scene:
    """Synced, on SQLite."""
    assert scene.reconcile().outcome is Outcome.SYNCED
    return scene


def a_day(scene: Scene) -> None:
    """Some students arrive, leave and move: few enough to wait for nobody."""
    scene.district.change("student-arrives,count=3", "student-leaves:S1000003,count=2", "student-moves:S1000020")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()


def file_of(scene: Scene) -> Path:
    return Path(scene.ledger_url.removeprefix("sqlite:///"))


def test_a_ledger_of_yesterday_is_brought_up_to_date_by_the_next_sync(live: Scene, tmp_path: Path) -> None:
    backup = tmp_path / "backup.sqlite"
    with live.engine.connect() as connection:
        connection.execute(sa.text("VACUUM INTO :path"), {"path": str(backup)})
    yesterday = live.licenses()
    a_day(live)
    assert live.licenses() != yesterday

    live.close()
    for beside in file_of(live).parent.glob(f"{file_of(live).name}-*"):
        beside.unlink()
    backup.replace(file_of(live))
    restored = Scene(live.district, live.ledger_url)
    restored.status, restored.clock = live.status, live.clock
    assert restored.licenses() == yesterday
    restored.reconcile(plan_only=True)  # runs have ids of their own

    assert restored.reconcile().outcome is Outcome.SYNCED, restored.status
    assert restored.licenses() == restored.expected()
    restored.close()


def test_a_status_of_yesterday_costs_nothing(live: Scene) -> None:
    yesterday = copy.deepcopy(live.status)
    a_day(live)
    held = live.licenses()

    live.status = yesterday

    assert live.reconcile().outcome is Outcome.SYNCED, live.status
    assert live.licenses() == held
    assert live.status["lastSync"]["granted"] == live.status["lastSync"]["revoked"] == 0
