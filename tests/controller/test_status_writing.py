"""The status is written once for each thing that is new, and nothing else of the resource is touched."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from kubernetes import client
from tests.controller.conftest import Districts, Start, steady
from tests.controller.fakes import ScriptedReconcile, failing, wait_until

from roster_operator.clock import SystemClock
from roster_operator.controller.fetched import FetchedResource
from roster_operator.controller.publisher import Publisher
from roster_operator.errors import SourceUnreachable
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import connect
from roster_operator.kube.events import EventRecorder
from roster_operator.reconcile.contract import Catalog, CatalogCourse, CatalogSchool

CATALOG = Catalog(
    schools=(CatalogSchool("2", "West High", "0002", 0), CatalogSchool("1", "East: High", "0001", 14)),
    courses=(CatalogCourse("c1", "MA101", 'Math "1"', 7),),
)


_REQUESTS = "roster_operator_kubernetes_requests_total{"


def managers(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["manager"]: entry for entry in body["metadata"]["managedFields"]}


def test_spec_labels_and_annotations_stay_the_users(districts: Districts, start: Start) -> None:
    start()
    districts.create("springfield", annotations={"note": "ours"})
    before = districts.get("springfield")
    districts.await_condition("springfield", "True", "Synced")
    districts.request("springfield", "now")
    wait_until(lambda: districts.status("springfield").get("lastHandledRequestedAt") == "now")

    after = districts.get("springfield")

    assert after["spec"] == before["spec"]
    assert "labels" not in after["metadata"]
    assert after["metadata"]["annotations"] == {"note": "ours", "rostering.cpm.org/requested-at": "now"}
    ours = managers(after)["roster-operator"]
    assert (ours["operation"], ours["subresource"]) == ("Apply", "status")
    assert set(ours["fieldsV1"]) == {"f:status"}


def test_a_tick_is_one_write(districts: Districts, start: Start) -> None:
    operator = start()
    districts.create("springfield", interval="10s")
    districts.await_condition("springfield", "True", "Synced")
    wait_until(lambda: not operator.operator.engine.queue.working)
    writes = _patches(operator.operator.metrics.exposition())

    def each_tick_that_is_over_was_one_write() -> bool:
        ticks = len(operator.reconcile.calls) - 1
        written = _patches(operator.operator.metrics.exposition()) - writes
        return ticks > 0 and written == ticks and not operator.operator.engine.queue.working

    wait_until(each_tick_that_is_over_was_one_write)
    assert districts.status("springfield")["lastSync"]["trigger"] == "Schedule"


def test_heartbeats_write_nothing(districts: Districts, start: Start) -> None:
    operator = start(heartbeat=0.3, watch_secrets=False)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")

    with steady(lambda: districts.get("springfield")["metadata"]["resourceVersion"], seconds=2):
        assert len(operator.reconcile.calls) == 1


def test_a_status_that_is_there_already_is_not_written_again(
    districts: Districts, start: Start, identity: Path
) -> None:
    start().stop()
    districts.create("springfield")
    districts.objects.patch_namespaced_custom_object_status(
        "rostering.cpm.org", "v1alpha1", districts.namespace, "rosterintegrations", "springfield",
        {"status": {"observedGeneration": 1}},
    )  # fmt: skip
    fetched = FetchedResource.of(districts.get("springfield"))
    seen: list[tuple[str, int]] = []

    async def publish() -> FetchedResource:
        api = KubernetesClient(await connect(identity), lambda method, status: seen.append((method, status)))
        try:
            publisher = Publisher(api, EventRecorder(api, SystemClock(), "test"))
            return await publisher.write_status(fetched, fetched.status)
        finally:
            await api.close()

    assert asyncio.run(publish()) is fetched
    assert seen == []


def test_the_catalog_is_offered_in_a_config_map_of_its_own(districts: Districts, start: Start) -> None:
    start(ScriptedReconcile(catalog=CATALOG))
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")

    assert districts.status("springfield")["catalog"] == {"configMap": "springfield-catalog"}
    offered = districts.core.read_namespaced_config_map("springfield-catalog", districts.namespace)
    assert offered.data == {
        "schools": '- {"id": "1"} # East: High; identifier 0001; 14 classes\n'
        '- {"id": "2"} # West High; identifier 0002; 0 classes\n',
        "courses": '- {"code": "MA101", "ebooks": []} # Math "1"; id c1; 7 classes\n',
    }
    owner = offered.metadata.owner_references[0]
    assert (owner.kind, owner.uid) == ("RosterIntegration", districts.get("springfield")["metadata"]["uid"])


def test_a_catalog_that_is_the_same_is_not_written_again_and_one_that_was_lost_is(
    districts: Districts, start: Start
) -> None:
    start(ScriptedReconcile(catalog=CATALOG))
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")

    def version() -> str:
        catalog = districts.core.read_namespaced_config_map("springfield-catalog", districts.namespace)
        return str(catalog.metadata.resource_version)

    before = version()
    districts.request("springfield", "again")
    wait_until(lambda: districts.status("springfield").get("lastHandledRequestedAt") == "again")
    assert version() == before

    districts.core.delete_namespaced_config_map("springfield-catalog", districts.namespace)
    districts.request("springfield", "and again")
    wait_until(lambda: districts.status("springfield").get("lastHandledRequestedAt") == "and again")
    assert version() != before


def test_a_config_map_of_somebody_else_is_left_alone(districts: Districts, start: Start) -> None:
    body = client.V1ConfigMap(metadata=client.V1ObjectMeta(name="springfield-catalog"), data={"schools": "mine"})
    districts.core.create_namespaced_config_map(districts.namespace, body)
    start(ScriptedReconcile(catalog=CATALOG))

    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")

    kept = districts.core.read_namespaced_config_map("springfield-catalog", districts.namespace)
    assert kept.data == {"schools": "mine"}
    assert "catalog" not in districts.status("springfield")


def test_events_tell_transitions_and_nothing_else(districts: Districts, start: Start) -> None:
    reconcile = ScriptedReconcile()
    start(reconcile)
    districts.create("springfield", retryInterval="1h")
    districts.await_condition("springfield", "True", "Synced")

    for token in ("1", "2", "3"):
        districts.request("springfield", token)
        wait_until(lambda token=token: districts.status("springfield").get("lastHandledRequestedAt") == token)  # type: ignore[misc]
    wait_until(lambda: districts.events("springfield") == [("Normal", "Synced")], seconds=3)

    reconcile.behaviours["springfield"] = failing(SourceUnreachable("It does not answer."))
    for token in ("4", "5"):
        districts.request("springfield", token)
        wait_until(lambda token=token: districts.status("springfield").get("lastHandledRequestedAt") == token)  # type: ignore[misc]
    wait_until(lambda: districts.events("springfield")[1:] == [("Warning", "SourceUnreachable")], seconds=3)

    del reconcile.behaviours["springfield"]
    reconcile.granted["springfield"] = 5
    districts.request("springfield", "6")
    districts.await_condition("springfield", "True", "Synced")
    wait_until(lambda: _count(districts, "springfield", "Synced") == 2, seconds=3)
    districts.request("springfield", "7")
    wait_until(lambda: _count(districts, "springfield", "Synced") == 3, seconds=3)


def _count(districts: Districts, name: str, reason: str) -> int:
    """How often an event was told, be it as one that is counted."""
    events: list[Any] = districts.events_api.list_namespaced_event(districts.namespace).items
    ours = [event for event in events if event.regarding.name == name and event.reason == reason]
    return sum(event.series.count if event.series else 1 for event in ours)


def _patches(exposition: bytes) -> int:
    lines = [
        line for line in exposition.decode().splitlines() if line.startswith("roster_operator_kubernetes_requests")
    ]
    return sum(int(float(line.split()[-1])) for line in lines if 'verb="PATCH"' in line and "_total" in line)


def test_no_person_is_in_what_is_written(districts: Districts, start: Start) -> None:
    start(ScriptedReconcile(catalog=CATALOG))
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")

    written = json.dumps(districts.status("springfield"))

    assert "secret" not in written.replace("observedSecretVersion", "")
