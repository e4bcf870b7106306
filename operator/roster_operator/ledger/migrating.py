"""Brings the schema to this version, from whatever version it is at; several processes may try at once.

That it is there already is found out without Alembic, whose import takes a tenth of the program's start.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from roster_operator.errors import LedgerUnavailable
from roster_operator.ledger.engine import begin_writing, lock_schema, share_schema, without_foreign_keys

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_TABLE = "alembic_version"
_NO_CHANGE = text(f"UPDATE {_TABLE} SET version_num = version_num WHERE 1 = 0")  # noqa: S608 - a constant


def migrate(connections: Engine, place: str) -> None:
    """Apply the migrations that the store lacks, all in one transaction."""
    with connections.connect() as connection:
        if _current(connection, place) == versions()[-1]:
            return
    with connections.connect() as connection, without_foreign_keys(connection):
        begin_writing(connection)
        lock_schema(connection)
        if _current(connection, place) != versions()[-1]:
            import_module("roster_operator.ledger.upgrading").upgrade(connection)
        connection.commit()


def check(connections: Engine, place: str) -> None:
    """Raise `LedgerUnavailable` unless the store answers and has this version's schema."""
    with connections.connect() as connection:
        _expect(_current(connection, place), place)


def expect_writable(connections: Engine) -> None:
    """Have the database refuse a change of nothing if it can only be read: a replica, or a file that is protected."""
    with connections.connect() as connection:
        begin_writing(connection)
        connection.execute(_NO_CHANGE)
        connection.rollback()


def keep_version(connection: Connection, place: str) -> None:
    """As `expect_version`, and nobody migrates the store until the transaction ends."""
    share_schema(connection)
    expect_version(connection, place)


def expect_version(connection: Connection, place: str) -> None:
    """Raise `LedgerUnavailable` unless the store has this version's schema, as the transaction sees it.

    A newer operator may have migrated it while this one was running.
    """
    _expect(_version_of(connection, place), place)


def _expect(version: str | None, place: str) -> None:
    if version != versions()[-1]:
        raise LedgerUnavailable(
            f"The license store ({place}) has the schema of another version. Platform: let the operator migrate it."
        )


@cache
def versions() -> tuple[str, ...]:
    """The versions of the schema that this operator knows, in order: a migration's file is named after its own."""
    return tuple(sorted(path.name[1:5] for path in _VERSIONS.glob("v[0-9][0-9][0-9][0-9]_*.py")))


def _current(connection: Connection, place: str) -> str | None:
    """The version of the store; raises `LedgerUnavailable` if a newer operator has migrated it."""
    return _version_of(connection, place) if inspect(connection).has_table(_TABLE) else None


def _version_of(connection: Connection, place: str) -> str | None:
    version: str | None = connection.scalar(text(f"SELECT version_num FROM {_TABLE}"))  # noqa: S608 - a constant
    if version is not None and version not in versions():
        raise LedgerUnavailable(
            f"The license store ({place}) was migrated by a newer version of the operator. Platform: run that version."
        )
    return version
