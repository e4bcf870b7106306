"""What happens to the operator itself by night: it is killed, or its database goes away."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from tests.nights.stage import Stage

from roster_operator.ledger import open_ledger


def killed(stage: Stage, statement: int) -> bool:
    """One reconcile in a process that is killed before it asks the database for so many; whether it was."""
    child = os.fork()
    if child == 0:
        try:
            stage.ledger = open_ledger(stage.ledger_url)
            die = _at(statement, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            event.listen(Engine, "before_cursor_execute", die)
            event.listen(Engine, "commit", die)
            stage.reconcile()
        finally:
            os._exit(0)
    stage.begin_run()
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@contextmanager
def database_away(statement: int) -> Iterator[list[str]]:
    """From so many statements on, for one of them; which one it was, if it came to that."""
    went: list[str] = []

    def lose(_connection: Any, cursor: Any, text: str, *_: object) -> None:
        went.append(text)
        _lose(cursor.connection)

    listener = _at(statement, lose)
    event.listen(Engine, "before_cursor_execute", listener)
    try:
        yield went
    finally:
        event.remove(Engine, "before_cursor_execute", listener)


def _at(number: int, act: Any) -> Any:
    count = itertools.count()

    def listen(*what: Any) -> None:
        if next(count) == number:
            act(*what)

    return listen


def _lose(connection: Any) -> None:
    """The connection to PostgreSQL is closed; SQLite's file cannot be read."""
    if hasattr(connection, "set_progress_handler"):
        connection.set_progress_handler(lambda: connection.set_progress_handler(None, 0) or 1, 1)
    else:
        connection.close()
