"""How many districts are synced at the same time: in all, on one server, large ones, and those that failed last.

Large districts, and those that take long, get a part of the places only, in all and on each server, so that a small one
is never stuck behind them. What makes a district large is also what makes it take memory; so places bound memory too,
however many large districts are due at once.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

SMALL_PERSONS: Final = 10_000
"""In scope. With more, a district is a large one."""
SMALL_ROWS: Final = 100_000
"""Read, in scope or not. With more, a district is a large one, because it occupies its worker for long."""
LONG_SECONDS: Final = 300
"""A sync that took longer counts as large, whatever its size: its SIS is slow."""

MEBIBYTE: Final = 2**20
PROCESS_MEMORY: Final = 256 * MEBIBYTE
"""Of an operator that syncs nothing, with three thousand resources (docs/performance-fleet.md)."""
SMALL_MEMORY: Final = 40 * MEBIBYTE
"""At most, of the sync of a small district: pages on their way, and its persons."""
LARGE_MEMORY: Final = 160 * MEBIBYTE
"""At most, of the sync of a large district: beyond 120,000 persons in scope, the rest waits on disk."""


class Kind(Enum):
    """What a place is needed for."""

    SERVER = "a district on this server"
    LARGE_ON_SERVER = "a large district on this server"
    LARGE = "a large district"
    RETRY = "a district that failed"


Place = tuple[Kind, str]
"""A kind of place, and of which server (empty: of all)."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What the sync of one district needs."""

    server: str = ""
    """Whose places on a server it takes; empty: nobody's."""
    large: bool = False
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How many places there are of each kind."""

    large: int
    on_server: int
    retries: int

    def of(self, kind: Kind) -> int:
        """At least one of each, or nobody who needs it would ever have a turn."""
        match kind:
            case Kind.SERVER:
                return max(1, self.on_server)
            case Kind.LARGE_ON_SERVER:
                return max(1, self.on_server // 2)
            case Kind.LARGE:
                return max(1, self.large)
            case Kind.RETRY:
                return max(1, self.retries)


UNLIMITED: Final = Limits(large=sys.maxsize, on_server=sys.maxsize, retries=sys.maxsize)


class Places:
    """The places that are taken. A `queue.Gate`: it belongs to the event loop's thread."""

    def __init__(self, limits: Limits, demand: Callable[[str], Demand]) -> None:
        """`demand` is asked for a key's needs when its turn has come."""
        self._limits = limits
        self._demand = demand
        self._taken: Counter[Place] = Counter()
        self._held: dict[str, tuple[Place, ...]] = {}

    def enter(self, key: str) -> Place | None:
        """Take all that a key needs, or nothing; returns what there is none of."""
        needs = _needs(self._demand(key))
        missing = self._missing(needs)
        if missing is None:
            self._held[key] = needs
            self._taken.update(needs)
        return missing

    def leave(self, key: str) -> Iterable[Place]:
        """Give back what a key holds."""
        held = self._held.pop(key, ())
        self._taken.subtract(held)
        for place in held:
            if not self._taken[place]:
                del self._taken[place]
        return held

    def grow(self, key: str) -> bool:
        """A district that runs turns out to be large: take what that needs, if it can be had."""
        held = self._held.get(key)
        if held is None:
            return False
        server = next((server for kind, server in held if kind is Kind.SERVER), "")
        further = tuple(place for place in _needs(Demand(server, large=True)) if place not in held)
        if self._missing(further) is not None:
            return False
        self._held[key] = held + further
        self._taken.update(further)
        return True

    def _missing(self, needs: Iterable[Place]) -> Place | None:
        return next((place for place in needs if self._taken[place] >= self._limits.of(place[0])), None)


def large_places(workers: int, memory: int | None) -> int:
    """How many large districts may be synced at the same time: half of all, and as many as `memory` (bytes) holds."""
    most = max(1, workers // 2)
    if memory is None:
        return most
    return min(most, max(0, memory - PROCESS_MEMORY - workers * SMALL_MEMORY) // LARGE_MEMORY)


def is_large(*, persons: int, rows: int, seconds: int = 0) -> bool:
    """Whether a district of this size, whose last sync took so long, counts as large."""
    return persons > SMALL_PERSONS or rows > SMALL_ROWS or seconds > LONG_SECONDS


def _needs(demand: Demand) -> tuple[Place, ...]:
    needs: list[Place] = []
    if demand.retry:
        needs.append((Kind.RETRY, ""))
    if demand.large:
        needs.append((Kind.LARGE, ""))
    if demand.server:
        needs.append((Kind.SERVER, demand.server))
        if demand.large:
            needs.append((Kind.LARGE_ON_SERVER, demand.server))
    return tuple(needs)
