"""The watermark of a district: how far its roster was read, and upon what a delta read may build."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from roster_operator.ledger.ending import any_ended
from roster_operator.ledger.ledger import District, Watermark
from roster_operator.ledger.schema import watermarks

_columns = (
    watermarks.c.inputs,
    watermarks.c.scope,
    watermarks.c.since,
    watermarks.c.whole_since,
    watermarks.c.until,
    watermarks.c.conflicts,
)


def find(connection: Connection, district: District) -> Watermark | None:
    """That of `district`; none if its next sync must read the roster whole, as when a license has ended."""
    if district.id is None:
        return None
    row = connection.execute(select(*_columns).where(watermarks.c.district_id == district.id)).one_or_none()
    return None if row is None or any_ended(connection, district.id) else Watermark(*row)


def put(connection: Connection, district_id: int, watermark: Watermark | None) -> None:
    """Replace what is there; None: the next sync reads the roster whole."""
    mine = watermarks.c.district_id == district_id
    if watermark is None:
        connection.execute(delete(watermarks).where(mine))
        return
    values = {
        "inputs": watermark.inputs,
        "scope": watermark.scope,
        "since": watermark.since,
        "whole_since": watermark.whole_since,
        "until": watermark.until,
        "conflicts": watermark.conflicts,
    }
    if connection.execute(update(watermarks).where(mine).values(values)).rowcount == 0:
        connection.execute(insert(watermarks).values(district_id=district_id, **values))
