"""Licenses, and decisions by hand, that have ended by themselves: `until` has passed, by the database's clock.

They are nobody's any more, as the platform's view has it: not counted, not removed, and in the way of no grant. The
next sync clears them away, and looks once more at the persons whose they were.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from sqlalchemy import Connection, text

STANDING: Final = "(licenses.until IS NULL OR licenses.until > CURRENT_TIMESTAMP)"
"""SQL: of a license that has not ended."""
MAY_GO: Final = "licenses.origin NOT IN ('Sticky', 'Purchased')"
"""SQL: of a license that a sync may remove."""
_TABLES: Final = ("licenses", "overrides")


def _ended(table: str) -> str:
    return f"{table}.district_id = :district AND {table}.until <= CURRENT_TIMESTAMP"


_CONCERNED: Final = " UNION ".join(
    f"SELECT accounts.sourced_id FROM {table} JOIN accounts ON accounts.id = {table}.account_id "  # noqa: S608
    f"WHERE {_ended(table)} AND accounts.sourced_id IS NOT NULL"
    for table in _TABLES
)
_ANY = text(" UNION ALL ".join(f"SELECT 1 FROM {table} WHERE {_ended(table)}" for table in _TABLES))  # noqa: S608
_PERSONS = text(_CONCERNED)
_LOOK_AGAIN = text(f"""
    UPDATE person_states SET digest = 0
     WHERE district_id = :district AND digest <> 0 AND key IN ({_CONCERNED})
       AND NOT EXISTS (SELECT 1 FROM matches WHERE matches.key = person_states.key)
""")  # noqa: S608 - a constant
_CLEAR = tuple(text(f"DELETE FROM {table} WHERE {_ended(table)}") for table in _TABLES)  # noqa: S608


def any_ended(connection: Connection, district_id: int | None) -> bool:
    """Whether the district has any to clear away."""
    return connection.execute(_ANY, {"district": district_id}).first() is not None


def persons_concerned(connection: Connection, district_id: int) -> Set[str]:
    """Ids of the persons whose they were."""
    return frozenset(connection.execute(_PERSONS, {"district": district_id}).scalars())


def clear(connection: Connection, district_id: int) -> int:
    """Clear them away, and let the next sync look at whom this one does not; how many there were."""
    if not any_ended(connection, district_id):
        return 0
    connection.execute(_LOOK_AGAIN, {"district": district_id})
    return sum(connection.execute(step, {"district": district_id}).rowcount for step in _CLEAR)
