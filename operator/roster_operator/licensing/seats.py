"""Seats: how many licenses of an edition of an eBook a district may have, and whose turn it is. Pure.

Nobody loses a license for want of a seat: existing licenses are seated first, whether or not there is room. Who comes
then takes what is left, in an order that the caller gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from roster_operator.licensing.models import Edition, Entitlement


@dataclass(frozen=True, slots=True)
class Pool:
    """Seats that were bought together, as they are today."""

    ebook: str
    edition: Edition
    total: int
    """0 outside of its days."""
    overage: int = 0
    """Licenses beyond the total that may be granted today."""
    school: str = ""
    """To whose people it is bound, by id; empty: it is for everybody."""


Schools = Sequence[str]


def by_entitlement(pools: Iterable[Pool]) -> dict[Entitlement, list[Pool]]:
    """In the order of use: those that are bound to a school before those for everybody, else as they come."""
    found: dict[Entitlement, list[Pool]] = {}
    for pool in sorted(pools, key=lambda each: not each.school):
        found.setdefault(Entitlement(pool.ebook, pool.edition), []).append(pool)
    return found


class Seating:
    """Seats people of one edition of an eBook."""

    def __init__(self, pools: Sequence[Pool]) -> None:
        """`pools`: in the order of use."""
        self._pools = pools
        self.used = [0] * len(pools)
        """Of each pool."""
        self.beyond = 0
        """Licenses that exist and for which there is no seat at all."""

    def keep(self, held: Mapping[tuple[str, ...], int]) -> None:
        """Seat those who have a license: how many, by their schools. Who has fewest schools has the least choice."""
        for schools in sorted(held, key=lambda each: (len(each), each)):
            self.beyond += self._fill(schools, held[schools])

    def take(self, schools: Schools) -> bool:
        """Whether one more finds a seat, in a pool of one of their schools or in one for everybody; then it is taken.

        Licenses beyond the total are the last resort, whatever pool permits them.
        """
        return not self._fill(schools, 1)

    @property
    def room_for_anybody(self) -> int:
        """Of whatever school."""
        free = (
            each.total + each.overage - used
            for each, used in zip(self._pools, self.used, strict=True)
            if not each.school
        )
        return sum(max(0, seats) for seats in free)

    def _fill(self, schools: Schools, people: int) -> int:
        """How many of them find none."""
        for beyond in (False, True):
            for at, pool in enumerate(self._pools):
                if not people:
                    return 0
                if not pool.school or pool.school in schools:
                    room = pool.total + (pool.overage if beyond else 0) - self.used[at]
                    seated = min(people, max(0, room))
                    self.used[at] += seated
                    people -= seated
        return people
