"""Election by a Lease, with the permissions of the chart: one holds it, whatever their clocks say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from kubernetes import client as official

from roster_operator.clock import SystemClock
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import connect
from roster_operator.kube.lease import Election, LeaseLost

SECONDS = 3


class Skewed(SystemClock):
    """The clock of a node that is hours off; what it measures is right."""

    def __init__(self, hours: float = 0.0) -> None:
        self._off = timedelta(hours=hours)
        self.stood_still = 0.0

    def now(self) -> datetime:
        return super().now() + self._off

    def monotonic(self) -> float:
        return super().monotonic() + self.stood_still


Elect = Callable[..., Election]


@asynccontextmanager
async def elections(kubeconfig: Path, namespace: str) -> AsyncIterator[Elect]:
    """`elect(name, clock)`: one that takes part."""
    api = await connect(kubeconfig)
    kubernetes = KubernetesClient(api)

    def elect(me: str, clock: SystemClock | None = None) -> Election:
        return Election(kubernetes, namespace, "roster-operator", me=me, seconds=SECONDS, clock=clock or SystemClock())

    yield elect
    await kubernetes.close()


def play(kubeconfig: Path, namespace: str, scenario: Callable[[Elect], Awaitable[None]]) -> None:
    """Run the scenario."""

    async def run() -> None:
        async with elections(kubeconfig, namespace) as elect:
            await scenario(elect)

    asyncio.run(run())


async def waits(election: Election, seconds: float) -> bool:
    """Whether it still stands by after that time."""
    try:
        async with asyncio.timeout(seconds):
            await election.acquire()
    except TimeoutError:
        return True
    return False


@pytest.mark.parametrize("hours", [-6.0, 6.0])
def test_a_holder_that_renews_is_left_alone_whatever_the_clocks_say(
    identity: Path, namespace: str, hours: float
) -> None:
    async def scenario(elect: Elect) -> None:
        first, second = elect("first"), elect("second", Skewed(hours))
        await first.acquire()
        keeping = asyncio.create_task(first.keep())
        assert await waits(second, SECONDS * 2)
        assert first.holds()
        assert not second.holds()
        assert second.holder == "first"
        keeping.cancel()

    play(identity, namespace, scenario)


@pytest.mark.parametrize("hours", [-6.0, 6.0])
def test_a_holder_of_whom_nothing_is_heard_is_succeeded_after_the_leases_time_and_knows_it_before(
    identity: Path, namespace: str, hours: float
) -> None:
    async def scenario(elect: Elect) -> None:
        first, second = elect("first"), elect("second", Skewed(hours))
        await first.acquire()
        assert await waits(second, SECONDS * 0.7)
        assert not first.holds()
        async with asyncio.timeout(SECONDS):
            await second.acquire()
        with pytest.raises(LeaseLost, match="held by second"):
            await first.keep()

    play(identity, namespace, scenario)


def test_what_is_released_is_free_at_once_and_is_not_released_by_another(identity: Path, namespace: str) -> None:
    async def scenario(elect: Elect) -> None:
        first, second = elect("first"), elect("second")
        await first.acquire()
        await first.release()
        assert not first.holds()
        async with asyncio.timeout(SECONDS / 2):
            await second.acquire()
        await first.release()
        assert not await waits(second, SECONDS)

    play(identity, namespace, scenario)


def test_who_stood_still_may_not_act_until_it_knows_that_nobody_else_leads(identity: Path, namespace: str) -> None:
    async def scenario(elect: Elect) -> None:
        clock = Skewed()
        first = elect("first", clock)
        await first.acquire()
        clock.stood_still = SECONDS
        assert not first.holds()
        keeping = asyncio.create_task(first.keep())
        async with asyncio.timeout(30):
            while not first.holds():  # noqa: ASYNC110 - the API server is asked meanwhile
                await asyncio.sleep(0.05)
        keeping.cancel()

    play(identity, namespace, scenario)


def test_a_lease_that_somebody_took_or_deleted_is_lost(
    identity: Path, namespace: str, api_client: official.ApiClient
) -> None:
    leases = official.CoordinationV1Api(api_client)

    async def scenario(elect: Elect) -> None:
        first = elect("first")
        await first.acquire()
        taken = {"spec": {"holderIdentity": "somebody"}}
        await asyncio.to_thread(leases.patch_namespaced_lease, "roster-operator", namespace, taken)
        with pytest.raises(LeaseLost, match="held by somebody"):
            await first.keep()
        await asyncio.to_thread(leases.delete_namespaced_lease, "roster-operator", namespace)
        second = elect("second")
        await second.acquire()
        await asyncio.to_thread(leases.delete_namespaced_lease, "roster-operator", namespace)
        with pytest.raises(LeaseLost, match="held by nobody"):
            await second.keep()

    play(identity, namespace, scenario)


def test_without_permission_nobody_leads_and_it_is_told_why(
    identity: Path, namespace: str, api_client: official.ApiClient
) -> None:
    rights = official.RbacAuthorizationV1Api(api_client)
    rights.delete_namespaced_role_binding(f"{namespace}:roster-operator:lease", namespace)

    async def scenario(elect: Elect) -> None:
        first = elect("first")
        assert await waits(first, SECONDS)
        assert "lacks permissions on its Lease. Platform: grant what the chart grants" in (first.fault or "")

    play(identity, namespace, scenario)
