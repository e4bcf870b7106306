"""How a running sync is told to stop.

A thread cannot be cancelled from outside, so everything that may take long asks the interruption: sources before
each page and while bytes arrive, the reconcile while persons are staged and before it applies.
"""

from __future__ import annotations

import threading
import weakref

from roster_operator.clock import Clock
from roster_operator.errors import ShuttingDown, TimedOut


class Interruption:
    """A deadline and a stop signal for one sync. Thread-safe."""

    def __init__(self, clock: Clock, timeout: float, *, capped: bool = False) -> None:
        """`timeout` in seconds from now; `capped`: the platform's, because the spec asks for more than it allows."""
        self._clock = clock
        self._timeout = timeout
        self._capped = capped
        self._deadline = clock.monotonic() + timeout
        self._stopped = threading.Event()
        self._parts: weakref.WeakSet[Interruption] = weakref.WeakSet()
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End the sync, or this part of it, at its next check."""
        with self._lock:
            self._stopped.set()
            parts = list(self._parts)
        for part in parts:
            part.stop()

    def part(self) -> Interruption:
        """One for a part of the sync: it ends with the sync, and can be stopped before."""
        part = Interruption(self._clock, self._timeout, capped=self._capped)
        part._deadline = self._deadline
        with self._lock:
            self._parts.add(part)
            stopped = self._stopped.is_set()
        if stopped:
            part.stop()
        return part

    @property
    def now(self) -> float:
        """The time by the clock that it goes by, in seconds."""
        return self._clock.monotonic()

    @property
    def remaining(self) -> float:
        """Seconds until the deadline; never negative."""
        return max(0.0, self._deadline - self._clock.monotonic())

    def check(self) -> None:
        """Raise `TimedOut` or `ShuttingDown` if it is time to end."""
        if self._stopped.is_set():
            raise ShuttingDown("The sync was stopped before it was done. Nothing was changed; it will run again.")
        if self._clock.monotonic() >= self._deadline:
            if self._capped:
                raise TimedOut(
                    f"The sync took longer than the platform allows ({self._timeout:.0f} s; spec.timeout is more). "
                    "Nothing was changed. Publisher: ask the district why its server is slow. "
                    "Platform: or raise longestTimeout of the operator."
                )
            raise TimedOut(
                f"The sync took longer than spec.timeout ({self._timeout:.0f} s). Nothing was changed. "
                "Publisher: raise spec.timeout, or ask the district why its server is slow."
            )

    def wait(self, seconds: float) -> None:
        """Sleep, but end at once when stopped; raises as `check` does."""
        self._clock.wait(self._stopped, min(seconds, self.remaining))
        self.check()
