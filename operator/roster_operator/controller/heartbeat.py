"""Looks at each resource again at a fixed interval, whatever events say or miss.

One task goes through all of them, some each second. A timer of kopf's for each would take 11 KiB of memory and 0.7 ms
for each look.
"""

from __future__ import annotations

import asyncio
import math
from typing import Final

from roster_operator.controller.engine import Engine

_SLICE_SECONDS: Final = 1.0
"""Looks are spread over the interval in slices of about this length, so that they come in no burst."""


class Heartbeat:
    """Belongs to the event loop's thread."""

    def __init__(self, engine: Engine, *, interval: float) -> None:
        """Has the `engine` look at each resource every `interval` seconds."""
        self._engine = engine
        self._interval = interval

    async def run(self) -> None:
        """Look again and again, until cancelled. Who comes in the middle of a round has a place in the next."""
        slices = max(1, math.ceil(self._interval / _SLICE_SECONDS))
        while True:
            keys = [sighting.key for sighting in self._engine.inventory]
            for number in range(slices):
                await asyncio.sleep(self._interval / slices)
                for key in keys[number::slices]:
                    self._engine.on_resync(key)
