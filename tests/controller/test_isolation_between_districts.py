"""A slow, hanging or broken district holds nobody but itself."""

from __future__ import annotations

import json

import pytest
from tests.controller.conftest import Districts, Start, steady
from tests.controller.fakes import RecordingLedger, ScriptedReconcile, failing, until_stopped, wait_until
from tests.support.clocks import HurriedClock


def test_a_hanging_sis_delays_no_other_district(districts: Districts, start: Start) -> None:
    start(ScriptedReconcile(behaviours={"hanging": until_stopped}), workers=2)
    districts.create("hanging")
    districts.await_condition("hanging", "True", "Progressing", "Reconciling")

    for name in ("one", "two", "three"):
        districts.create(name)

    for name in ("one", "two", "three"):
        districts.await_condition(name, "True", "Synced", seconds=10)


def test_a_sync_that_exceeds_its_timeout_ends(districts: Districts, start: Start) -> None:
    start(ScriptedReconcile(behaviours={"hanging": until_stopped}), clock=HurriedClock(), workers=1)
    districts.create("hanging", timeout="10s")

    districts.await_condition("hanging", "False", "TimedOut", seconds=20)


def test_deletions_do_not_wait_behind_syncs(districts: Districts, start: Start) -> None:
    ledger = RecordingLedger()
    operator = start(ScriptedReconcile(behaviours={"hanging": until_stopped}), ledger, workers=1)
    districts.create("leaving")
    districts.await_condition("leaving", "True", "Synced")
    districts.create("hanging")
    districts.await_condition("hanging", "True", "Progressing", "Reconciling")

    districts.delete("leaving")

    wait_until(lambda: not districts.exists("leaving"), seconds=10)
    assert ledger.releases == [(f"{districts.namespace}/leaving", False)]
    assert len(operator.operator.engine.syncs) == 1


def test_a_defect_in_one_sync_is_reported_without_its_text_and_costs_nobody_else(
    districts: Districts, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    defect = ValueError("Maria Sample <maria.sample@example.org>")
    start(ScriptedReconcile(behaviours={"broken": failing(defect)}), workers=1)
    districts.create("broken")
    districts.create("sound")

    districts.await_condition("broken", "False", "InternalError")
    districts.await_condition("sound", "True", "Synced")

    status = districts.status("broken")
    ready = next(condition for condition in status["conditions"] if condition["type"] == "Ready")
    assert status["lastSync"]["runID"] in ready["message"]
    assert "Maria" not in json.dumps(districts.get("broken"))
    assert "Maria" not in caplog.text
    assert "ValueError at " in caplog.text
    assert status["nextSyncTime"] > status["lastAttemptTime"]


def test_a_defect_is_not_repeated_without_pause(districts: Districts, start: Start) -> None:
    operator = start(ScriptedReconcile(behaviours={"broken": failing(ValueError())}))
    districts.create("broken")
    districts.await_condition("broken", "False", "InternalError")

    with steady(lambda: len(operator.reconcile.calls), seconds=2):
        assert len(operator.reconcile.calls) == 1
