"""What one person has now, and by which class each license came."""

from __future__ import annotations

from sqlalchemy import Connection, exists, select

from roster_operator.ledger.queries.interface import HeldLicense, LicenseHolder
from roster_operator.ledger.schema import accounts, held_removals, journal, licenses


def known(connection: Connection, district_id: int, account: int) -> LicenseHolder:
    """See `LedgerQueries.holder`."""
    mine = (accounts.c.district_id == district_id, accounts.c.id == account)
    sourced_id = connection.scalar(select(accounts.c.sourced_id).where(*mine)) or ""
    granted = select(journal.c.class_id).where(
        journal.c.account_id == licenses.c.account_id,
        journal.c.ebook == licenses.c.ebook,
        journal.c.edition == licenses.c.edition,
        journal.c.change == "Granted",
    )
    class_id = granted.order_by(journal.c.position.desc()).limit(1).scalar_subquery()
    waits = exists().where(held_removals.c.license_id == licenses.c.id, held_removals.c.district_id == district_id)
    columns = (licenses.c.ebook, licenses.c.edition, licenses.c.origin, licenses.c.since, licenses.c.until)
    found = select(*columns, class_id, waits).where(
        licenses.c.district_id == district_id, licenses.c.account_id == account
    )
    rows = connection.execute(found.order_by(licenses.c.ebook, licenses.c.edition))
    return LicenseHolder(sourced_id, tuple(HeldLicense(*row) for row in rows))
