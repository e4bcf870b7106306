"""The journal of a district: what came and went."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Select, select, union

from roster_operator.ledger.queries.interface import ChangesWanted, RecordedChange
from roster_operator.ledger.schema import journal, licenses, sync_runs

_columns = (
    journal.c.position,
    journal.c.at,
    journal.c.run_id,
    journal.c.account_id,
    journal.c.ebook,
    journal.c.edition,
    journal.c.change,
    journal.c.why,
    journal.c.class_id,
    journal.c.actor,
)
_MOST_EBOOKS: Final = 1_000


def latest(connection: Connection, district_id: int, wanted: ChangesWanted, *, limit: int) -> list[RecordedChange]:
    """See `LedgerQueries.changes`. The journal is found by run or by account, as it is indexed."""
    found: Select[Any] = select(*_columns).where(journal.c.district_id == district_id)
    if wanted.account is not None:
        found = found.where(journal.c.account_id == wanted.account)
    elif not wanted.run:
        of_district = select(sync_runs.c.id).where(sync_runs.c.district_id == district_id)
        found = found.where(journal.c.run_id.in_(of_district))
    if wanted.run:
        found = found.where(journal.c.run_id == wanted.run)
    if wanted.ebook:
        found = found.where(journal.c.ebook == wanted.ebook)
    if wanted.before is not None:
        found = found.where(journal.c.position < wanted.before)
    rows = connection.execute(found.order_by(journal.c.position.desc()).limit(limit))
    return [RecordedChange(*row) for row in rows]


def ebooks(connection: Connection, district_id: int) -> list[str]:
    """See `LedgerQueries.ebooks`."""
    of_district = select(sync_runs.c.id).where(sync_runs.c.district_id == district_id)
    changed = select(journal.c.ebook).where(journal.c.run_id.in_(of_district), journal.c.district_id == district_id)
    held = select(licenses.c.ebook).where(licenses.c.district_id == district_id)
    return sorted(connection.scalars(union(changed, held).limit(_MOST_EBOOKS)).all())
