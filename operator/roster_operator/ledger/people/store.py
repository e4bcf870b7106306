"""`PeopleLedger` on a database: each call is a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import insert

from roster_operator.ledger.connected import SqlConnected
from roster_operator.ledger.people import erasing
from roster_operator.ledger.people.interface import Access, Erased, ErasureOrder, PeopleLedger
from roster_operator.ledger.queries.store import connections_to
from roster_operator.ledger.schema import access_log


def open_people(url: str) -> PeopleLedger:
    """The license store at `url`. Nothing is connected yet. Raises `InputError` as `open_queries` does."""
    return SqlPeople(*connections_to(url))


class SqlPeople(SqlConnected):
    """`interface.PeopleLedger` on PostgreSQL or SQLite."""

    def looked(self, *accesses: Access) -> None:
        """See `PeopleLedger`."""
        if not accesses:
            return
        rows = [
            {
                "at": access.at,
                "district_id": access.district_id,
                "account_id": access.account,
                "verb": access.verb,
                "actor": access.actor,
                "through": access.through,
                "owner": access.owner or None,
            }
            for access in accesses
        ]
        with self._writing() as connection:
            connection.execute(insert(access_log), rows)
            connection.commit()

    def erase(self, order: ErasureOrder, seal: Callable[[Erased], str], *, dry_run: bool) -> Erased:
        """See `PeopleLedger`."""
        with self._writing() as connection:
            erased = erasing.erase(connection, order, seal)
            if not dry_run:
                connection.commit()
            return erased
