"""What becomes of a district when its RosterIntegration is deleted."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, text, update

from roster_operator.api import names
from roster_operator.errors import RevocationHeld
from roster_operator.ledger import district_state, overriding, questions, runs, shown_plans, snapshots
from roster_operator.ledger.applying import ACTOR
from roster_operator.ledger.ending import STANDING
from roster_operator.ledger.engine import lock_district, lock_journal
from roster_operator.ledger.interface.sync import Run
from roster_operator.ledger.planning import Why
from roster_operator.ledger.schema import (
    districts,
    held_removals,
    person_states,
    reservations,
    seat_waits,
)
from roster_operator.ledger.statements import with_now
from roster_operator.licensing.models import Applied
from roster_operator.plurals import counted

_OURS = "district_id = :district AND origin = 'Roster'"
_ENDING = f"{_OURS} AND {STANDING}"
_END = text(f"DELETE FROM licenses WHERE {_OURS}")  # noqa: S608 - a constant
_COUNT = text(f"SELECT COUNT(*) FROM licenses WHERE {_ENDING}")  # noqa: S608 - a constant
_JOURNAL = with_now(f"""
    INSERT INTO journal
           (run_id, district_id, account_id, ebook, edition, change, why, at, actor, origin, since, until)
    SELECT :run, :district, account_id, ebook, edition, 'Revoked', '{Why.RESOURCE_DELETED}', :now, :actor, origin,
           since, until
      FROM licenses WHERE {_ENDING}
     ORDER BY account_id, ebook, edition
""")  # noqa: S608 - a constant


def release(connection: Connection, owner: str, *, revoke: bool, run: Run, at_most: int | None = None) -> int:
    """Free the owner's district; with `revoke` end every license that the roster gave. How many ended.

    Raises `RevocationHeld`, with nothing written, if more than `at_most` would end.
    """
    connection.execute(delete(reservations).where(reservations.c.owner == owner))
    questions.forget(connection, owner)
    row = connection.execute(
        select(districts.c.id, districts.c.source, districts.c.version).where(districts.c.owner == owner)
    ).one_or_none()
    if row is None:
        return 0
    lock_district(connection, f"source {row.source}", f"id {row.id}")
    if revoke:
        overriding.outlive(connection, row.id)
    if revoke and at_most is not None:
        _stop_at(connection, row.id, at_most)
    freed = connection.execute(
        update(districts)
        .where(districts.c.id == row.id, districts.c.owner == owner)
        .values(owner=None, live_since=None, version=districts.c.version + 1)
    )
    if freed.rowcount == 0:
        return 0  # somebody else has just done it
    snapshots.remove(connection, row.id)
    for waits in (held_removals, seat_waits):
        connection.execute(delete(waits).where(waits.c.district_id == row.id))
    shown_plans.let_go(connection, row.id)
    district_state.let_go(connection, row.id)
    if not revoke:
        runs.write(connection, row.id, run, Applied())
        return 0
    return _revoke(connection, row.id, run)


def _stop_at(connection: Connection, district_id: int, at_most: int) -> None:
    ending = connection.execute(_COUNT, {"district": district_id}).scalar_one()
    if ending > at_most:
        raise RevocationHeld(
            f"With spec.deletionPolicy Revoke, {counted(ending, 'license[s]')} would end, and {at_most} may without "
            "anybody's consent. Nothing was changed. Publisher: if that is right, set the annotation "
            f"{names.REVOKE_AT_MOST_ANNOTATION} to {ending}; if the licenses are to stay, set spec.deletionPolicy to "
            "Retain."
        )


def _revoke(connection: Connection, district_id: int, run: Run) -> int:
    journal = {"run": run.id, "district": district_id, "now": run.finished, "actor": ACTOR}
    connection.execute(delete(person_states).where(person_states.c.district_id == district_id))
    lock_journal(connection)
    revoked = connection.execute(_JOURNAL, journal).rowcount
    connection.execute(_END, {"district": district_id})
    runs.write(connection, district_id, run, Applied(revoked=revoked))
    return revoked
