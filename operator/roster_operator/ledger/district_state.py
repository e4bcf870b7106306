"""What is kept of a district for its next sync to be held against."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from roster_operator.ledger.ledger import DistrictState
from roster_operator.ledger.schema import district_state

_columns = (
    district_state.c.evidence,
    district_state.c.baseline,
    district_state.c.in_doubt_since,
    district_state.c.classes,
)


def find(connection: Connection, district_id: int | None) -> DistrictState:
    """As the last sync left it; an empty one if none left any."""
    row = connection.execute(select(*_columns).where(district_state.c.district_id == district_id)).one_or_none()
    if row is None:
        return DistrictState()
    return DistrictState(row.evidence, row.baseline, row.in_doubt_since, row.classes or b"")


def keep(connection: Connection, district_id: int, state: DistrictState) -> None:
    """Replace what is there, if it is something else."""
    if find(connection, district_id) == state:
        return
    values = {
        "evidence": state.evidence,
        "baseline": state.baseline,
        "in_doubt_since": state.in_doubt_since,
        "classes": state.classes,
    }
    mine = district_state.c.district_id == district_id
    if connection.execute(update(district_state).where(mine).values(values)).rowcount == 0:
        connection.execute(insert(district_state).values(district_id=district_id, **values))
