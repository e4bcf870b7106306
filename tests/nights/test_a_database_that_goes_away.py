"""The database goes away before any one statement of a sync: that is said, all or nothing was written, and it heals."""

from __future__ import annotations

import pytest
from tests.nights.events import somebody_comes
from tests.nights.mishaps import database_away
from tests.nights.oracle import due
from tests.nights.rows import tell
from tests.nights.stage import Stage
from tests.nights.witness import books_of
from tests.nights.world import World

pytestmark = pytest.mark.slow


def test_wherever_the_database_goes_away_it_is_told_and_nothing_is_half_done(stage: Stage, world: World) -> None:
    stage.change_spec(guard={"dayPercent": 100, "weekPercent": 100, "absentReads": 1})  # many leave, one by one
    outcomes, went, statement = [], ["the first"], 0
    while went:
        for part in world.parts_of(min(due(world))[0]):
            world.end(part, "gone")
        somebody_comes(world)
        somebody_comes(world)
        stage.sis.tell(tell(world))
        before = books_of(stage).licenses
        with database_away(statement) as went:
            outcomes.append(str(stage.reconcile().outcome))
        assert books_of(stage).licenses == (due(world) if outcomes[-1] == "Synced" else before), went
        if outcomes[-1] != "Synced":
            assert stage.condition("Ready") == ("False", "LedgerUnavailable"), stage.status
            assert "Platform: " in stage.message("Ready") or "tried again" in stage.message("Ready")
            assert stage.settled() == "Synced"
        assert books_of(stage).licenses == due(world)
        statement += 1
    assert outcomes.count("Failed") > 10
