"""Two operators serve one resource: what the one did is not told otherwise by the other."""

from __future__ import annotations

import threading
from typing import Any

from kubernetes import client
from tests.controller.conftest import PLURAL, Districts, RunningOperator, Start, steady
from tests.controller.fakes import ScriptedReconcile, until, wait_until

from roster_operator.errors import DistrictBusy
from roster_operator.interruption import Interruption
from roster_operator.reconcile.contract import Request

BUSY = DistrictBusy("Another sync of this district has just finished. It will be tried again.")


def reasons_of_ready(districts: Districts, name: str, seen: set[str], done: threading.Event) -> None:
    """Look at the reason of Ready until the end."""
    while not done.wait(0.02):
        seen.add(districts.condition(name)[1])


def test_that_another_sync_was_quicker_is_told_nobody_where_all_is_well(districts: Districts, start: Start) -> None:
    operator = start(watch_secrets=True)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")
    times = [BUSY, BUSY, None]

    def behave(_request: Request, _interruption: Interruption) -> None:
        if error := times.pop(0):
            raise error

    operator.reconcile.behaviours["springfield"] = behave
    seen: set[str] = set()
    done = threading.Event()
    watcher = threading.Thread(target=reasons_of_ready, args=(districts, "springfield", seen, done))
    watcher.start()
    districts.change_secret("springfield-sis", clientSecret="another")
    wait_until(lambda: not times, seconds=30)
    version = operator.reconcile.of("springfield")[-1].secret_version
    wait_until(lambda: districts.status("springfield").get("observedSecretVersion") == version)
    done.set()
    watcher.join()
    assert seen == {"Synced"}


def test_a_sync_that_changed_nothing_does_not_tell_over_what_another_operator_did(
    districts: Districts, start: Start
) -> None:
    operator = start()
    districts.create("springfield", interval="24h")
    districts.await_condition("springfield", "True", "Synced")
    late = begin(districts, operator)
    another_granted(districts, 120)

    late.set()

    wait_until(lambda: not operator.reconcile.running[f"{districts.namespace}/springfield"])
    with steady(lambda: districts.status("springfield")["lastSync"]["granted"], seconds=2):
        assert districts.status("springfield")["lastSync"]["granted"] == 120
    assert districts.condition("springfield") == ("True", "Synced")


def test_a_sync_that_granted_tells_so_in_any_case(districts: Districts, start: Start) -> None:
    operator = start(ScriptedReconcile(granted={"springfield": 7}))
    districts.create("springfield", interval="24h")
    districts.await_condition("springfield", "True", "Synced")
    late = begin(districts, operator)
    another_granted(districts, 120)

    late.set()

    wait_until(lambda: districts.status("springfield")["lastSync"]["granted"] == 7)


def test_a_spec_that_changes_in_mid_sync_loses_no_result(districts: Districts, start: Start) -> None:
    operator = start()
    districts.create("springfield", interval="24h")
    districts.await_condition("springfield", "True", "Synced")
    late = begin(districts, operator)
    districts.change("springfield", retryInterval="20s")

    late.set()

    wait_until(lambda: districts.status("springfield").get("observedGeneration") == 2)
    districts.await_condition("springfield", "True", "Synced")


def begin(districts: Districts, operator: RunningOperator) -> threading.Event:
    """A sync, by a new Secret, that ends when it is told to."""
    late = threading.Event()
    operator.reconcile.behaviours["springfield"] = until(late)
    districts.change_secret("springfield-sis", clientSecret="another")
    wait_until(lambda: operator.reconcile.running[f"{districts.namespace}/springfield"] == 1)
    return late


def another_granted(districts: Districts, granted: int) -> None:
    """What another operator writes."""
    status: dict[str, Any] = districts.status("springfield")
    status["lastSync"] = {**status["lastSync"], "granted": granted, "runID": "of-another-operator"}
    objects: client.CustomObjectsApi = districts.objects
    objects.patch_namespaced_custom_object_status(
        "rostering.cpm.org", "v1alpha1", districts.namespace, PLURAL, "springfield", {"status": status}
    )
