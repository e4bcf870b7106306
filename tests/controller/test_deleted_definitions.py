"""Somebody deletes the definitions under a running operator, which lets go of each district and waits for new ones."""

from __future__ import annotations

import pytest
from hack.controlplane.server import ControlPlane
from tests.controller.conftest import Districts, Start
from tests.controller.fakes import RecordingLedger, wait_until
from tests.support.cluster import CRDS

DEFINITIONS = ("rosterintegrations.rostering.cpm.org", "ebooks.rostering.cpm.org")
TOLD = "the kinds of rostering.cpm.org are not served. Platform: apply the CRDs"


def test_districts_keep_their_licenses_and_the_operator_waits_for_the_definitions(
    districts: Districts, start: Start, stoppable_control_plane: ControlPlane, caplog: pytest.LogCaptureFixture
) -> None:
    cluster, ledger = stoppable_control_plane, RecordingLedger()
    operator = start(ledger=ledger)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")

    try:
        cluster.kubectl("delete", "crd", *DEFINITIONS, "--timeout=60s")
        assert ledger.releases == [(f"{districts.namespace}/springfield", False)]
        wait_until(lambda: TOLD in operator.readiness()[1], seconds=60)
        assert operator.readiness()[0] == 503
        assert operator.health()[0] == 200
    finally:
        cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", CRDS)
        cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", CRDS)
    districts.create("springfield", secret=False)
    districts.await_condition("springfield", "True", "Synced", seconds=60)
    wait_until(lambda: operator.readiness()[0] == 200, seconds=60)
    assert TOLD in caplog.text
