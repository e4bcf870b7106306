"""A work queue of keys: each key waits at most once and is worked on by at most one worker.

It knows nothing of Kubernetes. A key is what identifies a resource, `namespace/name`; whoever takes it looks up what
there is to do. Adding a key that already waits changes nothing; adding one that is being worked on makes it wait again
once that work is done, so nothing that happens meanwhile is missed. All methods belong to the event loop's thread.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass


class QueueClosed(Exception):
    """The queue gives out no more work."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A key whose turn it is, and how long it waited, in seconds. Give it back with `WorkQueue.done`."""

    key: str
    waited: float


class WorkQueue:
    """Ready keys, urgent ones first, then in the order in which they came; and keys that become ready later."""

    def __init__(self, *, backoff: float = 1.0, longest_backoff: float = 60.0) -> None:
        """`backoff` seconds after the first failure, doubled with each further one up to `longest_backoff`."""
        self._backoff = backoff
        self._longest_backoff = longest_backoff
        self._urgent: OrderedDict[str, float] = OrderedDict()
        self._normal: OrderedDict[str, float] = OrderedDict()
        self._later: dict[str, asyncio.TimerHandle] = {}
        self._working: dict[str, float] = {}
        self._again: dict[str, bool] = {}
        self._failures: dict[str, int] = {}
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._closed = False

    @property
    def depth(self) -> int:
        """How many keys are ready and wait for a worker."""
        return len(self._urgent) + len(self._normal)

    @property
    def working(self) -> Mapping[str, float]:
        """The keys that are being worked on, each with the loop time since when."""
        return self._working

    def add(self, key: str, *, urgent: bool = False) -> None:
        """Make a key ready now; an urgent one goes before all that are not."""
        if self._closed:
            return
        self._cancel_timer(key)
        if key in self._working:
            self._again[key] = urgent or self._again.get(key, False)
        elif key in self._urgent:
            pass
        elif key in self._normal:
            if urgent:
                self._urgent[key] = self._normal.pop(key)
        else:
            lane = self._urgent if urgent else self._normal
            lane[key] = asyncio.get_running_loop().time()
            self._wake_one()

    def add_after(self, key: str, delay: float) -> None:
        """Make a key ready in `delay` seconds. The last such call for a key counts; one that is ready stays so."""
        if self._closed:
            return
        self._cancel_timer(key)
        if key in self._urgent or key in self._normal or key in self._again:
            return
        if delay <= 0:
            self.add(key)
            return
        self._later[key] = asyncio.get_running_loop().call_later(delay, self._ripen, key)

    def back_off(self, key: str) -> float:
        """Make a key ready after a delay that doubles with each call until `succeeded`; returns the delay."""
        self._failures[key] = failures = self._failures.get(key, 0) + 1
        delay = min(self._backoff * 2.0 ** min(failures - 1, 30), self._longest_backoff)
        self.add_after(key, delay)
        return delay

    def succeeded(self, key: str) -> None:
        """Start the back-off of a key afresh."""
        self._failures.pop(key, None)

    def forget(self, key: str) -> None:
        """Drop a key in whatever way it waits. Work on it that is under way goes on."""
        self._cancel_timer(key)
        for waiting in (self._urgent, self._normal, self._again, self._failures):
            waiting.pop(key, None)

    async def get(self) -> Turn:
        """Wait for the next key; raises `QueueClosed` once there is to be no more work."""
        loop = asyncio.get_running_loop()
        while not self._closed:
            lane = self._urgent or self._normal
            if lane:
                key, since = lane.popitem(last=False)
                self._working[key] = now = loop.time()
                return Turn(key, now - since)
            wake = loop.create_future()
            self._waiting.append(wake)
            try:
                await wake
            except asyncio.CancelledError:
                if wake.done() and not wake.cancelled():
                    self._wake_one()
                raise
        raise QueueClosed

    def done(self, turn: Turn) -> None:
        """The work on a key ended; if the key was added meanwhile, it is ready again."""
        del self._working[turn.key]
        urgent = self._again.pop(turn.key, None)
        if urgent is not None:
            self.add(turn.key, urgent=urgent)

    def close(self) -> None:
        """Give out no more work and end every `get`. Work that is under way goes on."""
        self._closed = True
        for timer in self._later.values():
            timer.cancel()
        self._later.clear()
        while self._waiting:
            self._wake_one()

    def _ripen(self, key: str) -> None:
        self._later.pop(key, None)
        self.add(key)

    def _cancel_timer(self, key: str) -> None:
        timer = self._later.pop(key, None)
        if timer is not None:
            timer.cancel()

    def _wake_one(self) -> None:
        while self._waiting:
            wake = self._waiting.popleft()
            if not wake.done():
                wake.set_result(None)
                return
