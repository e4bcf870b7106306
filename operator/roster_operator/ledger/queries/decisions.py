"""What people decided by hand, and that stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, or_, select

from roster_operator.ledger.queries.records import KeptDecision
from roster_operator.ledger.schema import overrides

_ONE_PERSON_S = 1_000


def standing(
    connection: Connection, district_id: int, *, now: datetime, account: int | None, limit: int = _ONE_PERSON_S
) -> list[KeptDecision]:
    """See `LedgerQueries.decisions`."""
    row = overrides.c
    columns = (row.account_id, row.kind, row.ebook, row.edition, row.created, row.until, row.actor, row.reason)
    found = select(*columns).where(row.district_id == district_id, or_(row.until.is_(None), row.until > now))
    if account is not None:
        found = found.where(row.account_id == account)
    in_order = found.order_by(row.until.is_(None), row.until, row.account_id, row.ebook, row.edition)
    return [KeptDecision(*each) for each in connection.execute(in_order.limit(limit))]
