"""What a sync would change: `removals` and `grants`, computed in SQL, and their counts.

Sticky licenses are outside all of it: never removed, never counted; who holds one is not granted a second. So are those
that have ended (`ending`), but that they are in nobody's way. Licenses are found by their account, which the schema
ties to its district: to name the district as well would tempt PostgreSQL, before it has statistics, to walk all
licenses of the district for each person. Where few are staged, CROSS JOIN tells SQLite, which has none, with whom to
begin; PostgreSQL takes it for any other join.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from itertools import chain

from sqlalchemy import Connection, text

from roster_operator.ledger import bystanding, overriding, seats
from roster_operator.ledger.ending import MAY_GO, STANDING, any_ended
from roster_operator.ledger.matching import Matching
from roster_operator.ledger.newcomers import newcomers
from roster_operator.ledger.temporary import analyze
from roster_operator.licensing.change_set import Change, LicenseChange, digest_of
from roster_operator.licensing.conflicts import Conflict
from roster_operator.licensing.models import Claim, EBookChanges, Edition, LedgerCounts, Plan
from roster_operator.licensing.seats import Pool

_STREAMED = 10_000


class Why(StrEnum):
    """Why the journal says that a license came or went."""

    ROSTERED = "Rostered"
    NOT_ON_ROSTER = "NotOnRoster"
    REPLACED_AT_GO_LIVE = "ReplacedAtGoLive"
    RESOURCE_DELETED = "ResourceDeleted"
    ERASED = "Erased"
    UNDONE = "Undone"
    IMPORTED = "Imported"
    GRANTED_BY_HAND = "GrantedByHand"
    GRANT_ENDED = "GrantEndedByHand"
    BLOCKED = "Blocked"
    UNBLOCKED = "Unblocked"
    MERGED = "Merged"
    PARTED = "Parted"


_WHY = f"CASE WHEN licenses.origin = 'Manual' THEN '{Why.REPLACED_AT_GO_LIVE}' ELSE '{Why.NOT_ON_ROSTER}' END"

_REMOVED = "licenses.id, licenses.origin, licenses.since, licenses.until"
"""Which license goes, and what it was."""

_NOT_ENTITLED = text(f"""
    INSERT INTO removals (license_id, origin, since, until, account_id, key, ebook, edition, why, schools, held)
    SELECT {_REMOVED}, licenses.account_id, matches.key, licenses.ebook, licenses.edition, {_WHY},
           COALESCE(person_states.schools, staged.schools), FALSE
      FROM matches
      JOIN staged ON staged.key = matches.key
      JOIN accounts ON accounts.id = matches.account_id
      JOIN licenses ON licenses.account_id = matches.account_id
      LEFT JOIN person_states
             ON person_states.district_id = :district
            AND person_states.key = COALESCE(accounts.sourced_id, matches.key)
     WHERE {MAY_GO} AND {STANDING} AND NOT EXISTS (
        SELECT 1 FROM staged_entitlements e
         WHERE e.key = matches.key AND e.ebook = licenses.ebook AND e.edition = licenses.edition)
""")  # noqa: S608 - constants

_GONE = text(f"""
    INSERT INTO removals (license_id, origin, since, until, account_id, key, ebook, edition, why, schools, held)
    SELECT {_REMOVED}, licenses.account_id, staged.key, licenses.ebook, licenses.edition, {_WHY},
           COALESCE(person_states.schools, '[]'), FALSE
      FROM staged CROSS JOIN accounts CROSS JOIN licenses
      LEFT JOIN person_states ON person_states.district_id = :district AND person_states.key = staged.key
     WHERE accounts.district_id = :district AND accounts.sourced_id = staged.key
       AND licenses.account_id = accounts.id
       AND staged.gone AND {MAY_GO} AND {STANDING}
       AND NOT EXISTS (SELECT 1 FROM protected WHERE protected.account_id = accounts.id)
       AND NOT EXISTS (SELECT 1 FROM matches WHERE matches.account_id = accounts.id)
""")  # noqa: S608 - constants

_FROM_BEFORE = text(f"""
    INSERT INTO removals (license_id, origin, since, until, account_id, key, ebook, edition, why, schools, held)
    SELECT {_REMOVED}, licenses.account_id, NULL, licenses.ebook, licenses.edition,
           '{Why.REPLACED_AT_GO_LIVE}', '[]', FALSE
      FROM licenses JOIN accounts ON accounts.id = licenses.account_id
     WHERE licenses.district_id = :district AND licenses.origin = 'Manual' AND {STANDING}
       AND NOT (accounts.elsewhere AND :by_marks)
       AND NOT EXISTS (SELECT 1 FROM matches WHERE matches.account_id = accounts.id)
       AND NOT EXISTS (SELECT 1 FROM protected WHERE protected.account_id = accounts.id)
       AND NOT EXISTS (SELECT 1 FROM staged WHERE staged.key = accounts.sourced_id)
       AND NOT EXISTS (
        SELECT 1 FROM person_states
         WHERE person_states.district_id = :district AND person_states.key = accounts.sourced_id)
