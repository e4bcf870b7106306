"""What the stores share that are for people, and not for syncs: connections, and a transaction for each call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from roster_operator.ledger import engine, migrating
from roster_operator.ledger.failures import translate_db_errors


class SqlConnected:
    """On PostgreSQL or SQLite."""

    def __init__(self, connections: Engine, place: str) -> None:
        """`place`: the store's name for messages."""
        self._engine = connections
        self._place = place

    def close(self) -> None:
        """Give back connections."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Rolled back at the end, unless it was committed."""
        with translate_db_errors(self._place), self._engine.connect() as connection:
            engine.begin_writing(connection)
            migrating.keep_version(connection, self._place)
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Beside whoever writes."""
        with translate_db_errors(self._place), self._engine.connect() as connection:
            engine.begin_reading(connection.execution_options(postgresql_readonly=True))
            migrating.expect_version(connection, self._place)
            yield connection
