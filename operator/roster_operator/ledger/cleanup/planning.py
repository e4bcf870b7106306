"""Finds out what a clean-up changes: logins of accounts that stay, and accounts that go into others with all they have.

A license goes with its account, unless the account that stays has one of the same: then the stronger of the two origins
counts, and the later end.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, select, text

from roster_operator.ledger.cleanup import pairing, tables
from roster_operator.ledger.cleanup.interface import (
    AccountCleaned,
    CleanedUp,
    CleanupOrder,
    EBookMoved,
    Objection,
)
from roster_operator.ledger.engine import lock_district
from roster_operator.ledger.schema import districts
from roster_operator.ledger.statements import with_now
from roster_operator.ledger.temporary import analyze
from roster_operator.licensing.change_set import Change, LicenseChange, digest_of
from roster_operator.licensing.login_formats import Logins

_STREAMED: Final = 5_000


_MERGES: Final = "SELECT account_id AS goes, into_id AS stays FROM cleaning WHERE into_id IS NOT NULL"
_OF_WHO_GOES = with_now(f"""
    INSERT INTO moving (license_id, target, account_id, ebook, edition, origin, since, until,
                        now_account_id, now_origin, now_since, now_until, purchase, now_purchase)
    WITH gone AS (
        SELECT merges.stays, licenses.*,
               (licenses.until IS NULL OR licenses.until > :now)
               AND NOT EXISTS (
                SELECT 1 FROM licenses has
                 WHERE has.account_id = merges.stays AND has.ebook = licenses.ebook AND has.edition = licenses.edition
                   AND (has.until IS NULL OR has.until > :now)) AS moves
          FROM ({_MERGES}) AS merges JOIN licenses ON licenses.account_id = merges.goes
    )
    SELECT id, stays, account_id, ebook, edition, origin, since, until,
           CASE WHEN moves THEN stays END, CASE WHEN moves THEN origin END, CASE WHEN moves THEN since END,
           CASE WHEN moves THEN until END, purchase, purchase
      FROM gone
""")  # noqa: S608 - constants


def _rank(license_: str) -> str:
    """What is never removed by a sync counts before what the roster gives, and that before what it replaces."""
    return f"CASE {license_}.origin WHEN 'Sticky' THEN 4 WHEN 'Purchased' THEN 3 WHEN 'Roster' THEN 2 ELSE 1 END"


_OF_WHO_STAYS = with_now(f"""
    INSERT INTO moving (license_id, target, account_id, ebook, edition, origin, since, until,
                        now_account_id, now_origin, now_since, now_until, purchase, now_purchase)
    WITH both_have AS (
        SELECT has.*, has.until IS NULL OR has.until > :now AS standing,
               CASE WHEN {_rank("comes")} > {_rank("has")} THEN comes.origin ELSE has.origin END AS now_origin,
               CASE WHEN {_rank("comes")} > {_rank("has")} THEN comes.until
                    WHEN {_rank("comes")} < {_rank("has")} OR has.until IS NULL THEN has.until
                    WHEN comes.until IS NULL OR comes.until > has.until THEN comes.until
                    ELSE has.until END AS now_until,
               CASE WHEN {_rank("comes")} > {_rank("has")} THEN comes.purchase ELSE has.purchase END AS now_purchase
          FROM ({_MERGES}) AS merges
          JOIN licenses comes ON comes.account_id = merges.goes AND (comes.until IS NULL OR comes.until > :now)
          JOIN licenses has
            ON has.account_id = merges.stays AND has.ebook = comes.ebook AND has.edition = comes.edition
    )
    SELECT id, account_id, account_id, ebook, edition, origin, since, until,
           CASE WHEN standing THEN account_id END, CASE WHEN standing THEN now_origin END,
           CASE WHEN standing THEN since END, CASE WHEN standing THEN now_until END, purchase, now_purchase
      FROM both_have
     WHERE NOT standing OR now_origin <> origin OR COALESCE(now_until, :now) <> COALESCE(until, :now)
""")  # noqa: S608 - constants
_BY_EBOOK = with_now("""
    SELECT ebook, edition, COUNT(now_account_id),
           COUNT(CASE WHEN COALESCE(now_account_id, 0) <> account_id AND (until IS NULL OR until > :now) THEN 1 END)
      FROM moving GROUP BY ebook, edition ORDER BY ebook, edition
""")
REWRITTEN: Final = "cleaning.objection IS NULL AND cleaning.into_id IS NULL AND cleaning.rules <> ''"
"""SQL: of an account that stays, with other logins."""
_RULES = text(f"SELECT rules, COUNT(*) FROM cleaning WHERE {REWRITTEN} GROUP BY rules")  # noqa: S608
_MERGED = text("SELECT COUNT(*) FROM cleaning WHERE into_id IS NOT NULL")
_LEFT_OUT = text("""
    SELECT objection, COUNT(*) FROM cleaning WHERE objection IS NOT NULL GROUP BY objection ORDER BY objection
