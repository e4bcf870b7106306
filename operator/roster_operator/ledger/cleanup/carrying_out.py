"""Carries out a clean-up that was planned, and writes down what was before: accounts, licenses, decisions."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, text

from roster_operator.ledger import district_state, districts, runs
from roster_operator.ledger.cleanup import tables
from roster_operator.ledger.cleanup.interface import CleanedUp, CleanupOrder
from roster_operator.ledger.cleanup.planning import REWRITTEN
from roster_operator.ledger.engine import lock_journal
from roster_operator.ledger.interface.sync import Run
from roster_operator.ledger.planning import Why
from roster_operator.ledger.schema import cleanups
from roster_operator.ledger.schema import districts as rows_of_districts
from roster_operator.ledger.statements import with_now
from roster_operator.licensing.models import Applied

_REMEMBER_ACCOUNTS = text(f"""
    INSERT INTO cleaned_accounts
           (run_id, account_id, target, sourced_id, username, email, identifier, username_key, email_key, kind,
            created, elsewhere, now_username, now_email, now_identifier)
    SELECT :run, accounts.id, COALESCE(cleaning.into_id, accounts.id), accounts.sourced_id, accounts.username,
           accounts.email, accounts.identifier, accounts.username_key, accounts.email_key, accounts.kind,
           accounts.created, accounts.elsewhere,
           CASE WHEN cleaning.into_id IS NULL THEN cleaning.username END,
           CASE WHEN cleaning.into_id IS NULL THEN cleaning.email END,
           CASE WHEN cleaning.into_id IS NULL THEN cleaning.identifier END
      FROM cleaning JOIN accounts ON accounts.id = cleaning.account_id
     WHERE cleaning.into_id IS NOT NULL OR ({REWRITTEN})
""")  # noqa: S608 - a constant
_REMEMBER_LICENSES = text("""
    INSERT INTO cleaned_licenses
           (run_id, license_id, target, account_id, ebook, edition, origin, since, until,
            now_account_id, now_origin, now_since, now_until, purchase, now_purchase)
    SELECT :run, license_id, target, account_id, ebook, edition, origin, since, until,
           now_account_id, now_origin, now_since, now_until, purchase, now_purchase
      FROM moving
""")
_REMEMBER_DECISIONS = text("""
    INSERT INTO cleaned_overrides (run_id, override_id, target, account_id)
    SELECT :run, overrides.id, cleaning.into_id, overrides.account_id
      FROM cleaning JOIN overrides ON overrides.account_id = cleaning.account_id
     WHERE cleaning.into_id IS NOT NULL
""")
_NO_LONGER_HELD = text("""
    DELETE FROM held_removals
     WHERE district_id = :district AND license_id IN (SELECT license_id FROM moving)
""")
_END = text("DELETE FROM licenses WHERE id IN (SELECT license_id FROM moving WHERE now_account_id IS NULL)")
_MOVE = text("""
    UPDATE licenses
       SET account_id = moving.now_account_id, origin = moving.now_origin, until = moving.now_until,
           purchase = moving.now_purchase
      FROM moving WHERE licenses.id = moving.license_id AND moving.now_account_id IS NOT NULL
""")
_MOVE_DECISIONS = text("""
    UPDATE overrides SET account_id = cleaning.into_id
      FROM cleaning WHERE overrides.account_id = cleaning.account_id AND cleaning.into_id IS NOT NULL
""")
_FORGET = text("DELETE FROM accounts WHERE id IN (SELECT account_id FROM cleaning WHERE into_id IS NOT NULL)")
_REWRITE = text(f"""
    UPDATE accounts
       SET username = cleaning.username, email = cleaning.email, identifier = cleaning.identifier,
           username_key = cleaning.username_key, email_key = cleaning.email_key
      FROM cleaning WHERE accounts.id = cleaning.account_id AND {REWRITTEN}
""")  # noqa: S608 - a constant
_LOOK_AGAIN = text("""
    INSERT INTO person_states (district_id, key, digest, schools)
    SELECT DISTINCT :district, accounts.sourced_id, 0, '[]'
      FROM cleaning JOIN accounts ON accounts.id = cleaning.into_id
     WHERE accounts.sourced_id IS NOT NULL
    ON CONFLICT (district_id, key) DO UPDATE SET digest = 0
""")
"""At everybody whose account got something: a sync would not find out that they are not on the roster."""
_JOURNAL = with_now(f"""
    INSERT INTO journal
           (run_id, district_id, account_id, ebook, edition, change, why, at, actor, origin, since, until)
    SELECT :run, :district, account_id, ebook, edition, change, '{Why.MERGED}', :now, :actor, origin, since, until
      FROM (
        SELECT 0 AS step, license_id, account_id, ebook, edition, 'Revoked' AS change, origin, since, until
          FROM moving
         WHERE COALESCE(now_account_id, 0) <> account_id AND (until IS NULL OR until > :now)
        UNION ALL
        SELECT 1, license_id, now_account_id, ebook, edition, 'Granted', now_origin, now_since, now_until
          FROM moving WHERE now_account_id IS NOT NULL) AS changes
     ORDER BY step, license_id
""")  # noqa: S608 - a constant


def carry_out(connection: Connection, order: CleanupOrder, planned: CleanedUp) -> None:
    """Do what was planned. Raises `DistrictBusy`."""
    district, run = {"district": order.district_id}, {"run": order.by_run}
    mine = rows_of_districts.c.id == order.district_id
    version = connection.execute(select(rows_of_districts.c.version).where(mine)).scalar_one()
    districts.advance(connection, order.district_id, version)
    for remember in (_REMEMBER_ACCOUNTS, _REMEMBER_LICENSES, _REMEMBER_DECISIONS):
        connection.execute(remember, run)
    connection.execute(_NO_LONGER_HELD, district)
    for step in (_END, _MOVE, _MOVE_DECISIONS):
        connection.execute(step)
    gone, rewritten = connection.execute(_FORGET).rowcount, connection.execute(_REWRITE).rowcount
    if (gone, rewritten) != (planned.merged, planned.rewritten):
        raise RuntimeError(f"Planned: {planned.merged} and {planned.rewritten}; that would be: {gone}, {rewritten}.")
    connection.execute(_LOOK_AGAIN, district)
    district_state.disturb(connection, order.district_id)
    granted = sum(each.granted for each in planned.by_ebook)
    removed = sum(each.removed for each in planned.by_ebook)
    told = Run(id=order.by_run, started=order.at, finished=order.at)
    runs.write(connection, order.district_id, told, Applied(granted=granted, revoked=removed))
    who = {"actor": order.actor, "through": order.through, "reason": order.reason}
    of_run = {"run_id": order.by_run, "district_id": order.district_id, "at": order.at}
    connection.execute(insert(cleanups).values(**of_run, **who))
    lock_journal(connection)
    connection.execute(_JOURNAL, {**district, **run, "now": order.at, "actor": order.actor})
    tables.drop(connection)
