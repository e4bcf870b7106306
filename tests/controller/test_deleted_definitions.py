"""Somebody deletes the definitions under a running operator, which lets go of each district and waits for new ones."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hack.controlplane.server import ControlPlane
from kubernetes import client
from tests.controller.conftest import Districts, Start
from tests.controller.fakes import RecordingLedger, wait_until
from tests.support.cluster import CRDS

from roster_operator.api import names

DEFINITIONS = ("rosterintegrations.rostering.cpm.org", "ebooks.rostering.cpm.org")
TOLD = "the kinds of rostering.cpm.org are not served. Platform: apply the CRDs"


def let_go_of_districts_without_an_operator(districts: Districts) -> None:
    """Of tests before this one; else their finalizers keep the definitions from going, and all later tests from having
    new ones.
    """
    kind = (names.GROUP, names.VERSION)
    left: Any = districts.objects.list_cluster_custom_object(*kind, names.ROSTER_INTEGRATION_PLURAL)
    for each in left["items"]:
        where = (each["metadata"]["namespace"], names.ROSTER_INTEGRATION_PLURAL, each["metadata"]["name"])
        districts.objects.patch_namespaced_custom_object(*kind, *where, {"metadata": {"finalizers": None}})


def test_districts_keep_their_licenses_and_the_operator_waits_for_the_definitions(
    districts: Districts, start: Start, stoppable_control_plane: ControlPlane, caplog: pytest.LogCaptureFixture
) -> None:
    cluster, ledger = stoppable_control_plane, RecordingLedger()
    let_go_of_districts_without_an_operator(districts)
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
        with suppress(client.ApiException):
            let_go_of_districts_without_an_operator(districts)
        cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", CRDS)
        cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", CRDS)
    districts.create("springfield", secret=False)
    districts.await_condition("springfield", "True", "Synced", seconds=60)
    wait_until(lambda: operator.readiness()[0] == 200, seconds=60)
    assert TOLD in caplog.text


def test_without_the_definition_of_ebooks_deleted_districts_are_let_go(
    districts: Districts, start: Start, stoppable_control_plane: ControlPlane
) -> None:
    cluster, ledger = stoppable_control_plane, RecordingLedger()
    operator = start(ledger=ledger)
    for name in ("springfield", "shelbyville"):
        districts.create(name)
        districts.await_condition(name, "True", "Synced")

    try:
        cluster.kubectl("delete", "crd", DEFINITIONS[1], "--timeout=60s")
        wait_until(lambda: TOLD in operator.readiness()[1] and "watch: ok" in operator.readiness()[1], seconds=60)
        districts.delete("springfield")
        wait_until(lambda: not districts.exists("springfield"), seconds=30)
        assert ledger.releases == [(f"{districts.namespace}/springfield", False)]
        assert districts.condition("shelbyville") == ("True", "Synced")
    finally:
        cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", CRDS)
        cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", CRDS)
    wait_until(lambda: operator.readiness()[0] == 200, seconds=60)
    districts.request("shelbyville", "again")
    wait_until(lambda: districts.status("shelbyville").get("lastHandledRequestedAt") == "again", seconds=60)
