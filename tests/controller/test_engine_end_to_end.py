"""From a resource that is applied to its status, on a real API server."""

from __future__ import annotations

from tests.controller.conftest import Districts, Start


def test_a_new_resource_is_synced_at_once_and_its_status_says_so(districts: Districts, start: Start) -> None:
    operator = start()

    districts.create("springfield")

    districts.await_condition("springfield", "True", "Synced")
    status = districts.status("springfield")
    assert status["observedGeneration"] == 1
    assert status["nextSyncTime"]
    assert status["lastSync"]["trigger"] == "SpecChanged"
    assert len(operator.reconcile.of("springfield")) == 1
    assert operator.stop() == 0
