"""Attempts to sign in: how many are asked about at once, and who waits for whom.

What fails counts against the address that it came from. One that has failed too often is let in still, as it may be
that of a proxy or a school with everybody behind it, but its attempts wait for each other. So whoever tries on and on
keeps few people waiting, and neither the API server nor the provider hears more of them than the bounds below.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from roster_operator.console.pace import Pace
from roster_operator.service.refusals import Refused

_BURST, _PER_SECOND = 30, 0.5
"""Failures of one address, before its attempts wait for each other."""
_AT_A_TIME: Final = 16
_OF_ONE: Final = 2
"""Attempts that are asked about, of all and of an address that has failed too often."""
_MOST_WAITING: Final = 256
_MOST_OF_ONE: Final = 64
_PATIENCE: Final = 15.0
"""Seconds that an attempt waits for others."""
_FAILED: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class _Turns:
    """Of one address."""

    def __init__(self) -> None:
        self.free = asyncio.Semaphore(_OF_ONE)
        self.attempts = 0


class Attempts:
    """Of one event loop."""

    def __init__(self, now: Callable[[], float]) -> None:
        """`now`: seconds of a clock that never goes back."""
        self._failures = Pace(_BURST, _PER_SECOND, now)
        self._free = asyncio.Semaphore(_AT_A_TIME)
        self._attempts = 0
        self._turns: dict[str, _Turns] = {}

    @asynccontextmanager
    async def one(self, address: str) -> AsyncIterator[None]:
        """One from this address; it has failed if it ends in `Refused` as 401 or 403. Raises `Refused`."""
        turns = self._turns.get(address) or _Turns()
        if self._attempts >= _MOST_WAITING or turns.attempts >= _MOST_OF_ONE:
            raise _come_again()
        self._turns[address] = turns
        self._attempts += 1
        turns.attempts += 1
        try:
            async with self._turn(turns.free if self._failures.is_used_up(address) else None):
                yield
        except Refused as refused:
            if refused.status in _FAILED:
                self._failures.count(address)
            raise
        finally:
            self._attempts -= 1
            turns.attempts -= 1
            if not turns.attempts:
                del self._turns[address]

    @asynccontextmanager
    async def _turn(self, of_one: asyncio.Semaphore | None) -> AsyncIterator[None]:
        """After those before it: `of_one` address, and of all."""
        taken: list[asyncio.Semaphore] = []
        try:
            async with asyncio.timeout(_PATIENCE):
                for free in (of_one, self._free):
                    if free is not None:
                        await free.acquire()
                        taken.append(free)
        except TimeoutError:
            _give_back(taken)
            raise _come_again() from None
        except asyncio.CancelledError:
            _give_back(taken)
            raise
        try:
            yield
        finally:
            _give_back(taken)


def _give_back(taken: list[asyncio.Semaphore]) -> None:
    for free in taken:
        free.release()


def _come_again() -> Refused:
    return Refused(HTTPStatus.TOO_MANY_REQUESTS, "Too many attempts to sign in are waiting. Try again in a minute.")
