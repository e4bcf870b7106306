"""Where the ledger is, and what differs between PostgreSQL and SQLite: connections, transactions, locks."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from roster_operator.errors import DistrictBusy, InputError

_FORM = "It must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE."
_LIBPQ: Mapping[str, Any] = {
    "application_name": "roster-operator",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A server that went away without a word is noticed within a minute; the URL's query may say otherwise."""
_PATIENCE = """
    SET LOCAL lock_timeout = '60s';
    SET LOCAL idle_in_transaction_session_timeout = '10min';
    SET LOCAL tcp_keepalives_idle = 60;
    SET LOCAL tcp_keepalives_interval = 10;
    SET LOCAL tcp_keepalives_count = 6
"""
"""An operator that went away without a word does not keep its district locked for hours."""
_JOURNAL_LOCK = "roster-operator journal"
_MIGRATION_LOCK = "roster-operator migration"
_LEASE_LOCK = "roster-operator lease"
_END_HOLDERS = text("""
    SELECT pg_terminate_backend(held.pid)
      FROM pg_locks AS held JOIN pg_stat_activity AS session ON session.pid = held.pid
     WHERE held.locktype = 'advisory' AND held.objsubid = 1 AND held.pid <> pg_backend_pid()
       AND (held.classid::bigint << 32) | held.objid::bigint = :number
       AND session.datname = current_database() AND session.usename = current_user
""")


def parse_url(url: str) -> URL:
    """The URL as SQLAlchemy wants it; raises `InputError`, without quoting it, if it names no ledger."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise InputError(f"The ledger's URL cannot be read. {_FORM}") from None
    scheme = parsed.drivername.partition("+")[0]
    if scheme in {"postgresql", "postgres"} and parsed.drivername in {scheme, f"{scheme}+psycopg"}:
        if not parsed.database:
            raise InputError(f"The ledger's URL names no database. {_FORM}")
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername != "sqlite":
        raise InputError(f"The ledger's URL has an unknown scheme. {_FORM}")
    if parsed.host or parsed.query:
        raise InputError("The ledger's URL has three slashes and a path: sqlite:///PATH, or four for an absolute one.")
    return parsed


def place_of(url: URL) -> str:
    """The store's name for messages: no user, no password."""
    if url.get_backend_name() == "sqlite":
        return f"sqlite {Path(url.database).name}" if url.database else "sqlite in memory"
    host = url.host or "local socket"
    port = f":{url.port}" if url.port else ""
    return f"postgresql {host}{port}/{url.database}"


