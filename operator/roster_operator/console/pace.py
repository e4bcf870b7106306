"""How often something may be tried from one address, so that nobody tries on without end."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from roster_operator.messages import gettext as _
from roster_operator.service.refusals import Refused

_MOST_ADDRESSES: Final = 10_000


class Pace:
    """A bucket for each address: full at first, and filled again at a steady pace."""

    def __init__(self, burst: int, per_second: float, now: Callable[[], float]) -> None:
        """`burst`: so many at once; `now`: seconds of a clock that never goes back."""
        self._burst = burst
        self._per_second = per_second
        self._now = now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> None:
        """Raises `Refused` if this address has tried too often."""
        if self.is_used_up(address):
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, _("Too many attempts came from here. Try again in a minute."))
        self.count(address)

    def is_used_up(self, address: str) -> bool:
        """Whether this address has tried too often."""
        return self._left_of(address) < 1

    def count(self, address: str) -> None:
        """One more of this address."""
        self._left[address] = max(self._left_of(address) - 1, 0.0), self._now()
        self._left.move_to_end(address)
        if len(self._left) > _MOST_ADDRESSES:
            self._left.popitem(last=False)

    def _left_of(self, address: str) -> float:
        now = self._now()
        left, then = self._left.get(address, (float(self._burst), now))
        return min(float(self._burst), left + (now - then) * self._per_second)
