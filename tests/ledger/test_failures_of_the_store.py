"""What is said when the database is wrong, away, or refuses; and that it says nothing of persons or passwords."""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from hack.postgres import PrivatePostgres
from tests.ledger.ledger_harness import CLAIM, Books, person, run

from roster_operator.errors import InputError, LedgerError, LedgerUnavailable
from roster_operator.ledger import open_ledger
from roster_operator.ledger.interface.district import DistrictState
from roster_operator.licensing.models import Applied, Hold, PersonChange

SECRET = "hunter2"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        f"mysql://user:{SECRET}@db/ledger",
        f"postgresql+asyncpg://user:{SECRET}@db/ledger",
        f"postgresql://user:{SECRET}@db",
        f"postgresql://user:{SECRET}@db:port/ledger",
        f"sqlite://{SECRET}/ledger.sqlite",
        f"sqlite:///ledger.sqlite?mode={SECRET}",
    ],
)
def test_a_url_that_names_no_store_is_refused_in_words(url: str) -> None:
    with pytest.raises(InputError, match="sqlite:///PATH") as caught:
        open_ledger(url)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_look_notices_that_postgresql_can_only_be_read(postgres_books: Books) -> None:
    postgres_books.ledger.check()
    name = postgres_books.rows("SELECT current_database()")[0][0]
    postgres_books.write(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    later = open_ledger(postgres_books.url)
    with pytest.raises(LedgerUnavailable, match="It is read-only"):
        later.check()
    later.close()


def test_a_look_notices_that_the_file_of_sqlite_can_only_be_read(
    sqlite_books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_books.ledger.check()
    connect = sqlite3.connect
    file = sqlite_books.url.removeprefix("sqlite:///")
    monkeypatch.setattr(
        "sqlite3.dbapi2.connect", lambda _path, **how: connect(f"file:{file}?mode=ro", **{**how, "uri": True})
    )
    protected = open_ledger(sqlite_books.url)
    with pytest.raises(LedgerUnavailable, match="It is read-only"):
        protected.check()
    protected.close()


def test_a_look_at_a_ledger_that_is_being_written_finds_it_sound(sqlite_books: Books) -> None:
    hurried = open_ledger(sqlite_books.url, patience=0.1)
    with sqlite_books.planned([person("ann")]):
        hurried.check()
    hurried.close()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_server_that_is_not_there_is_named_without_the_password(scheme: str) -> None:
    ledger = open_ledger(f"{scheme}://user:{SECRET}@127.0.0.1:1/ledger")
    for step in (ledger.check, ledger.migrate, lambda: ledger.district(CLAIM)):
        with pytest.raises(LedgerUnavailable, match=r"127\.0\.0\.1:1/ledger.*cannot be reached") as caught:
            step()
        assert caught.value.retryable
        assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_database_that_does_not_exist_is_said_to(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url.replace("/roster_", "/missing_"))
    with pytest.raises(LedgerUnavailable, match="no database of that name"):
        ledger.check()


def test_a_file_that_cannot_be_a_ledger_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnavailable, match="folder exists"):
        open_ledger(f"sqlite:///{tmp_path}/nowhere/ledger.sqlite").check()
    text = tmp_path / "ledger.txt"
    text.write_text("not a database " * 100)
    with pytest.raises(LedgerUnavailable, match="sound SQLite database"):
        open_ledger(f"sqlite:///{text}").check()


def test_a_sqlite_file_is_for_its_user_only(sqlite_books: Books) -> None:
    folder = Path(sqlite_books.url.removeprefix("sqlite:///")).parent
    sqlite_books.sync([person("ann")])
    assert {file.stat().st_mode & 0o077 for file in folder.glob("ledger.sqlite*")} == {0}


def test_a_store_in_memory_forgets_all_but_keeps_it_while_it_is_open() -> None:
    ledger = open_ledger("sqlite://")
    ledger.migrate()
    assert ledger.district(CLAIM).id is None
    ledger.check()
    ledger.close()
    fresh = open_ledger("sqlite://")
    with pytest.raises(LedgerUnavailable):
        fresh.check()


def test_what_the_database_refuses_is_reported_without_rows(books: Books) -> None:
    books.write("CREATE UNIQUE INDEX one_email ON accounts (email)")
    roster = [person(key, email="sentinel@d.example") for key in ("sentinel-1", "sentinel-2")]
    with pytest.raises(LedgerError) as caught:
        books.sync(roster)
    assert "refused a change" in caught.value.message
    assert "sentinel" not in "".join(traceback.format_exception(caught.value))
    assert books.rows("SELECT * FROM districts") == []


def drop_connections(books: Books) -> None:
    """End everybody else's connections, as a fail-over does."""
    books.rows("""
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()
    """)


@pytest.mark.parametrize("when", ["in staging", "before applying"])
def test_a_connection_that_breaks_in_mid_sync_leaves_everything_as_it_was(postgres_books: Books, when: str) -> None:
    books = postgres_books
    books.sync([person("ann")])
    before = books.dump()

    def changes() -> Iterator[PersonChange]:
        yield from (person(f"s-{number}") for number in range(10_000))
        if when == "in staging":
            drop_connections(books)
        yield person("last")

    def sync() -> None:
        with books.planned(changes()) as planned:
            drop_connections(books)
            planned.apply(run(), Hold(), DistrictState())

    with pytest.raises(LedgerUnavailable) as caught:
        sync()
    assert caught.value.retryable
    assert "s-1" not in "".join(traceback.format_exception(caught.value))
    assert books.dump() == before
    assert books.sync([person("bob")]).applied == Applied(granted=1, revoked=1)


def test_the_ledger_comes_back_by_itself_when_the_database_does(stoppable_postgres: PrivatePostgres) -> None:
    url = stoppable_postgres.create_database()
    books = Books(url)
    books.sync([person("ann")])
    stoppable_postgres.stop()
    with pytest.raises(LedgerUnavailable):
        books.ledger.check()
    stoppable_postgres.start()
    assert books.sync([person("bob")]).applied == Applied(granted=1, revoked=1)
    books.close()
    stoppable_postgres.drop_database(url)
