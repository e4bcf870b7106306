"""What it means that PostgreSQL opens no connection, told by its whole message: libpq passes on no code for these.

Messages are in the server's language (`lc_messages`); of one that is not known here nothing is guessed.
"""

from __future__ import annotations

import re
from typing import Final

UNREACHABLE: Final = (
    "It cannot be reached. Platform: check that the database runs and that the network lets the operator in."
)
REFUSED: Final = "It refuses the user or the password. Platform: check the Secret that holds the ledger's URL."
NO_DATABASE: Final = "It has no database of that name. Platform: create it, or correct the ledger's URL."
NOT_ADMITTED: Final = (
    "Its pg_hba.conf does not admit this user to this database from here. Platform: add a line for them, or let the "
    "ledger's URL ask for what the line demands, such as sslmode=require."
)
FORBIDDEN: Final = "Its user lacks a permission. Platform: grant what docs/reference/ledger.md lists."
NO_CONNECTION_LEFT: Final = (
    "It has no connection left. Platform: raise its limit (max_connections, or the CONNECTION LIMIT of the user or the "
    "database), or lower --workers."
)
NOT_NOW: Final = (
    "It is starting, stopping or recovering. It will be tried again. Platform: if this stays, look at the server's log."
)
CLOSED: Final = "Its database lets nobody in. Platform: see ALLOW_CONNECTIONS of the database."
UNTRUSTED: Final = (
    "An encrypted connection to it cannot be made. Platform: check sslmode and sslrootcert in the ledger's URL, and "
    "the server's certificate. A server that knows no encryption needs sslmode=disable, and a network that is trusted."
)
TURNED_AWAY: Final = "It turned the connection away. Platform: the server's log says why."

_NAME: Final = r'"[^"]*"'
_MEANINGS: Final = (
    (
        REFUSED,
        rf"[\w ]+ authentication failed for user {_NAME}",
        rf"role {_NAME} does not exist",
        rf"role {_NAME} is not permitted to log in",
        r"SASL authentication failed",
        r"fe_sendauth: no password supplied",
    ),
    (
        NO_DATABASE,
        rf"database {_NAME} does not exist",
        r"no such database: \S+",
    ),
    (
        NOT_ADMITTED,
        rf"no pg_hba\.conf entry for host {_NAME}, user {_NAME}, database {_NAME}(, [\w ]+)?",
        rf"pg_hba\.conf rejects connection for host {_NAME}, user {_NAME}, database {_NAME}(, [\w ]+)?",
    ),
    (FORBIDDEN, rf"permission denied for database {_NAME}"),
    (
        NO_CONNECTION_LEFT,
        r"sorry, too many clients already",
        rf"too many connections for (role|database) {_NAME}",
        rf"remaining connection slots are reserved for [\w ]+( {_NAME} [\w ]+)?",
        r"no more connections allowed \(max_client_conn\)",
    ),
    (
        NOT_NOW,
        r"the database system is (starting up|shutting down|in recovery mode)",
        r"the database system is not (yet )?accepting connections",
        r"terminating connection due to administrator command",
    ),
    (CLOSED, rf"database {_NAME} is not currently accepting connections"),
    (
        UNTRUSTED,
        r"server does not support SSL, but SSL was required",
        r"SSL error: .+",
        r"root certificate file .+ does not exist",
        rf"server certificate for {_NAME}( \(and \d+ other names?\))? does not match host name {_NAME}",
    ),
)
"""Of PostgreSQL 12 to 18 and of PgBouncer, and who is to do what about it."""
_MEANING_OF: Final = [(re.compile(pattern), advice) for advice, *patterns in _MEANINGS for pattern in patterns]
_FAILED: Final = " failed: "
"""Stands between the server's address, which libpq puts before it, and what was said."""
_FATAL: Final = "FATAL:"


def advice_on(words: str) -> str:
    """What to do, given what the driver says of a connection that it could not open, perhaps to several servers."""
    said = [line.rpartition(_FAILED)[2].strip() for line in words.splitlines()]
    for message in said:
        plain = message.removeprefix(_FATAL).strip()
        for pattern, advice in _MEANING_OF:
            if pattern.fullmatch(plain):
                return advice
    return TURNED_AWAY if any(message.startswith(_FATAL) for message in said) else UNREACHABLE
