"""The temporary tables of one sync, and how persons get into them: streamed, in batches, memory flat.

- `staged`: the persons who changed; `staged_entitlements`: what they are entitled to.
- `matches`: those of them who are not gone, each with their account, or none if one is to be created.
- `refused`: those whom matching cannot place; `protected`: accounts whose licenses stay because of them.
- `removals`, `grants`: the plan; `granted`: the grants, once everybody has an account.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy import BigInteger, Boolean, Column, Connection, MetaData, Table, Text, text
from sqlalchemy.exc import IntegrityError

from roster_operator.ledger.engine import is_postgres
from roster_operator.ledger.schema import Key
from roster_operator.licensing.models import Entitlement, PersonChange

_BATCH = 10_000
_LONGEST = 512
"""Characters of a login or an id. No system issues longer ones, and an index of PostgreSQL takes 2,704 bytes."""

_temporary = MetaData()


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(name, _temporary, *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")


_staged = _table(
    "staged",
    Column("key", Key, nullable=False),
    Column("digest", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("username", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("identifier", Text, nullable=False),
    Column("username_key", Key, nullable=False),
    Column("email_key", Key, nullable=False),
    Column("schools", Key, nullable=False),
    Column("gone", Boolean, nullable=False),
)
_staged_entitlements = _table(
    "staged_entitlements",
    Column("key", Key, nullable=False),
    Column("ebook", Key, nullable=False),
    Column("edition", Key, nullable=False),
)
_table(
    "matches",
    Column("key", Key, nullable=False),
    Column("account_id", BigInteger),
    Column("linked", Boolean, nullable=False),
    Column("moves", Boolean, nullable=False),
    Column("ambiguous", Boolean, nullable=False),
)
_table("refused", Column("key", Key, primary_key=True))
_table("protected", Column("account_id", BigInteger, primary_key=True))
_table(
    "removals",
    Column("license_id", BigInteger, primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("key", Key),
    Column("ebook", Key, nullable=False),
    Column("edition", Key, nullable=False),
    Column("why", Key, nullable=False),
    Column("schools", Key, nullable=False),
    Column("held", Boolean, nullable=False),
)
_table(
    "grants",
    Column("key", Key, nullable=False),
    Column("ebook", Key, nullable=False),
    Column("edition", Key, nullable=False),
)

_table(
    "granted",
    Column("account_id", BigInteger, nullable=False),
    Column("ebook", Key, nullable=False),
    Column("edition", Key, nullable=False),
)

_ROOM = """
    SET LOCAL work_mem = '32MB';
    SET LOCAL default_statistics_target = 10
"""
"""Sorts of a large district stay in memory, and a rough idea of a temporary table is enough for its planner."""
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def create_tables(connection: Connection) -> None:
    """Create them, empty; they are gone when the transaction ends (on SQLite: see `drop_tables`)."""
    if is_postgres(connection):
        connection.exec_driver_sql(_ROOM)
    _temporary.create_all(connection, checkfirst=False)


def drop_tables(connection: Connection) -> None:
    """Before a commit. PostgreSQL drops them by itself."""
    if not is_postgres(connection):
        _temporary.drop_all(connection, checkfirst=False)


def load(connection: Connection, changes: Iterable[PersonChange]) -> tuple[int, int]:
    """Fill `staged` and `staged_entitlements`; how many persons came, and how many of them cannot be stored."""
    total = unstorable = 0
    remaining = iter(changes)
    while batch := list(islice(remaining, _BATCH)):
        total += len(batch)
        storable = [change for change in batch if _storable(change)]
        unstorable += len(batch) - len(storable)
        _insert(connection, _staged, [_person_row(change) for change in storable])
        _insert(connection, _staged_entitlements, [row for change in storable for row in _entitlement_rows(change)])
    _index(connection)
    return total, unstorable


def _index(connection: Connection) -> None:
    try:
        connection.execute(text("CREATE UNIQUE INDEX staged_key ON staged (key)"))
    except IntegrityError:
        raise ValueError("A person was staged twice: changes must hold each key once.") from None
    connection.execute(text("CREATE UNIQUE INDEX staged_entitlement ON staged_entitlements (key, ebook, edition)"))
    analyze(connection, "staged", "staged_entitlements")


def analyze(connection: Connection, *tables: str) -> None:
    """Tell the planner how large temporary tables have become; nobody else does."""
    if is_postgres(connection):
        connection.exec_driver_sql(f"ANALYZE {', '.join(tables)}")
    else:
        for table in tables:
            connection.exec_driver_sql(f"ANALYZE temp.{table}")


def _storable(change: PersonChange) -> bool:
    """Whether a database can hold the person: no NUL, no half of a surrogate pair, nothing endless."""
    key, username, email, identifier = change.key, change.username, change.email, change.identifier
    if not key or max(len(key), len(username), len(email), len(identifier)) > _LONGEST:
        return False
    joined = f"{key}{username}{email}{identifier}"
    if joined.isascii():
        return "\x00" not in joined
    return "\x00" not in joined and joined.encode("utf-8", "ignore").decode() == joined


def _person_row(change: PersonChange) -> tuple[object, ...]:
    return (
        change.key,
        signed(change.digest),
        change.kind,
        change.username,
        change.email,
        change.identifier,
        login_key(change.username),
        login_key(change.email),
        _as_json(change.schools),
        change.gone,
    )


@lru_cache(maxsize=4096)
def _as_json(schools: tuple[str, ...]) -> str:
    """Sorted. Thousands of persons come through the same schools."""
    return json.dumps(sorted(schools), separators=(",", ":"))


def _entitlement_rows(change: PersonChange) -> Iterable[tuple[object, ...]]:
    key = change.key
    return [(key, ebook, edition) for ebook, edition in _as_text(change.entitlements)]


@lru_cache(maxsize=4096)
def _as_text(entitlements: tuple[Entitlement, ...]) -> tuple[tuple[str, str], ...]:
    """Each once. Thousands of persons have the same."""
    return tuple((entitlement.ebook, str(entitlement.edition)) for entitlement in dict.fromkeys(entitlements))


def login_key(login: str) -> str:
    """What a username or an email is compared by."""
    return login.strip().lower()


def signed(digest: int) -> int:
    """An unsigned 64-bit number as the database keeps it."""
    return digest - (1 << 64) if digest >= 1 << 63 else digest


def unsigned(digest: int) -> int:
    """The inverse of `signed`."""
    return digest & ((1 << 64) - 1)


def _insert(connection: Connection, table: Table, rows: list[tuple[object, ...]]) -> None:
    if not rows:
        return
    if is_postgres(connection):
        _copy(connection, table, rows)
    else:
        names = [column.name for column in table.columns]
        marks = ", ".join("?" for _ in names)
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", rows)  # noqa: S608


def _copy(connection: Connection, table: Table, rows: list[tuple[object, ...]]) -> None:
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    try:
        with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
            copy.write(copied(rows))
    except psycopg.OperationalError:
        connection.invalidate()  # SQLAlchemy did not see the connection break
        raise


def copied(rows: list[tuple[object, ...]]) -> str:
    """Rows as COPY reads them; no value may be None. A third of the time that the driver takes for value by value."""
    lines = ["\t".join(map(str, row)) for row in rows]
    block = "\n".join(lines)
    plain = (
        "\\" not in block
        and "\r" not in block
        and block.count("\n") == len(rows) - 1
        and block.count("\t") == sum(map(len, rows)) - len(rows)
    )
    if not plain:
        block = "\n".join("\t".join(str(value).translate(_ESCAPED) for value in row) for row in rows)
    return f"{block}\n"
