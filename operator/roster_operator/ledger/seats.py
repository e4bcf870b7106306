"""Seats: takes out of `grants`, into `unseated`, what there is no seat for; and remembers who waits since when.

A license keeps its seat whatever happens; only who comes is concerned. In this order: who has waited longest; of those,
staff before students; then by account, and who has none yet by the SIS's id, in which order accounts are made. Of whom
a seat is denied the state loses its digest, so that the next sync looks at them again, however unchanged the roster is.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from roster_operator.ledger.ending import STANDING
from roster_operator.ledger.staging import unseated
from roster_operator.ledger.statements import with_now
from roster_operator.ledger.temporary import analyze, insert
from roster_operator.licensing.models import Edition, Entitlement, Waiting
from roster_operator.licensing.seats import Pool, Seating, by_entitlement

_AT_ONCE: Final = 5_000

_WANTED: Final = text("SELECT ebook, edition, COUNT(*) FROM grants GROUP BY ebook, edition")
_WAS_STAGED_FIRST: Final = "COALESCE(staged.schools, person_states.schools, '[]')"
_AS_BEFORE_FIRST: Final = "COALESCE(person_states.schools, staged.schools, '[]')"
"""A delta read knows a part of the schools of whom it stages."""


def _held(schools: str) -> str:
    return f"""
    SELECT {schools}, COUNT(*)
      FROM licenses
      JOIN accounts ON accounts.id = licenses.account_id
      LEFT JOIN matches ON matches.account_id = accounts.id
      LEFT JOIN staged ON staged.key = matches.key
      LEFT JOIN person_states
             ON person_states.district_id = :district
            AND person_states.key = COALESCE(accounts.sourced_id, matches.key)
     WHERE licenses.district_id = :district AND licenses.ebook = :ebook AND licenses.edition = :edition
       AND licenses.origin <> 'Purchased' AND {STANDING}
       AND NOT EXISTS (SELECT 1 FROM removals WHERE removals.license_id = licenses.id AND NOT removals.held)
     GROUP BY {schools}
    """  # noqa: S608 - constants


_HELD: Final = text(_held(_WAS_STAGED_FIRST))
_HELD_BEFORE: Final = text(_held(_AS_BEFORE_FIRST))
_AHEAD: Final = text("""
    SELECT COALESCE(person_states.schools, '[]'), COUNT(*)
      FROM seat_waits
      LEFT JOIN person_states
             ON person_states.district_id = seat_waits.district_id AND person_states.key = seat_waits.key
     WHERE seat_waits.district_id = :district AND seat_waits.ebook = :ebook AND seat_waits.edition = :edition
       AND NOT EXISTS (SELECT 1 FROM staged WHERE staged.key = seat_waits.key)
     GROUP BY COALESCE(person_states.schools, '[]')
""")
_IN_TURN: Final = text("""
    SELECT grants.key, grants.ebook, grants.edition, grants.school_id, staged.schools
      FROM grants
      JOIN staged ON staged.key = grants.key
      JOIN matches ON matches.key = grants.key
      LEFT JOIN seat_waits
             ON seat_waits.district_id = :district AND seat_waits.key = grants.key
            AND seat_waits.ebook = grants.ebook AND seat_waits.edition = grants.edition
     WHERE grants.ebook = :ebook AND grants.edition = :edition
     ORDER BY CASE WHEN seat_waits.since IS NULL THEN 1 ELSE 0 END, seat_waits.since,
              CASE WHEN staged.kind = 'Staff' THEN 0 ELSE 1 END,
              CASE WHEN matches.account_id IS NULL THEN 1 ELSE 0 END, matches.account_id, grants.key
""")
_TAKE_OUT: Final = text("""
    DELETE FROM grants
     WHERE EXISTS (
        SELECT 1 FROM unseated
         WHERE unseated.key = grants.key AND unseated.ebook = grants.ebook AND unseated.edition = grants.edition)
""")
_ASK_AGAIN: Final = (
    text("INSERT INTO grants (key, ebook, edition, school_id) SELECT key, ebook, edition, school_id FROM unseated"),
    text("DELETE FROM unseated"),
)
_GRANTS: Final = text("SELECT COUNT(*) FROM grants")
_WAITING: Final = text("""
    SELECT unseated.ebook, unseated.edition, staged.schools, COUNT(*)
      FROM unseated JOIN staged ON staged.key = unseated.key
     GROUP BY unseated.ebook, unseated.edition, staged.schools
     ORDER BY unseated.ebook, unseated.edition
