"""What is kept of a district for its next sync to be held against, in whatever form it is given."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from roster_operator.ledger.schema import district_state


def evidence(connection: Connection, district_id: int | None) -> str:
    """Of the last sync that kept some; empty if none did."""
    kept: str | None = connection.scalar(
        select(district_state.c.evidence).where(district_state.c.district_id == district_id)
    )
    return kept or ""


def keep_evidence(connection: Connection, district_id: int, kept: str) -> None:
    """Replace what is there, if it is something else."""
    mine = district_state.c.district_id == district_id
    before = evidence(connection, district_id)
    if not before:
        connection.execute(insert(district_state).values(district_id=district_id, evidence=kept))
    elif before != kept:
        connection.execute(update(district_state).where(mine).values(evidence=kept))
