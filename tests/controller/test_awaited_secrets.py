"""Where Secrets are not watched, who waits for another one is looked at within seconds, and all else works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hack.controlplane.cluster import Cluster
from tests.controller.conftest import Districts, Start
from tests.controller.fakes import ScriptedReconcile, failing, wait_until
from tests.controller.looptime import run
from tests.support.chart import install_rbac, remove_rbac

from roster_operator.clock import FixedClock
from roster_operator.controller.awaited_secrets import MOST_AT_ONCE, AwaitedSecrets
from roster_operator.controller.engine import Engine
from roster_operator.controller.inventory import Inventory, observe
from roster_operator.controller.queue import WorkQueue
from roster_operator.errors import CredentialsRejected
from roster_operator.reconcile.contract import Catalog, CatalogSchool

NOW = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)


def engine(reasons: dict[str, str], version: Callable[[str, str], str | None] = lambda *_: None) -> Engine:
    """Districts with these reasons of Ready, none of them due."""
    one = Engine(WorkQueue(), Inventory(), FixedClock(NOW), version)
    for name, reason in reasons.items():
        status = {
            "observedGeneration": 1,
            "observedSecretVersion": "v1",
            "nextSyncTime": "2026-09-01T07:00:00Z",
            "conditions": [{"type": "Ready", "status": "False", "reason": reason}],
        }
        metadata = {"namespace": "n", "name": name, "uid": name, "generation": 1}
        one.on_change(
            observe({"metadata": metadata, "spec": {"source": {"secretRef": {"name": "s"}}}, "status": status})
        )
    return one


async def looked_at(one: Engine) -> set[str]:
    """The keys that have a turn now."""
    keys = set()
    while one.queue.depth:
        turn = await one.queue.get()
        keys.add(turn.key.removeprefix("n/"))
        one.queue.done(turn)
    return keys


def test_those_are_looked_at_whom_another_secret_may_put_right() -> None:
    async def scenario() -> None:
        one = engine({"a": "CredentialsMissing", "b": "CredentialsRejected", "c": "ReadIncomplete", "d": "Synced"})
        AwaitedSecrets(one).look()
        assert await looked_at(one) == {"a", "b"}

    run(scenario())


def test_nobody_is_asked_for_whose_secret_is_watched() -> None:
    async def scenario() -> None:
        one = engine({"a": "CredentialsMissing"}, lambda *_: "v1")
        AwaitedSecrets(one).look()
        assert await looked_at(one) == set()

    run(scenario())


def test_very_many_are_looked_at_in_turns() -> None:
    async def scenario() -> None:
        everybody = {f"{number:03}": "CredentialsRejected" for number in range(2 * MOST_AT_ONCE + 10)}
        one = engine(everybody)
        awaited = AwaitedSecrets(one)
        seen: set[str] = set()
        for _ in range(3):
            awaited.look()
            looked = await looked_at(one)
            assert len(looked) == MOST_AT_ONCE
            seen |= looked
        assert seen == everybody.keys()

    run(scenario())


def test_with_what_the_chart_grants_in_the_whole_cluster_an_operator_does_all_its_work(
    control_plane: Cluster, namespace: str, districts: Districts, start: Start
) -> None:
    remove_rbac(control_plane, namespace)
    identity = install_rbac(control_plane, namespace)
    rejected = failing(CredentialsRejected("The SIS refuses the key. District: send another."))
    catalog = Catalog((CatalogSchool("1", "Springfield Elementary", "", 3),), ())
    reconcile = ScriptedReconcile(behaviours={"shelbyville": rejected}, catalog=catalog)
    operator = start(reconcile, kubeconfig=identity, watch_secrets=False)
    districts.create("springfield", secret=False, retryInterval="1h")
    districts.create("shelbyville", retryInterval="1h")
    districts.await_condition("springfield", "False", "CredentialsMissing")
    districts.await_condition("shelbyville", "False", "CredentialsRejected")
    reconcile.behaviours.clear()

    districts.create_secret("springfield-sis")
    districts.change_secret("shelbyville-sis", clientSecret="another")

    for name in ("springfield", "shelbyville"):
        districts.await_condition(name, "True", "Synced")
    maps: Any = districts.core.list_namespaced_config_map(districts.namespace).items
    assert {"springfield-catalog", "shelbyville-catalog"} <= {each.metadata.name for each in maps}
    assert ("Normal", "Synced") in districts.events("springfield")
    districts.delete("springfield")
    wait_until(lambda: not districts.exists("springfield"))
    requests = "roster_operator_kubernetes_requests_total"
    for verb in ("GET", "PATCH", "POST"):
        assert not operator.operator.metrics.registry.get_sample_value(requests, {"verb": verb, "code": "403"})
