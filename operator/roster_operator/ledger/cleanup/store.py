"""`CleanupLedger` on a database: each call is a transaction of its own."""

from __future__ import annotations

from roster_operator.ledger.cleanup import carrying_out, planning
from roster_operator.ledger.cleanup.interface import CleanedUp, CleanupLedger, CleanupOneByOne, CleanupOrder
from roster_operator.ledger.connected import SqlConnected
from roster_operator.ledger.queries.store import connections_to


def open_cleanup(url: str) -> CleanupLedger:
    """The license store at `url`. Nothing is connected yet. Raises `InputError` as `open_queries` does."""
    return SqlCleanup(*connections_to(url))


class SqlCleanup(SqlConnected):
    """`interface.CleanupLedger` on PostgreSQL or SQLite."""

    def clean_up(self, order: CleanupOrder, *, digest: str) -> CleanedUp:
        """See `CleanupLedger`."""
        with self._writing() as connection:
            planned = planning.plan(connection, order)
            if planned.digest == digest and not planned.nothing:
                carrying_out.carry_out(connection, order, planned)
                connection.commit()
            return planned

    def one_by_one(self, order: CleanupOrder, *, limit: int, offset: int) -> CleanupOneByOne:
        """See `CleanupLedger`."""
        with self._writing() as connection:
            planned = planning.plan(connection, order)
            listed, total = planning.one_by_one(connection, limit=limit, offset=offset)
            return CleanupOneByOne(planned.digest, listed, total)
