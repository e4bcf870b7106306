"""A suspended district is left alone, keeps what was known of it, and is seen to be suspended."""

from __future__ import annotations

import json
import threading
from typing import Any

from kubernetes import client
from tests.controller.conftest import Districts, RunningOperator, Start, steady
from tests.controller.fakes import ScriptedReconcile, failing, until, wait_until

from roster_operator.errors import CredentialsRejected


def test_a_suspended_resource_is_left_alone_and_says_so_until_it_is_resumed(districts: Districts, start: Start) -> None:
    operator = start(heartbeat=0.5)
    districts.create("springfield", suspend=True)
    districts.await_condition("springfield", "Unknown", "Suspended")
    assert districts.condition("springfield", "Suspended") == ("True", "Suspended")
    assert districts.status("springfield")["observedGeneration"] == 1

    districts.request("springfield", "now")
    wait_until(lambda: districts.status("springfield").get("lastHandledRequestedAt") == "now", seconds=5)
    wait_until(lambda: ("Normal", "Suspended") in districts.events("springfield"))
    with steady(lambda: districts.get("springfield")["metadata"]["resourceVersion"], seconds=1.5):
        assert operator.reconcile.calls == []
        assert "nextSyncTime" not in districts.status("springfield")

    districts.change("springfield", suspend=False)
    districts.await_condition("springfield", "True", "Synced")
    assert districts.condition("springfield", "Suspended") == ("", "")


def test_suspending_leaves_what_was_known(districts: Districts, start: Start) -> None:
    start()
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")

    districts.change("springfield", suspend=True)

    wait_until(lambda: "nextSyncTime" not in districts.status("springfield"), seconds=5)
    assert districts.condition("springfield") == ("True", "Synced")
    assert districts.status("springfield")["observedGeneration"] == 2


def test_a_sync_that_runs_is_not_ended_by_suspending(districts: Districts, start: Start) -> None:
    released = threading.Event()
    reconcile = ScriptedReconcile(behaviours={"springfield": until(released)})
    start(reconcile)
    districts.create("springfield")
    wait_until(lambda: reconcile.running[f"{districts.namespace}/springfield"] == 1)

    districts.change("springfield", suspend=True)
    released.set()

    districts.await_condition("springfield", "True", "Synced")
    wait_until(lambda: districts.status("springfield").get("observedGeneration") == 2)
    assert reconcile.stopped == []


def test_the_table_of_the_api_server_tells_suspended_districts_from_others(
    districts: Districts, start: Start, api_client: client.ApiClient
) -> None:
    start()
    for name in ("springfield", "shelbyville"):
        districts.create(name)
        districts.await_condition(name, "True", "Synced")
    districts.change("springfield", suspend=True)
    districts.await_condition("springfield", "True", "Suspended", "Suspended")

    told = {row["Name"]: (row["Ready"], row["Reason"], row["Suspended"]) for row in table(api_client, districts)}
    assert told == {"springfield": ("True", "Synced", "True"), "shelbyville": ("True", "Synced", None)}

    districts.change("springfield", suspend=False)
    districts.await_condition("springfield", "", "", "Suspended")
    assert {row["Suspended"] for row in table(api_client, districts)} == {None}


def test_metrics_tell_why_a_district_is_not_ready_and_who_acts(districts: Districts, start: Start) -> None:
    rejected = failing(CredentialsRejected("The SIS refuses the key. District: send another."))
    operator = start(ScriptedReconcile(behaviours={"springfield": rejected}))
    districts.create("springfield", retryInterval="1h")
    districts.await_condition("springfield", "False", "CredentialsRejected")

    why = {"reason": "CredentialsRejected", "actor": "District"}
    which = {"namespace": districts.namespace, "name": "springfield"}
    assert value(operator, "reconcile_errors_total", why) == 1
    wait_until(lambda: value(operator, "integration_reason", which | why) == 1)
    districts.change("springfield", suspend=True)
    wait_until(lambda: value(operator, "integration_suspended", which) == 1)
    assert value(operator, "integration_reason", which | why) == 1


def table(api: client.ApiClient, districts: Districts) -> list[dict[str, Any]]:
    """What `kubectl get ri` shows: the cells by the names of their columns, without those of `-o wide`."""
    path = f"/apis/rostering.cpm.org/v1alpha1/namespaces/{districts.namespace}/rosterintegrations"
    accept = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}
    request: Any = api.param_serialize("GET", path, header_params=accept, auth_settings=["BearerToken"])
    answer: Any = api.call_api(*request)
    shown: Any = json.loads(answer.read())
    columns = [(place, each["name"]) for place, each in enumerate(shown["columnDefinitions"]) if not each["priority"]]
    return [{name: row["cells"][place] for place, name in columns} for row in shown["rows"]]


def value(operator: RunningOperator, name: str, labels: dict[str, str]) -> float | None:
    return operator.operator.metrics.registry.get_sample_value(f"roster_operator_{name}", labels)
