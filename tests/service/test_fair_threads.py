"""Whoever asks much waits behind themselves, and nobody else behind them; one check of readiness is for all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from roster_operator.errors import LedgerError
from roster_operator.service.readiness import Readiness
from roster_operator.service.rights import Rights
from roster_operator.service.threads import FairThreads


class Work:
    """Questions that are answered when they are let."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.let = threading.Semaphore(0)

    def of(self, name: str) -> Callable[[], str]:
        def work() -> str:
            self.begun.append(name)
            assert self.let.acquire(timeout=30)
            return name

        return work


async def settled(work: Work, begun: int) -> None:
    async with asyncio.timeout(30):
        while len(work.begun) < begun:  # noqa: ASYNC110 - threads begin them
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)


def played(story: Callable[[FairThreads, Work], Awaitable[None]], most: int = 3, most_of_one: int = 2) -> None:
    async def play() -> None:
        threads, work = FairThreads("test", most, most_of_one), Work()
        try:
            await story(threads, work)
        finally:
            work.let.release(100)
            threads.close()

    asyncio.run(play())


def test_one_person_never_has_all_threads() -> None:
    async def story(threads: FairThreads, work: Work) -> None:
        many = [asyncio.create_task(threads.run("ann", work.of("ann"))) for _ in range(16)]
        await settled(work, 2)
        assert work.begun == ["ann", "ann"]
        other = asyncio.create_task(threads.run("ben", work.of("ben")))
        await settled(work, 3)
        assert work.begun == ["ann", "ann", "ben"]
        work.let.release(17)
        assert await asyncio.gather(*many, other) == ["ann"] * 16 + ["ben"]

    played(story)


def test_a_thread_that_is_free_goes_to_who_has_the_fewest() -> None:
    async def story(threads: FairThreads, work: Work) -> None:
        tasks = [asyncio.create_task(threads.run("ann", work.of("ann"))) for _ in range(6)]
        await settled(work, 2)
        tasks += [asyncio.create_task(threads.run(name, work.of(name))) for name in ("ben", "eve")]
        await asyncio.sleep(0)
        work.let.release(1)
        await settled(work, 3)
        assert work.begun[2] == "ben"
        work.let.release(10)
        await asyncio.gather(*tasks)
        assert work.begun.index("eve") < 5

    played(story, most=2, most_of_one=2)


def test_who_gives_up_takes_no_thread_and_who_was_begun_gives_it_back_at_its_end() -> None:
    async def story(threads: FairThreads, work: Work) -> None:
        begun = asyncio.create_task(threads.run("ann", work.of("begun")))
        await settled(work, 1)
        waiting = asyncio.create_task(threads.run("ann", work.of("waiting")))
        await asyncio.sleep(0)
        for task in (waiting, begun):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        last = asyncio.create_task(threads.run("ben", work.of("last")))
        await asyncio.sleep(0.1)
        assert work.begun == ["begun"], "its thread is still at work"
        work.let.release(2)
        assert await last == "last"
        assert work.begun == ["begun", "last"]

    played(story, most=1, most_of_one=1)


def test_an_error_of_an_answer_is_its_own() -> None:
    async def story(threads: FairThreads, _work: Work) -> None:
        def fails() -> None:
            raise LedgerError("away")

        with pytest.raises(LedgerError):
            await threads.run("ann", fails)
        assert await threads.run("ann", lambda: 1) == 1

    played(story, most=1, most_of_one=1)


class Reviews:
    """Counts who asks the API server."""

    def __init__(self) -> None:
        self.asked = 0

    async def check(self) -> None:
        self.asked += 1


def test_a_hundred_who_ask_whether_it_is_ready_cost_one_check() -> None:
    checks: list[Any] = []

    async def ask() -> None:
        reviews = Reviews()
        readiness = Readiness(lambda: checks.append(1), cast("Rights", reviews))
        answers = await asyncio.gather(*(readiness.faults() for _ in range(100)))
        assert answers == [[]] * 100
        assert (len(checks), reviews.asked) == (1, 1)
        assert await readiness.faults() == []
        assert len(checks) == 1, "a moment later it still holds"
        readiness.close()

    asyncio.run(ask())


def test_who_leaves_ends_no_check_of_the_others() -> None:
    go = threading.Event()

    def slow() -> None:
        assert go.wait(30)
        raise LedgerError("The ledger does not answer.")

    async def ask() -> None:
        readiness = Readiness(slow, cast("Rights", Reviews()))
        one, other = (asyncio.create_task(readiness.faults()) for _ in range(2))
        await asyncio.sleep(0.05)
        one.cancel()
        go.set()
        assert await other == ["ledger: The ledger does not answer."]
        readiness.close()

    asyncio.run(ask())
