"""Old history is dropped beside all else, and a ledger that is away ends nothing."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor, Future
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.controller.looptime import run

from roster_operator.clock import FixedClock
from roster_operator.controller.pruning import Pruning
from roster_operator.errors import LedgerUnavailable
from roster_operator.ledger.ledger import Retention

NOW = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
YEAR = Retention(timedelta(days=365), timedelta(days=365))


class _AtOnce(Executor):
    """Runs what it is given before it returns."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except LedgerUnavailable as error:
            future.set_exception(error)
        return future


class _Ledger:
    """Has something to drop three times, but for when it is away."""

    def __init__(self, *, away: bool = False) -> None:
        self.asked: list[tuple[Retention, datetime]] = []
        self._away = away

    def prune(self, kept: Retention, now: datetime) -> bool:
        self.asked.append((kept, now))
        if self._away:
            raise LedgerUnavailable("The ledger cannot be reached.")
        return len(self.asked) <= 3


async def _for(seconds: float, ledger: _Ledger) -> None:
    pruning = Pruning(ledger, _AtOnce(), YEAR, FixedClock(NOW))  # type: ignore[arg-type]
    task = asyncio.create_task(pruning.run())
    await asyncio.sleep(seconds)
    assert not task.done()
    task.cancel()


def test_as_long_as_there_is_more_it_goes_on_after_a_rest() -> None:
    ledger = _Ledger()
    run(_for(60, ledger))
    assert ledger.asked == [(YEAR, NOW)] * 4


def test_then_it_looks_every_hour() -> None:
    ledger = _Ledger()
    run(_for(3 * 3_600, ledger))
    assert len(ledger.asked) == 6


def test_a_ledger_that_is_away_is_asked_again_later() -> None:
    ledger = _Ledger(away=True)
    run(_for(3_700, ledger))
    assert len(ledger.asked) == 2
