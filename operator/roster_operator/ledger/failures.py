"""Turns what a database driver raises into errors that name the problem and nothing else.

A driver's text may quote rows or parameters, which are personal data, or the URL. So no text of it is passed on, and
the driver's error is not chained: what is told apart are codes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from roster_operator.errors import DistrictBusy, LedgerError, LedgerUnavailable

_UNREACHABLE = "It cannot be reached. Platform: check that the database runs and that the network lets the operator in."
_REFUSED = "It refuses the user or the password. Platform: check the Secret that holds the ledger's URL."
_NO_DATABASE = "It has no database of that name. Platform: create it, or correct the ledger's URL."
_NOT_MIGRATED = "Its schema is not the one that this version needs. Platform: let the operator migrate it."
_FORBIDDEN = "Its user lacks a permission. Platform: grant what docs/ledger.md lists."
_READ_ONLY = "It is read-only. Platform: point the ledger's URL at the primary, or make the file writable."
_NO_ROOM = "It has no room left (disk, memory or connections). Platform: make room."
_DAMAGED = "The file is not a sound SQLite database. Platform: restore it from a backup."
_STOPPED = "It ended the statement (a timeout or an administrator). It will be tried again."

_BY_SQLSTATE = {
    "28": _REFUSED,
    "3D": _NO_DATABASE,
    "42P01": _NOT_MIGRATED,
    "42703": _NOT_MIGRATED,
    "3F": _NOT_MIGRATED,
    "42501": _FORBIDDEN,
    "25006": _READ_ONLY,
    "53": _NO_ROOM,
    "57014": _STOPPED,
    "08": _UNREACHABLE,
    "57": _UNREACHABLE,
    "25P03": _UNREACHABLE,
}
_BY_SQLITE = {
    "SQLITE_CANTOPEN": "The file cannot be opened. Platform: check that its folder exists and is writable.",
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_FULL": _NO_ROOM,
    "SQLITE_NOMEM": _NO_ROOM,
    "SQLITE_IOERR": "The file cannot be read or written. Platform: check the volume.",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_ERROR": _NOT_MIGRATED,
}
_BY_WORDS_AT_CONNECT = {
    "password": _REFUSED,
    "authentication": _REFUSED,
    "role": _REFUSED,
    "database": _NO_DATABASE,
}
"""libpq gives no code when a connection cannot be opened; the words of the server's FATAL message tell."""
_BUSY = {"40001", "40P01", "55P03"}


@contextmanager
def told_plainly(place: str) -> Iterator[None]:
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
    return LedgerError(f"The license store ({place}) failed: {type(error).__name__}.")


def _explained_sqlite(cause: sqlite3.Error, place: str) -> LedgerError:
    code: str = getattr(cause, "sqlite_errorname", "") or type(cause).__name__
    primary = "_".join(code.split("_")[:2])
    if primary in {"SQLITE_BUSY", "SQLITE_LOCKED"}:
        return DistrictBusy(f"The license store ({place}) is being written by another sync. It will be tried again.")
    if advice := _BY_SQLITE.get(primary):
        return LedgerUnavailable(f"The license store ({place}) failed ({code}). {advice}")
    return LedgerError(f"The license store ({place}) refused a change ({code}).")


def _explained_postgres(cause: psycopg.Error, place: str) -> LedgerError:
    state = cause.sqlstate or ""
    if state in _BUSY:
        return DistrictBusy(
            f"The license store ({place}) was locked by another sync ({state}). It will be tried again."
        )
    if advice := _BY_SQLSTATE.get(state) or _BY_SQLSTATE.get(state[:2]):
        return LedgerUnavailable(f"The license store ({place}) failed ({state}). {advice}")
    if not state and isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return LedgerUnavailable(f"The license store ({place}) failed. {_at_connect(str(cause))}")
    constraint = cause.diag.constraint_name
    named = f", constraint {constraint}" if constraint else ""
    return LedgerError(f"The license store ({place}) refused a change ({state or type(cause).__name__}{named}).")


def _at_connect(words: str) -> str:
    _, fatal, said = words.partition("FATAL:")
    if not fatal:
        return _UNREACHABLE
    return next((advice for word, advice in _BY_WORDS_AT_CONNECT.items() if word in said), _UNREACHABLE)