""")  # noqa: S608 - constants

DIFFERS = """
    accounts.sourced_id IS NULL OR accounts.sourced_id <> staged.key
    OR accounts.username <> staged.username OR accounts.email <> staged.email
    OR accounts.identifier <> staged.identifier OR accounts.kind <> staged.kind
    OR accounts.username_key <> staged.username_key OR accounts.email_key <> staged.email_key
"""
"""Of an account and the person whose it is: it would be rewritten."""

_CHANGED = text(f"""
    SELECT COUNT(*)
      FROM matches JOIN staged ON staged.key = matches.key JOIN accounts ON accounts.id = matches.account_id
     WHERE {DIFFERS}
""")  # noqa: S608 - a constant

_GRANTS = text(f"""
    INSERT INTO grants (key, ebook, edition, school_id)
    SELECT matches.key, e.ebook, e.edition, e.school_id
      FROM matches JOIN staged_entitlements e ON e.key = matches.key
     WHERE NOT EXISTS (
        SELECT 1 FROM licenses
         WHERE licenses.account_id = matches.account_id AND licenses.ebook = e.ebook AND licenses.edition = e.edition
           AND {STANDING})
""")  # noqa: S608 - a constant

_ACTIVE = text(
    f"SELECT COUNT(*) FROM licenses WHERE district_id = :district AND {MAY_GO} AND {STANDING}"  # noqa: S608
)

_REMOVALS_BY_EDITION = text("SELECT edition, COUNT(*) FROM removals GROUP BY edition")

_FROM_BEFORE_HELD_BY = text("""
    SELECT DISTINCT account_id FROM licenses JOIN accounts ON accounts.id = licenses.account_id
     WHERE licenses.district_id = :district AND origin = 'Manual' AND NOT (accounts.elsewhere AND :by_marks)
""")

_REMOVALS_BY_EBOOK = text(
    f"SELECT ebook, edition, COUNT(*), SUM(CASE WHEN why = '{Why.REPLACED_AT_GO_LIVE}' THEN 1 ELSE 0 END) "  # noqa: S608
    "FROM removals GROUP BY ebook, edition"
)
_GRANTS_BY_EBOOK = text("SELECT ebook, edition, COUNT(*) FROM grants GROUP BY ebook, edition")
_GRANTS_BY_SCHOOLS = text(
    "SELECT staged.schools, COUNT(*) FROM grants JOIN staged ON staged.key = grants.key GROUP BY staged.schools"
)

_REMOVALS_BY_SCHOOLS = text("SELECT schools, COUNT(*) FROM removals GROUP BY schools")

_ACTIVE_BY_SCHOOLS = text(f"""
    SELECT COALESCE(person_states.schools, staged.schools, '[]') AS schools, COUNT(*)
      FROM licenses
      JOIN accounts ON accounts.id = licenses.account_id
      LEFT JOIN matches ON matches.account_id = accounts.id
      LEFT JOIN staged ON staged.key = matches.key
      LEFT JOIN person_states
             ON person_states.district_id = :district
            AND person_states.key = COALESCE(accounts.sourced_id, matches.key)
     WHERE licenses.district_id = :district AND {MAY_GO} AND {STANDING}
     GROUP BY COALESCE(person_states.schools, staged.schools, '[]')
""")  # noqa: S608 - a constant

_REMOVALS_IN_ORDER = text("SELECT account_id, ebook, edition, license_id FROM removals ORDER BY license_id")
_GRANTS_IN_ORDER = text("SELECT key, ebook, edition FROM grants ORDER BY key, ebook, edition")
_PERSONS_IN_ORDER = text(f"""
    SELECT matches.key, matches.account_id, staged.username, staged.email, staged.identifier, staged.kind
      FROM matches JOIN staged ON staged.key = matches.key LEFT JOIN accounts ON accounts.id = matches.account_id
     WHERE {DIFFERS}
     ORDER BY matches.key
