"""From `spec.seats` to the seats that there are on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from roster_operator.api.v1alpha1 import EBook, RosterIntegrationSpec, SeatPool
from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.licensing.seats import Pool
from roster_operator.reconcile.report import SeatsTold
from roster_operator.roster.time_zone import time_zone


def pools_at(spec: RosterIntegrationSpec, moment: datetime) -> tuple[Pool, ...]:
    """All of them, those that end first before others; what is not on that day has no seat, and is a limit all the
    same.
    """
    if not spec.seats:
        return ()
    day = moment.astimezone(time_zone(spec.time_zone)).date()
    return tuple(_at(pool, day) for pool in in_order(spec))


def in_order(spec: RosterIntegrationSpec) -> list[SeatPool]:
    """As they are used up: those of a school first, then those that end first, else as they stand in the spec."""
    return sorted(spec.seats, key=lambda pool: (pool.school is None, last_day(pool) or date.max))


def last_day(pool: SeatPool) -> date | None:
    """The last day on which its seats can be taken, grace included."""
    return pool.last_day + timedelta(days=pool.grace_days or 0) if pool.last_day is not None else None


def is_on(pool: SeatPool, day: date) -> bool:
    """Whether its seats can be taken."""
    return (pool.first_day or day) <= day <= (last_day(pool) or day)


def _at(pool: SeatPool, day: date) -> Pool:
    edition, school = Edition(str(pool.edition)), pool.school or ""
    if not is_on(pool, day):
        return Pool(pool.ebook, edition, 0, school=school)
    over = pool.overage or 0 if day <= (pool.overage_until or day) else 0
    return Pool(pool.ebook, edition, pool.total, over, school)


def seats_told(spec: RosterIntegrationSpec, ebooks: Mapping[str, EBook]) -> SeatsTold | None:
    """For the checklist. `ebooks`: those that there are."""
    if not spec.seats:
        return None
    limited = {(pool.ebook, pool.edition) for pool in spec.seats}
    mapped = sorted({name for course in spec.courses for name in course.ebooks} & ebooks.keys())
    every = ((name, edition) for name in mapped for edition in ebooks[name].spec.editions)
    return SeatsTold(tuple(f"{name}, {edition} edition" for name, edition in every if (name, edition) not in limited))


def totals(spec: RosterIntegrationSpec, moment: datetime) -> Mapping[Entitlement, int]:
    """Seats that there are at that moment, of what has a limit."""
    found: Counter[Entitlement] = Counter()
    for pool in pools_at(spec, moment):
        found[Entitlement(pool.ebook, pool.edition)] += pool.total
    return found
