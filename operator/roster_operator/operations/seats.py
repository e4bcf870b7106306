"""The seats of a district, pool by pool in the order in which they are used up, and who waits, in counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from roster_operator.api.v1alpha1 import RosterIntegration, SeatPool
from roster_operator.errors import InputError
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.queries.records import KnownDistrict, SeatsTaken, SeatsWaited
from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.licensing.seats import Seating, by_entitlement
from roster_operator.reconcile.seats import in_order, is_on, last_day, pools_at
from roster_operator.reconcile.terms import seasons_of


@dataclass(frozen=True, slots=True)
class PoolTold:
    """One pool of spec.seats."""

    ebook: str
    edition: str
    purchaser: str
    school: str
    """The sourcedId to whose people it is bound; empty: for everybody."""
    first_day: date | None
    last_day: date | None
    """Grace included."""
    is_on: bool
    """Whether its seats can be taken today."""
    total: int
    used: int
    """Overage included."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """Licenses for which there is no seat; whoever has one keeps it."""

    ebook: str
    edition: str
    licenses: int


@dataclass(frozen=True, slots=True)
class Seats:
    """Of a district."""

    district: str
    namespace: str
    today: date
    pools: tuple[PoolTold, ...]
    """In the order of use."""
    beyond: tuple[Beyond, ...]
    waiting: tuple[SeatsWaited, ...]
    """As of the last sync; in setup mode nobody does."""


def seats(
    integration: RosterIntegration, queries: LedgerQueries, district: KnownDistrict | None, now: datetime
) -> Seats:
    """As they are used now, by the spec of today. Raises `InputError` where nothing has a limit."""
    if not integration.spec.seats:
        raise InputError(f"spec.seats of {integration.name} names no pool, so nothing has a limit.")
    _, zone = seasons_of(integration.spec)
    today = now.astimezone(zone).date()
    taken = queries.seats_taken(district.id, now=now) if district is not None else ()
    seated = _seated(integration, taken, now)
    used = {which: iter(seating.used) for which, seating in seated.items()}
    told = [_told(pool, next(used[_of(pool)]), today) for pool in in_order(integration.spec)]
    return Seats(
        integration.name,
        integration.namespace,
        today,
        tuple(sorted(told, key=lambda each: (each.ebook, each.edition))),
        tuple(Beyond(*which, seated[which].beyond) for which in sorted(seated) if seated[which].beyond),
        tuple(queries.seats_waited(district.id)) if district is not None else (),
    )


def _seated(
    integration: RosterIntegration, taken: Sequence[SeatsTaken], now: datetime
) -> Mapping[Entitlement, Seating]:
    held: dict[Entitlement, Counter[tuple[str, ...]]] = {}
    for each in taken:
        of_it = held.setdefault(Entitlement(each.ebook, Edition(each.edition)), Counter())
        of_it[each.schools] += each.licenses
    seated = {}
    for which, pools in by_entitlement(pools_at(integration.spec, now)).items():
        seated[which] = Seating(pools)
        seated[which].keep(held.get(which, {}))
    return seated


def _of(pool: SeatPool) -> Entitlement:
    return Entitlement(pool.ebook, Edition(str(pool.edition)))


def _told(pool: SeatPool, used: int, today: date) -> PoolTold:
    return PoolTold(
        ebook=pool.ebook,
        edition=str(pool.edition),
        purchaser=pool.purchaser or "",
        school=pool.school or "",
        first_day=pool.first_day,
        last_day=last_day(pool),
        is_on=is_on(pool, today),
        total=pool.total,
        used=used,
    )
