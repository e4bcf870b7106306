"""Removals that wait for approval.

What waits now is remembered under the digest of the plan that it is part of, license by license, with why it would go.
What plans from before had is in `shown_plans`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import Connection, bindparam, text

from roster_operator.ledger.interface.district import READINGS_APART
from roster_operator.ledger.planning import Why
from roster_operator.ledger.schema import UtcDateTime
from roster_operator.licensing.change_set import Change as LicenseMove
from roster_operator.licensing.change_set import LicenseChange
from roster_operator.licensing.models import Hold
from roster_operator.snapshot.reasons import ABSENT

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
_FORGET_RETURNED = text("""
    DELETE FROM held_removals
     WHERE district_id = :district AND license_id IN (
        SELECT licenses.id
          FROM matches
          JOIN staged_entitlements e ON e.key = matches.key
          JOIN licenses ON licenses.account_id = matches.account_id
           AND licenses.ebook = e.ebook AND licenses.edition = e.edition)
""")
_REMEMBER = text("""
    INSERT INTO held_removals (district_id, digest, license_id, why, class_id, school_id, reads, counted)
    SELECT :district, :digest, license_id, why, class_id, school_id, reads, counted FROM removals WHERE held
    ON CONFLICT (district_id, digest, license_id) DO UPDATE SET reads = excluded.reads, counted = excluded.counted
     WHERE COALESCE(held_removals.reads, 0) <> COALESCE(excluded.reads, 0)
""")
_ABSENT: Final = (*sorted(map(str, ABSENT)), str(Why.NOT_ON_ROSTER))
"""Nothing says that somebody left, but that they are not there; or nobody can tell."""
_COUNT_READING = text("""
    UPDATE removals SET reads = COALESCE(reads, 0) + 1, counted = :now
     WHERE why IN :absent AND (counted IS NULL OR counted <= :before)
""").bindparams(
    bindparam("absent", _ABSENT, expanding=True),
    bindparam("now", type_=UtcDateTime()),
    bindparam("before", type_=UtcDateTime()),
)
_HOLD_UNCONFIRMED = text("""
    UPDATE removals SET held = TRUE
     WHERE NOT held AND why IN :absent AND reads < :wanted AND license_id NOT IN (SELECT license_id FROM approved)
""").bindparams(bindparam("absent", _ABSENT, expanding=True))


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


def hold_unconfirmed(connection: Connection, wanted: int, now: datetime) -> int:
    """Mark, too, who is merely no longer listed until `wanted` readings, hours apart, have said so; how many.

    Whose removal a person has approved needs no second reading.
    To be called once why licenses go is told.
    """
    connection.execute(_COUNT_READING, {"now": now, "before": now - READINGS_APART})
    return connection.execute(_HOLD_UNCONFIRMED, {"wanted": wanted}).rowcount


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


def forget_returned(connection: Connection, district_id: int | None) -> None:
    """Of who is staged with what they have: whoever is there again was never gone."""
    connection.execute(_FORGET_RETURNED, {"district": district_id})


def in_order(connection: Connection) -> Iterator[LicenseChange]:
    """What is marked."""
    for removed in connection.execute(_IN_ORDER, execution_options={"yield_per": _STREAMED}):
        yield LicenseChange(LicenseMove.REVOKED, *removed)
