"""A sync that runs: what it is for, how to end it, and when it turns out to be that of a large district."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from roster_operator.controller.concurrency_limits import is_large
from roster_operator.controller.inventory import ObservedResource
from roster_operator.interruption import Interruption
from roster_operator.reconcile.contract import Trigger, ignored


@dataclass(slots=True)
class RunningSync:
    """A sync that a worker has begun."""

    sighting: ObservedResource
    trigger: Trigger
    interruption: Interruption
    since: float
    """By the clock's monotonic time."""
    timeout: float
    grew: Callable[[int, int], None] = ignored
    """Called by the sync's thread: persons and rows so far."""
    stopped: bool = False
    external_trigger: Trigger | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self) -> None:
        """End it at its next check; what it found so far is not worth a status."""
        self.stopped = True
        self.interruption.stop()

    def answers(self, sighting: ObservedResource) -> bool:
        """Whether it does what this sighting asks for."""
        return _asked(self.sighting) == _asked(sighting)


class Growth:
    """Tells the engine, in its own thread and once, that a sync turns out to be that of a large district."""

    def __init__(
        self, sync: RunningSync, outgrew: Callable[[RunningSync], None], loop: asyncio.AbstractEventLoop
    ) -> None:
        """`outgrew` is called in `loop`."""
        self._sync = sync
        self._outgrew = outgrew
        self._loop = loop
        self._told = False

    def __call__(self, persons: int, rows: int) -> None:
        """The sync has read so many by now."""
        if not self._told and is_large(persons=persons, rows=rows):
            self._told = True
            self._loop.call_soon_threadsafe(self._outgrew, self._sync)


def _asked(sighting: ObservedResource) -> tuple[str, int, str]:
    return sighting.uid, sighting.standing.generation, sighting.standing.requested_at
