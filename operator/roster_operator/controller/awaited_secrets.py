"""Looks often at Secrets that somebody is about to put right, where nobody watches Secrets.

The heartbeat looks at every resource, but rarely. Who has just been told that a Secret is missing or refused waits for
the next look with the new one in hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from typing import Final

from roster_operator.api import reasons
from roster_operator.controller.engine import Engine

LOOK_SECONDS: Final = 20.0
MOST_AT_ONCE: Final = 50
"""When a server refuses all of its districts at once, they are looked at in turns."""

_IN_THE_SECRET: Final = frozenset(
    {
        reasons.CREDENTIALS_MISSING,
        reasons.CREDENTIALS_REJECTED,
        reasons.SCOPE_REJECTED,
        reasons.TLS_FAILED,
        reasons.HOST_NOT_TRUSTED,
    }
)
"""What another Secret may put right."""


class AwaitedSecrets:
    """Belongs to the event loop's thread."""

    def __init__(self, engine: Engine, *, every: float = LOOK_SECONDS) -> None:
        """Has the `engine` look, `every` so many seconds."""
        self._engine = engine
        self._every = every
        self._last = ""

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._every)
            self.look()

    def look(self) -> None:
        """Have the next ones looked at."""
        awaited = sorted(self._awaited())
        ahead = [key for key in awaited if key > self._last]
        for key in islice((*ahead, *awaited), min(MOST_AT_ONCE, len(awaited))):
            self._engine.on_resync(key)
            self._last = key

    def _awaited(self) -> Iterator[str]:
        for sighting in self._engine.inventory:
            if sighting.ready_reason in _IN_THE_SECRET and not self._engine.watches_secret(sighting):
                yield sighting.key
