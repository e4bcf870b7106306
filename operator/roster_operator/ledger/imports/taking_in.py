"""Takes in, in SQL, licenses that were given before the roster, or that are given beside it.

`given` has a row for each license of a file; `holders` each person whom its logins tell apart, with their account if
the ledger has one; `coming` each license once, with that of the ledger if it is there. Whoever cannot be told apart is
left out with all their rows: a wrong guess would give a child's licenses to another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Row,
    TextClause,
    text,
    update,
)

from roster_operator.ledger import districts, ownership, runs
from roster_operator.ledger.engine import lock_district, lock_journal
from roster_operator.ledger.imports.interface import EBookImported, GivenLicense, Imported, ImportOrder, Problem
from roster_operator.ledger.interface.sync import District, Run
from roster_operator.ledger.planning import Why
from roster_operator.ledger.schema import Key, UtcDateTime
from roster_operator.ledger.schema import districts as rows_of_districts
from roster_operator.ledger.schema.columns import ebook_and_edition, logins
from roster_operator.ledger.staging import are_storable, login_key
from roster_operator.ledger.statements import with_now
from roster_operator.ledger.temporary import TemporaryTables, analyze
from roster_operator.licensing.change_set import Change, LicenseChange, digest_of
from roster_operator.licensing.models import Applied, Plan

_BATCH: Final = 5_000
_MOST_TOLD: Final = 100
"""Rows that are left out, of which the numbers are told."""

_tables: Final = TemporaryTables()
_table = _tables.table

_given = _table(
    "given",
    Column("line", BigInteger, nullable=False),
    Column("holder", Key, nullable=False),
    *logins(Key),
    *ebook_and_edition(),
    Column("stays", Boolean, nullable=False),
    Column("until", UtcDateTime),
    Column("purchase", Key, nullable=False),
    Column("problem", Key),
)
_table(
    "holders",
    Column("holder", Key, primary_key=True),
    *logins(Key),
    Column("accounts", BigInteger, nullable=False),
    Column("account_id", BigInteger),
    Column("differs", Boolean, nullable=False),
)
_table(
    "coming",
    Column("holder", Key, primary_key=True),
    Column("ebook", Key, primary_key=True),
    Column("edition", Key, primary_key=True),
    Column("origin", Key, nullable=False),
    Column("until", UtcDateTime),
    Column("purchase", Key, nullable=False),
    Column("license_id", BigInteger),
)


def _leave_out(problem: Problem, holders: str) -> TextClause:
    """All rows of the holders that `holders` selects."""
    return text(f"""
        UPDATE given SET problem = '{problem}' WHERE problem IS NULL AND holder IN ({holders})
    """)  # noqa: S608 - constants


_LIVE = text(f"UPDATE given SET problem = '{Problem.LIVE}' WHERE NOT stays")  # noqa: S608 - a constant
_WITHIN_THE_FILE = (
    _leave_out(
        Problem.SEVERAL_PEOPLE,
        """
        SELECT holder FROM given GROUP BY holder
        HAVING COUNT(DISTINCT NULLIF(email_key, '')) > 1 OR COUNT(DISTINCT NULLIF(identifier, '')) > 1
        """,
    ),
    _leave_out(
        Problem.USERNAME_MISSING,
        """
        SELECT alone.holder FROM given alone
          JOIN given named ON named.email_key = alone.email_key AND named.username_key <> ''
         WHERE alone.username_key = ''
        """,
    ),
)
_HOLDERS = text("""
    INSERT INTO holders
           (holder, username, email, identifier, username_key, email_key, accounts, account_id, differs)
    WITH told AS (
        SELECT holder, MAX(username) AS username, MAX(email) AS email, MAX(identifier) AS identifier,
               MAX(username_key) AS username_key, MAX(email_key) AS email_key
          FROM given WHERE problem IS NULL
         GROUP BY holder
    ), found AS (
        SELECT told.holder, accounts.id
          FROM told JOIN accounts ON accounts.district_id = :district AND accounts.username_key = told.username_key
         WHERE told.username_key <> ''
        UNION
        SELECT told.holder, accounts.id
          FROM told JOIN accounts ON accounts.district_id = :district AND accounts.email_key = told.email_key
         WHERE told.email_key <> '' AND (told.username_key = '' OR accounts.username_key = '')
    ), each_one AS (
        SELECT holder, COUNT(*) AS accounts, MIN(id) AS account_id FROM found GROUP BY holder
    )
    SELECT told.holder, told.username, told.email, told.identifier, told.username_key, told.email_key,
           COALESCE(each_one.accounts, 0), each_one.account_id,
           accounts.id IS NOT NULL AND (
               (told.email_key <> '' AND accounts.email_key <> '' AND told.email_key <> accounts.email_key)
            OR (told.identifier <> '' AND accounts.identifier <> '' AND told.identifier <> accounts.identifier))
      FROM told
      LEFT JOIN each_one ON each_one.holder = told.holder
      LEFT JOIN accounts ON accounts.id = each_one.account_id
