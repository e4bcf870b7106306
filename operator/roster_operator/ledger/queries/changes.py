"""The journal of a district: what came and went."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select, union

from roster_operator.ledger.queries.records import ChangesWanted, RecordedChange
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
    journal.c.school_id,
    journal.c.actor,
)
_MOST_NAMES: Final = 1_000


def latest(connection: Connection, district_id: int, wanted: ChangesWanted, *, limit: int) -> list[RecordedChange]:
    """See `LedgerQueries.changes`."""
    found = _wanted(select(*_columns), district_id, wanted)
    if wanted.school:
        found = found.where(journal.c.school_id == wanted.school)
    rows = connection.execute(found.order_by(journal.c.position.desc()).limit(limit))
    return [RecordedChange(*row) for row in rows]


def by_no_school(connection: Connection, district_id: int, wanted: ChangesWanted) -> int:
    """See `LedgerQueries.changes_by_no_school`."""
    found = _wanted(select(func.count()).select_from(journal), district_id, replace(wanted, before=None))
    return int(connection.execute(found.where(journal.c.school_id.is_(None))).scalar_one())


def _wanted(found: Select[Any], district_id: int, wanted: ChangesWanted) -> Select[Any]:
    """By all but the school. The journal is found by run or by account, as it is indexed."""
    found = found.where(journal.c.district_id == district_id)
    if wanted.account is not None:
        found = found.where(journal.c.account_id == wanted.account)
    elif not wanted.run:
        found = found.where(journal.c.run_id.in_(_runs(district_id)))
    if wanted.run:
        found = found.where(journal.c.run_id == wanted.run)
    if wanted.ebook:
        found = found.where(journal.c.ebook == wanted.ebook)
    if wanted.before is not None:
        found = found.where(journal.c.position < wanted.before)
    return found


def schools(connection: Connection, district_id: int) -> list[str]:
    """See `LedgerQueries.schools`."""
    mine = (journal.c.run_id.in_(_runs(district_id)), journal.c.district_id == district_id)
    known = select(journal.c.school_id).distinct().where(*mine, journal.c.school_id.is_not(None))
    return sorted(connection.scalars(known.limit(_MOST_NAMES)).all())


def ebooks(connection: Connection, district_id: int) -> list[str]:
    """See `LedgerQueries.ebooks`."""
    mine = (journal.c.run_id.in_(_runs(district_id)), journal.c.district_id == district_id)
    changed = select(journal.c.ebook).where(*mine)
    held = select(licenses.c.ebook).where(licenses.c.district_id == district_id)
    return sorted(connection.scalars(union(changed, held).limit(_MOST_NAMES)).all())


def _runs(district_id: int) -> Select[Any]:
    return select(sync_runs.c.id).where(sync_runs.c.district_id == district_id)
