"""A namespace goes, and comes back: nobody else's service ends, and its own begins again."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hack.controlplane.cluster import Cluster
from hack.controlplane.server import ControlPlane
from kubernetes import client
from tests.controller.conftest import Districts, RunningOperator, Start, steady
from tests.controller.fakes import ScriptedReconcile, until, wait_until
from tests.support.chart import install_rbac, remove_rbac

Grant = Callable[[], Path]
Serve = Callable[..., RunningOperator]


@pytest.fixture
def elsewhere(api_client: client.ApiClient, districts: Districts) -> Iterator[Districts]:
    """A second namespace, which the test may delete."""
    other = Districts(api_client, f"{districts.namespace}-elsewhere")
    other.core.create_namespace({"metadata": {"name": other.namespace}})
    yield other
    if exists(other):
        free(other)
        other.core.delete_namespace(other.namespace)


@pytest.fixture
def grant(control_plane: Cluster, districts: Districts, elsewhere: Districts) -> Iterator[Grant]:
    """Gives the operator in both namespaces what the chart gives it, which went with the one that was deleted."""

    def grant() -> Path:
        both = [districts.namespace, elsewhere.namespace]
        return install_rbac(control_plane, districts.namespace, watch_namespaces=both, watch_secrets=True)

    yield grant
    remove_rbac(control_plane, districts.namespace)


@pytest.fixture
def serve(start: Start, grant: Grant, districts: Districts, elsewhere: Districts) -> Serve:
    """Starts an operator for both namespaces."""
    kubeconfig = grant()

    def serve(reconcile: ScriptedReconcile | None = None, **settings: Any) -> RunningOperator:
        both = (elsewhere.namespace, districts.namespace)
        return start(reconcile, kubeconfig=kubeconfig, namespaces=both, **settings)

    return serve


def exists(districts: Districts) -> bool:
    return any(each.metadata.name == districts.namespace for each in districts.core.list_namespace().items)


def free(districts: Districts) -> None:
    """Take our finalizer off what hangs in a namespace that goes, as the documentation says."""
    if districts.exists("shelbyville"):
        with suppress(client.ApiException):  # it went by itself just now
            districts.strip_finalizers("shelbyville")


def remove(districts: Districts) -> None:
    """The namespace is gone when this returns."""
    districts.core.delete_namespace(districts.namespace)

    def gone() -> bool:
        free(districts)
        return not exists(districts)

    wait_until(gone, seconds=60)


def test_a_deleted_namespace_ends_nobody_elses_service_and_is_served_when_it_is_back(
    serve: Serve,
    grant: Grant,
    districts: Districts,
    elsewhere: Districts,
    garbage_collection: None,
    stoppable_control_plane: ControlPlane,
) -> None:
    operator = serve(patience=2.0)
    elsewhere.create("shelbyville")
    elsewhere.await_condition("shelbyville", "True", "Synced")

    remove(elsewhere)
    stoppable_control_plane.stop_apiserver()  # a watch that was open is asked for its permission again
    stoppable_control_plane.start_apiserver()
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced", seconds=60)
    wait_until(lambda: refused(operator) == 1, seconds=60)
    assert operator.alive
    wait_until(lambda: operator.readiness()[0] == 200)
    assert [each.name for each in operator.operator.engine.inventory] == ["springfield"]

    elsewhere.core.create_namespace({"metadata": {"name": elsewhere.namespace}})
    grant()
    elsewhere.create("shelbyville")
    elsewhere.await_condition("shelbyville", "True", "Synced", seconds=60)
    districts.request("springfield", "again")
    wait_until(lambda: districts.status("springfield").get("lastHandledRequestedAt") == "again")
    wait_until(lambda: refused(operator) == 0)
    assert operator.stop() == 0


def test_an_operator_starts_although_one_of_its_namespaces_is_not_there(
    serve: Serve, districts: Districts, elsewhere: Districts, garbage_collection: None
) -> None:
    remove(elsewhere)
    operator = serve()

    districts.create("springfield")

    districts.await_condition("springfield", "True", "Synced")
    wait_until(lambda: refused(operator) == 1)


def test_a_namespace_that_goes_lets_its_districts_go_though_its_permissions_went_first(
    serve: Serve, districts: Districts, elsewhere: Districts, garbage_collection: None
) -> None:
    operator = serve()
    elsewhere.create("shelbyville")
    elsewhere.await_condition("shelbyville", "True", "Synced")
    rights(elsewhere).delete_collection_namespaced_role_binding(elsewhere.namespace)
    wait_until(lambda: refused(operator) == 1, seconds=60)

    elsewhere.core.delete_namespace(elsewhere.namespace)

    wait_until(lambda: not exists(elsewhere), seconds=60)
    assert operator.ledger.releases == [(f"{elsewhere.namespace}/shelbyville", False)]
    assert operator.readiness()[0] == 200
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")


def test_what_hangs_in_a_namespace_that_goes_is_told_with_the_command_that_releases_it(
    serve: Serve,
    control_plane: Cluster,
    districts: Districts,
    elsewhere: Districts,
    garbage_collection: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    serve(look_every=5.0)
    elsewhere.create("shelbyville")
    elsewhere.await_condition("shelbyville", "True", "Synced")
    bindings = rights(elsewhere)
    bindings.delete_cluster_role_binding(f"{districts.namespace}:roster-operator:letting-go")  # rbac.outliveNamespaces
    bindings.delete_collection_namespaced_role_binding(elsewhere.namespace)  # the namespace's end may well begin so
    elsewhere.core.delete_namespace(elsewhere.namespace)

    wait_until(lambda: "patch rosterintegration shelbyville" in caplog.text, seconds=30)
    told = next(text for text in caplog.messages if "patch rosterintegration shelbyville" in text)
    assert "Platform: grant what the chart grants" in told
    for_all = f"kubectl --namespace {elsewhere.namespace} patch rosterintegration NAME"
    wait_until(lambda: for_all in caplog.text, seconds=60)
    control_plane.kubectl(*shlex.split(told[told.index("kubectl --namespace") :])[1:])
    wait_until(lambda: not exists(elsewhere), seconds=60)


def test_nothing_is_tried_again_for_a_district_whose_namespace_went_while_it_was_synced(
    serve: Serve, districts: Districts, elsewhere: Districts, garbage_collection: None
) -> None:
    finished = threading.Event()
    reconcile = ScriptedReconcile(behaviours={"shelbyville": until(finished)})
    operator = serve(reconcile)
    elsewhere.create("shelbyville")
    wait_until(lambda: bool(reconcile.calls))

    remove(elsewhere)
    wait_until(lambda: refused(operator) == 1, seconds=60)
    finished.set()

    queue = operator.operator.engine.queue
    wait_until(lambda: not queue.working and not queue.depth and not operator.operator.engine.syncs, seconds=30)
    with steady(lambda: answers(operator, 403), seconds=5):
        assert len(operator.operator.engine.inventory) == 0


def test_without_a_namespace_that_can_be_served_the_operator_is_not_ready_and_waits_for_one(
    serve: Serve, districts: Districts, elsewhere: Districts, grant: Grant
) -> None:
    operator = serve()
    assert operator.readiness()[0] == 200
    for each in (districts, elsewhere):
        rights(each).delete_collection_namespaced_role_binding(each.namespace)

    wait_until(lambda: operator.readiness()[0] == 503, seconds=60)
    assert "Platform: grant what the chart grants" in operator.readiness()[1]

    grant()
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced", seconds=60)
    wait_until(lambda: operator.readiness()[0] == 200)


def rights(districts: Districts) -> Any:
    return client.RbacAuthorizationV1Api(districts.objects.api_client)


def refused(operator: RunningOperator) -> float | None:
    return operator.operator.metrics.registry.get_sample_value("roster_operator_namespaces_refused")


def answers(operator: RunningOperator, code: int) -> float:
    """How many requests to the API server were answered so, the looks at what can be served left aside."""
    registry = operator.operator.metrics.registry
    verbs = ("PATCH", "POST")
    name = "roster_operator_kubernetes_requests_total"
    return sum(registry.get_sample_value(name, {"verb": verb, "code": str(code)}) or 0 for verb in verbs)