""")
_AGAINST_THE_LEDGER = (
    _leave_out(
        Problem.SEVERAL_ACCOUNTS,
        """
        SELECT holder FROM holders
         WHERE accounts > 1
            OR account_id IN (
                SELECT account_id FROM holders WHERE account_id IS NOT NULL GROUP BY account_id HAVING COUNT(*) > 1)
        """,
    ),
    _leave_out(Problem.OTHER_LOGIN, "SELECT holder FROM holders WHERE differs"),
    text(f"""
        UPDATE given SET problem = '{Problem.BLOCKED}'
         WHERE problem IS NULL AND EXISTS (
            SELECT 1 FROM holders JOIN overrides ON overrides.account_id = holders.account_id
             WHERE holders.holder = given.holder AND overrides.kind = 'Block' AND overrides.edition = given.edition
               AND overrides.ebook IN ('', given.ebook)
               AND (overrides.until IS NULL OR overrides.until > CURRENT_TIMESTAMP))
    """),  # noqa: S608 - a constant
)
_COMING = with_now("""
    INSERT INTO coming (holder, ebook, edition, origin, until, purchase, license_id)
    WITH each_once AS (
        SELECT holder, ebook, edition,
               CASE WHEN MAX(CASE WHEN stays AND purchase = '' THEN 1 ELSE 0 END) = 1 THEN 'Sticky'
                    WHEN MAX(purchase) <> '' THEN 'Purchased' ELSE 'Manual' END AS origin,
               CASE WHEN COUNT(*) = COUNT(until) THEN MAX(until) END AS until, MAX(purchase) AS purchase
          FROM given WHERE problem IS NULL
         GROUP BY holder, ebook, edition
    )
    SELECT each_once.holder, each_once.ebook, each_once.edition, each_once.origin, each_once.until, each_once.purchase,
           licenses.id
      FROM each_once
      JOIN holders ON holders.holder = each_once.holder
      LEFT JOIN licenses
             ON licenses.account_id = holders.account_id AND licenses.ebook = each_once.ebook
            AND licenses.edition = each_once.edition AND (licenses.until IS NULL OR licenses.until > :now)
""")
_IN_ORDER = text("""
    SELECT holders.account_id, coming.holder, coming.ebook, coming.edition
      FROM coming JOIN holders ON holders.holder = coming.holder
     WHERE coming.license_id IS NULL
     ORDER BY coming.holder, coming.ebook, coming.edition
""")
_ACCOUNTS = text("""
    SELECT COUNT(CASE WHEN account_id IS NULL THEN 1 END), COUNT(account_id)
      FROM holders WHERE holder IN (SELECT holder FROM coming)
""")
_BY_EBOOK = text("""
    SELECT ebook, edition, COUNT(*) FROM coming WHERE license_id IS NULL GROUP BY ebook, edition ORDER BY ebook, edition
