"""Turns back a clean-up: accounts, licenses and decisions are row for row what they were.

What belongs together is turned back together, or not at all: `turning` has each account that was written or that took
in another one, and why it is left as it is, if it is, since somebody changed something of it.
"""

from __future__ import annotations

import hashlib
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, TextClause, func, select, text, update

from roster_operator.ledger import district_state, runs
from roster_operator.ledger.cleanup import forgetting
from roster_operator.ledger.engine import lock_journal
from roster_operator.ledger.interface.sync import Run
from roster_operator.ledger.planning import Why
from roster_operator.ledger.schema import Key, cleanups
from roster_operator.ledger.statements import with_now
from roster_operator.ledger.temporary import TemporaryTables
from roster_operator.ledger.undo.interface import EBookUndone, Obstacle, Undone, UndoOrder
from roster_operator.licensing.change_set import digest_of
from roster_operator.licensing.models import Applied

_STREAMED: Final = 10_000
_MOST_ACCOUNTS: Final = 20

_tables: Final = TemporaryTables()
_tables.table("turning", Column("target", BigInteger, primary_key=True), Column("obstacle", Key))


_FILL = text("""
    INSERT INTO turning (target)
    SELECT DISTINCT cleaned.target FROM cleaned_accounts cleaned
      JOIN cleanups ON cleanups.run_id = cleaned.run_id AND cleanups.district_id = :district
     WHERE cleaned.run_id = :run
""")


def _leave(obstacle: Obstacle, targets: str) -> TextClause:
    return text(f"""
        UPDATE turning SET obstacle = '{obstacle}' WHERE obstacle IS NULL AND target IN ({targets})
    """)  # noqa: S608 - constants


_OBSTACLES: Final = (
    _leave(
        Obstacle.ACCOUNT_GONE,
        "SELECT target FROM turning AS each WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.id = each.target)",
    ),
    _leave(
        Obstacle.CHANGED_SINCE,
        """
        SELECT cleaned.target FROM cleaned_accounts cleaned JOIN accounts ON accounts.id = cleaned.account_id
         WHERE cleaned.run_id = :run
           AND (cleaned.account_id <> cleaned.target
             OR accounts.username <> cleaned.now_username OR accounts.email <> cleaned.now_email
             OR accounts.identifier <> cleaned.now_identifier
             OR COALESCE(accounts.sourced_id, '') <> COALESCE(cleaned.sourced_id, ''))
        """,
    ),
    _leave(
        Obstacle.CHANGED_SINCE,
        """
        SELECT cleaned.target FROM cleaned_accounts cleaned
          JOIN accounts ON accounts.district_id = :district AND accounts.sourced_id = cleaned.sourced_id
         WHERE cleaned.run_id = :run AND cleaned.sourced_id IS NOT NULL AND accounts.id <> cleaned.account_id
        """,
    ),
    _leave(
        Obstacle.CHANGED_SINCE,
        """
        SELECT cleaned.target FROM cleaned_accounts cleaned
          JOIN cleanups ON cleanups.run_id = cleaned.run_id
          JOIN accounts ON accounts.district_id = :district AND accounts.username_key = cleaned.username_key
         WHERE cleaned.run_id = :run AND cleaned.username_key <> '' AND accounts.created > cleanups.at
        """,
    ),
    _leave(
        Obstacle.CHANGED_SINCE,
        """
        SELECT cleaned.target FROM cleaned_licenses cleaned
          LEFT JOIN licenses
                 ON licenses.id = cleaned.license_id AND licenses.account_id = cleaned.now_account_id
                AND licenses.origin = cleaned.now_origin AND licenses.since = cleaned.now_since
                AND COALESCE(licenses.until, licenses.since) = COALESCE(cleaned.now_until, cleaned.now_since)
         WHERE cleaned.run_id = :run AND cleaned.now_account_id IS NOT NULL AND licenses.id IS NULL
        """,
    ),
    _leave(
        Obstacle.CHANGED_SINCE,
        """
        SELECT cleaned.target FROM cleaned_licenses cleaned
          JOIN licenses ON licenses.account_id = cleaned.account_id AND licenses.ebook = cleaned.ebook
           AND licenses.edition = cleaned.edition
         WHERE cleaned.run_id = :run AND cleaned.now_account_id IS NULL AND licenses.id NOT IN (
            SELECT license_id FROM cleaned_licenses WHERE run_id = :run)
        """,
    ),
    _leave(
        Obstacle.CHANGED_SINCE,
        """
        SELECT cleaned.target FROM cleaned_overrides cleaned
          LEFT JOIN overrides ON overrides.id = cleaned.override_id AND overrides.account_id = cleaned.target
         WHERE cleaned.run_id = :run AND overrides.id IS NULL
        """,
    ),
)
_TURNED: Final = "target IN (SELECT target FROM turning WHERE obstacle IS NULL) AND run_id = :run"
_ACCOUNTS = text(f"SELECT account_id FROM cleaned_accounts WHERE {_TURNED} ORDER BY account_id")  # noqa: S608
_BY_EBOOK = with_now(f"""
    SELECT ebook, edition,
           COUNT(CASE WHEN (COALESCE(now_account_id, 0) <> account_id OR COALESCE(now_origin, '') <> origin
                         OR COALESCE(now_until, :now) <> COALESCE(until, :now))
                       AND (until IS NULL OR until > :now) THEN 1 END),
           COUNT(CASE WHEN now_account_id <> account_id THEN 1 END)
      FROM cleaned_licenses WHERE {_TURNED} GROUP BY ebook, edition ORDER BY ebook, edition
""")  # noqa: S608 - a constant
_LEFT = text("SELECT obstacle, COUNT(*) FROM turning WHERE obstacle IS NOT NULL GROUP BY obstacle ORDER BY obstacle")
_ACCOUNTS_LEFT = text(f"""
    SELECT target FROM turning WHERE obstacle IS NOT NULL ORDER BY target LIMIT {_MOST_ACCOUNTS}
""")  # noqa: S608 - a constant

