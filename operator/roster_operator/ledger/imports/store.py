"""`ImportLedger` on a database: each call is a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Engine

from roster_operator.ledger import engine, migrating
from roster_operator.ledger.failures import translate_db_errors
from roster_operator.ledger.imports import taking_in
from roster_operator.ledger.imports.interface import GivenLicense, Imported, ImportLedger, ImportOrder
from roster_operator.ledger.queries.store import connections_to


def open_imports(url: str) -> ImportLedger:
    """The license store at `url`. Nothing is connected yet. Raises `InputError` as `open_queries` does."""
    return SqlImports(*connections_to(url))


class SqlImports:
    """`interface.ImportLedger` on PostgreSQL or SQLite."""

    def __init__(self, connections: Engine, place: str) -> None:
        """`place`: the store's name for messages."""
        self._engine = connections
        self._place = place

    def take_in(self, order: ImportOrder, given: Iterable[GivenLicense], *, digest: str) -> Imported:
        """See `ImportLedger`."""
        with translate_db_errors(self._place), self._engine.connect() as connection:
            engine.begin_writing(connection)
            migrating.keep_version(connection, self._place)
            planned = taking_in.plan(connection, order, given)
            if planned.digest == digest and planned.licenses:
                taking_in.carry_out(connection, order, planned)
                connection.commit()
            return planned

    def close(self) -> None:
        """See `ImportLedger`."""
        self._engine.dispose()
