"""Turns back, in SQL, what one run of the journal granted and removed.

`undoing` has a row for each change of the run: what the license was, and why it is left as it is, if it is. A license
that comes back is as it was, but for its number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, Row, bindparam, select, text, update

from roster_operator.errors import DistrictBusy
from roster_operator.ledger import district_state, runs
from roster_operator.ledger.cleanup import forgetting
from roster_operator.ledger.cleanup import undoing as cleanup
from roster_operator.ledger.engine import lock_district, lock_journal
from roster_operator.ledger.interface.sync import Run
from roster_operator.ledger.planning import Why
from roster_operator.ledger.schema import Key, UtcDateTime, districts
from roster_operator.ledger.schema import district_state as states
from roster_operator.ledger.schema.columns import license_key
from roster_operator.ledger.statements import with_now
from roster_operator.ledger.temporary import TemporaryTables
from roster_operator.ledger.undo.interface import EBookUndone, Obstacle, Undone, UndoOrder
from roster_operator.licensing.change_set import Change, LicenseChange, digest_of
from roster_operator.licensing.models import Applied

_STREAMED: Final = 10_000
_MOST_ACCOUNTS: Final = 20

_tables: Final = TemporaryTables()
_tables.table(
    "undoing",
    Column("position", BigInteger, primary_key=True),
    *license_key(),
    Column("was", Key, nullable=False),
    Column("class_id", Key),
    Column("school_id", Key),
    Column("origin", Key),
    Column("since", UtcDateTime),
    Column("until", UtcDateTime),
    Column("purchase", Key, nullable=False),
    Column("license_id", BigInteger),
    Column("obstacle", Key),
)


_BY_HAND: Final = ", ".join(f"'{why}'" for why in (Why.GRANTED_BY_HAND, Why.GRANT_ENDED, Why.BLOCKED, Why.UNBLOCKED))


_FILL = with_now(f"""
    INSERT INTO undoing
           (position, account_id, ebook, edition, was, class_id, school_id, origin, since, until, purchase,
            license_id, obstacle)
    SELECT changed.position, changed.account_id, changed.ebook, changed.edition, changed.change, changed.class_id,
           changed.school_id, changed.origin, changed.since, changed.until, changed.purchase, licenses.id,
           CASE
           WHEN :school <> '' AND changed.school_id IS NULL THEN '{Obstacle.SCHOOL_NOT_KNOWN}'
           WHEN changed.by_hand THEN '{Obstacle.BY_HAND}'
           WHEN changed.merged THEN '{Obstacle.MERGED}'
           WHEN EXISTS (
            SELECT 1 FROM journal later
             WHERE later.account_id = changed.account_id AND later.ebook = changed.ebook
               AND later.edition = changed.edition AND later.position > changed.position)
           THEN '{Obstacle.CHANGED_SINCE}'
           WHEN changed.change = 'Granted' THEN CASE
             WHEN EXISTS (
              SELECT 1 FROM overrides
               WHERE overrides.account_id = changed.account_id AND overrides.kind = 'Grant'
                 AND overrides.edition = changed.edition AND overrides.ebook = changed.ebook
                 AND (overrides.until IS NULL OR overrides.until > :now))
             THEN '{Obstacle.BY_HAND}'
             WHEN licenses.id IS NULL OR licenses.origin <> changed.origin OR licenses.since <> changed.since
               OR COALESCE(licenses.until, :now) <> COALESCE(changed.until, :now)
             THEN '{Obstacle.NOT_AS_GRANTED}' END
           WHEN changed.origin IS NULL THEN '{Obstacle.NOT_KNOWN}'
           WHEN accounts.id IS NULL THEN '{Obstacle.ACCOUNT_GONE}'
           WHEN licenses.id IS NOT NULL THEN '{Obstacle.THERE_ALREADY}'
           WHEN EXISTS (
            SELECT 1 FROM overrides
             WHERE overrides.account_id = changed.account_id AND overrides.kind = 'Block'
               AND overrides.edition = changed.edition AND overrides.ebook IN ('', changed.ebook)
               AND (overrides.until IS NULL OR overrides.until > :now))
           THEN '{Obstacle.BLOCKED}'
           WHEN changed.until <= :now THEN '{Obstacle.ENDED}'
           END
      FROM (
        SELECT position, account_id, ebook, edition, change, class_id, school_id,
               CASE WHEN change = 'Granted' THEN COALESCE(origin, 'Roster') ELSE origin END AS origin,
               COALESCE(since, at) AS since, until, purchase, why IN ({_BY_HAND}) AS by_hand,
               why IN ('{Why.MERGED}', '{Why.PARTED}') AS merged
          FROM journal
         WHERE run_id = :run AND district_id = :district AND (:ebook = '' OR ebook = :ebook)
           AND (:school = '' OR school_id IS NULL OR school_id = :school)) AS changed
      LEFT JOIN accounts ON accounts.id = changed.account_id AND accounts.district_id = :district
      LEFT JOIN licenses
             ON licenses.account_id = changed.account_id AND licenses.ebook = changed.ebook
            AND licenses.edition = changed.edition
