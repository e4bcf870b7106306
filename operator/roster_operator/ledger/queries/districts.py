"""Which districts there are, and which of their licenses end by themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from roster_operator.ledger.queries.records import EndingLicense, KnownDistrict
from roster_operator.ledger.schema import district_state, districts, licenses

_MOST_ENDS = 1_000
"""Days, eBooks and editions that are told apart."""


def all_of(connection: Connection) -> list[KnownDistrict]:
    """See `LedgerQueries.districts`."""
    columns = (districts.c.id, districts.c.source, districts.c.namespace, districts.c.owner, districts.c.live_since)
    rows = connection.execute(select(*columns).order_by(districts.c.source)).all()
    return [KnownDistrict(row[0], row[1], row[2] or "", row[3] or "", row[4]) for row in rows]


def classes(connection: Connection, district_id: int) -> bytes:
    """See `LedgerQueries.classes_in_scope`."""
    kept = select(district_state.c.classes).where(district_state.c.district_id == district_id)
    return connection.scalar(kept) or b""


def ending(connection: Connection, district_id: int, *, before: datetime) -> list[EndingLicense]:
    """See `LedgerQueries.ending`."""
    what = (licenses.c.until, licenses.c.ebook, licenses.c.edition)
    rows = connection.execute(
        select(*what, func.count())
        .where(licenses.c.district_id == district_id, licenses.c.until.is_not(None), licenses.c.until < before)
        .group_by(*what)
        .order_by(*what)
        .limit(_MOST_ENDS)
    ).all()
    return [EndingLicense(*row) for row in rows]
