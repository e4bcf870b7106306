"""Keeps the informer watching: one watch after the other, each of what can be served at its time."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Final, Protocol

from roster_operator.controller.scopes import Scope, Scopes
from roster_operator.controller.watching import ListingExpired, WatchEnded
from roster_operator.ops.logs import describe

logger = logging.getLogger(__name__)

_PAUSE: Final = 1.0
"""Seconds from the end of a watch to the next one."""


class Watch(Protocol):
    """One watch, in a thread of its own."""

    def __call__(self, scopes: Sequence[Scope], *, ebooks: bool, stop: threading.Event, ready: threading.Event) -> None:
        """Watch until `stop`; `ready` is set when all is seen. Raises `WatchEnded`."""


class Informer:
    """Belongs to the event loop's thread."""

    def __init__(self, watch: Watch, scopes: Scopes, executor: Executor) -> None:
        """Watches in a thread of `executor`."""
        self._watch = watch
        self._scopes = scopes
        self._executor = executor
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._over = asyncio.Event()
        scopes.follow(self.begin_anew)

    @property
    def ready(self) -> bool:
        """Whether it watches."""
        return self._ready.is_set()

    def begin_anew(self) -> None:
        """End the watch; another one, which lists everything afresh, takes its place."""
        self._stop.set()

    def stop(self) -> None:
        """End the watch, and `run`."""
        self._over.set()
        self._stop.set()

    async def run(self) -> None:
        """Watch until told to stop. Raises `WatchEnded` if a watch ends for what another one would end for, too.

        A first listing of many thousands waits behind the finalizers that it brings about, and expires; the next one
        finds most of them there.
        """
        while await self._may_begin():
            scopes, ebooks, changes = self._scopes.served, self._scopes.ebooks, self._scopes.changes
            self._stop = threading.Event()
            try:
                await asyncio.get_running_loop().run_in_executor(self._executor, self._once, scopes, ebooks)
            except WatchEnded as ended:
                await self._scopes.look(sure=True)
                if self._scopes.changes == changes and not isinstance(ended, ListingExpired):
                    raise
                logger.warning("the watch ended, another one begins: %s", describe(ended))
                await asyncio.sleep(_PAUSE)
            finally:
                self._ready.clear()

    async def _may_begin(self) -> bool:
        """Wait until something can be served, or it is over."""
        waits = {asyncio.create_task(self._scopes.some()), asyncio.create_task(self._over.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return not self._over.is_set()

    def _once(self, scopes: Sequence[Scope], ebooks: bool) -> None:
        self._watch(scopes, ebooks=ebooks, stop=self._stop, ready=self._ready)
