"""Whether a ledger is as the operator needs it: its schema, what its user may do, its clock."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from sqlalchemy import Connection, inspect, literal, select, text
from sqlalchemy.sql import func

from roster_operator.ledger import migrating
from roster_operator.ledger.engine import is_postgres
from roster_operator.ledger.queries.records import LedgerHealth
from roster_operator.ledger.schema import metadata

_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_VERSION = text("SELECT version_num FROM alembic_version")


def look(connection: Connection, place: str) -> LedgerHealth:
    """See `LedgerQueries.health`."""
    migrated = inspect(connection).has_table("alembic_version")
    version = str(connection.scalar(_VERSION)) if migrated else ""
    needed = migrating.versions()[-1]
    missing = _missing(connection) if version == needed else ()
    return LedgerHealth(place, version, needed, missing, _now(connection))


def _missing(connection: Connection) -> tuple[str, ...]:
    if not is_postgres(connection):
        path = connection.engine.url.database or ""
        return () if os.access(path, os.W_OK) else ("the file",)
    asked = [
        select(literal(table)).where(~func.has_table_privilege(table, right))
        for table in sorted(metadata.tables)
        for right in _RIGHTS
    ]
    lacking = {connection.scalar(each) for each in asked}
    return tuple(sorted(table for table in lacking if table))


def _now(connection: Connection) -> datetime:
    """By the ledger's clock; SQLite's is the machine's."""
    if not is_postgres(connection):
        return datetime.now(UTC)
    now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return now.astimezone(UTC)