""")
_THERE = text("SELECT COUNT(license_id), COUNT(*) FROM coming")
_GOOD_ROWS = text("SELECT COUNT(*) FROM given WHERE problem IS NULL")
_LEFT_OUT = text("SELECT problem, COUNT(*) FROM given WHERE problem IS NOT NULL GROUP BY problem ORDER BY problem")
_ROWS_LEFT_OUT = text(f"""
    SELECT line, problem FROM given WHERE problem IS NOT NULL ORDER BY line LIMIT {_MOST_TOLD}
""")  # noqa: S608 - a constant
_CREATE_ACCOUNTS = with_now("""
    INSERT INTO accounts (district_id, username, email, identifier, username_key, email_key, created)
    SELECT :district, username, email, identifier, username_key, email_key, :now
      FROM holders WHERE account_id IS NULL AND holder IN (SELECT holder FROM coming)
     ORDER BY holder
""")
_FIND_CREATED = text("""
    UPDATE holders SET account_id = (
        SELECT accounts.id FROM accounts
         WHERE accounts.district_id = :district AND accounts.username_key = holders.username_key
           AND accounts.email_key = holders.email_key)
     WHERE account_id IS NULL AND holder IN (SELECT holder FROM coming)
""")
"""An account with the same logins would have been found, so there is but one."""
_CLEAR_ENDED = with_now("""
    DELETE FROM licenses
     WHERE district_id = :district AND until <= :now AND EXISTS (
        SELECT 1 FROM coming JOIN holders ON holders.holder = coming.holder
         WHERE holders.account_id = licenses.account_id AND coming.ebook = licenses.ebook
           AND coming.edition = licenses.edition)
""")
_GRANT = with_now("""
    INSERT INTO licenses (district_id, account_id, ebook, edition, origin, since, until, purchase)
    SELECT :district, holders.account_id, coming.ebook, coming.edition, coming.origin, :now, coming.until,
           coming.purchase
      FROM coming JOIN holders ON holders.holder = coming.holder
     WHERE coming.license_id IS NULL
     ORDER BY holders.account_id, coming.ebook, coming.edition
""")
_JOURNAL = with_now(f"""
    INSERT INTO journal
           (run_id, district_id, account_id, ebook, edition, change, why, at, actor, origin, since, until)
    SELECT :run, :district, holders.account_id, coming.ebook, coming.edition, 'Granted', '{Why.IMPORTED}', :now, :actor,
           coming.origin, :now, coming.until
      FROM coming JOIN holders ON holders.holder = coming.holder
     WHERE coming.license_id IS NULL
     ORDER BY holders.account_id, coming.ebook, coming.edition
