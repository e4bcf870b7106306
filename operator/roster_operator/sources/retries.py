"""Trying again: how often, how long to wait, and when to give up at once."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from roster_operator.clock import Clock
from roster_operator.errors import SourceError, SourceRateLimited
from roster_operator.interruption import Interruption
from roster_operator.sources.failures import TRANSIENT, SlowDown

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Seconds, except `retries`."""

    retries: int = 4
    """Tries after the first."""
    first_wait: float = 0.5
    """The wait doubles with each try and is shortened at random by up to a half, so that threads spread out."""
    longest_wait: float = 30.0
    longest_retry_after: float = 300.0
    """A server that asks for more gets its worker back; the sync runs again when the server said."""


class Retrier:
    """Repeats what may succeed at the next try. Thread-safe: what asks one thread to slow down slows all."""

    def __init__(
        self,
        policy: RetryPolicy,
        *,
        clock: Clock,
        interruption: Interruption,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Waiting ends at once when the interruption says so. `chance`: a number in [0, 1), for how long to wait."""
        self._chance = chance
        self._policy = policy
        self._clock = clock
        self._interruption = interruption
        self._quiet_until = clock.monotonic()
        self._lock = threading.Lock()

    @property
    def now(self) -> float:
        """The time by the clock that it goes by, in seconds."""
        return self._clock.monotonic()

    def call(self, attempt: Callable[[], T], *, retries: int | None = None) -> T:
        """The result of `attempt`, or what its last try raised.

        Raises `SourceRateLimited` when the server asks for a longer wait than is worth a worker's time.
        """
        left = self._policy.retries if retries is None else retries
        wait = self._policy.first_wait
        while True:
            self._respect_quiet()
            try:
                return attempt()
            except TRANSIENT as failure:
                asked = failure.retry_after
                if asked is not None and asked > min(self._policy.longest_retry_after, self._interruption.remaining):
                    raise _come_back_later(failure, asked) from None
                if left <= 0:
                    raise
                pause = asked if asked is not None else wait * (1 - self._chance() / 2)
                if isinstance(failure, SlowDown):
                    self._quieten(pause)
            left -= 1
            wait = min(wait * 2, self._policy.longest_wait)
            self._interruption.wait(pause)

    def asked_for(self, headers: Mapping[str, str]) -> float | None:
        """How many seconds an answer asks to wait, if it does."""
        return parse_retry_after(headers.get("retry-after"), self._clock.now())

    def _quieten(self, seconds: float) -> None:
        with self._lock:
            self._quiet_until = max(self._quiet_until, self._clock.monotonic() + seconds)

    def _respect_quiet(self) -> None:
        with self._lock:
            pause = self._quiet_until - self._clock.monotonic()
        if pause > 0:
            self._interruption.wait(pause)
        else:
            self._interruption.check()


def _come_back_later(failure: SourceError, seconds: float) -> SourceRateLimited:
    return SourceRateLimited(
        f"{failure.message.rstrip('.')}, and to come back in {seconds:.0f} s. It will be tried again then.",
        retry_after=seconds,
    )


def parse_retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` header, which holds seconds or an HTTP date; None if it says nothing."""
    written = (header or "").strip()
    if not written or len(written) > 64:
        return None
    if written.isascii() and written.isdigit():
        return float(written[:9])
    when = parse_http_date(written)
    return None if when is None else max(0.0, (when - now).total_seconds())


def parse_http_date(header: str | None) -> datetime | None:
    """The aware time in a `Date` or `Retry-After` header; None if there is none to be read."""
    try:
        when = parsedate_to_datetime(header or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when if when.tzinfo is not None else None
