"""Removals that wait for approval.

What waits is remembered under the digest of the plan that it was part of. An approval names a digest; it covers every
later set of waiting removals that brings nothing new. So a digest is kept as long as it covers what waits now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, bindparam, text

from roster_operator.licensing.models import Hold

_AT_ONCE = 500

_RELEASE_ALL = text("UPDATE removals SET held = FALSE WHERE held")
_HOLD_ALL = text("UPDATE removals SET held = TRUE WHERE NOT held")
_HOLD_SCHOOLS = text("UPDATE removals SET held = TRUE WHERE schools IN :schools").bindparams(
    bindparam("schools", expanding=True)
)
_HOLD_EDITIONS = text("UPDATE removals SET held = TRUE WHERE edition IN :editions").bindparams(
    bindparam("editions", expanding=True)
)
_SCHOOLS = text("SELECT DISTINCT schools FROM removals")
_HELD = text("SELECT COUNT(*) FROM removals WHERE held")
_NEWLY_HELD = text("""
    SELECT COUNT(*) FROM removals
     WHERE held AND NOT EXISTS (
        SELECT 1 FROM held_removals
         WHERE district_id = :district AND digest = :digest AND held_removals.license_id = removals.license_id)
""")
_FORGET = text("""
    DELETE FROM held_removals
     WHERE district_id = :district AND digest NOT IN (
        SELECT held_removals.digest
          FROM held_removals JOIN removals ON removals.license_id = held_removals.license_id AND removals.held
         WHERE held_removals.district_id = :district
         GROUP BY held_removals.digest
        HAVING COUNT(*) = :held)
""")
_FORGET_ALL = text("DELETE FROM held_removals WHERE district_id = :district")
_REMEMBER = text("""
    INSERT INTO held_removals (district_id, digest, license_id, why, class_id, school_id)
    SELECT :district, :digest, license_id, why, class_id, school_id FROM removals WHERE held
    ON CONFLICT DO NOTHING
""")


def mark(connection: Connection, hold: Hold) -> int:
    """Mark in `removals` what `hold` makes wait; how many."""
    connection.execute(_RELEASE_ALL)
    if hold.everything:
        connection.execute(_HOLD_ALL)
        return _count(connection)
    for some in _batches(_touching(connection, hold.schools) if hold.schools else ()):
        connection.execute(_HOLD_SCHOOLS, {"schools": some})
    if hold.editions:
        connection.execute(_HOLD_EDITIONS, {"editions": [str(edition) for edition in hold.editions]})
    return _count(connection)


def _count(connection: Connection) -> int:
    return int(connection.execute(_HELD).scalar_one())


def _touching(connection: Connection, schools: frozenset[str]) -> Iterable[str]:
    """The sets of schools, as stored, that hold one of `schools`."""
    stored = connection.execute(_SCHOOLS).scalars().all()
    return [listed for listed in stored if not schools.isdisjoint(json.loads(listed))]


def _batches(items: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(items)
    while batch := list(islice(remaining, _AT_ONCE)):
        yield batch


def covered(connection: Connection, district_id: int | None, digest: str) -> bool:
    """Whether all that is marked was already waiting under `digest`."""
    newly_held: int = connection.execute(_NEWLY_HELD, {"district": district_id, "digest": digest}).scalar_one()
    return newly_held == 0


def remember(connection: Connection, district_id: int, digest: str, held: int) -> int:
    """Keep what is marked under `digest`, and older digests that still cover it; rows written."""
    if not held:
        return connection.execute(_FORGET_ALL, {"district": district_id}).rowcount
    forgotten = connection.execute(_FORGET, {"district": district_id, "held": held}).rowcount
    return forgotten + connection.execute(_REMEMBER, {"district": district_id, "digest": digest}).rowcount
