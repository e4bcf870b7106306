"""What a sync remembers holds as long as nothing else of the district has changed."""

from __future__ import annotations

import pytest
from tests.ledger.ledger_harness import Books, person, run

from roster_operator.ledger.ledger import Memory
from roster_operator.licensing.models import Hold, PersonChange

MEMORY = Memory(inputs="inputs", day="2026-08-12", until="2026-09-01", findings=b"\x00found", transcript=b"\xffread")


def remember(books: Books, memory: Memory | None, *changes: PersonChange) -> None:
    with books.session() as session:
        session.stage(changes)
        session.plan()
        session.remember(memory)
        session.apply(run(), Hold())


def recalled(books: Books) -> Memory | None:
    district = books.district()
    memory = books.ledger.memory(district)
    return memory if memory is not None and books.ledger.census(district).undisturbed else None


def test_a_district_that_never_went_live_has_none(books: Books) -> None:
    assert recalled(books) is None


def test_what_a_sync_remembers_is_there_for_the_next(books: Books) -> None:
    remember(books, MEMORY, person("a"), person("b"))
    assert recalled(books) == MEMORY
    books.stage([])
    assert recalled(books) == MEMORY


def test_a_sync_that_changes_something_ends_the_memory(books: Books) -> None:
    remember(books, MEMORY, person("a"))
    books.stage([person("b")])
    assert recalled(books) is None


def test_a_sync_can_remember_something_else_or_nothing(books: Books) -> None:
    other = Memory("inputs", "2026-08-13", "", b"", b"")
    remember(books, MEMORY, person("a"))
    remember(books, other)
    assert recalled(books) == other
    remember(books, None)
    assert recalled(books) is None


@pytest.mark.parametrize("statement", ["UPDATE person_states SET digest = 0", "DELETE FROM person_states"])
def test_states_that_others_clear_end_it(books: Books, statement: str) -> None:
    remember(books, MEMORY, person("a"), person("b"))
    books.write(f"{statement} WHERE key = 'a'")
    assert recalled(books) is None


def test_a_sync_that_is_dropped_remembers_nothing(books: Books) -> None:
    remember(books, MEMORY, person("a"))
    with books.session() as session:
        session.stage([person("b")])
        session.plan()
        session.remember(None)
    assert recalled(books) == MEMORY


def test_a_released_district_forgets(books: Books) -> None:
    remember(books, MEMORY, person("a"))
    books.ledger.release(books.claim.owner, revoke=False, run=run())
    assert recalled(books) is None
    assert books.rows("SELECT count(*) FROM memories") == [(0,)]
