"""The key of roster snapshots stays the same over starts of the operator, in a Secret that it makes once."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from kubernetes import client

from roster_operator.controller.snapshot_keys import key_in_cluster
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
