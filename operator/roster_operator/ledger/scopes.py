"""The scope of a district: its classes at the last sync by which no removal waited, in whatever form they are given."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from roster_operator.ledger.schema import scopes


def find(connection: Connection, district_id: int | None) -> bytes:
    """Empty if none was kept."""
    kept: bytes | None = connection.scalar(select(scopes.c.classes).where(scopes.c.district_id == district_id))
    return kept or b""


def put(connection: Connection, district_id: int, classes: bytes) -> None:
    """Replace what is there."""
    mine = scopes.c.district_id == district_id
    if connection.execute(update(scopes).where(mine).values(classes=classes)).rowcount == 0:
        connection.execute(insert(scopes).values(district_id=district_id, classes=classes))
