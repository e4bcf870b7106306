"""Licenses that have ended by themselves: `until` has passed, by the database's clock, as the platform's view has it.

They are nobody's any more: not counted, not removed, and in the way of no grant. The next sync clears them away, and
looks once more at the persons who had them.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from sqlalchemy import Connection, text

STANDING: Final = "(licenses.until IS NULL OR licenses.until > CURRENT_TIMESTAMP)"
"""SQL: of a license that has not ended."""
_ENDED: Final = "licenses.district_id = :district AND licenses.until <= CURRENT_TIMESTAMP"

_ANY = text(f"SELECT 1 FROM licenses WHERE {_ENDED} LIMIT 1")  # noqa: S608 - a constant
_PERSONS = text(f"""
    SELECT DISTINCT accounts.sourced_id
      FROM licenses JOIN accounts ON accounts.id = licenses.account_id
     WHERE {_ENDED} AND accounts.sourced_id IS NOT NULL
""")  # noqa: S608 - a constant
_LOOK_AGAIN = text(f"""
    UPDATE person_states SET digest = 0
     WHERE district_id = :district AND digest <> 0
       AND key IN (
        SELECT accounts.sourced_id FROM licenses JOIN accounts ON accounts.id = licenses.account_id WHERE {_ENDED})
       AND NOT EXISTS (SELECT 1 FROM matches WHERE matches.key = person_states.key)
""")  # noqa: S608 - a constant
_CLEAR = text(f"DELETE FROM licenses WHERE {_ENDED}")  # noqa: S608 - a constant


def any_ended(connection: Connection, district_id: int | None) -> bool:
    """Whether the district has licenses to clear away."""
    return connection.execute(_ANY, {"district": district_id}).first() is not None


def persons_concerned(connection: Connection, district_id: int) -> Set[str]:
    """Ids of the persons who had them."""
    return frozenset(connection.execute(_PERSONS, {"district": district_id}).scalars())


def clear(connection: Connection, district_id: int) -> int:
    """Clear them away, and let the next sync look at whom this one does not; how many there were."""
    if not any_ended(connection, district_id):
        return 0
    connection.execute(_LOOK_AGAIN, {"district": district_id})
    return connection.execute(_CLEAR, {"district": district_id}).rowcount
