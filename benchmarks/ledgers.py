"""The ledgers that syncs write to, as the benchmark looks at them from outside: rows written, and the limit of COPY."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import IO, Any, Protocol

import psycopg
from benchmarks.measure import Processes
from hack.postgres import Postgres, PrivatePostgres
from psycopg import sql

TABLES = {
    "districts": "id",
    "accounts": "id",
    "licenses": "id",
    "person_states": "district_id, key",
    "sync_runs": "id",
    "journal": "position",
}
"""The tables that a sync of one district fills, each with its key. The keys are known, not asked for."""
_CHUNK = 1 << 20


class Ledger(Protocol):
    """One store of its own for one round of syncs."""

    url: str

    def rows(self) -> Callable[[], int]:
        """Begin to count: what is returned tells how many rows were written since."""
        ...

    def analyze(self) -> None:
        """What a server does by itself within minutes of a first sync: find out what its tables hold."""
        ...

    def copy_rows(self, scratch: Path) -> float:
        """Seconds to write all rows that are there, sorted, into tables with the same keys."""
        ...

    def watched(self) -> Processes:
        """The processes of the store, to be looked at."""
        ...

    def drop(self) -> None:
        """It is not needed any more."""
        ...


class PostgresLedger:
    """A database of a server."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self.url = server.create_database()

    def rows(self) -> Callable[[], int]:
        """As PostgreSQL itself counts them."""
        before = self._counted()
        return lambda: self._counted() - before

    def analyze(self) -> None:
        """As autovacuum does."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("ANALYZE")

    def copy_rows(self, scratch: Path) -> float:
        """By COPY in binary, in one transaction."""
        files = [(table, scratch / f"{table}.copy") for table in TABLES]
        with psycopg.connect(self.url) as connection, connection.cursor() as cursor:
            for table, path in files:
                cursor.execute(
                    sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING INDEXES)").format(_limit(table), sql.Identifier(table))
                )
                with path.open("wb") as file:
                    self._copy_out(cursor, table, file)
            connection.commit()
            started = time.perf_counter()
            for table, path in files:
                with path.open("rb") as file:
                    self._copy_in(cursor, table, file)
            connection.commit()
            seconds = time.perf_counter() - started
            cursor.execute(sql.SQL("DROP TABLE {}").format(sql.SQL(", ").join(_limit(table) for table in TABLES)))
        return seconds

    def watched(self) -> Processes:
        """All of the server, if it is ours."""
        return Processes(self._server.pid if isinstance(self._server, PrivatePostgres) else None)

    def drop(self) -> None:
        """Drop the database."""
        self._server.drop_database(self.url)

    def _counted(self) -> int:
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables "
                "WHERE schemaname = 'public' AND relname <> 'alembic_version'"
            ).fetchone()
        return int(row[0]) if row else 0

    def _copy_out(self, cursor: psycopg.Cursor[Any], table: str, file: IO[bytes]) -> None:
        statement = sql.SQL("COPY (SELECT * FROM {} ORDER BY {}) TO STDOUT (FORMAT BINARY)")
        with cursor.copy(statement.format(sql.Identifier(table), sql.SQL(TABLES[table]))) as copying:
            for block in copying:
                file.write(block)

    def _copy_in(self, cursor: psycopg.Cursor[Any], table: str, file: IO[bytes]) -> None:
        with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(_limit(table))) as copying:
            while block := file.read(_CHUNK):
                copying.write(block)


class SqliteLedger:
    """A file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.url = f"sqlite:///{path}"

    def rows(self) -> Callable[[], int]:
        """By comparing with a copy of now: SQLite does not count."""
        before = self._path.with_suffix(".before")
        before.unlink(missing_ok=True)
        with closing(sqlite3.connect(self._path)) as now, closing(sqlite3.connect(before)) as copy:
            now.backup(copy)
        return lambda: self._differing(before)

    def analyze(self) -> None:
        """SQLite does not by itself."""

    def copy_rows(self, scratch: Path) -> float:
        """By one INSERT for many rows, in one transaction."""
        target = scratch / "limit.sqlite"
        target.unlink(missing_ok=True)
        with closing(sqlite3.connect(self._path)) as source, closing(sqlite3.connect(target)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            listed = "', '".join(TABLES)
            made = (
                f"SELECT sql FROM sqlite_master WHERE tbl_name IN ('{listed}') AND type <> 'view' AND sql IS NOT NULL"  # noqa: S608 - constants
            )
            for (statement,) in source.execute(f"{made} ORDER BY type DESC"):
                connection.execute(statement)
            rows = {
                table: source.execute(f"SELECT * FROM {table} ORDER BY {key}").fetchall()  # noqa: S608 - constants
                for table, key in TABLES.items()
            }
            started = time.perf_counter()
            for table, values in rows.items():
                marks = ", ".join("?" * len(values[0])) if values else ""
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608 - constants
            connection.commit()
            return time.perf_counter() - started

    def watched(self) -> Processes:
        """None: SQLite runs in the operator's process."""
        return Processes(None)

    def drop(self) -> None:
        """Remove the file and what is beside it."""
        for path in self._path.parent.glob(f"{self._path.stem}.*"):
            path.unlink()

    def _differing(self, before: Path) -> int:
        with closing(sqlite3.connect(self._path)) as connection:
            connection.execute("ATTACH ? AS before", (str(before),))
            known = {name for (name,) in connection.execute("SELECT name FROM before.sqlite_master")}
            written = 0
            for table, key in TABLES.items():
                old = f"before.{table}" if table in known else f"(SELECT * FROM main.{table} WHERE FALSE)"  # noqa: S608
                for query in (
                    f"SELECT COUNT(*) FROM (SELECT * FROM main.{table} EXCEPT SELECT * FROM {old})",  # noqa: S608
                    f"SELECT COUNT(*) FROM (SELECT {key} FROM {old} EXCEPT SELECT {key} FROM main.{table})",  # noqa: S608
                ):
                    written += connection.execute(query).fetchone()[0]
        return written


def _limit(table: str) -> sql.Identifier:
    return sql.Identifier(f"limit_{table}")
