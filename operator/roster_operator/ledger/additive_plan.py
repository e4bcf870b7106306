"""A plan that only adds: of persons of whom a part of what they are entitled to is known, as a delta read gives it.

What a person has and is not staged for stays. Who is granted something loses the digest of their state, so that the
next full read looks at them, and keeps the schools that the last full read knew, by which the guards count. Who waits
to be confirmed as no longer listed, and comes with what they have, waits no more.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text

from roster_operator.ledger import held_removals, matching, planning, seats
from roster_operator.ledger.matching import Matching
from roster_operator.licensing.models import Claim, Plan
from roster_operator.licensing.seats import Pool

_NOBODY_IS_GONE = text("DELETE FROM staged WHERE gone")
_LEAVE_OUT_WHO_MAY_CLASH = text("DELETE FROM matches WHERE moves OR NOT linked")
_LEAVE_OUT_WHO_GAINS_NOTHING = text("DELETE FROM matches WHERE key NOT IN (SELECT key FROM grants)")
_LOOK_AGAIN = text("""
    UPDATE staged
       SET digest = 0,
           schools = COALESCE((
               SELECT person_states.schools FROM person_states
                WHERE person_states.district_id = :district AND person_states.key = staged.key), schools)
""")


def plan(
    connection: Connection,
    claim: Claim,
    district_id: int | None,
    matched: Matching,
    unstorable: int,
    *,
    settled_only: bool,
    pools: Collection[Pool],
) -> Plan:
    """Fill `grants`; `removals` stays empty. Takes out of `matches` who gains nothing.

    `settled_only`: there are persons whom the last full read refused, so leave out everybody whose login is new or
    changes. Only a full read sees all who might share it.
    """
    connection.execute(_NOBODY_IS_GONE)
    if settled_only:
        connection.execute(_LEAVE_OUT_WHO_MAY_CLASH)
    held_removals.forget_returned(connection, district_id)
    grants = planning.find_grants(connection)
    if grants and pools:
        grants = seats.allot(connection, district_id, pools, only_adds=True)
    connection.execute(_LEAVE_OUT_WHO_GAINS_NOTHING)
    connection.execute(_LOOK_AGAIN, {"district": district_id})
    remaining = matching.counted_again(connection, matched)
    return planning.counted(
        connection, claim, district_id, remaining, unstorable, grants=grants, removals=0, pools=pools
    )
