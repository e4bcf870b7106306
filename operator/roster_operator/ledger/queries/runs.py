"""The runs of a district."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, select

from roster_operator.ledger.queries.records import RecordedRun
from roster_operator.ledger.schema import sync_runs

_columns = (
    sync_runs.c.id,
    sync_runs.c.started,
    sync_runs.c.finished,
    sync_runs.c.proof,
    sync_runs.c.digest,
    sync_runs.c.granted,
    sync_runs.c.revoked,
    sync_runs.c.held,
    sync_runs.c.unchanged,
    sync_runs.c.conflicts,
    sync_runs.c.accounts_created,
    sync_runs.c.accounts_linked,
)
_SHORTEST: int = 4
"""Characters of a run's id that can stand for it."""


def latest(connection: Connection, district_id: int, *, limit: int, before: str = "") -> list[RecordedRun]:
    """See `LedgerQueries.runs`."""
    wanted = _of(district_id).order_by(sync_runs.c.number.desc()).limit(limit)
    if before:
        number = select(sync_runs.c.number).where(sync_runs.c.id == before, sync_runs.c.district_id == district_id)
        wanted = wanted.where(sync_runs.c.number < number.scalar_subquery())
    return [RecordedRun(*row) for row in connection.execute(wanted)]


def find(connection: Connection, district_id: int, run_id: str) -> RecordedRun | None:
    """See `LedgerQueries.run`."""
    if len(run_id) < _SHORTEST:
        return None
    begins = sync_runs.c.id.startswith(run_id, autoescape=True)
    rows = connection.execute(_of(district_id).where(begins).limit(2)).all()
    return RecordedRun(*rows[0]) if len(rows) == 1 else None


def _of(district_id: int) -> Select[Any]:
    return select(*_columns).where(sync_runs.c.district_id == district_id)
