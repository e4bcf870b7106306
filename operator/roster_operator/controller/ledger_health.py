"""Keeps an eye on the license store: migrates it when it can be reached, and says when it is back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from datetime import datetime
from typing import Final

from roster_operator.errors import LedgerError
from roster_operator.ledger.ledger import Ledger

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_CHECKS: Final = 15.0
_CHECKS_BETWEEN_LOOKS: Final = 20
"""At what ends by hand: it is told in days."""


class LedgerHealth:
    """Whether the ledger can be used, as of the last check."""

    def __init__(self, ledger: Ledger, executor: Executor, is_back: Callable[[], None]) -> None:
        """`is_back` is called when the ledger answers again after it did not."""
        self._ledger = ledger
        self._executor = executor
        self._is_back = is_back
        self._migrated = False
        self._checks = 0
        self.fault: str | None = "not reached yet"
        self.ends_by_hand: Mapping[str, datetime] = {}
        """By RosterIntegration, when the first decision by hand ends."""

    async def check(self) -> None:
        """Reach for the ledger once; brings its schema up to date the first time that succeeds."""
        before = self.fault
        reach = self._ledger.check if self._migrated else self._ledger.migrate
        try:
            await asyncio.get_running_loop().run_in_executor(self._executor, reach)
            await self._look_ahead()
        except LedgerError as error:
            self.fault = error.message
            if before is None or not self._migrated:
                logger.warning("the ledger cannot be used: %s", error.message)
            return
        self._migrated = True
        self.fault = None
        if before is not None:
            logger.info("the ledger can be used")
            self._is_back()

    async def _look_ahead(self) -> None:
        if self._checks % _CHECKS_BETWEEN_LOOKS == 0:
            look = self._ledger.ends_by_hand
            self.ends_by_hand = await asyncio.get_running_loop().run_in_executor(self._executor, look)
        self._checks += 1

    async def run(self) -> None:
        """Check again and again, until cancelled."""
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_CHECKS)
            await self.check()
