"""Finds out why the licenses of a plan come and go, and by which school, before it is carried out.

What cannot be told stays as planned. The school is that of the class, or else the only one at which the person is.

A removal that waits keeps the reason of the first night: by the second, the reading that gave the license is gone.
"""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import Connection, text

from roster_operator.ledger import snapshots, staging
from roster_operator.ledger.planning import Why
from roster_operator.ledger.temporary import Row, insert
from roster_operator.licensing.models import Edition, Entitlement, Plan
from roster_operator.snapshot.reasons import Asked, Readings, Told
from roster_operator.snapshot.taking import TakenSnapshot

_AT_ONCE: Final = 20_000
"""Removals: what is known of so many persons is in memory."""
MOST_GRANTS: Final = 20_000
"""Of more than these, as when a district goes live or a school year begins, the journal says `Rostered` and no class:
to find it would take longer than all else of the sync."""

_AS_BEFORE = text("""
    UPDATE removals
       SET why = held.why, class_id = held.class_id, school_id = held.school_id, reads = held.reads,
           counted = held.counted
      FROM (SELECT license_id, MIN(why) AS why, MIN(class_id) AS class_id, MIN(school_id) AS school_id,
                   MAX(reads) AS reads, MAX(counted) AS counted
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
    UPDATE removals SET why = told.why, class_id = told.class_id, school_id = told.school_id
      FROM told WHERE told.license_id = removals.license_id
""")
_SCHOOLS = text("SELECT DISTINCT schools FROM removals WHERE school_id IS NULL")
_BY_LONE_SCHOOL = text("""
    UPDATE removals SET school_id = lone_schools.school_id
      FROM lone_schools WHERE lone_schools.schools = removals.schools AND removals.school_id IS NULL
""")
_COUNTS = text("SELECT why, COUNT(*) FROM removals WHERE NOT held GROUP BY why ORDER BY COUNT(*) DESC, why")
_GRANTS = text("SELECT key, ebook, edition FROM grants")


def tell(connection: Connection, district_id: int, plan: Plan, taken: TakenSnapshot | None) -> None:
    """Fill `why`, `class_id` and `school_id` of `removals`, and `told_grants`."""
    if plan.revocations:
        connection.execute(_AS_BEFORE, {"district": district_id})
    if taken is not None:
        _tell(connection, district_id, plan, taken)
    if plan.revocations:
        _tell_schools(connection)


def _tell(connection: Connection, district_id: int, plan: Plan, taken: TakenSnapshot) -> None:
    removals = _removals(connection, 0) if plan.revocations else []
    grants = connection.execute(_GRANTS).all() if plan.grants <= MOST_GRANTS else []
    granted = [Asked(at, key, key, _entitlement(*what)) for at, (key, *what) in enumerate(grants)]
    readings = _readings(connection, district_id, taken) if removals or granted else None
    while readings is not None and (removals or granted):
        goes, comes = readings.tell(removals, granted)
        rows: list[Row] = [(each.number, str(each.why), each.class_id, each.school_id) for each in goes]
        insert(connection, staging.told, [rows])
        insert(connection, staging.told_grants, [[_told(grants[each.number], each) for each in comes]])
        granted = []
        removals = _removals(connection, removals[-1].number) if removals else []
    if plan.revocations:
        connection.execute(_TELL)


def _removals(connection: Connection, last: int) -> list[Asked]:
    rows = connection.execute(_REMOVALS, {"last": last})
    return [Asked(number, key, formerly, _entitlement(*what)) for number, key, formerly, *what in rows]


def _told(grant: Any, each: Told) -> Row:
    return (*grant, str(each.why) or str(Why.ROSTERED), each.class_id, each.school_id)


def _tell_schools(connection: Connection) -> None:
    """Of removals of which no class was told."""
    stored = connection.scalars(_SCHOOLS).all()
    lone = [(schools, school) for schools in stored if (school := staging.lone(tuple(json.loads(schools))))]
    if lone:
        insert(connection, staging.lone_schools, [[*lone]])
        connection.execute(_BY_LONE_SCHOOL)


def counts(connection: Connection) -> dict[str, int]:
    """Removals that do not wait, by reason."""
    return {str(why): int(count) for why, count in connection.execute(_COUNTS)}


def _readings(connection: Connection, district_id: int, taken: TakenSnapshot) -> Readings:
    last = snapshots.find(connection, district_id)
    usable = last is not None and last.key_id == taken.key.id
    return Readings((last.header, last.blobs) if last is not None and usable else None, taken)


def _entitlement(ebook: Any, edition: Any) -> Entitlement:
    return Entitlement(ebook, Edition(edition))
