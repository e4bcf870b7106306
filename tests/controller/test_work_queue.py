"""The work queue: one turn at a time for each key, nothing forgotten, nothing doubled."""

from __future__ import annotations

import asyncio

import pytest
from tests.controller.looptime import run

from roster_operator.controller.queue import QueueClosed, WorkQueue


async def take(queue: WorkQueue) -> str:
    turn = await queue.get()
    queue.done(turn)
    return turn.key


async def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_key_added_twice_gets_one_turn() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        queue.add("a")
        queue.add("a")
        queue.add("b")
        assert [await take(queue), await take(queue)] == ["a", "b"]
        assert queue.depth == 0

    run(scenario())


def test_a_key_added_while_it_is_worked_on_gets_another_turn_after_that() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        queue.add("a")
        turn = await queue.get()
        queue.add("a")
        queue.add("a")
        assert queue.depth == 0
        queue.done(turn)
        assert queue.depth == 1
        assert await take(queue) == "a"
        assert queue.depth == 0

    run(scenario())


def test_a_key_is_never_with_two_workers_at_once() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        busy: set[str] = set()
        turns = 0

        async def worker() -> None:
            nonlocal turns
            while True:
                try:
                    turn = await queue.get()
                except QueueClosed:
                    return
                assert turn.key not in busy
                busy.add(turn.key)
                await asyncio.sleep(1)
                busy.remove(turn.key)
                turns += 1
                queue.done(turn)

        workers = [asyncio.create_task(worker()) for _ in range(4)]
        for second in range(60):
            queue.add("ab"[second % 2])
            await asyncio.sleep(0.3)
        queue.close()
        await asyncio.gather(*workers)
        assert turns >= 30

    run(scenario())


def test_urgent_keys_go_first_and_others_keep_their_order() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        for key in "abc":
            queue.add(key)
        queue.add("d", urgent=True)
        queue.add("b", urgent=True)
        assert [await take(queue) for _ in range(4)] == ["d", "b", "a", "c"]

    run(scenario())


def test_urgency_of_a_key_that_is_worked_on_is_kept_for_its_next_turn() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        queue.add("a")
        turn = await queue.get()
        queue.add("b")
        queue.add("a", urgent=True)
        queue.add("a")
        queue.done(turn)
        assert await take(queue) == "a"

    run(scenario())


def test_a_key_becomes_ready_when_it_is_due() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        queue.add_after("a", 3600)
        assert await take(queue) == "a"
        assert await now() == pytest.approx(3600)

    run(scenario())


def test_the_last_due_time_counts() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        queue.add_after("a", 10)
        queue.add_after("a", 100)
        queue.add_after("b", 50)
        assert [await take(queue), await take(queue)] == ["b", "a"]
        assert await now() == pytest.approx(100)

    run(scenario())


def test_adding_now_replaces_a_later_time() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        queue.add_after("a", 100)
        queue.add("a")
        assert await take(queue) == "a"
        assert await now() == 0
        queue.add_after("b", 200)
        assert await take(queue) == "b"

    run(scenario())


def test_a_later_time_does_not_put_off_a_key_that_is_ready() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        queue.add("a")
        queue.add_after("a", 100)
        assert await take(queue) == "a"
        assert await now() == 0

    run(scenario())


def test_a_time_that_has_passed_means_now() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        queue.add_after("a", -5)
        assert await take(queue) == "a"

    run(scenario())


def test_due_times_set_during_the_work_hold_after_it() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        queue.add("a")
        turn = await queue.get()
        queue.add_after("a", 7)
        queue.done(turn)
        assert await take(queue) == "a"
        assert await now() == pytest.approx(7)

    run(scenario())


def test_back_off_doubles_up_to_its_limit_and_starts_afresh_after_success() -> None:
    async def scenario() -> None:
        queue = WorkQueue(backoff=1, longest_backoff=5)
        delays = []
        for _ in range(4):
            delays.append(queue.back_off("a"))
            assert await take(queue) == "a"
        queue.succeeded("a")
        delays.append(queue.back_off("a"))
        assert delays == [1, 2, 4, 5, 1]

    run(scenario())


def test_a_forgotten_key_gets_no_turn() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        queue.add("a", urgent=True)
        queue.add("b")
        queue.add_after("c", 5)
        queue.add("d")
        for key in "abc":
            queue.forget(key)
        assert await take(queue) == "d"
        queue.add_after("e", 10)
        assert await take(queue) == "e"

    run(scenario())


def test_closing_ends_every_wait_and_takes_no_more() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        waiting = [asyncio.create_task(queue.get()) for _ in range(3)]
        await asyncio.sleep(0)
        queue.add_after("a", 5)
        queue.close()
        queue.add("b")
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(result, QueueClosed) for result in results)
        assert queue.depth == 0

    run(scenario())


def test_a_cancelled_worker_does_not_take_a_turn_with_it() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        first, second = asyncio.create_task(queue.get()), asyncio.create_task(queue.get())
        await asyncio.sleep(0)
        queue.add("a")
        first.cancel()
        assert (await second).key == "a"

    run(scenario())


def test_a_turn_tells_how_long_its_key_waited_and_who_is_being_worked_on_since_when() -> None:
    async def scenario() -> None:
        queue = WorkQueue()
        queue.add("a")
        await asyncio.sleep(4)
        turn = await queue.get()
        assert turn.waited == pytest.approx(4)
        assert dict(queue.working) == {"a": pytest.approx(4)}
        queue.done(turn)
        assert not queue.working

    run(scenario())
