"""The API server or the ledger goes away and comes back; nothing dies of it and nothing is lost."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from hack.controlplane.cluster import Cluster, CommandFailed
from hack.controlplane.server import ControlPlane
from kubernetes import client
from tests.controller.conftest import Districts, RunningOperator, Start, steady
from tests.controller.fakes import RecordingLedger, ScriptedReconcile, until, wait_until
from tests.controller.permissions import Permissions


def test_a_refused_status_write_kills_no_timer_and_loses_no_result(
    districts: Districts, start: Start, permissions: Permissions
) -> None:
    """Trap T1 of kopf."""
    operator = start(heartbeat=0.5)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")
    permissions.take("rosterintegrations/status")

    districts.request("springfield", "while writing is refused")
    wait_until(lambda: _answers(operator, "PATCH", 403) >= 2)
    assert districts.get("springfield")["metadata"]["finalizers"] == ["rostering.cpm.org/cleanup"]
    permissions.give_back()

    wait_until(lambda: districts.status("springfield").get("lastHandledRequestedAt") == "while writing is refused")
    calls = len(operator.reconcile.calls)
    with steady(lambda: len(operator.reconcile.calls), seconds=2):
        assert calls <= 3  # refused before or after the sync; never once a beat
    districts.change_secret("springfield-sis", clientSecret="another")
    wait_until(lambda: len(operator.reconcile.calls) == calls + 1, seconds=5)


def test_a_result_is_kept_until_the_api_server_takes_it(
    districts: Districts, start: Start, stoppable_control_plane: ControlPlane
) -> None:
    finished = threading.Event()
    reconcile = ScriptedReconcile(behaviours={"springfield": until(finished)})
    operator = start(reconcile)
    districts.create("springfield")
    wait_until(lambda: reconcile.running[f"{districts.namespace}/springfield"] == 1)

    stoppable_control_plane.stop_apiserver()
    finished.set()
    wait_until(lambda: _answers(operator, "PATCH", 0) >= 1)
    stoppable_control_plane.start_apiserver()

    districts.await_condition("springfield", "True", "Synced", seconds=60)
    assert len(reconcile.calls) == 1
    assert operator.alive


def test_the_operator_outlives_an_api_server_that_comes_back(
    districts: Districts, start: Start, stoppable_control_plane: ControlPlane
) -> None:
    operator = start(heartbeat=1.0)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")

    stoppable_control_plane.stop_apiserver()
    with steady(lambda: operator.alive, seconds=5):
        pass
    stoppable_control_plane.start_apiserver()

    districts.create("shelbyville")
    districts.await_condition("shelbyville", "True", "Synced", seconds=60)
    districts.change_secret("springfield-sis", clientSecret="another")
    wait_until(lambda: len(operator.reconcile.of("springfield")) == 2, seconds=60)
    districts.delete("springfield")
    wait_until(lambda: not districts.exists("springfield"), seconds=30)
    assert operator.stop() == 0


def test_the_operator_ends_when_its_watch_is_refused_for_longer_than_its_patience(
    districts: Districts,
    start: Start,
    permissions: Permissions,
    stoppable_control_plane: ControlPlane,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Trap T5 of kopf: a dead watch ends the process; its exit code says so, and its log what it died of."""
    operator = start(patience=2.0, watch_secrets=False)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")
    permissions.take_verb("watch", "rosterintegrations")

    stoppable_control_plane.stop_apiserver()
    stoppable_control_plane.start_apiserver()

    assert operator.join(seconds=60) == 1
    assert re.search(r"WatchEnded at .*controller/handlers.py:\d+ watch from APIForbiddenError at ", caplog.text)


def test_a_resource_that_went_without_a_word_is_forgotten(
    districts: Districts, start: Start, stoppable_control_plane: ControlPlane
) -> None:
    """Trap T2 of kopf: what disappears while nobody watches leaves a timer behind."""
    operator = start(heartbeat=0.5, watch_secrets=False)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")
    districts.strip_finalizers("springfield")
    wait_until(lambda: districts.get("springfield")["metadata"].get("finalizers"))  # kopf puts it back
    ghost = operator.operator.engine.inventory.get(f"{districts.namespace}/springfield")
    districts.delete("springfield")
    wait_until(lambda: not districts.exists("springfield"))
    wait_until(lambda: len(operator.operator.engine.inventory) == 0)

    assert ghost is not None
    operator.call(operator.operator.engine.on_change, ghost)
    operator.call(operator.operator.engine.on_resync, ghost.key)

    wait_until(lambda: len(operator.operator.engine.inventory) == 0, seconds=5)
    assert len(operator.reconcile.calls) == 1


def test_a_token_that_is_replaced_is_picked_up_without_a_storm_of_sign_ins(
    districts: Districts,
    start: Start,
    identity: Path,
    tmp_path: Path,
    control_plane: Cluster,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Trap T6 of kopf: refused credentials make it sign in again and again; we set the pace."""
    old, own = tmp_path / "old", tmp_path / "own"
    for copy in (old, own):
        copy.write_text(identity.read_text())
    caplog.set_level("INFO", "kopf.activities.authentication")
    operator = start(kubeconfig=own)
    districts.core.delete_namespaced_service_account("roster-operator", districts.namespace)
    account = client.V1ServiceAccount(metadata=client.V1ObjectMeta(name="roster-operator"))
    districts.core.create_namespaced_service_account(districts.namespace, account)
    wait_until(lambda: _refused(control_plane, old), seconds=30)

    districts.create("springfield")
    wait_until(lambda: _answers(operator, "GET", 401) + _answers(operator, "PATCH", 401) > 0)
    wait_until(lambda: "does not accept the operator's token. Platform: " in operator.readiness()[1], seconds=30)
    own.write_text(control_plane.kubeconfig_for_service_account(districts.namespace, "roster-operator").read_text())

    districts.await_condition("springfield", "True", "Synced", seconds=90)
    wait_until(lambda: operator.readiness()[0] == 200, seconds=30)
    assert sum("login" in record.getMessage() for record in caplog.records) < 10


def _refused(cluster: Cluster, kubeconfig: Path) -> bool:
    try:
        cluster.kubectl("get", "rosterintegrations", kubeconfig=kubeconfig)
    except CommandFailed as failed:
        return "logged in" in failed.stderr or "Unauthorized" in failed.stderr
    return False


def test_a_ledger_that_is_away_is_reported_and_made_up_for_when_it_is_back(districts: Districts, start: Start) -> None:
    ledger = RecordingLedger(away=True)
    reconcile = ScriptedReconcile(behaviours={"springfield": lambda *_: ledger.check()})
    operator = start(reconcile, ledger)
    districts.create("springfield", retryInterval="1h")
    districts.await_condition("springfield", "False", "LedgerUnavailable")
    assert operator.readiness()[0] == 503

    ledger.away = False

    districts.await_condition("springfield", "True", "Synced", seconds=25)
    assert operator.readiness() == (200, "kinds: ok\nwatch: ok\nledger: ok\n")


def _answers(operator: RunningOperator, verb: str, code: int) -> float:
    sample = operator.operator.metrics.registry.get_sample_value(
        "roster_operator_kubernetes_requests_total", {"verb": verb, "code": str(code)}
    )
    return sample or 0.0
