"""Finds out why the licenses of a plan come and go, before it is carried out; what cannot be told stays as planned.

A removal that waits keeps the reason of the first night: by the second, the reading that gave the license is gone.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, text

from roster_operator.ledger import snapshots, staging
from roster_operator.ledger.planning import Why
from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.snapshot.reasons import Asked, Readings
from roster_operator.snapshot.taking import TakenSnapshot

_AT_ONCE: Final = 20_000
"""Removals: what is known of so many persons is in memory."""
MOST_GRANTS: Final = 20_000
"""Of more than these, as when a district goes live or a school year begins, the journal says `Rostered` and no class:
to find it would take longer than all else of the sync."""

_AS_BEFORE = text("""
    UPDATE removals SET why = held.why, class_id = held.class_id
      FROM (SELECT license_id, MIN(why) AS why, MIN(class_id) AS class_id
              FROM held_removals WHERE district_id = :district AND why IS NOT NULL
             GROUP BY license_id) AS held
     WHERE held.license_id = removals.license_id
""")
_REMOVALS = text(f"""
    SELECT removals.license_id, removals.key, COALESCE(accounts.sourced_id, removals.key), removals.ebook,
           removals.edition
      FROM removals JOIN accounts ON accounts.id = removals.account_id
     WHERE removals.license_id > :last AND removals.why = '{Why.NOT_ON_ROSTER}' AND removals.key IS NOT NULL
     ORDER BY removals.license_id LIMIT {_AT_ONCE}
""")  # noqa: S608 - constants
_TELL = text("""
    UPDATE removals SET why = told.why, class_id = told.class_id
      FROM told WHERE told.license_id = removals.license_id
""")
_COUNTS = text("SELECT why, COUNT(*) FROM removals WHERE NOT held GROUP BY why ORDER BY COUNT(*) DESC, why")
_GRANTED = text("""
    SELECT granted.account_id, accounts.sourced_id, granted.ebook, granted.edition
      FROM granted JOIN accounts ON accounts.id = granted.account_id
""")


def of_removals(connection: Connection, district_id: int, taken: TakenSnapshot | None) -> None:
    """Fill `why` and `class_id` of `removals`."""
    connection.execute(_AS_BEFORE, {"district": district_id})
    if taken is None:
        return
    readings, last = _readings(connection, district_id, taken), 0
    while rows := connection.execute(_REMOVALS, {"last": last}).all():
        asked = [Asked(number, key, formerly, _entitlement(*what)) for number, key, formerly, *what in rows]
        told: list[staging.Row] = [(each.number, str(each.why), each.class_id) for each in readings.why_removed(asked)]
        staging.insert(connection, staging.told, [told])
        last = rows[-1][0]
    connection.execute(_TELL)


def counts(connection: Connection) -> dict[str, int]:
    """Removals that do not wait, by reason."""
    return {str(why): int(count) for why, count in connection.execute(_COUNTS)}


def of_grants(connection: Connection, district_id: int, taken: TakenSnapshot) -> None:
    """Fill `told_grants` from `granted`."""
    rows = connection.execute(_GRANTED).all()
    readings = _readings(connection, district_id, taken)
    asked = [Asked(at, key, key, _entitlement(*what)) for at, (_, key, *what) in enumerate(rows)]
    told: list[staging.Row] = [
        (rows[each.number][0], *rows[each.number][2:], str(each.why) or str(Why.ROSTERED), each.class_id)
        for each in readings.why_granted(asked)
    ]
    staging.insert(connection, staging.told_grants, [told])


def _readings(connection: Connection, district_id: int, taken: TakenSnapshot) -> Readings:
    last = snapshots.find(connection, district_id)
    usable = last is not None and last.key_id == taken.key.id
    return Readings((last.header, last.blobs) if last is not None and usable else None, taken)


def _entitlement(ebook: Any, edition: Any) -> Entitlement:
    return Entitlement(ebook, Edition(edition))
