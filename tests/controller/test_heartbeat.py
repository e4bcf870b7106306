"""Each resource is looked at once in each interval, and never all of them at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from tests.controller.looptime import run

from roster_operator.clock import FixedClock
from roster_operator.controller.engine import Engine
from roster_operator.controller.heartbeat import Heartbeat
from roster_operator.controller.inventory import Inventory, observe
from roster_operator.controller.queue import WorkQueue

NOW = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
STATUS = {"observedGeneration": 1, "observedSecretVersion": "v1", "nextSyncTime": "2026-09-01T07:00:00Z"}


def add(engine: Engine, names: Iterable[str]) -> None:
    """Districts of which none is due, and whose Secrets nobody watches."""
    for name in names:
        metadata = {"namespace": "n", "name": name, "uid": name, "generation": 1}
        spec = {"source": {"secretRef": {"name": "s"}}}
        engine.on_change(observe({"metadata": metadata, "spec": spec, "status": STATUS}))


async def looks(engine: Engine, seconds: int) -> list[Counter[str]]:
    """Who was looked at in each second."""
    beating = asyncio.create_task(Heartbeat(engine, interval=10.0).run())
    await asyncio.sleep(0.5)
    seen = []
    for _ in range(seconds):
        await asyncio.sleep(1.0)
        seen.append(Counter[str]())
        while engine.queue.depth:
            turn = await engine.queue.get()
            seen[-1][turn.key] += 1
            engine.queue.done(turn)
    beating.cancel()
    return seen


def unsynced() -> Engine:
    return Engine(WorkQueue(), Inventory(), FixedClock(NOW), lambda *_: None)


def test_each_is_looked_at_once_in_each_interval() -> None:
    async def scenario() -> None:
        engine = unsynced()
        add(engine, map(str, range(25)))
        seen = await looks(engine, 20)
        assert sum(seen[:10], Counter()) == sum(seen[10:], Counter()) == Counter(f"n/{name}" for name in range(25))

    run(scenario())


def test_looks_are_spread_over_the_interval() -> None:
    async def scenario() -> None:
        engine = unsynced()
        add(engine, map(str, range(25)))
        assert {each.total() for each in await looks(engine, 10)} == {2, 3}

    run(scenario())


def test_who_comes_in_the_middle_of_a_round_is_looked_at_in_the_next() -> None:
    async def scenario() -> None:
        engine = unsynced()
        add(engine, ["first"])
        asyncio.get_running_loop().call_later(5.0, add, engine, ["late"])
        seen = await looks(engine, 20)
        assert sum(seen[10:], Counter()) == Counter(["n/first", "n/late"])

    run(scenario())


def test_who_went_meanwhile_is_left_alone() -> None:
    async def scenario() -> None:
        engine = unsynced()
        add(engine, ["first"])
        asyncio.get_running_loop().call_later(0.6, engine.on_delete, "n/first", "first")
        assert not sum(await looks(engine, 20), Counter())

    run(scenario())