_ACCOUNTS_BACK = text(f"""
    INSERT INTO accounts
           (id, district_id, sourced_id, username, email, identifier, username_key, email_key, kind, created, elsewhere)
    SELECT account_id, :district, sourced_id, username, email, identifier, username_key, email_key, kind, created,
           elsewhere
      FROM cleaned_accounts WHERE {_TURNED} AND account_id <> target
""")  # noqa: S608 - a constant
_LOGINS_BACK = text(f"""
    UPDATE accounts
       SET username = cleaned.username, email = cleaned.email, identifier = cleaned.identifier,
           username_key = cleaned.username_key, email_key = cleaned.email_key
      FROM (SELECT * FROM cleaned_accounts WHERE {_TURNED} AND account_id = target) AS cleaned
     WHERE accounts.id = cleaned.account_id
""")  # noqa: S608 - a constant
_LICENSES_MOVE_BACK = text(f"""
    UPDATE licenses
       SET account_id = cleaned.account_id, origin = cleaned.origin, until = cleaned.until, purchase = cleaned.purchase
      FROM (SELECT * FROM cleaned_licenses WHERE {_TURNED} AND now_account_id IS NOT NULL) AS cleaned
     WHERE licenses.id = cleaned.license_id
""")  # noqa: S608 - a constant
_LICENSES_BACK = text(f"""
    INSERT INTO licenses (id, district_id, account_id, ebook, edition, origin, since, until, purchase)
    SELECT license_id, :district, account_id, ebook, edition, origin, since, until, purchase
      FROM cleaned_licenses WHERE {_TURNED} AND now_account_id IS NULL
""")  # noqa: S608 - a constant
_DECISIONS_BACK = text(f"""
    UPDATE overrides SET account_id = cleaned.account_id
      FROM (SELECT * FROM cleaned_overrides WHERE {_TURNED}) AS cleaned
     WHERE overrides.id = cleaned.override_id
""")  # noqa: S608 - a constant
_NO_LONGER_HELD = text(f"""
    DELETE FROM held_removals
     WHERE district_id = :district AND license_id IN (SELECT license_id FROM cleaned_licenses WHERE {_TURNED})
""")  # noqa: S608 - a constant
_LOOK_AGAIN = text(f"""
    INSERT INTO person_states (district_id, key, digest, schools)
    SELECT DISTINCT :district, accounts.sourced_id, 0, '[]'
      FROM accounts
     WHERE accounts.sourced_id IS NOT NULL AND accounts.id IN (
        SELECT target FROM cleaned_accounts WHERE {_TURNED} AND account_id <> target)
    ON CONFLICT (district_id, key) DO UPDATE SET digest = 0
""")  # noqa: S608 - a constant
_JOURNAL = with_now(f"""
    INSERT INTO journal
           (run_id, district_id, account_id, ebook, edition, change, why, at, actor, origin, since, until)
    SELECT :by_run, :district, account_id, ebook, edition, change, '{Why.PARTED}', :now, :actor, origin, since, until
      FROM (
        SELECT 0 AS step, license_id, now_account_id AS account_id, ebook, edition, 'Revoked' AS change,
               now_origin AS origin, now_since AS since, now_until AS until
          FROM cleaned_licenses WHERE {_TURNED} AND now_account_id <> account_id
        UNION ALL
        SELECT 1, license_id, account_id, ebook, edition, 'Granted', origin, since, until
          FROM cleaned_licenses
         WHERE {_TURNED} AND (until IS NULL OR until > :now)
           AND (COALESCE(now_account_id, 0) <> account_id OR COALESCE(now_origin, '') <> origin
             OR COALESCE(now_until, :now) <> COALESCE(until, :now))) AS changes
     ORDER BY step, license_id
""")  # noqa: S608 - a constant


