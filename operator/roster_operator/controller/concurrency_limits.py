"""How many districts are synced at the same time: on one server, large ones, those that failed last, in one namespace.

Large districts, and those that take long, get a part of the places only, in all and on each server, so that a small one
is never stuck behind them. What makes a district large is also what makes it take memory; so places bound memory too,
however many large districts are due at once. And of whatever there is, one namespace may hold a share: nobody who may
write there can take what all others need.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
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
"""Of an operator that syncs nothing, with three thousand resources (docs/contribute/performance-fleet.md)."""
SMALL_MEMORY: Final = 40 * MEBIBYTE
"""At most, of the sync of a small district: pages on their way, and its persons."""
LARGE_MEMORY: Final = 160 * MEBIBYTE
"""At most, of the sync of a large district: beyond 120,000 persons in scope, the rest waits on disk."""


class Kind(Enum):
    """What a place is needed for."""

    WORKER = "a district"
    SERVER = "a district on this server"
    LARGE_ON_SERVER = "a large district on this server"
    LARGE = "a large district"
    RETRY = "a district that failed"


Place = tuple[Kind, str, str]
"""A kind of place, of which server (empty: of all), and in which namespace (empty: in all)."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What the sync of one district needs."""

    server: str = ""
    """Whose places on a server it takes; empty: nobody's."""
    large: bool = False
    retry: bool = False
    namespace: str = ""
    """Whose share it takes from; empty: nobody's."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many places there are of each kind."""

    large: int
    on_server: int
    retries: int
    workers: int = sys.maxsize
    per_namespace: int = sys.maxsize
    """Of the workers. Of each other kind, a namespace may hold as large a part."""

    def of(self, place: Place) -> int:
        """At least one of each, or nobody who needs it would ever have a turn."""
        kind, _, namespace = place
        most = max(1, self._in_all(kind))
        return max(1, most * min(self.per_namespace, self.workers) // self.workers) if namespace else most

    def _in_all(self, kind: Kind) -> int:
        match kind:
            case Kind.WORKER:
                return self.workers
            case Kind.SERVER:
                return self.on_server
            case Kind.LARGE_ON_SERVER:
                return self.on_server // 2
            case Kind.LARGE:
                return self.large
            case Kind.RETRY:
                return self.retries


UNLIMITED: Final = Limits(large=sys.maxsize, on_server=sys.maxsize, retries=sys.maxsize)


class ConcurrencyLimits:
    """The places that are taken. A `queue.AdmissionGate`: it belongs to the event loop's thread."""

    def __init__(self, limits: Limits, demand: Callable[[str], Demand]) -> None:
        """`demand` is asked for a key's needs when its turn has come."""
        self._limits = limits
        self._demand = demand
        self._taken: Counter[Place] = Counter()
        self._held: dict[str, tuple[Demand, tuple[Place, ...]]] = {}

    def enter(self, key: str) -> Place | None:
        """Take all that a key needs, or nothing; returns what there is none of."""
        demand = self._demand(key)
        needs = _needs(demand)
        missing = self._missing(needs)
        if missing is None:
            self._held[key] = demand, needs
            self._taken.update(needs)
        return missing

    def leave(self, key: str) -> Iterable[Place]:
        """Give back what a key holds."""
        _, held = self._held.pop(key, (None, ()))
        self._taken.subtract(held)
        for place in held:
            if not self._taken[place]:
                del self._taken[place]
        return held

    def grow(self, key: str) -> bool:
        """A district that runs turns out to be large: take what that needs, if it can be had."""
        if key not in self._held:
            return False
        before, held = self._held[key]
        demand = replace(before, large=True)
        further = tuple(place for place in _needs(demand) if place not in held)
        if self._missing(further) is not None:
            return False
        self._held[key] = demand, held + further
        self._taken.update(further)
        return True

    def _missing(self, needs: Iterable[Place]) -> Place | None:
        return next((place for place in needs if self._taken[place] >= self._limits.of(place)), None)


def large_places(workers: int, memory: int | None) -> int:
    """How many large districts may be synced at the same time: half of all, and as many as `memory` (bytes) holds."""
    most = max(1, workers // 2)
    if memory is None:
        return most
    return min(most, max(0, memory - PROCESS_MEMORY - workers * SMALL_MEMORY) // LARGE_MEMORY)


def is_large(*, persons: int, rows: int, seconds: int = 0) -> bool:
    """Whether a district of this size, whose last sync took so long, counts as large."""
    return persons > SMALL_PERSONS or rows > SMALL_ROWS or seconds > LONG_SECONDS


def namespace_places(workers: int) -> int:
    """How many workers one namespace may hold, if nobody says so: some are always left to others."""
    return max(1, workers - max(1, workers // 4))


def _needs(demand: Demand) -> tuple[Place, ...]:
    kinds = [Kind.RETRY] * demand.retry + [Kind.LARGE] * demand.large
    on_server = [Kind.SERVER] + [Kind.LARGE_ON_SERVER] * demand.large if demand.server else []
    shared = [(kind, "") for kind in kinds] + [(kind, demand.server) for kind in on_server]
    own = [(Kind.WORKER, ""), *shared] if demand.namespace else []
    return (
        *((kind, server, "") for kind, server in shared),
        *((kind, server, demand.namespace) for kind, server in own),
    )
