"""The volume of a SQLite ledger is full: that is told, nothing is half written, and with room it goes on."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.ledger.ledger_harness import Books, person

from roster_operator.errors import Actor, LedgerUnavailable


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As on a volume that is full, for this process: what would make a file longer fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_sync_for_which_there_is_no_room_changes_nothing_and_says_so(sqlite_books: Books) -> None:
    books = sqlite_books
    books.sync([person("ann")])
    before = books.dump()
    folder = Path(books.url.removeprefix("sqlite:///")).parent
    size = max(file.stat().st_size for file in folder.glob("ledger.sqlite*"))
    many = [person(f"s-{number}") for number in range(5_000)]

    with files_of_at_most(size), pytest.raises(LedgerUnavailable, match="Platform: check the volume") as told:
        books.sync(many)

    assert told.value.actor is Actor.PLATFORM
    assert told.value.retryable
    assert books.dump() == before
    books.sync(many)
    assert books.rows("SELECT count(*) FROM licenses") == [(5_000,)]
