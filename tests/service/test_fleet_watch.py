"""The watch behind the fleet table goes on, whatever became of the way to the API server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from hack.controlplane.cluster import Cluster, write_kubeconfig
from tests.service.conftest import DISTRICT

from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import NoCluster, connect
from roster_operator.kube.errors import Unavailable
from roster_operator.service.fleet_watch import FleetWatch
from roster_operator.service.refusals import Refused


class LostOnce:
    """A client that fails at first, and does not the next time."""

    def __init__(self, how: Exception) -> None:
        self.how = how
        self.asked = 0

    async def pages(self, _path: str) -> AsyncIterator[tuple[list[dict[str, Any]], str]]:
        self.asked += 1
        if self.asked == 1:
            raise self.how
        body = {**DISTRICT, "metadata": {"name": "springfield", "namespace": "districts"}}
        yield [body], "1"

    async def watch(self, _path: str, _since: str) -> AsyncIterator[dict[str, Any]]:
        await asyncio.Event().wait()
        yield {}


async def _names(how: Exception) -> list[str]:
    watch = FleetWatch(cast("KubernetesClient", LostOnce(how)))
    watch.begin()
    try:
        async with asyncio.timeout(30):
            while True:
                try:
                    return [row.name for row in watch.rows()]
                except Refused:
                    await asyncio.sleep(0.05)
    finally:
        await watch.end()


@pytest.mark.parametrize("how", [NoCluster("a kubeconfig that is away for a moment"), KeyError("metadata")], ids=str)
def test_nothing_that_goes_wrong_once_ends_the_watch(how: Exception, caplog: pytest.LogCaptureFixture) -> None:
    assert asyncio.run(_names(how)) == ["springfield"]
    assert "cannot watch RosterIntegrations" in caplog.text


def test_a_token_that_cannot_be_renewed_is_a_cluster_that_does_not_answer(
    control_plane: Cluster, tmp_path: Path
) -> None:
    """As where a mounted kubeconfig is just being replaced: no defect, and asked again the next time."""
    entry = yaml.safe_load(control_plane.kubeconfig.read_text())["clusters"][0]["cluster"]
    config = write_kubeconfig(tmp_path / "config", cluster=entry, token="ended")

    async def lost() -> None:
        raise NoCluster("the kubeconfig is away")

    async def ask() -> None:
        client = KubernetesClient(await connect(config), renew=lost)
        try:
            with pytest.raises(Unavailable, match="the kubeconfig is away"):
                await client.get("/api/v1/namespaces/default")
        finally:
            await client.close()

    asyncio.run(ask())
