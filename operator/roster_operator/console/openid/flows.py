"""A sign-in that has begun in a browser and goes on at the provider: what binds its end to its beginning."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from roster_operator.clock import Clock
from roster_operator.console.sealing import Keys, Seal

LONGEST: Final = timedelta(minutes=10)
_PURPOSE: Final = b"console sign-in"
_MOST_USED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Flow:
    """Of one sign-in, kept by the browser in which it began, and shown by no page."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    """Of PKCE (RFC 7636): whoever intercepts the code cannot use it."""


class Flows:
    """Begins them, and lets each end once."""

    def __init__(self, find_secret: Callable[[], bytes | None], clock: Clock) -> None:
        """`find_secret`: see `Keys`."""
        self._seal = Seal(Keys(find_secret), _PURPOSE)
        self._clock = clock
        self._used: dict[str, datetime] = {}

    def begin(self) -> tuple[Flow, str]:
        """A new one, and the cookie for it."""
        flow = Flow(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
        told = {"state": flow.state, "nonce": flow.nonce, "verifier": flow.verifier}
        return flow, self._seal.sealed(told, self._clock.now())

    def end(self, cookie: str, state: str) -> Flow | None:
        """The one that this browser began with this state; None if there is none, or it has ended or is too old.

        A replica knows of its own ends only; the provider takes each code once.
        """
        opened = self._seal.opened(cookie)
        if opened is None:
            return None
        told, begun = opened
        now = self._clock.now()
        if now - begun > LONGEST or not hmac.compare_digest(told["state"].encode(), state.encode()):
            return None
        if told["state"] in self._used:
            return None
        self._note(told["state"], now)
        return Flow(told["state"], told["nonce"], told["verifier"])

    def _note(self, state: str, now: datetime) -> None:
        for each in [each for each, used in self._used.items() if now - used > LONGEST]:
            del self._used[each]
        while len(self._used) >= _MOST_USED:
            del self._used[next(iter(self._used))]
        self._used[state] = now
