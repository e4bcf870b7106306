"""Which ledger this is, and whether it has forgotten a district."""

from __future__ import annotations

from sqlalchemy import Connection, select

from roster_operator.ledger.schema import identity, licenses


def of_ledger(connection: Connection) -> str:
    """A random id, made with the schema; backups and copies have it too."""
    found: str = connection.execute(select(identity.c.id).order_by(identity.c.id).limit(1)).scalar_one()
    return found


def has_licenses(connection: Connection, district_id: int) -> bool:
    """Whether the district has a row of any license, ended ones included."""
    return connection.scalar(select(licenses.c.id).where(licenses.c.district_id == district_id).limit(1)) is not None
