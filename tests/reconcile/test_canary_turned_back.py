"""Whoever turns back a sync of the first school does not see all of them go live when that is lifted."""

from __future__ import annotations

import uuid
from pathlib import Path

from tests.reconcile.small import SmallDistrict

from roster_operator.ledger.undo import open_undo
from roster_operator.ledger.undo.interface import UndoOrder
from roster_operator.reconcile.contract import Outcome


def test_healthy_days_are_counted_anew_after_an_undo(tmp_path: Path, new_ledger_url: str) -> None:
    small = SmallDistrict(tmp_path / "set", new_ledger_url, canary={"schools": ["n"], "promoteAfter": 1})
    small.rows_of("orgs")["w"] = {**small.rows_of("orgs")["n"], "sourcedId": "w", "name": "West"}
    west = {**small.rows_of("classes")["c1"], "sourcedId": "c2", "schoolSourcedId": "w"}
    small.rows_of("classes")["c2"] = west
    small.enroll("w1", classSourcedId="c2")
    small.spec["schools"] = [{"id": "n"}, {"id": "w"}]
    small.night()
    small.enroll("s9")
    small.night()
    assert small.status["canary"]["nights"] == 1
    ((run,),) = small.query("SELECT id FROM sync_runs ORDER BY number DESC LIMIT 1")
    asked = UndoOrder(1, run, str(uuid.uuid4()), "ann", "a mistake", small.clock.now(), "{}")
    undo = open_undo(small.ledger_url)
    undo.undo(asked, digest=undo.undo(asked, digest="").digest)
    assert small.night().outcome is Outcome.HELD
    assert small.status["canary"]["nights"] == 0
    undo.lift(1)
    undo.close()
    assert small.night().outcome is Outcome.SYNCED
    assert "w1" not in small.served()
    small.night()
    small.night()
    assert "w1" in small.served(), "but after that it goes on"
    small.close()
