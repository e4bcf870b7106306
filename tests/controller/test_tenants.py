"""Tenants share the workers: none takes them all, and nobody waits for ever, whatever another one asks for."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr
from tests.controller.looptime import run

from roster_operator.api import names
from roster_operator.clock import Clock
from roster_operator.controller.engine import Engine
from roster_operator.controller.inventory import Inventory, observe
from roster_operator.controller.lanes import AGED_SECONDS
from roster_operator.controller.queue import QueueClosed, WorkQueue
from roster_operator.controller.settings import OperatorSettings

NOW = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
DAY = 86_400.0


class LoopClock:
    """Wall time that passes with the loop's."""

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def seconds_until(self, moment: datetime) -> float:
        return (moment - self.now()).total_seconds()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        raise AssertionError("the engine waits by its loop")


class Fleet:
    """An engine with workers whose syncs take as long as they are told to, and leave a status as real ones do."""

    def __init__(self, seconds: Callable[[str], float], **settings: Any) -> None:
        chosen = OperatorSettings(ledger=SecretStr("sqlite://"), **settings)
        clock: Clock = LoopClock()
        self.engine = Engine(
            WorkQueue(), Inventory(), clock, lambda *_: "v1", limits=chosen.limits(), caps=chosen.caps()
        )
        self._seconds = seconds
        self._bodies: dict[str, dict[str, Any]] = {}
        self.began: dict[str, list[float]] = {}
        self.workers = [asyncio.create_task(self._work()) for _ in range(chosen.workers)]

    def create(self, key: str, *, host: str = "", due: float | None = None, retries: bool = False) -> None:
        """A new resource; or, if `due`, one that was synced before and is due in so many seconds."""
        namespace, name = key.split("/")
        body: dict[str, Any] = {
            "metadata": {
                "namespace": namespace,
                "name": name,
                "uid": f"uid-{key}",
                "generation": 1,
                "annotations": {},
                "finalizers": [names.CLEANUP_FINALIZER],
            },
            "spec": {"source": {"baseURL": f"https://{host or f'{name}.{namespace}.example'}"}},
            "status": {},
        }
        self._bodies[key] = body
        if due is not None:
            self._settle(key, due, failures=int(retries))
        self.engine.on_change(observe(body))

    def request(self, key: str) -> None:
        """Somebody annotates a resource."""
        annotations = self._bodies[key]["metadata"]["annotations"]
        annotations["rostering.cpm.org/requested-at"] = str(self.engine.queue.depth) + str(LoopClock().monotonic())
        self.engine.on_change(observe(self._bodies[key]))

    def running(self) -> Counter[str]:
        """How many turns each namespace has."""
        return Counter(key.split("/")[0] for key in self.engine.queue.working)

    def turns(self, namespace: str) -> int:
        return sum(len(turns) for key, turns in self.began.items() if key.startswith(f"{namespace}/"))

    def close(self) -> None:
        self.engine.queue.close()
        for worker in self.workers:
            worker.cancel()

    async def _work(self) -> None:
        while True:
            try:
                turn = await self.engine.queue.get()
            except QueueClosed:
                return
            self.began.setdefault(turn.key, []).append(LoopClock().monotonic())
            await asyncio.sleep(self._seconds(turn.key))
            self._settle(turn.key, DAY)
            self.engine.on_change(observe(self._bodies[turn.key]))
            self.engine.queue.done(turn)

    def _settle(self, key: str, due: float, failures: int = 0) -> None:
        now, body = LoopClock().now(), self._bodies[key]
        body["status"] = {
            "observedGeneration": 1,
            "observedSecretVersion": "v1",
            "lastAttemptTime": now.isoformat(),
            "lastHandledRequestedAt": body["metadata"]["annotations"].get("rostering.cpm.org/requested-at", ""),
            "nextSyncTime": (now + timedelta(seconds=due)).isoformat(),
            "consecutiveFailures": failures,
        }


def test_new_resources_of_one_tenant_that_hang_leave_workers_to_the_others() -> None:
    async def scenario() -> None:
        fleet = Fleet(lambda key: DAY if key.startswith("greedy/") else 5.0, workers=8)
        for number in range(40):
            fleet.create(f"greedy/{number}")
        await asyncio.sleep(60)
        assert fleet.running() == {"greedy": 6}

        for number in range(6):
            fleet.create(f"modest/{number}")
        await asyncio.sleep(20)
        assert fleet.turns("modest") == 6
        assert fleet.turns("greedy") == 6
        fleet.close()

    run(scenario())