""")  # noqa: S608 - a constant


def plan(connection: Connection, order: ImportOrder, given: Iterable[GivenLicense]) -> Imported:
    """What is to be taken in, in temporary tables that last as long as the transaction; and in counts.

    Raises `DistrictBusy` and `DistrictConflict`.
    """
    district = _locked(connection, order)
    _tables.create(connection)
    content = _fill(connection, given)
    if district.live_since is not None:
        connection.execute(_LIVE)
    for left_out in _WITHIN_THE_FILE:
        connection.execute(left_out)
    connection.execute(_HOLDERS, {"district": district.id})
    for left_out in _AGAINST_THE_LEDGER:
        connection.execute(left_out)
    connection.execute(_COMING, {"now": order.at})
    analyze(connection, "holders", "coming")
    there, once = connection.execute(_THERE).one()
    created, known = connection.execute(_ACCOUNTS).one()
    scope = ("import", order.claim.source, district.id or 0, content)
    return Imported(
        digest=digest_of(scope, _changes(connection)),
        accounts=created,
        accounts_there=known,
        by_ebook=tuple(EBookImported(*found) for found in connection.execute(_BY_EBOOK)),
        licenses_there=there,
        repeated=connection.execute(_GOOD_ROWS).scalar_one() - once,
        left_out={Problem(problem): count for problem, count in connection.execute(_LEFT_OUT)},
        rows_left_out=[(line, Problem(problem)) for line, problem in connection.execute(_ROWS_LEFT_OUT)],
    )


def carry_out(connection: Connection, order: ImportOrder, planned: Imported) -> None:
    """Do what was planned. Raises `DistrictBusy`."""
    district_id = _take(connection, order, districts.find(connection, order.claim))
    asked = {"district": district_id, "now": order.at}
    created = connection.execute(_CREATE_ACCOUNTS, asked).rowcount
    connection.execute(_FIND_CREATED, asked)
    connection.execute(_CLEAR_ENDED, asked)
    granted = connection.execute(_GRANT, asked).rowcount
    if (created, granted) != (planned.accounts, planned.licenses):
        raise RuntimeError(f"Planned: {planned.accounts} and {planned.licenses}; that would be: {created}, {granted}.")
    run = Run(id=order.by_run, started=order.at, finished=order.at)
    run_plan = Plan(digest=planned.digest, accounts_created=created)
    runs.write(connection, district_id, run, Applied(granted=granted), run_plan)
    lock_journal(connection)
    connection.execute(_JOURNAL, {**asked, "run": order.by_run, "actor": order.actor})
    _tables.drop(connection)


def _locked(connection: Connection, order: ImportOrder) -> District:
    """The district as it stays until the transaction ends."""
    lock_district(connection, f"source {order.claim.source}")
    district = districts.find(connection, order.claim)
    if district.id is not None:
        lock_district(connection, f"id {district.id}")
    return district


def _take(connection: Connection, order: ImportOrder, district: District) -> int:
    """The district's row, which is the RosterIntegration's from now on, and not live if it was not; its id."""
    if district.id is None:
        ownership.settle(connection, order.claim)
        values = {"source": order.claim.source, "owner": order.claim.owner, "namespace": order.claim.namespace}
        new = rows_of_districts.insert().values(**values, version=0, created=order.at)
        created: int = connection.execute(new.returning(rows_of_districts.c.id)).scalar_one()
        return created
    districts.advance(connection, district.id, district.version)
    mine = {"owner": order.claim.owner, "namespace": order.claim.namespace}
    connection.execute(update(rows_of_districts).where(rows_of_districts.c.id == district.id).values(**mine))
    return district.id


def _fill(connection: Connection, given: Iterable[GivenLicense]) -> str:
    """The table `given`; what stands for its content."""
    remaining, content = iter(given), hashlib.sha256()
    while batch := list(islice(remaining, _BATCH)):
        for each in batch:
            content.update(f"{tuple(each)}\n".encode("utf-8", "surrogatepass"))
        connection.execute(_given.insert(), [_row(each) for each in batch])
    connection.exec_driver_sql("CREATE INDEX given_holder ON given (holder)")
    connection.exec_driver_sql("CREATE INDEX given_email ON given (email_key)")
    analyze(connection, "given")
    return content.hexdigest()


def _row(each: GivenLicense) -> dict[str, Any]:
    if not are_storable(each.username, each.email, each.identifier):
        return {**_row(each._replace(username="", email="", identifier="")), "problem": Problem.LOGIN}
    username_key, email_key = login_key(each.username), login_key(each.email)
    return {
        "line": each.row,
        "holder": f"username {username_key}" if username_key else f"email {email_key}",
        "username": each.username.strip(),
        "email": each.email.strip(),
        "identifier": each.identifier.strip(),
        "username_key": username_key,
        "email_key": email_key,
        "ebook": each.ebook,
        "edition": each.edition,
        "stays": each.stays or bool(each.purchase),
        "until": each.until,
        "purchase": each.purchase,
        "problem": None,
    }


def _changes(connection: Connection) -> Iterator[LicenseChange]:
    found: Iterable[Row[int | None, str, str, str]]
    found = connection.execute(_IN_ORDER, execution_options={"yield_per": _BATCH})
    for account, holder, ebook, edition in found:
        yield LicenseChange(Change.GRANTED, account or holder, ebook, edition)
