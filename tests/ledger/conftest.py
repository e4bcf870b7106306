"""A district's books, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from tests.ledger.ledger_harness import Books


@pytest.fixture
def books(new_ledger_url: str) -> Iterator[Books]:
    """Empty ones, on both databases."""
    books = Books(new_ledger_url)
    yield books
    books.close()


@pytest.fixture
def sqlite_books(tmp_path: Path) -> Iterator[Books]:
    """Empty ones, on SQLite."""
    books = Books(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield books
    books.close()


@pytest.fixture
def postgres_books(postgres_ledger_url: str) -> Iterator[Books]:
    """Empty ones, on PostgreSQL."""
    books = Books(postgres_ledger_url)
    yield books
    books.close()


@pytest.fixture
def engine(ledger_url: str) -> Iterator[Engine]:
    """Of an empty store."""
    engine = create_engine(ledger_url.replace("postgresql://", "postgresql+psycopg://"))
    yield engine
    engine.dispose()
