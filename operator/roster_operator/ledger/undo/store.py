"""`UndoLedger` on a database: each call is a transaction of its own."""

from __future__ import annotations

from roster_operator.ledger.connected import SqlConnected
from roster_operator.ledger.queries.store import connections_to
from roster_operator.ledger.undo import undoing
from roster_operator.ledger.undo.interface import UndoLedger, Undone, UndoOrder


def open_undo(url: str) -> UndoLedger:
    """The license store at `url`. Nothing is connected yet. Raises `InputError` as `open_queries` does."""
    return SqlUndo(*connections_to(url))


class SqlUndo(SqlConnected):
    """`interface.UndoLedger` on PostgreSQL or SQLite."""

    def undo(self, order: UndoOrder, *, digest: str) -> Undone:
        """See `UndoLedger`."""
        with self._writing() as connection:
            planned = undoing.plan(connection, order)
            if planned.digest == digest and not planned.nothing:
                undoing.carry_out(connection, order, planned)
                connection.commit()
            return planned

    def lift(self, district_id: int) -> bool:
        """See `UndoLedger`."""
        with self._writing() as connection:
            lifted = undoing.lift(connection, district_id)
            connection.commit()
            return lifted
