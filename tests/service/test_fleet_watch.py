"""The watch behind the fleet table goes on, whatever became of the way to the API server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

from tests.service.conftest import DISTRICT

from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import NoCluster
from roster_operator.service.fleet_watch import FleetWatch
from roster_operator.service.refusals import Refused


class LostOnce:
    """A client whose kubeconfig cannot be read when it signs in afresh, and can the next time."""

    def __init__(self) -> None:
        self.asked = 0

    async def pages(self, _path: str) -> AsyncIterator[tuple[list[dict[str, Any]], str]]:
        self.asked += 1
        if self.asked == 1:
            raise NoCluster("no Kubernetes cluster to talk to")
        body = {**DISTRICT, "metadata": {"name": "springfield", "namespace": "districts"}}
        yield [body], "1"

    async def watch(self, _path: str, _since: str) -> AsyncIterator[dict[str, Any]]:
        await asyncio.Event().wait()
        yield {}


async def _names() -> list[str]:
    watch = FleetWatch(cast("KubernetesClient", LostOnce()))
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


def test_a_kubeconfig_that_is_away_for_a_moment_ends_no_watch() -> None:
    assert asyncio.run(_names()) == ["springfield"]