def create(url: URL, pool_size: int, patience: float) -> Engine:
    """Connections to the store; none is opened yet. At most `pool_size` at a time.

    `patience`: seconds that a writer of SQLite waits for another one to end.
    """
    options: dict[str, Any] = {
        "poolclass": QueuePool,
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": 60,
        "pool_pre_ping": True,
        "hide_parameters": True,
    }
    if url.get_backend_name() == "postgresql":
        defaults = {key: value for key, value in {**_LIBPQ, **_encryption(url)}.items() if key not in url.query}
        return create_engine(url, connect_args={**defaults, "prepare_threshold": None}, **options)
    engine = create_engine(_sqlite_url(url), connect_args={"timeout": patience}, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _encryption(url: URL) -> Mapping[str, str]:
    """Where nothing is said of encryption, libpq goes on in clear if a server offers none; so it is demanded of all
    but this machine.

    libpq takes more of each setting, and several hosts, from the URL's query and the environment.
    """
    if {"PGSSLMODE", "PGSERVICE"} & os.environ.keys() or "service" in url.query:
        return {}
    if "system" in {url.query.get("sslrootcert"), os.environ.get("PGSSLROOTCERT")}:  # stricter by itself
        return {}
    written = url.query.get("host", url.host or os.environ.get("PGHOST", ""))
    hosts = ",".join([written] if isinstance(written, str) else written).split(",")
    return {} if all(map(_is_here, hosts)) else {"sslmode": "require"}


def _is_here(host: str) -> bool:
    """A socket of this machine, or its own network."""
    return host[:1] in {"", "/", "@"} or host == "localhost" or host.startswith("127.") or host == "::1"


def _sqlite_url(url: URL) -> URL:
    """An empty path is a database in memory that all connections of this ledger share, and that dies with them."""
    if url.database and url.database != ":memory:":
        return url
    name = f"file:/roster-ledger-{uuid.uuid4().hex}"
    return url.set(database=name, query={"vfs": "memdb", "uri": "true"})


def make_private(url: URL) -> None:
    """Create a SQLite file that only its user may read, because accounts are in it."""
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        path = Path(url.database)
        if path.parent.is_dir() and not path.exists():
            path.touch(mode=0o600)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # `_begin_sqlite` begins, not the driver
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = FILE")
    connection.execute("PRAGMA temp.cache_size = -32768")  # KiB; what is more goes to a file


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("ledger_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def is_postgres(connection: Connection) -> bool:
    """Whether the store is PostgreSQL; else it is SQLite."""
    return connection.dialect.name == "postgresql"


def begin_reading(connection: Connection) -> Connection:
    """A transaction that sees one state of the store throughout, and writes temporary tables at most."""
    if is_postgres(connection):
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    connection.begin()
    return connection


def begin_writing(connection: Connection) -> Connection:
    """A transaction that writes. On SQLite it keeps all other writers waiting."""
    connection = connection.execution_options(ledger_writes=True)
    connection.begin()
    if is_postgres(connection):
        connection.exec_driver_sql(_PATIENCE)
    return connection


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite checks none of them, from before a transaction until after it: a table that is made anew is away for a
    moment. PostgreSQL makes no table anew.
    """
    if is_postgres(connection):
        yield
        return
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.rollback()
        raw.execute("PRAGMA foreign_keys = ON")


def lock_district(connection: Connection, *names: str) -> None:
    """Keep other syncs of the district out until the transaction ends; raises `DistrictBusy` if one is in."""
    if not is_postgres(connection):
        return  # BEGIN IMMEDIATE locked the whole store
    for name in names:
        number = _lock_number(f"roster-operator district {name}")
        if not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": number}):
            raise DistrictBusy("Another sync of this district is running. It will be tried again.")


def lock_journal(connection: Connection) -> None:
    """Make everyone wait who writes the journal, so that its positions become visible in order.

    Taken last, right before the journal is written and the transaction commits: it is held for moments.
    """
    _wait_for_lock(connection, _JOURNAL_LOCK)


def lock_schema(connection: Connection) -> None:
    """Make every other process wait that migrates, and wait for those that write."""
    _wait_for_lock(connection, _MIGRATION_LOCK)


def share_schema(connection: Connection) -> None:
    """Make whoever migrates wait until the transaction ends. On SQLite a writer is alone anyway."""
    _wait_for_lock(connection, _MIGRATION_LOCK, shared=True)


def share_lease(connection: Connection, lease: str) -> None:
    """Make whoever takes over by the Lease wait until the transaction ends, or end it."""
    _wait_for_lock(connection, f"{_LEASE_LOCK} {lease}", shared=True)


def lock_lease(connection: Connection, lease: str) -> None:
    """Be alone with what is written by the Lease. Transactions that share it are ended: who has them open was
    succeeded, and may be stopped for hours. On SQLite they are waited for.
    """
    name = f"{_LEASE_LOCK} {lease}"
    if is_postgres(connection):
        connection.execute(_END_HOLDERS, {"number": _lock_number(name)})
    _wait_for_lock(connection, name)


def _wait_for_lock(connection: Connection, name: str, *, shared: bool = False) -> None:
    if is_postgres(connection):
        lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        connection.execute(text(f"SELECT {lock}(:number)"), {"number": _lock_number(name)})


def _lock_number(name: str) -> int:
    """A number for an advisory lock: the same in every process and version."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
