"""What is wrong with the installation as a whole, for everybody who looks at a page of it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

from roster_operator.clock import Clock
from roster_operator.errors import RosterOperatorError
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.operations.fleet import FleetRow, Mode
from roster_operator.reconcile.standing import late
from roster_operator.service.fleet_watch import FleetWatch
from roster_operator.service.refusals import Refused

_GOOD_FOR: Final = 10.0
"""Seconds that an answer of the ledger is believed."""
_PATIENCE: Final = 3.0
"""Seconds that it gets: a page is not to wait for what it can do without."""
_AWAY: Final = "The ledger does not answer. Platform: at once, as it concerns all districts."


class Troubles:
    """Of one service: asked with each page, and found out now and then."""

    def __init__(self, queries: LedgerQueries, fleet: FleetWatch, clock: Clock) -> None:
        """It has a thread of its own, which a ledger that hangs may keep."""
        self._queries = queries
        self._fleet = fleet
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="trouble")
        self._asked = -_GOOD_FOR
        self._away = False
        self._asking: asyncio.Task[None] | None = None

    async def told(self) -> tuple[str, ...]:
        """In sentences that name no district."""
        loop = asyncio.get_running_loop()
        if self._asking is None and loop.time() - self._asked >= _GOOD_FOR:
            self._asking = loop.create_task(self._ask())
        if self._asking is not None:
            await asyncio.wait([self._asking], timeout=_PATIENCE)
            self._away = self._away or self._asking is not None
        return (*((_AWAY,) if self._away else ()), *self._of_operator())

    def close(self) -> None:
        """Give back the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._queries.check)
            self._away = False
        except RosterOperatorError:
            self._away = True
        finally:
            self._asked, self._asking = loop.time(), None

    def _of_operator(self) -> tuple[str, ...]:
        try:
            since = not_begun_since(self._fleet.rows(), self._clock.now())
        except Refused:
            return ()
        if since is None:
            return ()
        message = f"No sync has begun since {since:%Y-%m-%d %H:%M} UTC, though some were due."
        return (f"{message} Platform: look whether the operator runs.",)


def not_begun_since(rows: list[FleetRow], now: datetime) -> datetime | None:
    """Since when every sync that was due is waiting; None unless one is late, and none was done since it was due."""
    due = [row.next_sync for row in rows if late(row.next_sync, row.mode is Mode.SUSPENDED, now) and row.next_sync]
    done = [row.last_sync for row in rows if row.last_sync is not None]
    first = min(due, default=None)
    return first if first is not None and all(each < first for each in done) else None
