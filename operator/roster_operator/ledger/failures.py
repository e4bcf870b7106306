"""Turns what a database driver raises into errors that name the problem and nothing else.

A driver's text may quote rows or parameters, which are personal data, or the URL. So no text of it is passed on, and
the driver's error is not chained: what is told apart are codes, and whole messages where there is no code.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from roster_operator.errors import DistrictBusy, LedgerError, LedgerUnavailable
from roster_operator.ledger import refusals

_NOT_MIGRATED = "Its schema is not the one that this version needs. Platform: let the operator migrate it."
_READ_ONLY = "It is read-only. Platform: point the ledger's URL at the primary, or make the file writable."
_NO_ROOM = "It has no room left on its disk or in its memory. Platform: make room."
_DAMAGED = "The file is not a sound SQLite database. Platform: restore it from a backup."
_STOPPED = "It ended the statement (a timeout or an administrator). It will be tried again."
_ENDED = "It ended the connection (a restart, a fail-over, a time limit or an administrator). It will be tried again."
_UNFORESEEN = "Nothing was changed. Platform: look at its log, and report this code if that says nothing more."
_DISK = "The server cannot read or write its files. Platform: check its volume, and its log."

_BY_SQLSTATE = {
    "08": refusals.UNREACHABLE,
    "25006": _READ_ONLY,
    "25P03": _ENDED,
    "25P04": _ENDED,
    "28": refusals.REFUSED,
    "3D": refusals.NO_DATABASE,
    "3F": _NOT_MIGRATED,
    "42501": refusals.FORBIDDEN,
    "42703": _NOT_MIGRATED,
    "42P01": _NOT_MIGRATED,
    "53": _NO_ROOM,
    "53300": refusals.NO_CONNECTION_LEFT,
    "57": _ENDED,
    "57014": _STOPPED,
    "57P03": refusals.NOT_NOW,
    "57P04": refusals.NO_DATABASE,
    "58": _DISK,
}
"""A code, or the class that its first two characters are."""
_BY_SQLITE = {
    "SQLITE_CANTOPEN": "The file cannot be opened. Platform: check that its folder exists and is writable.",
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_FULL": _NO_ROOM,
    "SQLITE_NOMEM": _NO_ROOM,
    "SQLITE_IOERR": "The file cannot be read or written. Platform: check the volume.",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
}
_LACKS = re.compile(r"no such (table|column): .+|table \w+ has no column named .+")
"""What SQLite says of a schema that is not the one expected; its code is that of any statement that makes no sense."""
_BUSY = {"40001", "40P01", "55P03"}


@contextmanager
def translate_db_errors(place: str) -> Iterator[None]:
    """Raise `LedgerError`s for what the database raises. `place` names the store without its password."""
    try:
        yield
    except PoolTimeout:
        raise LedgerUnavailable(
            f"The license store ({place}) had no free connection in time. Platform: raise its pool, or lower --workers."
        ) from None
    except (SQLAlchemyError, psycopg.Error, sqlite3.Error) as error:
        raise _explained(error, place) from None


def _explained(error: Exception, place: str) -> LedgerError:
    cause: BaseException = error
    if isinstance(error, DBAPIError) and error.orig is not None:
        cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _explained_sqlite(cause, place)
    if isinstance(cause, psycopg.Error):
        return _explained_postgres(cause, place)
    return LedgerError(f"The license store ({place}) failed ({type(error).__name__}). {_UNFORESEEN}")


def _explained_sqlite(cause: sqlite3.Error, place: str) -> LedgerError:
    code: str = getattr(cause, "sqlite_errorname", "") or type(cause).__name__
    primary = "_".join(code.split("_")[:2])
    if primary in {"SQLITE_BUSY", "SQLITE_LOCKED"}:
        return DistrictBusy(f"The license store ({place}) is being written by another sync. It will be tried again.")
    advice = _NOT_MIGRATED if _LACKS.fullmatch(str(cause)) else _BY_SQLITE.get(primary)
    if advice:
        return LedgerUnavailable(f"The license store ({place}) failed ({code}). {advice}")
    return LedgerError(f"The license store ({place}) refused a change ({code}). {_UNFORESEEN}")


def _explained_postgres(cause: psycopg.Error, place: str) -> LedgerError:
    state = cause.sqlstate or ""
    if state in _BUSY:
        return DistrictBusy(
            f"The license store ({place}) was locked by another sync ({state}). It will be tried again."
        )
    if advice := _BY_SQLSTATE.get(state) or _BY_SQLSTATE.get(state[:2]):
        return LedgerUnavailable(f"The license store ({place}) failed ({state}). {advice}")
    if not state and isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return LedgerUnavailable(f"The license store ({place}) failed. {refusals.advice_on(str(cause))}")
    constraint = cause.diag.constraint_name
    code = f"{state or type(cause).__name__}{f', constraint {constraint}' if constraint else ''}"
    return LedgerError(f"The license store ({place}) refused a change ({code}). {_UNFORESEEN}")
