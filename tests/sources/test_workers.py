"""The threads of a source: who waits for whom, and what is still begun once the answer is known."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from roster_operator.clock import SystemClock
from roster_operator.errors import Interrupted
from roster_operator.interruption import Interruption
from roster_operator.sources.workers import STRAYS, Workers

AT_ONCE = 3


@pytest.fixture
def interruption() -> Interruption:
    return Interruption(SystemClock(), 60)


@pytest.fixture
def workers(interruption: Interruption) -> Iterator[Workers]:
    threads = Workers(8, interruption=interruption.part(), each_look=lambda: None, end=lambda: None)
    yield threads
    threads.close()


def numbered(count: int) -> list[tuple[int]]:
    return [(number,) for number in range(count)]


def test_a_check_that_holds_is_made_once_for_each(workers: Workers) -> None:
    asked: list[int] = []

    def check(number: int) -> bool:
        asked.append(number)
        return True

    assert workers.hold(check, numbered(100), at_once=AT_ONCE)
    assert sorted(asked) == list(range(100))


def test_nothing_to_check_holds(workers: Workers) -> None:
    assert workers.hold(lambda _number: False, numbered(0), at_once=AT_ONCE)


def test_no_more_checks_are_under_way_than_allowed(workers: Workers) -> None:
    together = threading.Barrier(AT_ONCE)
    under_way: list[int] = []
    most: list[int] = []

    def check(number: int) -> bool:
        under_way.append(number)
        together.wait(10)
        most.append(len(under_way))
        together.wait(10)
        under_way.remove(number)
        return True

    assert workers.hold(check, numbered(4 * AT_ONCE), at_once=AT_ONCE)
    assert max(most) == AT_ONCE


def test_after_a_check_that_fails_no_more_are_begun(workers: Workers) -> None:
    asked: list[int] = []
    failed = threading.Event()

    def check(number: int) -> bool:
        asked.append(number)
        if number == 0:
            failed.set()
            return False
        failed.wait(10)
        return True

    assert not workers.hold(check, numbered(10_000), at_once=AT_ONCE)
    assert len(asked) < 10_000


def test_what_a_check_raises_ends_them_all(workers: Workers) -> None:
    def check(number: int) -> bool:
        if number == 5:
            raise ValueError("the sixth")
        return True

    with pytest.raises(ValueError, match="the sixth"):
        workers.hold(check, numbered(50), at_once=AT_ONCE)


def test_an_interruption_ends_them(workers: Workers, interruption: Interruption) -> None:
    go_on = threading.Event()

    def check(_number: int) -> bool:
        interruption.stop()
        return go_on.wait(10)

    try:
        with pytest.raises(Interrupted):
            workers.hold(check, numbered(50), at_once=AT_ONCE)
    finally:
        go_on.set()


def test_a_thread_that_waits_is_woken_when_its_source_is_closed(interruption: Interruption) -> None:
    own = interruption.part()
    threads = Workers(1, interruption=own, each_look=lambda: None, end=lambda: None)
    waiting = threads.submit(own.wait, 50)
    threads.close()
    assert isinstance(waiting.exception(timeout=5), Interrupted)
    interruption.check()


def test_a_sync_that_is_stopped_stops_its_parts(interruption: Interruption) -> None:
    part = interruption.part()
    interruption.stop()
    for stopped in (part, interruption.part(), part.part()):
        with pytest.raises(Interrupted):
            stopped.check()


def test_a_thread_that_outlives_its_sync_is_noticed_until_it_ends(
    interruption: Interruption, caplog: pytest.LogCaptureFixture
) -> None:
    let_go = threading.Event()
    own = interruption.part()
    threads = Workers(2, interruption=own, each_look=lambda: None, end=lambda: None, last_moment=0.05)
    going_on = threads.submit(let_go.wait, 30)
    before = STRAYS.count()
    threads.close()
    try:
        assert STRAYS.count() == before + 1
        assert STRAYS.count(older=600) == 0
        assert "1 thread of a source went on" in caplog.text
    finally:
        let_go.set()
    going_on.result(timeout=5)
    assert STRAYS.count() == before
