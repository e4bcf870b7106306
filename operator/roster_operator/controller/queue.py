"""A work queue of keys: each key waits at most once and is worked on by at most one worker.

It knows nothing of Kubernetes. A key is what identifies a resource, `namespace/name`, and its namespace is the tenant
who shares the workers with others (see `lanes`). Whoever takes a key looks up what there is to do. Adding a key that
already waits changes nothing; adding one that is being worked on makes it wait again once that work is done, so nothing
that happens meanwhile is missed. A gate may say that a key cannot be worked on beside those that are: it then waits
aside for what is in its way, and others go before it. All methods belong to the event loop's thread.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from roster_operator.controller.lanes import Lanes, Waiting


class QueueClosed(Exception):
    """The queue gives out no more work."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A key whose turn it is, and how long it waited, in seconds. Give it back with `WorkQueue.done`."""

    key: str
    waited: float


class AdmissionGate(Protocol):
    """Says who may be worked on beside whom."""

    def enter(self, key: str) -> Hashable | None:
        """Let a key in and return None; or return what is in its way, something that a key inside holds."""

    def leave(self, key: str) -> Iterable[Hashable]:
        """A key is done; returns what it held."""


class OpenGate:
    """Lets everybody in."""

    def enter(self, key: str) -> None:
        """Nothing is in the way."""

    def leave(self, key: str) -> tuple[()]:  # noqa: ARG002
        """Nothing was held."""
        return ()


class WorkQueue:
    """Ready keys, in the order of their lanes; and keys that become ready later."""

    def __init__(self, *, backoff: float = 1.0, longest_backoff: float = 60.0) -> None:
        """`backoff` seconds after the first failure, doubled with each further one up to `longest_backoff`."""
        self.gate: AdmissionGate = OpenGate()
        """To be set before the first `get`."""
        self._backoff = backoff
        self._longest_backoff = longest_backoff
        self._ready = Lanes(_tenant)
        self._later: dict[str, asyncio.TimerHandle] = {}
        self._working: dict[str, float] = {}
        self._holding: Counter[str] = Counter()
        """How many turns each tenant has now."""
        self._again: dict[str, bool] = {}
        self._failures: dict[str, int] = {}
        self._aside: dict[Hashable, Lanes] = {}
        """Who waits for the same thing."""
        self._obstacles: dict[str, Hashable] = {}
        """What each key that waits aside waits for."""
        self._called: dict[str, Hashable] = {}
        """Ready keys that waited aside until just now, and for what."""
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._closed = False

    @property
    def depth(self) -> int:
        """How many keys are ready and wait for a worker."""
        return len(self._ready) + len(self._obstacles)

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
        elif key in self._obstacles:
            if urgent:  # what it waits for may not be what it needs any more
                self._ready.add(key, self._leave_aside(key).since, urgent=True)
                self._wake_one()
        elif key in self._ready:
            if urgent:
                self._ready.hurry(key)
        else:
            self._ready.add(key, asyncio.get_running_loop().time(), urgent=urgent)
            self._wake_one()

    def add_after(self, key: str, delay: float) -> None:
        """Make a key ready in `delay` seconds. The last such call for a key counts; one that is ready stays so."""
        if self._closed:
            return
        self._cancel_timer(key)
        if key in self._ready or key in self._again or key in self._obstacles:
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
        if key in self._ready:
            self._ready.drop(key)
        self._again.pop(key, None)
        self._failures.pop(key, None)
        if key in self._obstacles:
            self._leave_aside(key)
        if key in self._called:
            self._call(self._called.pop(key))

    async def get(self) -> WorkItem:
        """Wait for the next key; raises `QueueClosed` once there is to be no more work."""
        loop = asyncio.get_running_loop()
        while not self._closed:
            turn = self._next(loop.time())
            if turn is not None:
                return turn
            wake = loop.create_future()
            self._waiting.append(wake)
            try:
                await wake
            except asyncio.CancelledError:
                if wake.done() and not wake.cancelled():
                    self._wake_one()
                raise
        raise QueueClosed

    def done(self, turn: WorkItem) -> None:
        """The work on a key ended; if the key was added meanwhile, it is ready again."""
        del self._working[turn.key]
        tenant = _tenant(turn.key)
        self._holding[tenant] -= 1
        if not self._holding[tenant]:
            del self._holding[tenant]
        for held in self.gate.leave(turn.key):
            self._call(held)
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

    def _next(self, now: float) -> WorkItem | None:
        while (waiting := self._ready.take(now, self._holding)) is not None:
            key = waiting.key
            obstacle = self.gate.enter(key)
            waited_for = self._called.pop(key, None)
            if obstacle is not None:
                self._put_aside(waiting, obstacle, first=obstacle == waited_for)
            if waited_for is not None and waited_for != obstacle:
                self._call(waited_for)  # there may be room for one more
            if obstacle is None:
                self._working[key] = now
                self._holding[_tenant(key)] += 1
                return WorkItem(key, now - waiting.since)
        return None

    def _put_aside(self, waiting: Waiting, obstacle: Hashable, *, first: bool) -> None:
        aside = self._aside.setdefault(obstacle, Lanes(_tenant))
        aside.add(waiting.key, waiting.since, urgent=waiting.urgent, first=first)
        self._obstacles[waiting.key] = obstacle

    def _leave_aside(self, key: str) -> Waiting:
        """As it waited."""
        waiting = self._aside[self._obstacles[key]].drop(key)
        self._left_aside(waiting)
        return waiting

    def _left_aside(self, waiting: Waiting) -> None:
        obstacle = self._obstacles.pop(waiting.key)
        if not self._aside[obstacle]:
            del self._aside[obstacle]

    def _call(self, obstacle: Hashable) -> None:
        """Let the first who waits for it try again, before everybody else who is ready."""
        aside = self._aside.get(obstacle)
        waiting = aside and aside.take(asyncio.get_running_loop().time(), self._holding)
        if not waiting:
            return
        self._left_aside(waiting)
        self._ready.add(waiting.key, waiting.since, urgent=waiting.urgent, first=True)
        self._called[waiting.key] = obstacle
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


def _tenant(key: str) -> str:
    return key.partition("/")[0]
