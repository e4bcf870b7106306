"""In which order waiting keys have their turn: urgent ones first, and no tenant before the others.

There are two lanes. An urgent key goes before one that is not, but who has waited long goes in turns with the urgent
ones: however many come, they hold up nobody for ever. Within a lane it is the turn of the tenant that holds the fewest
turns now, of several such the one that has had no turn for longest; within a tenant, of who came first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

AGED_SECONDS: Final = 60.0
"""Who has waited for so long goes in turns with the urgent ones."""

Tenant = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A key that waits, and since when, by the loop's time."""

    key: str
    since: float
    urgent: bool


class Lane:
    """Keys of one urgency."""

    def __init__(self, tenant: Tenant) -> None:
        """`tenant` says whose a key is."""
        self._tenant = tenant
        self._front: OrderedDict[str, float] = OrderedDict()
        self._lines: OrderedDict[str, OrderedDict[str, float]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        """How many wait."""
        return self._size

    def __contains__(self, key: str) -> bool:
        """Whether a key waits here."""
        return key in self._front or key in self._lines.get(self._tenant(key), ())

    def add(self, key: str, since: float, *, first: bool) -> None:
        """A key waits; `first`: before all who do."""
        self._size += 1
        if first:
            self._front[key] = since
            self._front.move_to_end(key, last=False)
        else:
            self._lines.setdefault(self._tenant(key), OrderedDict())[key] = since

    def first(self, holding: Mapping[str, int]) -> tuple[str, float] | None:
        """Whose turn it is, and since when they wait; `holding`: how many turns each tenant has now."""
        line = self._front or self._line(holding)
        return next(iter(line.items())) if line else None

    def take(self, key: str) -> float:
        """A key waits no longer; since when it did."""
        self._size -= 1
        if key in self._front:
            return self._front.pop(key)
        tenant = self._tenant(key)
        line = self._lines[tenant]
        since = line.pop(key)
        if line:
            self._lines.move_to_end(tenant)
        else:
            del self._lines[tenant]
        return since

    def _line(self, holding: Mapping[str, int]) -> OrderedDict[str, float] | None:
        """No more tenants than hold turns are looked at, before one that holds none."""
        chosen: str | None = None
        for tenant in self._lines:
            held = holding.get(tenant, 0)
            if not held:
                return self._lines[tenant]
            if chosen is None or held < holding[chosen]:
                chosen = tenant
        return None if chosen is None else self._lines[chosen]


class Lanes:
    """The urgent, and the others."""

    def __init__(self, tenant: Tenant) -> None:
        """`tenant` says whose a key is."""
        self._urgent, self._normal = Lane(tenant), Lane(tenant)
        self._aged_went = False
        """Whether the last turn was of one who had waited long, while an urgent one waited."""

    def __len__(self) -> int:
        """How many wait."""
        return len(self._urgent) + len(self._normal)

    def __contains__(self, key: str) -> bool:
        """Whether a key waits here."""
        return key in self._urgent or key in self._normal

    def add(self, key: str, since: float, *, urgent: bool, first: bool = False) -> None:
        """A key waits; `first`: before all of its lane."""
        (self._urgent if urgent else self._normal).add(key, since, first=first)

    def hurry(self, key: str) -> None:
        """A key that waits is urgent."""
        if key in self._normal:
            self._urgent.add(key, self._normal.take(key), first=False)

    def drop(self, key: str) -> Waiting:
        """A key that waits does so no longer."""
        urgent = key in self._urgent
        return Waiting(key, (self._urgent if urgent else self._normal).take(key), urgent)

    def take(self, now: float, holding: Mapping[str, int]) -> Waiting | None:
        """Whose turn it is; it waits no longer."""
        urgent, normal = self._urgent.first(holding), self._normal.first(holding)
        aged = normal is not None and now - normal[1] >= AGED_SECONDS and not self._aged_went
        chosen = normal if urgent is None or aged else urgent
        if chosen is None:
            return None
        self._aged_went = aged and urgent is not None
        return self.drop(chosen[0])
