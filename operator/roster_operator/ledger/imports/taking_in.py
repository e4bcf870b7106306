"""Takes in, in SQL, licenses that were given before the roster, or that are given beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection, Row, text, update

from roster_operator.ledger import districts, ownership, runs
from roster_operator.ledger.engine import lock_district, lock_journal
from roster_operator.ledger.imports import matching, tables
from roster_operator.ledger.imports.interface import EBookImported, GivenLicense, Imported, ImportOrder, Problem
from roster_operator.ledger.interface.district import District
from roster_operator.ledger.interface.sync import Run
from roster_operator.ledger.planning import Why
from roster_operator.ledger.schema import districts as rows_of_districts
from roster_operator.ledger.statements import with_now
from roster_operator.ledger.temporary import analyze
from roster_operator.licensing.change_set import Change, LicenseChange, digest_of
from roster_operator.licensing.models import Applied, Plan

_STREAMED: Final = 5_000
_MOST_TOLD: Final = 100
"""Rows that are left out, of which the numbers are told."""

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
           (run_id, district_id, account_id, ebook, edition, change, why, at, actor, origin, since, until, purchase)
    SELECT :run, :district, holders.account_id, coming.ebook, coming.edition, 'Granted', '{Why.IMPORTED}', :now, :actor,
           coming.origin, :now, coming.until, coming.purchase
      FROM coming JOIN holders ON holders.holder = coming.holder
     WHERE coming.license_id IS NULL
     ORDER BY holders.account_id, coming.ebook, coming.edition
""")  # noqa: S608 - a constant


def plan(connection: Connection, order: ImportOrder, given: Iterable[GivenLicense]) -> Imported:
    """What is to be taken in, in temporary tables that last as long as the transaction; and in counts.

    Raises `DistrictBusy` and `DistrictConflict`.
    """
    district = _locked(connection, order)
    content = tables.fill(connection, given)
    matching.match(connection, district)
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
    tables.drop(connection)


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


def _changes(connection: Connection) -> Iterator[LicenseChange]:
    found: Iterable[Row[int | None, str, str, str]]
    found = connection.execute(_IN_ORDER, execution_options={"yield_per": _STREAMED})
    for account, holder, ebook, edition in found:
        yield LicenseChange(Change.GRANTED, account or holder, ebook, edition)