""")
_LOOK_AGAIN: Final = text("UPDATE staged SET digest = 0 WHERE key IN (SELECT key FROM unseated)")
_ANY: Final = text("SELECT 1 FROM seat_waits WHERE district_id = :district LIMIT 1")
_WAIT_NO_MORE: Final = text("""
    DELETE FROM seat_waits
     WHERE district_id = :district
       AND (key IN (SELECT key FROM staged) OR NOT EXISTS (
        SELECT 1 FROM person_states
         WHERE person_states.district_id = seat_waits.district_id AND person_states.key = seat_waits.key))
       AND NOT EXISTS (
        SELECT 1 FROM unseated
         WHERE unseated.key = seat_waits.key AND unseated.ebook = seat_waits.ebook
           AND unseated.edition = seat_waits.edition)
""")
_WAIT_NO_MORE_IF_GRANTED: Final = text("""
    DELETE FROM seat_waits
     WHERE district_id = :district AND key IN (SELECT key FROM grants) AND EXISTS (
        SELECT 1 FROM grants
         WHERE grants.key = seat_waits.key AND grants.ebook = seat_waits.ebook
           AND grants.edition = seat_waits.edition)
""")
_WAIT: Final = with_now("""
    INSERT INTO seat_waits (district_id, key, ebook, edition, since)
    SELECT :district, key, ebook, edition, :now FROM unseated
     WHERE TRUE
     ORDER BY key, ebook, edition
    ON CONFLICT (district_id, key, ebook, edition) DO NOTHING
""")


def allot(connection: Connection, district_id: int | None, pools: Collection[Pool], *, only_adds: bool) -> int:
    """Leave in `grants` what there is a seat for, by the removals that do not wait; how many that are.

    `only_adds`: of a delta read, which passes over nobody who waits and whom it does not see.
    """
    for step in _ASK_AGAIN:
        connection.execute(step)
    wanted = {Entitlement(name, Edition(edition)): count for name, edition, count in connection.execute(_WANTED)}
    for entitlement, of_it in by_entitlement(pools).items():
        if entitlement in wanted:
            what = {"district": district_id, "ebook": entitlement.ebook, "edition": str(entitlement.edition)}
            _allot_one(connection, what, of_it, wanted[entitlement], only_adds=only_adds)
    analyze(connection, "unseated")
    if connection.execute(_TAKE_OUT).rowcount:
        analyze(connection, "grants")
    return int(connection.execute(_GRANTS).scalar_one())


def _allot_one(
    connection: Connection, what: Mapping[str, object], pools: Sequence[Pool], wanted: int, *, only_adds: bool
) -> None:
    seating = Seating(pools)
    seating.keep(_by_schools(connection.execute(_HELD_BEFORE if only_adds else _HELD, what)))
    if only_adds:
        seating.keep(_by_schools(connection.execute(_AHEAD, what)))
    if seating.room_for_anybody >= wanted:
        return
    in_turn = connection.execute(_IN_TURN, what, execution_options={"yield_per": _AT_ONCE})
    for batch in in_turn.partitions():
        denied = [tuple(grant) for *grant, schools in batch if not seating.take(json.loads(schools))]
        insert(connection, unseated, [denied])


def _by_schools(rows: Iterable[Sequence[object]]) -> dict[tuple[str, ...], int]:
    found: Counter[tuple[str, ...]] = Counter()
    for schools, count in rows:
        found[tuple(json.loads(str(schools)))] += int(str(count))
    return found


def waiting(connection: Connection) -> tuple[Waiting, ...]:
    """What `unseated` holds, in counts."""
    found: dict[tuple[str, str], Counter[str]] = {}
    people: Counter[tuple[str, str]] = Counter()
    for ebook, edition, schools, count in connection.execute(_WAITING):
        by_school = found.setdefault((ebook, edition), Counter())
        people[ebook, edition] += count
        for school in json.loads(schools):
            by_school[school] += count
    return tuple(
        Waiting(ebook, Edition(edition), people[ebook, edition], dict(by_school))
        for (ebook, edition), by_school in found.items()
    )


def any_waiting(connection: Connection, district_id: int | None) -> bool:
    """Whether anybody of the district waits since an earlier sync."""
    return connection.execute(_ANY, {"district": district_id}).first() is not None


def let_look_again(connection: Connection) -> None:
    """To be called before states of persons are written."""
    connection.execute(_LOOK_AGAIN)


def remember(connection: Connection, district_id: int, now: datetime, *, only_adds: bool) -> int:
    """Keep who waits; rows written. Who waited already does so since then."""
    done = _WAIT_NO_MORE_IF_GRANTED if only_adds else _WAIT_NO_MORE
    rows = connection.execute(done, {"district": district_id}).rowcount
    return rows + connection.execute(_WAIT, {"district": district_id, "now": now}).rowcount
