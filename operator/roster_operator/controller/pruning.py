"""Lets the ledger drop old history: beside the syncs, some at a time, with a rest in between."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Executor
from typing import Final

from roster_operator.clock import Clock
from roster_operator.errors import LedgerError
from roster_operator.ledger.ledger import Ledger, Retention

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS: Final = 3_600.0
SECONDS_BETWEEN_STEPS: Final = 2.0
"""While there is more to drop; syncs that write to SQLite get their turn."""


class Pruning:
    """Keeps history as long as it is to be kept."""

    def __init__(self, ledger: Ledger, executor: Executor, kept: Retention, clock: Clock) -> None:
        """Nothing runs before `run`."""
        self._ledger = ledger
        self._executor = executor
        self._kept = kept
        self._clock = clock

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            more = await self._step()
            await asyncio.sleep(SECONDS_BETWEEN_STEPS if more else SECONDS_BETWEEN_LOOKS)

    async def _step(self) -> bool:
        """Whether there may be more; a ledger that is away is asked again at the next look."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._executor, self._ledger.prune, self._kept, self._clock.now())
        except LedgerError as error:
            logger.info("old history was not dropped: %s", error.message)
            return False