""").bindparams(bindparam("ebook", type_=Key), bindparam("school", type_=Key))  # noqa: S608 - constants
_IN_ORDER = text("""
    SELECT was, account_id, ebook, edition, license_id FROM undoing WHERE obstacle IS NULL ORDER BY position
""")
_BY_EBOOK = text("""
    SELECT ebook, edition, SUM(CASE WHEN was = 'Revoked' THEN 1 ELSE 0 END),
           SUM(CASE WHEN was = 'Granted' THEN 1 ELSE 0 END)
      FROM undoing WHERE obstacle IS NULL GROUP BY ebook, edition ORDER BY ebook, edition
""")
_LEFT = text("SELECT obstacle, COUNT(*) FROM undoing WHERE obstacle IS NOT NULL GROUP BY obstacle ORDER BY obstacle")
_ACCOUNTS_LEFT = text(f"""
    SELECT DISTINCT account_id FROM undoing WHERE obstacle IS NOT NULL ORDER BY account_id LIMIT {_MOST_ACCOUNTS}
""")  # noqa: S608 - a constant
_END = text("""
    DELETE FROM licenses WHERE id IN (SELECT license_id FROM undoing WHERE obstacle IS NULL AND was = 'Granted')
""")
_NO_LONGER_HELD = text("""
    DELETE FROM held_removals
     WHERE district_id = :district
       AND license_id IN (SELECT license_id FROM undoing WHERE obstacle IS NULL AND was = 'Granted')
""")
_GIVE_BACK = text("""
    INSERT INTO licenses (district_id, account_id, ebook, edition, origin, since, until, purchase)
    SELECT :district, account_id, ebook, edition, origin, since, until, purchase
      FROM undoing WHERE obstacle IS NULL AND was = 'Revoked'
     ORDER BY position
""")
_IS_IMPORT = text(f"""
    SELECT EXISTS (SELECT 1 FROM journal WHERE run_id = :run AND why = '{Why.IMPORTED}')
""")  # noqa: S608 - a constant
_FORGET_ACCOUNTS = text(f"""
    DELETE FROM accounts
     WHERE district_id = :district AND sourced_id IS NULL
       AND created IN (SELECT started FROM sync_runs WHERE district_id = :district)
       AND id IN (SELECT account_id FROM undoing WHERE obstacle IS NULL)
       AND NOT EXISTS (SELECT 1 FROM licenses WHERE licenses.account_id = accounts.id)
       AND NOT EXISTS (SELECT 1 FROM overrides WHERE overrides.account_id = accounts.id)
       AND NOT EXISTS (
        SELECT 1 FROM journal
         WHERE journal.account_id = accounts.id AND journal.why NOT IN ('{Why.IMPORTED}', '{Why.UNDONE}'))
""")  # noqa: S608 - constants
"""Such as came by an import, and had nothing else."""
_LOOK_AGAIN = text("""
    INSERT INTO person_states (district_id, key, digest, schools)
    SELECT DISTINCT :district, accounts.sourced_id, 0, '[]'
      FROM undoing JOIN accounts ON accounts.id = undoing.account_id
     WHERE undoing.obstacle IS NULL AND accounts.sourced_id IS NOT NULL
    ON CONFLICT (district_id, key) DO UPDATE SET digest = 0
