"""Runs migrations with Alembic; imported only when there are some to run."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

_alembic = threading.Lock()
"""Alembic keeps its context in module globals."""


def upgrade(connection: Connection) -> None:
    """Apply, in the transaction of `connection`, every migration that the store lacks."""
    config = configuration()
    config.attributes["connection"] = connection
    with _alembic:
        command.upgrade(config, "head")


def configuration() -> Config:
    """Where the migrations are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