def test_of_a_servers_places_and_those_for_retries_a_tenant_holds_a_share_too() -> None:
    async def scenario() -> None:
        fleet = Fleet(lambda key: DAY if key.startswith("greedy/") else 5.0, workers=16, per_server=4)
        for number in range(10):
            fleet.create(f"greedy/{number}", host="proxy.example")
            fleet.create(f"greedy/r{number}", due=1, retries=True)
        await asyncio.sleep(60)
        assert fleet.running() == {"greedy": 3 + 6}

        for number in range(4):
            fleet.create(f"modest/{number}", host="proxy.example")
            fleet.create(f"modest/r{number}", due=1, retries=True)
        await asyncio.sleep(60)
        assert fleet.turns("modest") == 8
        fleet.close()

    run(scenario())


def test_an_operator_of_one_namespace_gives_it_all_its_workers() -> None:
    async def scenario() -> None:
        fleet = Fleet(lambda _key: DAY, workers=8, namespaces=("only",))
        for number in range(10):
            fleet.create(f"only/{number}")
        await asyncio.sleep(60)
        assert fleet.running() == {"only": 8}
        fleet.close()

    run(scenario())


def test_requests_without_end_starve_no_timer_of_others() -> None:
    """Forty resources that are asked for again as soon as they are done, beside two hundred that are due."""

    async def scenario() -> None:
        fleet = Fleet(lambda _key: 2.0, workers=4)
        asked = [f"loud/{number}" for number in range(40)]
        for key in asked:
            fleet.create(key, due=DAY)
        for number in range(200):
            fleet.create(f"quiet/{number}", due=1)

        async def annotate() -> None:
            while True:
                for key in asked:
                    fleet.request(key)
                await asyncio.sleep(1)

        annotating = asyncio.create_task(annotate())
        await asyncio.sleep(300)
        annotating.cancel()
        assert fleet.turns("quiet") == 200
        assert fleet.turns("quiet") + fleet.turns("loud") >= 550  # nobody stands idle meanwhile
        fleet.close()

    run(scenario())


def test_requests_without_end_starve_no_timer_of_the_same_namespace_nor_on_the_same_server() -> None:
    async def scenario() -> None:
        fleet = Fleet(lambda _key: 2.0, workers=4, per_server=1, namespaces=("n",))
        asked = [f"n/asked-{number}" for number in range(20)]
        for key in asked:
            fleet.create(key, host="proxy.example", due=DAY)
        for number in range(10):
            fleet.create(f"n/{number}", host="proxy.example", due=1)

        async def annotate() -> None:
            while True:
                for key in asked:
                    fleet.request(key)
                await asyncio.sleep(1)

        annotating = asyncio.create_task(annotate())
        await asyncio.sleep(AGED_SECONDS + 60)
        annotating.cancel()
        assert all(f"n/{number}" in fleet.began for number in range(10))
        fleet.close()

    run(scenario())


def test_a_request_does_not_wait_for_the_timers_of_a_whole_fleet() -> None:
    async def scenario() -> None:
        fleet = Fleet(lambda _key: 10.0, workers=4)
        for number in range(400):
            fleet.create(f"fleet/{number}", due=1)
        fleet.create("fleet/asked", due=DAY)
        fleet.create("other/asked", due=DAY)
        await asyncio.sleep(AGED_SECONDS * 10)
        now = LoopClock().monotonic()
        fleet.request("fleet/asked")
        fleet.request("other/asked")
        await asyncio.sleep(40)
        assert fleet.began["other/asked"][0] - now <= 10
        assert fleet.began["fleet/asked"][0] - now <= 20
        fleet.close()

    run(scenario())


def test_tenants_take_turns_though_one_of_them_came_first_with_many() -> None:
    async def scenario() -> None:
        fleet = Fleet(lambda _key: 5.0, workers=1)
        for number in range(100):
            fleet.create(f"many/{number}")
        await asyncio.sleep(1)
        fleet.create("few/a")
        fleet.create("few/b")
        await asyncio.sleep(20)
        assert [fleet.began[key][0] for key in ("few/a", "few/b")] in ([5.0, 15.0], [10.0, 20.0])
        fleet.close()

    run(scenario())