""")  # noqa: S608 - a constant


def plan(
    connection: Connection,
    claim: Claim,
    district_id: int | None,
    matching: Matching,
    unstorable: int,
    *,
    left: Collection[int] | None,
    pools: Collection[Pool],
) -> Plan:
    """Fill `removals` and `grants`, and count. `left`: accounts to leave alone (`bystanding`); None: as marked.

    `pools`: of seats; none: there is no limit.
    """
    district = {"district": district_id}
    removals = sum(connection.execute(step, district).rowcount for step in (_NOT_ENTITLED, _GONE))
    removals += connection.execute(_FROM_BEFORE, district | {"by_marks": left is None}).rowcount
    elsewhere = bystanding.marked(connection, district_id) if left is None else bystanding.leave(connection, left)
    removals -= 0 if left is None else elsewhere
    removals -= overriding.keep(connection, district_id)
    grants = find_grants(connection)
    if grants and pools:
        grants = seats.allot(connection, district_id, pools, only_adds=False)
    connection.execute(text("CREATE INDEX removals_key ON removals (key)"))
    analyze(connection, "removals", "grants")
    planned = counted(
        connection, claim, district_id, matching, unstorable, grants=grants, removals=removals, pools=pools
    )
    return replace(planned, elsewhere=elsewhere)


def find_grants(connection: Connection) -> int:
    """Fill `grants` with what persons in `matches` should have and have not; how many."""
    return connection.execute(_GRANTS).rowcount


def counted(
    connection: Connection,
    claim: Claim,
    district_id: int | None,
    matching: Matching,
    unstorable: int,
    *,
    grants: int,
    removals: int,
    pools: Collection[Pool],
) -> Plan:
    """The plan that `removals` and `grants` hold, in counts."""
    district = {"district": district_id}
    active = connection.execute(_ACTIVE, district).scalar_one()
    removals_by_school = _by_school(connection.execute(_REMOVALS_BY_SCHOOLS))
    active_by_school = _by_school(connection.execute(_ACTIVE_BY_SCHOOLS, district)) if removals else {}
    return Plan(
        digest=digest_of((claim.owner, claim.source), _removals(connection)),
        grants=grants,
        revocations=removals,
        unchanged=active - removals,
        accounts_created=matching.created,
        accounts_linked=matching.recognised,
        accounts_changed=connection.execute(_CHANGED).scalar_one(),
        rekeyed=matching.rekeyed,
        newcomers=newcomers(connection, district_id, matching.created),
        conflicts=sum(matching.refused.values()) + unstorable,
        conflicts_by={**matching.refused, **({Conflict.NOT_STORABLE: unstorable} if unstorable else {})},
        accounts_in_conflict=matching.accounts,
        removals_by_school=removals_by_school,
        active_by_school={school: active_by_school.get(school, 0) for school in removals_by_school},
        removals_by_edition={Edition(edition): count for edition, count in connection.execute(_REMOVALS_BY_EDITION)},
        by_ebook=_by_ebook(connection),
        grants_by_school=_by_school(connection.execute(_GRANTS_BY_SCHOOLS)) if grants else {},
        active=active,
        waiting=seats.waiting(connection) if pools else (),
    )


def _by_ebook(connection: Connection) -> tuple[EBookChanges, ...]:
    grants = {(ebook, edition): count for ebook, edition, count in connection.execute(_GRANTS_BY_EBOOK)}
    removals = {(ebook, edition): (count, old) for ebook, edition, count, old in connection.execute(_REMOVALS_BY_EBOOK)}
    return tuple(
        EBookChanges(ebook, Edition(edition), grants.get((ebook, edition), 0), *removals.get((ebook, edition), (0, 0)))
        for ebook, edition in sorted(grants.keys() | removals.keys())
    )


def _by_school(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Licenses by each school of the persons who hold them; a person of two schools counts in both."""
    total: Counter[str] = Counter()
    for schools, count in counts:
        for school in json.loads(schools):
            total[school] += count
    return dict(total)


def replaces_none(connection: Connection, district_id: int | None, left: Collection[int] | None) -> bool:
    """Whether no license from before go-live is to be replaced and none has ended.

    Then, without a person who changed, all is done. `left`: see `plan`.
    """
    held_by = connection.scalars(_FROM_BEFORE_HELD_BY, {"district": district_id, "by_marks": left is None})
    return set(held_by) <= set(left or ()) and not any_ended(connection, district_id)


def nothing(connection: Connection, claim: Claim, district_id: int | None, counts: LedgerCounts) -> Plan:
    """The plan if nothing is to be done."""
    active, elsewhere = counts.active - counts.sticky, bystanding.marked(connection, district_id)
    return Plan(digest=digest_of((claim.owner, claim.source), ()), unchanged=active, active=active, elsewhere=elsewhere)


def _removals(connection: Connection) -> Iterator[LicenseChange]:
    for removed in connection.execute(_REMOVALS_IN_ORDER, execution_options={"yield_per": _STREAMED}):
        yield LicenseChange(Change.REVOKED, *removed)


def _grants(connection: Connection) -> Iterator[LicenseChange]:
    for granted in connection.execute(_GRANTS_IN_ORDER, execution_options={"yield_per": _STREAMED}):
        yield LicenseChange(Change.GRANTED, *granted)


def digest_of_all(connection: Connection, claim: Claim, version: int, rekey: str) -> str:
    """Of removals, grants and accounts, and of the district's version: once it is applied, it is another plan.

    `rekey`: which account gets which id; empty where ids stay.
    """
    accounts = hashlib.sha256()
    for person in connection.execute(_PERSONS_IN_ORDER, execution_options={"yield_per": _STREAMED}):
        accounts.update(json.dumps(tuple(person)).encode())
    scope = (claim.owner, claim.source, version, accounts.hexdigest(), *filter(None, (rekey,)))
    return digest_of(scope, chain(_removals(connection), _grants(connection)))
