"""Which ledger this is, and whether it has forgotten a district."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from roster_operator.ledger.schema import identity, licenses, sync_runs


def of_ledger(connection: Connection) -> str:
    """A random id, made with the schema; backups and copies have it too."""
    found: str = connection.execute(select(identity.c.id).order_by(identity.c.id).limit(1)).scalar_one()
    return found


def has_licenses(connection: Connection, district_id: int) -> bool:
    """Whether the district has a row of any license, ended ones included."""
    return connection.scalar(select(licenses.c.id).where(licenses.c.district_id == district_id).limit(1)) is not None


def removed_some(connection: Connection, district_id: int, since: datetime) -> bool:
    """Whether a sync after that time removed licenses: the one who was told of them may not know."""
    later = (sync_runs.c.district_id == district_id) & (sync_runs.c.finished > since) & (sync_runs.c.revoked > 0)
    return connection.scalar(select(sync_runs.c.id).where(later).limit(1)) is not None
