"""What people decided by hand, as syncs respect it: who is blocked gets nothing, and what was granted stays.

A license that was granted by hand is the roster's as soon as the roster gives it. If the roster takes it away again
before the grant has ended, it goes on by hand.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select, text

from roster_operator.ledger.ending import MAY_GO
from roster_operator.ledger.schema import districts, overrides

STANDING: Final = "(overrides.until IS NULL OR overrides.until > CURRENT_TIMESTAMP)"
"""SQL: of a decision that has not ended."""
_GRANTED: Final = f"""
    SELECT 1 FROM overrides
     WHERE overrides.account_id = licenses.account_id AND overrides.ebook = licenses.ebook
       AND overrides.edition = licenses.edition AND overrides.kind = 'Grant' AND {STANDING}
"""  # noqa: S608 - a constant
_ANY: Final = text(f"""
    SELECT 1 FROM overrides WHERE district_id = :district AND kind = :kind AND {STANDING} LIMIT 1
""")  # noqa: S608 - a constant
_WITHHOLD: Final = text(f"""
    DELETE FROM staged_entitlements
     WHERE EXISTS (
        SELECT 1 FROM matches JOIN overrides ON overrides.account_id = matches.account_id
         WHERE matches.key = staged_entitlements.key AND overrides.kind = 'Block' AND {STANDING}
           AND overrides.edition = staged_entitlements.edition
           AND (overrides.ebook = '' OR overrides.ebook = staged_entitlements.ebook))
""")  # noqa: S608 - a constant
_KEEP: Final = text(f"""
    INSERT INTO kept_by_hand (license_id)
    SELECT removals.license_id FROM removals JOIN licenses ON licenses.id = removals.license_id
     WHERE EXISTS ({_GRANTED})
""")  # noqa: S608 - a constant
_LET_STAY: Final = text("DELETE FROM removals WHERE license_id IN (SELECT license_id FROM kept_by_hand)")
_BY_HAND: Final = """
    UPDATE licenses
       SET origin = 'Sticky', until = (
        SELECT overrides.until FROM overrides
         WHERE overrides.account_id = licenses.account_id AND overrides.ebook = licenses.ebook
           AND overrides.edition = licenses.edition AND overrides.kind = 'Grant')
     WHERE licenses.district_id = :district
"""
_GO_ON: Final = text(f"{_BY_HAND} AND licenses.id IN (SELECT license_id FROM kept_by_hand)")  # noqa: S608
_GO_ON_ALONE: Final = text(f"{_BY_HAND} AND {MAY_GO} AND EXISTS ({_GRANTED})")
_TAKE_OVER: Final = text(f"""
    UPDATE licenses SET origin = 'Roster', until = NULL
     WHERE district_id = :district AND origin = 'Sticky' AND EXISTS ({_GRANTED}) AND EXISTS (
        SELECT 1 FROM matches JOIN staged_entitlements e ON e.key = matches.key
         WHERE matches.account_id = licenses.account_id
           AND e.ebook = licenses.ebook AND e.edition = licenses.edition)
""")  # noqa: S608 - a constant


def withhold(connection: Connection, district_id: int | None) -> None:
    """Take out of what persons in `matches` should have what they are blocked from."""
    if _any(connection, district_id, "Block"):
        connection.execute(_WITHHOLD)


def keep(connection: Connection, district_id: int | None) -> int:
    """Take out of `removals` what was granted by hand, into `kept_by_hand`; how many."""
    if not _any(connection, district_id, "Grant"):
        return 0
    kept = connection.execute(_KEEP).rowcount
    connection.execute(_LET_STAY)
    return kept


def write(connection: Connection, district_id: int) -> int:
    """Let licenses that were granted by hand be the roster's, or go on by hand; rows written."""
    if not _any(connection, district_id, "Grant"):
        return 0
    district = {"district": district_id}
    return sum(connection.execute(step, district).rowcount for step in (_GO_ON, _TAKE_OVER))


def first_ends(connection: Connection) -> dict[str, datetime]:
    """By who holds a district, when the first of its decisions ends that stand."""
    of_district = overrides.join(districts, districts.c.id == overrides.c.district_id)
    ends = select(districts.c.owner, func.min(overrides.c.until)).select_from(of_district)
    standing = districts.c.owner.is_not(None), overrides.c.until > func.current_timestamp()
    found = connection.execute(ends.where(*standing).group_by(districts.c.owner))
    return {str(owner): until for owner, until in found}


def outlive(connection: Connection, district_id: int) -> None:
    """Let everything that was granted by hand go on by hand: the licenses that the roster gave are about to end."""
    if _any(connection, district_id, "Grant"):
        connection.execute(_GO_ON_ALONE, {"district": district_id})


def _any(connection: Connection, district_id: int | None, kind: str) -> bool:
    return connection.execute(_ANY, {"district": district_id, "kind": kind}).first() is not None