""")
"""Also at those of whom there is no state: a sync would not find out that they are not on the roster."""
_JOURNAL = with_now(f"""
    INSERT INTO journal
           (run_id, district_id, account_id, ebook, edition, change, why, at, class_id, school_id, actor,
            origin, since, until, purchase)
    SELECT :run, :district, account_id, ebook, edition, CASE WHEN was = 'Granted' THEN 'Revoked' ELSE 'Granted' END,
           '{Why.UNDONE}', :now, class_id, school_id, :actor, origin, since, until, purchase
      FROM undoing WHERE obstacle IS NULL
     ORDER BY position
""")  # noqa: S608 - a constant


def plan(connection: Connection, order: UndoOrder) -> Undone:
    """What is to be turned back, in a temporary table that lasts as long as the transaction; and in counts."""
    row = _district(connection, order.district_id)
    lock_district(connection, f"source {row.source}", f"id {order.district_id}")
    if cleanup.is_cleanup(connection, order.district_id, order.run_id):
        return cleanup.plan(connection, order)
    _tables.create(connection)
    asked = {"run": order.run_id, "district": order.district_id, "ebook": order.ebook, "school": order.school}
    connection.execute(_FILL, {**asked, "now": order.at})
    by_ebook = tuple(EBookUndone(*found) for found in connection.execute(_BY_EBOOK))
    return Undone(
        digest=digest_of(("undo", order.district_id, order.run_id, order.ebook, order.school), _changes(connection)),
        granted=sum(each.granted for each in by_ebook),
        removed=sum(each.removed for each in by_ebook),
        by_ebook=by_ebook,
        left={Obstacle(why): count for why, count in connection.execute(_LEFT)},
        accounts_left=connection.scalars(_ACCOUNTS_LEFT).all(),
        holds=not connection.scalar(_IS_IMPORT, {"run": order.run_id}),
    )


def carry_out(connection: Connection, order: UndoOrder, planned: Undone) -> None:
    """Do what was planned, and let the district hold if it is to. Raises `DistrictBusy`."""
    district = {"district": order.district_id}
    row = _district(connection, order.district_id)
    moved = connection.execute(
        update(districts)
        .where(districts.c.id == order.district_id, districts.c.version == row.version)
        .values(version=row.version + 1)
    )
    if moved.rowcount != 1:
        raise DistrictBusy("A sync of this district has just finished. Look at it again.")
    if planned.accounts:
        cleanup.carry_out(connection, order, planned)
        return
    connection.execute(_NO_LONGER_HELD, district)
    ended = connection.execute(_END).rowcount
    back = connection.execute(_GIVE_BACK, district).rowcount
    if (back, ended) != (planned.granted, planned.removed):
        raise RuntimeError(f"Planned: {planned.granted} back, {planned.removed} gone; that would be: {back}, {ended}.")
    connection.execute(_LOOK_AGAIN, district)
    if planned.holds:
        district_state.hold(connection, order.district_id, order.hold)
    else:
        connection.execute(_FORGET_ACCOUNTS, {**district, "run": order.run_id})
        forgetting.of_nobody(connection, order.district_id)
    run = Run(id=order.by_run, started=order.at, finished=order.at)
    runs.write(connection, order.district_id, run, Applied(granted=back, revoked=ended))
    lock_journal(connection)
    connection.execute(_JOURNAL, {**district, "run": order.by_run, "now": order.at, "actor": order.actor})
    _tables.drop(connection)


def lift(connection: Connection, district_id: int) -> bool:
    """See `UndoLedger`."""
    row = _district(connection, district_id)
    lock_district(connection, f"source {row.source}", f"id {district_id}")
    held = states.c.district_id == district_id, states.c.undone != ""
    lifted = connection.execute(update(states).where(*held).values(undone="")).rowcount > 0
    if lifted:
        connection.execute(
            update(districts).where(districts.c.id == district_id).values(version=districts.c.version + 1)
        )
    return lifted


def _district(connection: Connection, district_id: int) -> Row[str, int]:
    found = select(districts.c.source, districts.c.version).where(districts.c.id == district_id)
    return connection.execute(found).one()


def _changes(connection: Connection) -> Iterator[LicenseChange]:
    turned = {"Granted": Change.REVOKED, "Revoked": Change.GRANTED}
    for was, *what in connection.execute(_IN_ORDER, execution_options={"yield_per": _STREAMED}):
        yield LicenseChange(turned[was], *what)
