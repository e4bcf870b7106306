"""To another machine nothing goes in clear, unless the ledger's URL says so."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from roster_operator.errors import LedgerUnavailable
from roster_operator.ledger.store import open_ledger

ASKS_FOR_ENCRYPTION = (80877103).to_bytes(4)
"""Of PostgreSQL's protocol, message SSLRequest."""
ANOTHER_MACHINE = "0.0.0.0"
"""It leads here, and is not known to."""


@contextmanager
def server_without_encryption() -> Iterator[tuple[int, bytearray]]:
    """Its port, and what it was told."""
    told = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection:
                        if connection.recv(8)[4:] == ASKS_FOR_ENCRYPTION:
                            connection.sendall(b"N")
                            told.extend(connection.recv(1000))

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1], told


def refused(host: str, port: int, query: str = "") -> str:
    ledger = open_ledger(f"postgresql://user:geheim@{host}:{port}/ledger{query}")
    try:
        with pytest.raises(LedgerUnavailable) as raised:
            ledger.check()
    finally:
        ledger.close()
    return raised.value.message


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGSSLMODE", "PGSSLROOTCERT", "PGSERVICE", "PGHOST"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("query", ["", "?sslmode=require", "?sslmode=verify-full&sslrootcert=system"])
def test_a_server_elsewhere_that_knows_no_encryption_is_told_nothing(query: str) -> None:
    with server_without_encryption() as (port, told):
        message = refused(ANOTHER_MACHINE, port, query)
    assert not told
    assert "An encrypted connection to it cannot be made" in message
    assert "sslmode=disable" in message


def test_one_host_of_several_that_is_elsewhere_is_enough() -> None:
    with server_without_encryption() as (port, told):
        refused("", port, f"?host=localhost,{ANOTHER_MACHINE}&port={port},{port}")
    assert not told


@pytest.mark.parametrize(
    ("host", "query"), [("127.0.0.1", ""), ("localhost", ""), (ANOTHER_MACHINE, "?sslmode=prefer")]
)
def test_this_machine_and_whoever_says_so_may_do_without(host: str, query: str) -> None:
    with server_without_encryption() as (port, told):
        refused(host, port, query)
    assert b"ledger" in told


def test_what_the_environment_says_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "prefer")
    with server_without_encryption() as (port, told):
        refused(ANOTHER_MACHINE, port)
    assert b"ledger" in told
