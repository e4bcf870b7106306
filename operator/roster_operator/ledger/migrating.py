"""Brings the schema to this version, from whatever version it is at; several processes may try at once."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from roster_operator.errors import LedgerUnavailable
from roster_operator.ledger.engine import begin_writing, lock_schema

_alembic = threading.Lock()
"""Alembic keeps its context in module globals."""


def migrate(connections: Engine, place: str) -> None:
    """Apply the migrations that the store lacks, all in one transaction."""
    with connections.connect() as connection:
        if _current(connection, place) == _wanted():
            return
    with connections.connect() as connection:
        begin_writing(connection)
        lock_schema(connection)
        if _current(connection, place) != _wanted():
            config = _config()
            config.attributes["connection"] = connection
            with _alembic:
                command.upgrade(config, "head")
        connection.commit()


def check(connections: Engine, place: str) -> None:
    """Raise `LedgerUnavailable` unless the store answers and has this version's schema."""
    with connections.connect() as connection:
        if _current(connection, place) != _wanted():
            raise LedgerUnavailable(
                f"The license store ({place}) has the schema of another version. Platform: let the operator migrate it."
            )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def _wanted() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _current(connection: Connection, place: str) -> str | None:
    """The version of the store; raises `LedgerUnavailable` if a newer operator has migrated it."""
    version = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if version is not None and version not in known:
        raise LedgerUnavailable(
            f"The license store ({place}) was migrated by a newer version of the operator. Platform: run that version."
        )
    return version