""")
_IN_ORDER = text(f"""
    SELECT cleaning.account_id, cleaning.into_id, cleaning.username, cleaning.email, cleaning.identifier,
           accounts.username, accounts.email, accounts.identifier
      FROM cleaning JOIN accounts ON accounts.id = cleaning.account_id
     WHERE cleaning.into_id IS NOT NULL OR ({REWRITTEN})
     ORDER BY cleaning.account_id
""")  # noqa: S608 - a constant
_LICENSES_IN_ORDER = text("""
    SELECT license_id, account_id, ebook, edition, now_account_id, now_origin, now_until
      FROM moving ORDER BY license_id
""")
_TOLD: Final = f"cleaning.objection IS NOT NULL OR cleaning.into_id IS NOT NULL OR ({REWRITTEN})"
_ONE_BY_ONE = text(f"""
    SELECT cleaning.account_id, COALESCE(cleaning.into_id, pairs.other), cleaning.objection,
           accounts.username, accounts.email, accounts.identifier,
           cleaning.username, cleaning.email, cleaning.identifier
      FROM cleaning JOIN accounts ON accounts.id = cleaning.account_id
      LEFT JOIN (
        SELECT account_id, MIN(other) AS other FROM (
            SELECT goes AS account_id, stays AS other FROM pairs WHERE objection IS NOT NULL
            UNION ALL
            SELECT stays, goes FROM pairs WHERE objection IS NOT NULL) AS either
         GROUP BY account_id) AS pairs
             ON pairs.account_id = cleaning.account_id
     WHERE {_TOLD}
     ORDER BY CASE WHEN cleaning.objection IS NOT NULL THEN 0 WHEN cleaning.into_id IS NOT NULL THEN 1 ELSE 2 END,
              cleaning.account_id
     LIMIT :limit OFFSET :offset
""")  # noqa: S608 - constants
_ALL_TOLD = text(f"SELECT COUNT(*) FROM cleaning WHERE {_TOLD}")  # noqa: S608 - a constant


def plan(connection: Connection, order: CleanupOrder) -> CleanedUp:
    """What is to be done, in temporary tables that last as long as the transaction; and in counts.

    Nobody else writes of the district meanwhile. Raises `DistrictBusy`.
    """
    source = connection.execute(select(districts.c.source).where(districts.c.id == order.district_id)).scalar_one()
    lock_district(connection, f"source {source}", f"id {order.district_id}")
    accounts = tables.fill(connection, order.district_id, order.rules)
    asked: dict[str, object] = {"district": order.district_id, "now": order.at}
    pairing.pair(connection, asked)
    connection.execute(_OF_WHO_GOES, {"now": order.at})
    connection.execute(_OF_WHO_STAYS, {"now": order.at})
    analyze(connection, "cleaning", "moving")
    by_rule: Counter[str] = Counter()
    rewritten = 0
    for rules, count in connection.execute(_RULES):
        rewritten += count
        by_rule.update(dict.fromkeys(rules.split(","), count))
    return CleanedUp(
        digest=_digest(connection, order),
        accounts=accounts,
        rewritten=rewritten,
        merged=connection.execute(_MERGED).scalar_one(),
        by_rule=dict(sorted(by_rule.items())),
        by_ebook=tuple(EBookMoved(*found) for found in connection.execute(_BY_EBOOK, {"now": order.at})),
        left_out={Objection(why): count for why, count in connection.execute(_LEFT_OUT)},
    )


def one_by_one(connection: Connection, *, limit: int, offset: int) -> tuple[list[AccountCleaned], int]:
    """Some of what was planned, and how much there is."""
    found = connection.execute(_ONE_BY_ONE, {"limit": limit, "offset": offset})
    listed = [
        AccountCleaned(account, into, Objection(objection) if objection else None, Logins(*six[:3]), Logins(*six[3:]))
        for account, into, objection, *six in found
    ]
    return listed, connection.execute(_ALL_TOLD).scalar_one()


def _digest(connection: Connection, order: CleanupOrder) -> str:
    """Of what becomes of each account and license."""
    accounts = hashlib.sha256()
    for row in connection.execute(_IN_ORDER, execution_options={"yield_per": _STREAMED}):
        accounts.update(f"{tuple(row)}\n".encode("utf-8", "surrogatepass"))
    return digest_of(("clean up", order.district_id, accounts.hexdigest()), _changes(connection))


def _changes(connection: Connection) -> Iterator[LicenseChange]:
    for license_id, account, ebook, edition, now_account, now_origin, now_until in connection.execute(
        _LICENSES_IN_ORDER, execution_options={"yield_per": _STREAMED}
    ):
        yield LicenseChange(Change.REVOKED, account, ebook, edition, license_id)
        if now_account is not None:
            yield LicenseChange(Change.GRANTED, now_account, ebook, f"{edition} {now_origin} {now_until}")
