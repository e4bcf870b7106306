"""`ImportLedger` on a database: each call is a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable

from roster_operator.ledger.connected import SqlConnected
from roster_operator.ledger.imports import taking_in
from roster_operator.ledger.imports.interface import GivenLicense, Imported, ImportLedger, ImportOrder
from roster_operator.ledger.queries.store import connections_to


def open_imports(url: str) -> ImportLedger:
    """The license store at `url`. Nothing is connected yet. Raises `InputError` as `open_queries` does."""
    return SqlImports(*connections_to(url))


class SqlImports(SqlConnected):
    """`interface.ImportLedger` on PostgreSQL or SQLite."""

    def take_in(self, order: ImportOrder, given: Iterable[GivenLicense], *, digest: str) -> Imported:
        """See `ImportLedger`."""
        with self._writing() as connection:
            planned = taking_in.plan(connection, order, given)
            if planned.digest == digest and planned.licenses:
                taking_in.carry_out(connection, order, planned)
                connection.commit()
            return planned