def is_cleanup(connection: Connection, district_id: int, run_id: str) -> bool:
    """Whether the run is a clean-up that was not turned back."""
    mine = cleanups.c.district_id == district_id, cleanups.c.run_id == run_id, cleanups.c.undone_by.is_(None)
    return connection.scalar(select(func.count()).where(*mine)) == 1


def plan(connection: Connection, order: UndoOrder) -> Undone:
    """What is to be turned back, in a temporary table that lasts as long as the transaction; and in counts.

    The district is locked.
    """
    _tables.create(connection)
    asked = {"run": order.run_id, "district": order.district_id}
    connection.execute(_FILL, asked)
    for leave in _OBSTACLES:
        connection.execute(leave, {name: asked[name] for name in leave.compile().params})
    by_ebook = tuple(
        EBookUndone(*found) for found in connection.execute(_BY_EBOOK, {"run": order.run_id, "now": order.at})
    )
    accounts, content = 0, hashlib.sha256()
    for account in connection.execute(
        _ACCOUNTS, {"run": order.run_id}, execution_options={"yield_per": _STREAMED}
    ).scalars():
        accounts += 1
        content.update(f"{account}\n".encode())
    return Undone(
        digest=digest_of(("undo of a clean-up", order.district_id, order.run_id, content.hexdigest()), ()),
        granted=sum(each.granted for each in by_ebook),
        removed=sum(each.removed for each in by_ebook),
        by_ebook=by_ebook,
        left={Obstacle(why): count for why, count in connection.execute(_LEFT)},
        accounts_left=connection.scalars(_ACCOUNTS_LEFT).all(),
        holds=False,
        accounts=accounts,
    )


def carry_out(connection: Connection, order: UndoOrder, planned: Undone) -> None:
    """Do what was planned. The district's version was moved on."""
    of_run, district = {"run": order.run_id}, {"district": order.district_id}
    both = {**of_run, **district}
    connection.execute(_NO_LONGER_HELD, both)
    there = connection.execute(_LOGINS_BACK, of_run).rowcount + connection.execute(_ACCOUNTS_BACK, both).rowcount
    if there != planned.accounts:
        raise RuntimeError(f"Planned: {planned.accounts}; that would be: {there}.")
    for step in (_LICENSES_MOVE_BACK, _DECISIONS_BACK):
        connection.execute(step, of_run)
    connection.execute(_LICENSES_BACK, both)
    connection.execute(_LOOK_AGAIN, both)
    district_state.disturb(connection, order.district_id)
    run = Run(id=order.by_run, started=order.at, finished=order.at)
    runs.write(connection, order.district_id, run, Applied(granted=planned.granted, revoked=planned.removed))
    lock_journal(connection)
    connection.execute(_JOURNAL, {**both, "by_run": order.by_run, "now": order.at, "actor": order.actor})
    connection.execute(update(cleanups).where(cleanups.c.run_id == order.run_id).values(undone_by=order.by_run))
    forgetting.of_runs(connection, (order.run_id,))
    _tables.drop(connection)
