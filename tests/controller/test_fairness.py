"""Large, slow and neighbouring districts on a real API server: none holds up the others."""

from __future__ import annotations

import threading
from pathlib import Path

from kubernetes import client
from tests.controller.conftest import Districts, Start
from tests.controller.fakes import Behaviour, ScriptedReconcile, until_stopped, wait_until

from roster_operator.api.v1alpha1 import RosterIntegrationStatus
from roster_operator.interruption import Interruption
from roster_operator.reconcile.contract import Environment, Request, Result


class SizedReconcile(ScriptedReconcile):
    """Districts have the size that their name says, which is found out while they are read."""

    def __call__(self, request: Request, environment: Environment, interruption: Interruption) -> Result:
        large = request.integration.name.startswith("large")
        environment.grew(50_000 if large else 90, 400_000 if large else 700)
        result = super().__call__(request, environment, interruption)
        status = result.status.to_wire() | {"roster": {"students": 50_000 if large else 90}}
        return Result(RosterIntegrationStatus.model_validate(status), result.outcome)


def until_or_stopped(moment: threading.Event) -> Behaviour:
    """A long read, which an interruption ends."""

    def behave(_request: Request, interruption: Interruption) -> None:
        while not moment.is_set():
            interruption.wait(0.1)

    return behave


def test_small_districts_are_synced_while_large_ones_of_unknown_size_arrive_first(
    districts: Districts, start: Start
) -> None:
    released = threading.Event()
    large = [f"large-{number}" for number in range(5)]
    reconcile = SizedReconcile(behaviours={name: until_or_stopped(released) for name in large})
    operator = start(reconcile, workers=4)
    for name in large:
        districts.create(name)
    wait_until(lambda: len(operator.operator.engine.syncs) == 2 and operator.operator.engine.queue.depth == 3)

    for name in ("one", "two", "three"):
        districts.create(name)
        districts.await_condition(name, "True", "Synced")

    released.set()
    for name in large:
        districts.await_condition(name, "True", "Synced")
    assert operator.operator.engine.queue.depth == 0


def test_districts_on_one_server_share_its_places(districts: Districts, start: Start) -> None:
    shared = [f"shared-{number}" for number in range(4)]
    reconcile = ScriptedReconcile(behaviours=dict.fromkeys(shared, until_stopped))
    operator = start(reconcile, workers=8, per_server=2)
    for name in shared:
        secret = f"{name}-sis"
        districts.create(name, source={"baseURL": "https://proxy.example.org/d", "secretRef": {"name": secret}})
    wait_until(lambda: operator.operator.engine.queue.depth == 2 and len(operator.operator.engine.syncs) == 2)

    source = {"baseURL": "https://own.example.org", "secretRef": {"name": "own-sis"}}
    districts.create("own", source=source)
    districts.await_condition("own", "True", "Synced")

    for name in sorted(operator.operator.engine.syncs):
        districts.delete(name.partition("/")[2])
    wait_until(lambda: operator.operator.engine.queue.depth == 0 and len(operator.operator.engine.syncs) == 2)


def test_a_tenant_whose_new_districts_all_hang_leaves_workers_to_another(
    districts: Districts, start: Start, api_client: client.ApiClient, identity_elsewhere: Path
) -> None:
    other = Districts(api_client, f"{districts.namespace}-operator")
    hanging = [f"hanging-{number}" for number in range(8)]
    operator = start(
        ScriptedReconcile(behaviours=dict.fromkeys(hanging, until_stopped)),
        kubeconfig=identity_elsewhere,
        namespaces=(districts.namespace, other.namespace),
        workers=8,
    )
    for name in hanging:
        districts.create(name, timeout="24h")
    engine = operator.operator.engine
    wait_until(lambda: len(engine.syncs) == 6 and engine.queue.depth == 2)

    for name in ("one", "two", "three"):
        other.create(name)
        other.await_condition(name, "True", "Synced")
        other.delete(name)
    wait_until(lambda: not any(other.exists(name) for name in ("one", "two", "three")))
    assert len(engine.syncs) == 6
