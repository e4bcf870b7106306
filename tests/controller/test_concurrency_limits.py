"""Who is synced beside whom: limits hold, nobody waits who need not, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.controller.looptime import run

from roster_operator.controller.concurrency_limits import (
    LARGE_MEMORY,
    MEBIBYTE,
    PROCESS_MEMORY,
    SMALL_MEMORY,
    ConcurrencyLimits,
    Demand,
    Kind,
    Limits,
    is_large,
    large_places,
)
from roster_operator.controller.queue import QueueClosed, WorkItem, WorkQueue

ROOMY = Limits(large=99, on_server=99, retries=99)


def queue(limits: Limits, **demands: Demand) -> WorkQueue:
    """A queue whose keys have these needs; others need nothing but a worker."""
    one = WorkQueue()
    one.gate = ConcurrencyLimits(limits, lambda key: demands.get(key.partition("_")[0], Demand()))
    return one


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def turns(queue: WorkQueue) -> list[WorkItem]:
    """All that can be had now."""
    found: list[WorkItem] = []
    while True:
        task = asyncio.create_task(queue.get())
        await settled()
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return found
        found.append(task.result())


def keys(turns: list[WorkItem]) -> list[str]:
    return [turn.key for turn in turns]


def test_small_districts_go_on_while_large_ones_wait_for_each_other() -> None:
    async def scenario() -> None:
        one = queue(replace(ROOMY, large=1), large=Demand("a", large=True), small=Demand("b"))
        for key in ("large_1", "large_2", "large_3", "small_1", "small_2"):
            one.add(key)
        first = await turns(one)
        assert keys(first) == ["large_1", "small_1", "small_2"]
        assert one.depth == 2
        one.done(first[1])
        assert not await turns(one)
        one.done(first[0])
        assert keys(await turns(one)) == ["large_2"]

    run(scenario())


def test_districts_of_one_server_share_its_places_and_others_pass_them() -> None:
    async def scenario() -> None:
        one = queue(replace(ROOMY, on_server=2), proxy=Demand("proxy.example"), own=Demand("own.example"))
        for key in ("proxy_1", "proxy_2", "proxy_3", "proxy_4", "own_1"):
            one.add(key)
        first = await turns(one)
        assert keys(first) == ["proxy_1", "proxy_2", "own_1"]
        one.done(first[0])
        assert keys(await turns(one)) == ["proxy_3"]

    run(scenario())


def test_large_districts_leave_half_of_a_servers_places_to_its_small_ones() -> None:
    async def scenario() -> None:
        one = queue(replace(ROOMY, on_server=4), large=Demand("proxy", large=True), small=Demand("proxy"))
        for key in ("large_1", "large_2", "large_3", "small_1", "small_2", "small_3"):
            one.add(key)
        assert keys(await turns(one)) == ["large_1", "large_2", "small_1", "small_2"]

    run(scenario())


def test_an_urgent_key_goes_before_all_who_wait_for_the_same_place() -> None:
    async def scenario() -> None:
        one = queue(replace(ROOMY, on_server=1), proxy=Demand("proxy"))
        for key in ("proxy_1", "proxy_2", "proxy_3"):
            one.add(key)
        (first,) = await turns(one)
        one.add("proxy_4", urgent=True)
        one.add("proxy_3", urgent=True)
        assert not await turns(one)
        order = []
        while True:
            one.done(first)
            following = await turns(one)
            if not following:
                break
            (first,) = following
            order.append(first.key)
        assert order == ["proxy_4", "proxy_3", "proxy_2"]

    run(scenario())


def test_what_is_forgotten_while_it_waits_for_a_place_hands_the_place_on() -> None:
    async def scenario() -> None:
        one = queue(replace(ROOMY, on_server=1), proxy=Demand("proxy"))
        for key in ("proxy_1", "proxy_2", "proxy_3", "proxy_4"):
            one.add(key)
        (first,) = await turns(one)
        one.forget("proxy_2")
        one.done(first)  # calls proxy_3, which goes before it could try
        one.forget("proxy_3")
        assert keys(await turns(one)) == ["proxy_4"]

    run(scenario())


def test_a_place_that_the_first_in_line_cannot_use_goes_to_the_next() -> None:
    async def scenario() -> None:
        needs = {"both": Demand("proxy", large=True), "proxy": Demand("proxy"), "large": Demand("other", large=True)}
        one = queue(Limits(large=1, on_server=1, retries=9), **needs)
        one.add("large_1")
        one.add("proxy_1")
        large, proxy = await turns(one)
        one.add("both_1")  # waits for a large place
        one.add("proxy_2")  # waits for the server
        assert not await turns(one)
        one.done(large)  # both_1 is called, and meets the server
        assert not await turns(one)
        one.done(proxy)
        assert keys(await turns(one)) == ["proxy_2"]  # it waited for the server first
        assert one.depth == 1

    run(scenario())


def test_a_running_district_that_turns_out_to_be_large_takes_a_place_or_learns_that_there_is_none() -> None:
    places = ConcurrencyLimits(Limits(large=1, on_server=9, retries=9), lambda _key: Demand("proxy"))
    for key in ("n/one", "n/two"):
        assert places.enter(key) is None
    assert places.grow("n/one")
    assert not places.grow("n/two")
    assert (Kind.LARGE, "", "") in places.leave("n/one")
    assert places.grow("n/two")
    assert not places.grow("n/one")  # it is not in any more


@pytest.mark.parametrize(
    ("workers", "memory", "expected"),
    [
        (16, None, 8),
        (1, None, 1),
        (8, 1024 * MEBIBYTE, 2),
        (8, 64 * 1024 * MEBIBYTE, 4),
        (16, 512 * MEBIBYTE, 0),
    ],
)
def test_memory_decides_how_many_large_districts_run(workers: int, memory: int | None, expected: int) -> None:
    assert large_places(workers, memory) == expected


@given(workers=st.integers(1, 64), memory=st.integers(1, 64 * 1024**3))
def test_the_memory_of_all_that_may_run_at_once_is_never_more_than_there_is(workers: int, memory: int) -> None:
    large = large_places(workers, memory)
    if large:
        assert PROCESS_MEMORY + workers * SMALL_MEMORY + large * LARGE_MEMORY <= memory


@pytest.mark.parametrize(
    ("persons", "rows", "seconds", "large"),
    [(3_000, 26_000, 4, False), (12_000, 90_000, 20, True), (500, 700_000, 20, True), (500, 9_000, 1_500, True)],
)
def test_size_and_slowness_make_a_district_large(persons: int, rows: int, seconds: int, large: bool) -> None:
    assert is_large(persons=persons, rows=rows, seconds=seconds) is large


@pytest.mark.parametrize("seed", range(8))
def test_whatever_comes_limits_hold_and_everybody_has_a_turn(seed: int) -> None:
    """Random needs, sizes that are found out, requests in between: no place is lost, and none given twice."""

    async def scenario() -> None:
        chance = random.Random(seed)
        limits = Limits(large=2, on_server=3, retries=2, workers=6, per_namespace=4)
        needs = {
            f"{namespace}/k{number}": Demand(
                chance.choice(("", "a", "b")), chance.random() < 0.4, chance.random() < 0.3, namespace
            )
            for number in range(80)
            for namespace in [chance.choice("nnnm")]
        }
        one = WorkQueue()
        places = ConcurrencyLimits(limits, needs.__getitem__)
        one.gate = places
        running: set[str] = set()
        served: Counter[str] = Counter()

        def check() -> None:
            demands = [needs[key] for key in running]
            assert sum(demand.large for demand in demands) <= 2
            assert sum(demand.retry for demand in demands) <= 2
            for namespace in "nm":
                own = [demand for demand in demands if demand.namespace == namespace]
                assert len(own) <= 4
                assert sum(demand.large for demand in own) <= 1
                assert sum(demand.retry for demand in own) <= 1
                assert sum(demand.server == "a" for demand in own) <= 2
            for server in "ab":
                there = [demand for demand in demands if demand.server == server]
                assert len(there) <= 3
                assert sum(demand.large for demand in there) <= 1

        async def worker() -> None:
            while True:
                try:
                    turn = await one.get()
                except QueueClosed:
                    return
                running.add(turn.key)
                check()
                await asyncio.sleep(chance.random())
                demand = needs[turn.key]
                if not demand.large and chance.random() < 0.1 and places.grow(turn.key):
                    needs[turn.key] = replace(demand, large=True)
                    check()
                    await asyncio.sleep(chance.random())
                running.discard(turn.key)
                served[turn.key] += 1
                one.done(turn)

        workers = [asyncio.create_task(worker()) for _ in range(6)]
        for key in needs:
            one.add(key, urgent=chance.random() < 0.2)
            if chance.random() < 0.5:
                await asyncio.sleep(chance.random() / 4)
            if chance.random() < 0.2:
                one.add(chance.choice(list(needs)), urgent=True)
        await asyncio.sleep(600)
        assert one.depth == 0
        assert set(served) == set(needs)
        one.close()
        await asyncio.gather(*workers)

    run(scenario())
