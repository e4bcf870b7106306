"""The databases that other tests rely on are real ones, fresh for each test, and can be taken away."""

from __future__ import annotations

import signal
from contextlib import closing

import psycopg
import pytest
import sqlalchemy as sa
from hack.postgres import Postgres, PrivatePostgres


def engine_of(url: str) -> sa.Engine:
    return sa.create_engine(sa.make_url(url.replace("postgresql://", "postgresql+psycopg://", 1)))


def tables_of(url: str) -> list[str]:
    engine = engine_of(url)
    try:
        return sa.inspect(engine).get_table_names()
    finally:
        engine.dispose()


def make_table(url: str) -> None:
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE districts (name text)"))
    engine.dispose()


@pytest.mark.parametrize("attempt", [1, 2])
def test_each_test_gets_an_empty_database(ledger_url: str, attempt: int) -> None:
    assert tables_of(ledger_url) == []

    make_table(ledger_url)

    assert tables_of(ledger_url) == ["districts"]


def test_a_database_copied_from_a_template_has_its_tables(postgres_server: Postgres) -> None:
    template = postgres_server.create_template(make_table)

    url = postgres_server.create_database(template=template)

    assert tables_of(url) == ["districts"]
    postgres_server.drop_database(url)
    postgres_server.drop_database(postgres_server.url_of(template))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL])
def test_postgres_keeps_what_was_committed_when_it_is_taken_away_and_brought_back(
    stoppable_postgres: PrivatePostgres, how: signal.Signals
) -> None:
    url = stoppable_postgres.create_database()
    make_table(url)

    stoppable_postgres.stop(how)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    stoppable_postgres.start()

    assert tables_of(url) == ["districts"]
    stoppable_postgres.drop_database(url)


def test_the_urls_suit_psycopg_too(postgres_url: str) -> None:
    with closing(psycopg.connect(postgres_url)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
