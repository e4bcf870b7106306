"""New ledgers, for tests that are about what a ledger does and not about how it comes to be.

To migrate an empty database takes longer than most of these tests. It is done once, and copied.
"""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from hack.postgres import Postgres

from roster_operator.ledger import open_ledger
from roster_operator.ledger.ledger import Ledger


def new_ledger(url: str, *, patience: float | None = None) -> Ledger:
    """A ledger of today's schema; `url` may name a file that is not there yet, which becomes an empty ledger.

    `patience`: as `open_ledger` has it.
    """
    path = Path(url.removeprefix("sqlite:///"))
    to_be_made = url.startswith("sqlite:///") and not path.exists()
    ledger = open_ledger(url) if patience is None else open_ledger(url, patience=patience)
    if to_be_made:
        shutil.copyfile(Path(_migrated().name) / "ledger.sqlite", path)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE identity SET id = ?", [str(uuid.uuid4())])
    ledger.migrate()
    return ledger


def new_database(server: Postgres, template: str) -> str:
    """The URL of a copy of `template`, which `ledger_template` made."""
    url = server.create_database(template=template)
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE identity SET id = %s", [str(uuid.uuid4())])
    return url


def ledger_template(server: Postgres) -> str:
    """The name of a database that holds an empty ledger."""
    return server.create_template(_migrate)


@cache
def _migrated() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="roster-ledger-")
    _migrate(f"sqlite:///{folder.name}/ledger.sqlite")
    return folder


def _migrate(url: str) -> None:
    ledger = open_ledger(url)
    ledger.migrate()
    ledger.close()
