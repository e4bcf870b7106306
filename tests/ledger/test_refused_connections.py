"""A PostgreSQL that opens no connection: what it means is told by all that it says, never by a word of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from hack.postgres import PrivatePostgres

from roster_operator.errors import LedgerUnavailable
from roster_operator.ledger import open_ledger, refusals
from roster_operator.ledger.refusals import advice_on

AT = 'connection failed: connection to server at "10.0.0.7", port 5432 failed: '


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ('FATAL:  password authentication failed for user "app"', refusals.REFUSED),
        ('FATAL:  Peer authentication failed for user "app"', refusals.REFUSED),
        ('FATAL:  role "database" does not exist', refusals.REFUSED),
        ("fe_sendauth: no password supplied", refusals.REFUSED),
        ("FATAL:  SASL authentication failed", refusals.REFUSED),
        ('FATAL:  database "role" does not exist', refusals.NO_DATABASE),
        ("FATAL:  no such database: ledger", refusals.NO_DATABASE),
        (
            'FATAL:  database "ledger" does not exist\nDETAIL:  It seems to have just been dropped or renamed.',
            refusals.NO_DATABASE,
        ),
        ('FATAL:  permission denied for database "x"\nDETAIL:  User does not have CONNECT.', refusals.FORBIDDEN),
        ('FATAL:  too many connections for database "ledger"', refusals.NO_CONNECTION_LEFT),
        ('FATAL:  too many connections for role "app"', refusals.NO_CONNECTION_LEFT),
        ("FATAL:  sorry, too many clients already", refusals.NO_CONNECTION_LEFT),
        (
            "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
            refusals.NO_CONNECTION_LEFT,
        ),
        (
            "FATAL:  remaining connection slots are reserved for roles with privileges of the "
            '"pg_use_reserved_connections" role',
            refusals.NO_CONNECTION_LEFT,
        ),
        ("FATAL:  no more connections allowed (max_client_conn)", refusals.NO_CONNECTION_LEFT),
        ("FATAL:  the database system is starting up", refusals.NOT_NOW),
        ("FATAL:  the database system is shutting down", refusals.NOT_NOW),
        ("FATAL:  the database system is in recovery mode", refusals.NOT_NOW),
        (
            "FATAL:  the database system is not yet accepting connections\nDETAIL:  Consistent recovery state ...",
            refusals.NOT_NOW,
        ),
        (
            'FATAL:  no pg_hba.conf entry for host "10.0.0.7", user "app", database "ledger", no encryption',
            refusals.NOT_ADMITTED,
        ),
        ('FATAL:  no pg_hba.conf entry for host "::1", user "app", database "x", SSL off', refusals.NOT_ADMITTED),
        (
            'FATAL:  pg_hba.conf rejects connection for host "[local]", user "app", database "x"',
            refusals.NOT_ADMITTED,
        ),
        ('FATAL:  database "ledger" is not currently accepting connections', refusals.CLOSED),
        ("server does not support SSL, but SSL was required", refusals.UNTRUSTED),
        ("SSL error: certificate verify failed", refusals.UNTRUSTED),
        ('server certificate for "db" (and 2 other names) does not match host name "pg"', refusals.UNTRUSTED),
        ("FATAL:  die Datenbank »ledger« existiert nicht", refusals.TURNED_AWAY),
        ("FATAL:  a database role with a password and authentication of its own", refusals.TURNED_AWAY),
        ("Connection refused\n\tIs the server running on that host and accepting TCP/IP?", refusals.UNREACHABLE),
        ("timeout expired", refusals.UNREACHABLE),
        ("", refusals.UNREACHABLE),
    ],
)
def test_what_the_server_says_leads_to_what_is_to_be_done(said: str, advice: str) -> None:
    assert advice_on(f"{AT}{said}") == advice


def test_of_several_servers_the_one_that_says_something_counts() -> None:
    refused = 'connection to server at "10.0.0.6", port 5432 failed: Connection refused'
    assert advice_on(f"{refused}\n{AT}FATAL:  the database system is starting up") == refusals.NOT_NOW


@pytest.fixture
def app(stoppable_postgres: PrivatePostgres) -> Iterator[str]:
    """The URL of a user who is nobody in particular."""
    with psycopg.connect(stoppable_postgres.url, autocommit=True) as admin:
        admin.execute("CREATE ROLE app LOGIN CONNECTION LIMIT 1")
        yield stoppable_postgres.url.replace("postgres@", "app@")
    stoppable_postgres.start()
    with psycopg.connect(stoppable_postgres.url, autocommit=True) as admin:
        admin.execute("DROP ROLE app")


def advised(url: str) -> str:
    """What opening the ledger says."""
    with pytest.raises(LedgerUnavailable) as caught:
        open_ledger(url).check()
    assert caught.value.retryable
    return caught.value.message


def test_a_limit_of_connections_is_said_to_be_one(app: str) -> None:
    with psycopg.connect(app):
        assert refusals.NO_CONNECTION_LEFT in advised(app)


def test_a_user_who_is_not_there_is_no_missing_database(app: str) -> None:
    assert refusals.REFUSED in advised(app.replace("app@", "database@"))


def test_a_line_that_is_missing_in_pg_hba_is_said_to_be(app: str, stoppable_postgres: PrivatePostgres) -> None:
    lines = stoppable_postgres.folder / "data" / "pg_hba.conf"
    before = lines.read_text(encoding="utf-8")
    with ExitStack() as afterwards:
        admin = afterwards.enter_context(psycopg.connect(stoppable_postgres.url, autocommit=True))
        afterwards.callback(_let_in, admin, lines, before)
        _let_in(admin, lines, "local all postgres trust\n")
        deadline = time.monotonic() + 30
        while "pg_hba" not in (message := _attempt(app)):
            assert time.monotonic() < deadline, message
            time.sleep(0.05)
        assert refusals.NOT_ADMITTED in message


def test_a_server_that_stops_is_said_to_stop(app: str, stoppable_postgres: PrivatePostgres) -> None:
    held = psycopg.connect(app)
    assert stoppable_postgres.pid is not None
    os.kill(stoppable_postgres.pid, signal.SIGTERM)  # it waits for `held`, and lets nobody in meanwhile
    deadline = time.monotonic() + 30
    while "stopping" not in (message := _attempt(stoppable_postgres.url)):
        assert time.monotonic() < deadline, message
        time.sleep(0.05)
    held.close()
    assert refusals.NOT_NOW in message
    stoppable_postgres.stop()


def _attempt(url: str) -> str:
    try:
        open_ledger(url).check()
    except LedgerUnavailable as error:
        return error.message
    return ""


def _let_in(admin: psycopg.Connection, file: Path, lines: str) -> None:
    file.write_text(lines, encoding="utf-8")
    admin.execute("SELECT pg_reload_conf()")
