"""Removals that wait for approval.

What waits now is remembered under the digest of the plan that it is part of, license by license, with why it would go.
What plans from before had is in `shown_plans`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, bindparam, text

from roster_operator.licensing.change_set import Change, LicenseChange
from roster_operator.licensing.models import Hold

_AT_ONCE = 500
_STREAMED = 10_000

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
_FORGET = text("""
    DELETE FROM held_removals
     WHERE district_id = :district
       AND (digest <> :digest OR license_id NOT IN (SELECT license_id FROM removals WHERE held))
""")
_IN_ORDER = text("SELECT account_id, ebook, edition, license_id FROM removals WHERE held ORDER BY license_id")
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


def remember(connection: Connection, district_id: int, digest: str, held: int) -> int:
    """Keep what is marked, and nothing else, under `digest`; rows written."""
    if not held:
        return connection.execute(_FORGET_ALL, {"district": district_id}).rowcount
    waiting = {"district": district_id, "digest": digest}
    return sum(connection.execute(step, waiting).rowcount for step in (_FORGET, _REMEMBER))


def in_order(connection: Connection) -> Iterator[LicenseChange]:
    """What is marked."""
    for removed in connection.execute(_IN_ORDER, execution_options={"yield_per": _STREAMED}):
        yield LicenseChange(Change.REVOKED, *removed)
