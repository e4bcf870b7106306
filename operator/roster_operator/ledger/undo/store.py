"""`UndoLedger` on a database: each call is a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from roster_operator.ledger import engine, migrating
from roster_operator.ledger.failures import translate_db_errors
from roster_operator.ledger.queries.store import connections_to
from roster_operator.ledger.undo import undoing
from roster_operator.ledger.undo.interface import UndoLedger, Undone, UndoOrder


def open_undo(url: str) -> UndoLedger:
    """The license store at `url`. Nothing is connected yet. Raises `InputError` as `open_queries` does."""
    return SqlUndo(*connections_to(url))


class SqlUndo:
    """`interface.UndoLedger` on PostgreSQL or SQLite."""

    def __init__(self, connections: Engine, place: str) -> None:
        """`place`: the store's name for messages."""
        self._engine = connections
        self._place = place

    def undo(self, order: UndoOrder, *, digest: str) -> Undone:
        """See `UndoLedger`."""
        with self._writing() as connection:
            planned = undoing.plan(connection, order)
            if planned.digest == digest:
                undoing.carry_out(connection, order, planned)
                connection.commit()
            return planned

    def lift(self, district_id: int) -> bool:
        """See `UndoLedger`."""
        with self._writing() as connection:
            lifted = undoing.lift(connection, district_id)
            connection.commit()
            return lifted

    def close(self) -> None:
        """See `UndoLedger`."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Rolled back at the end, unless it was committed."""
        with translate_db_errors(self._place), self._engine.connect() as connection:
            engine.begin_writing(connection)
            migrating.keep_version(connection, self._place)
            yield connection
