"""The key of roster snapshots stays the same over starts of the operator, in a Secret that it makes once."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from kubernetes import client

from roster_operator.controller.snapshot_keys import AwaitedKey, key_in_cluster
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import connect
from roster_operator.snapshot.key import SnapshotKey

NAME = "roster-operator-snapshot-key"


def key(identity: Path, secret: str) -> SnapshotKey | None:
    async def asked() -> SnapshotKey | None:
        api = KubernetesClient(await connect(identity))
        try:
            return await key_in_cluster(api, secret)
        finally:
            await api.close()

    return asyncio.run(asked())


def test_it_is_made_with_the_permissions_of_the_chart_and_found_again(
    identity: Path, api_client: client.ApiClient, namespace: str
) -> None:
    made = key(identity, f"{namespace}/{NAME}")
    assert made is not None
    assert key(identity, f"{namespace}/{NAME}") == made
    secret = client.CoreV1Api(api_client).read_namespaced_secret(NAME, namespace)
    assert set(secret.data or {}) == {"key"}
    assert made.written not in repr(made)


def test_a_secret_that_holds_no_key_or_may_not_be_made_means_no_snapshot(
    identity: Path, api_client: client.ApiClient, namespace: str, caplog: pytest.LogCaptureFixture
) -> None:
    body = client.V1Secret(metadata=client.V1ObjectMeta(name=NAME), string_data={"key": "not-a-key"})
    client.CoreV1Api(api_client).create_namespaced_secret(namespace, body)
    with caplog.at_level(logging.WARNING):
        assert key(identity, f"{namespace}/{NAME}") is None
        assert key(identity, f"kube-system/{NAME}") is None
    assert caplog.text.count("no roster snapshot is kept") == 2
    assert "not-a-key" not in caplog.text


def test_one_that_could_not_be_had_at_the_start_is_found_later(
    identity: Path, api_client: client.ApiClient, namespace: str
) -> None:
    core = client.CoreV1Api(api_client)
    body = client.V1Secret(metadata=client.V1ObjectMeta(name=NAME), string_data={"key": "not-a-key"})
    core.create_namespaced_secret(namespace, body)
    right = SnapshotKey.new()

    async def awaited() -> SnapshotKey:
        api, found = KubernetesClient(await connect(identity)), asyncio.get_running_loop().create_future()
        looking = asyncio.create_task(AwaitedKey(api, f"{namespace}/{NAME}", found.set_result, every=0.05).run())
        try:
            await asyncio.sleep(0.3)
            assert not found.done()
            patch = {"stringData": {"key": right.written}}
            await asyncio.to_thread(core.patch_namespaced_secret, NAME, namespace, patch)
            key: SnapshotKey = await asyncio.wait_for(found, 30)
            assert not looking.done(), "whatever ends there ends the operator"
            return key
        finally:
            looking.cancel()
            await api.close()

    assert asyncio.run(awaited()) == right
