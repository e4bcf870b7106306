"""Fixtures with real databases: a fresh one for each test.

PostgreSQL is the server of ROSTER_TEST_POSTGRES_URL, or a private one. A test that uses it is marked
`postgres` by that alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hack.postgres import Postgres, PostgresMissing, PrivatePostgres, find_postgres
from tests.support.availability import unavailable
from tests.support.ledgers import ledger_template, new_database


def _private() -> PrivatePostgres:
    try:
        return PrivatePostgres()
    except PostgresMissing as error:
        unavailable("PostgreSQL", str(error))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL server for the whole session."""
    try:
        server = find_postgres()
    except PostgresMissing as error:
        unavailable("PostgreSQL", str(error))
    if isinstance(server, PrivatePostgres):
        with server:
            yield server
    else:
        yield server


@pytest.fixture
def stoppable_postgres(postgres_server: Postgres) -> Iterator[PrivatePostgres]:
    """A server that the test may take away and bring back: `stop`, `start`.

    The session's, unless that was given by URL; it runs again when the test has ended.
    """
    if isinstance(postgres_server, PrivatePostgres):
        yield postgres_server
        postgres_server.start()
        return
    with _private() as own:
        yield own


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """The URL (`postgresql://...`) of an empty database that only this test uses."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> Iterator[str]:
    """The name of a database that holds an empty ledger."""
    name = ledger_template(postgres_server)
    yield name
    postgres_server.drop_database(postgres_server.url_of(name))


@pytest.fixture
def postgres_ledger_url(postgres_server: Postgres, postgres_template: str) -> Iterator[str]:
    """The URL (`postgresql://...`) of an empty ledger that only this test uses."""
    url = new_database(postgres_server, postgres_template)
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database; a test that uses it runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def new_ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """As `ledger_url`, for tests that do not begin with a database without a schema; `new_ledger` opens it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    url: str = request.getfixturevalue("postgres_ledger_url")
    return url
