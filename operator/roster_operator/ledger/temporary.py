"""Tables of one transaction: made, filled, and gone when it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from typing import Any, Final

import psycopg
from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, MetaData, Table, Text

from roster_operator.ledger.engine import is_postgres

Row = tuple[object, ...]

_BINARY_TYPES: Final = {BigInteger: "int8", Boolean: "bool", Integer: "int4", Text: "text"}
"""What PostgreSQL calls the types of columns. Nothing is converted on the way into a binary COPY."""


class TemporaryTables:
    """Those that are made together."""

    def __init__(self) -> None:
        self._metadata = MetaData()

    def table(self, name: str, *columns: Column[Any]) -> Table:
        """One of them."""
        return Table(name, self._metadata, *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")

    def create(self, connection: Connection) -> None:
        """Empty; a transaction that is rolled back takes them along."""
        self._metadata.create_all(connection, checkfirst=False)

    def drop(self, connection: Connection) -> None:
        """Before a commit. PostgreSQL drops them by itself."""
        if not is_postgres(connection):
            self._metadata.drop_all(connection, checkfirst=False)


def insert(connection: Connection, table: Table, batches: Iterable[list[Row]]) -> None:
    """Fill one."""
    if is_postgres(connection):
        _copy(connection, table, batches)
        return
    names = [column.name for column in table.columns]
    marks = ", ".join("?" for _ in names)
    for rows in filter(None, batches):
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", rows)  # noqa: S608


def analyze(connection: Connection, *tables: str) -> None:
    """Tell the planner how large temporary tables have become; nobody else does."""
    if is_postgres(connection):
        connection.exec_driver_sql(f"ANALYZE {', '.join(tables)}")
    else:
        for table in tables:
            connection.exec_driver_sql(f"ANALYZE temp.{table}")


def _copy(connection: Connection, table: Table, batches: Iterable[list[Row]]) -> None:
    """In one stream: the server takes rows in while the next are made.

    Binary, because of text the server's log quotes the row that was coming in when the stream is cancelled.
    """
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    try:
        with (
            raw.cursor() as cursor,
            _without_error_echo(cursor.copy(f"COPY {table.name} FROM STDIN (FORMAT BINARY)")) as copy,
        ):
            copy.set_types([_BINARY_TYPES[type(column.type)] for column in table.columns])
            for row in chain.from_iterable(batches):
                copy.write_row(row)
    except psycopg.OperationalError:
        connection.invalidate()  # SQLAlchemy did not see the connection break
        raise


@contextmanager
def _without_error_echo(copying: AbstractContextManager[psycopg.Copy]) -> Iterator[psycopg.Copy]:
    """A stream that ends as if all had come, whatever happens: the driver would write our error into the server's log.

    What happened ends the transaction, and with it what came.
    """
    copy = copying.__enter__()
    try:
        yield copy
    finally:
        copying.__exit__(None, None, None)
