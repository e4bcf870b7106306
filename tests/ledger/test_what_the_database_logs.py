"""Whatever ends a statement of a sync, the log of the database names nobody, though it quotes what it was doing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hack.postgres import PrivatePostgres
from tests.ledger.ledger_harness import ALGEBRA, Books, person, run

from roster_operator.errors import DistrictBusy, LedgerUnavailable
from roster_operator.ledger.interface.district import DistrictState
from roster_operator.licensing.models import Hold, PersonChange

SENTINEL = "sentinel"


class Log:
    """What the server has logged since."""

    def __init__(self, server: PrivatePostgres) -> None:
        self._path: Path = server.folder / "postgres.log"
        self._read = self._path.stat().st_size

    def wait_for(self, word: str) -> str:
        """All of it, once it holds `word`."""
        deadline = time.monotonic() + 30
        while word not in (text := self._path.read_text(encoding="utf-8", errors="replace")[self._read :]):
            assert time.monotonic() < deadline, text
            time.sleep(0.02)
        return text


@pytest.fixture
def books(stoppable_postgres: PrivatePostgres) -> Iterator[Books]:
    """Of a server whose log can be read."""
    url = stoppable_postgres.create_database()
    books = Books(url)
    yield books
    books.close()
    stoppable_postgres.drop_database(url)


@pytest.fixture
def log(books: Books, stoppable_postgres: PrivatePostgres) -> Log:
    """From the first sync on."""
    del books
    return Log(stoppable_postgres)


def sentinels(count: int) -> Iterator[PersonChange]:
    """Persons of whom nothing may be seen anywhere."""
    for number in range(count):
        key = f"{SENTINEL}-{number}"
        yield person(key, username=f"{key}.login", email=f"{key}@d.example", identifier=f"{key}.number")


def end_copies(books: Books, function: str) -> None:
    """What an administrator does to a statement, or to a connection."""
    books.rows(f"""
        SELECT {function}(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'COPY%'
    """)


@pytest.mark.parametrize("function", ["pg_cancel_backend", "pg_terminate_backend"])
def test_persons_who_come_in_are_not_quoted_when_an_administrator_ends_it(
    books: Books, log: Log, function: str
) -> None:
    def coming() -> Iterator[PersonChange]:
        yield from sentinels(20_000)
        end_copies(books, function)
        yield from sentinels(20_000)

    with pytest.raises(LedgerUnavailable), books.planned(coming()):
        pass
    assert "COPY staged" in log.wait_for("CONTEXT")
    assert SENTINEL not in log.wait_for("CONTEXT")


def test_persons_who_come_in_are_not_quoted_when_their_time_is_up(books: Books, log: Log) -> None:
    books.write(f"ALTER DATABASE {books.url.split('/')[3].partition('?')[0]} SET statement_timeout = '300ms'")
    books.ledger.close()  # so that connections are new

    def coming() -> Iterator[PersonChange]:
        yield from sentinels(5_000)
        time.sleep(1)
        yield from sentinels(5_000)

    with pytest.raises(LedgerUnavailable), books.planned(coming()):
        pass
    assert SENTINEL not in log.wait_for("statement timeout")


def test_a_person_who_comes_twice_is_not_quoted(books: Books, log: Log) -> None:
    with pytest.raises(ValueError, match="staged twice"), books.planned([*sentinels(1), *sentinels(1)]):
        pass
    books.write("DO $$ BEGIN RAISE LOG 'the end'; END $$")
    assert SENTINEL not in log.wait_for("the end")


def test_an_account_that_somebody_else_makes_meanwhile_is_not_quoted(books: Books, log: Log) -> None:
    """As an import of accounts does that runs beside the operator."""
    books.sync([person("ann")])
    district = books.district_id
    with books.planned(sentinels(2)) as planned:
        with psycopg.connect(books.url, autocommit=True) as other:
            other.execute(
                "INSERT INTO accounts (district_id, sourced_id, created) VALUES (%s, %s, now())",
                (district, f"{SENTINEL}-1"),
            )
        with pytest.raises(DistrictBusy):
            planned.apply(run(), Hold(), DistrictState())
    assert books.licenses() == {("ann", ALGEBRA.ebook, "Roster")}
    books.write("DO $$ BEGIN RAISE LOG 'the end'; END $$")
    assert SENTINEL not in log.wait_for("the end")
