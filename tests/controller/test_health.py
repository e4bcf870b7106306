"""Whether the operator is healthy: what only a restart of its process can end."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

from tests.controller.conftest import Districts, Start

from roster_operator.clock import FixedClock
from roster_operator.interruption import Interruption
from roster_operator.sources.workers import STRAYS

WELL = (200, "syncs: ok\nthreads: ok\n")


def test_a_thread_that_outlives_its_sync_by_ten_minutes_is_told_until_it_ends(
    districts: Districts, start: Start
) -> None:
    operator = start()
    clock, thread = FixedClock(datetime(2026, 9, 1, 6, tzinfo=UTC)), Future[None]()
    STRAYS.add([thread], Interruption(clock, 60))
    try:
        clock.advance(timedelta(seconds=599))
        assert operator.health() == WELL
        clock.advance(timedelta(seconds=2))
        assert operator.health() == (503, "syncs: ok\nthreads: 1 goes on although its sync has ended\n")
    finally:
        thread.set_result(None)
    assert operator.health() == WELL
