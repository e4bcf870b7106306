"""Who has a license that takes a seat, by their schools, and who waits for one: in counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from roster_operator.ledger.queries.records import SeatsTaken, SeatsWaited
from roster_operator.ledger.schema import accounts, licenses, person_states, seat_waits


def taken(connection: Connection, district_id: int, now: datetime) -> Sequence[SeatsTaken]:
    """By eBook, edition, and the schools of whoever has the license."""
    schools = func.coalesce(person_states.c.schools, "[]")
    of_person = and_(
        person_states.c.district_id == licenses.c.district_id, person_states.c.key == accounts.c.sourced_id
    )
    found = (
        select(licenses.c.ebook, licenses.c.edition, schools, func.count())
        .select_from(
            licenses.join(accounts, accounts.c.id == licenses.c.account_id).outerjoin(person_states, of_person)
        )
        .where(
            licenses.c.district_id == district_id,
            licenses.c.origin != "Purchased",
            or_(licenses.c.until.is_(None), licenses.c.until > now),
        )
        .group_by(licenses.c.ebook, licenses.c.edition, schools)
    )
    rows = connection.execute(found)
    return [SeatsTaken(ebook, edition, tuple(json.loads(at)), count) for ebook, edition, at, count in rows]


def waited(connection: Connection, district_id: int) -> Sequence[SeatsWaited]:
    """By eBook and edition: how many, and since when the first does."""
    mine = seat_waits.c
    found = select(mine.ebook, mine.edition, func.count(), func.min(mine.since)).where(mine.district_id == district_id)
    rows = connection.execute(found.group_by(mine.ebook, mine.edition).order_by(mine.ebook, mine.edition))
    return [SeatsWaited(*row) for row in rows]
