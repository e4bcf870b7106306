"""What a sync remembers holds as long as nothing else of the district has changed."""

from __future__ import annotations

import pytest
from tests.ledger.ledger_harness import Books, person, run

from roster_operator.ledger.interface.district import DistrictState, Memory
from roster_operator.licensing.models import PersonChange

MEMORY = Memory(inputs="inputs", day="2026-08-12", until="2026-09-01", findings=b"\x00found", transcript=b"\xffread")


def remember(books: Books, memory: Memory | None, *changes: PersonChange) -> None:
    books.stage(changes, state=DistrictState(memory=memory))


def reused(books: Books) -> Memory | None:
    district = books.district()
    memory = district.state.memory
    return memory if memory is not None and books.ledger.check_licenses(district).undisturbed else None


def test_a_district_that_never_went_live_has_none(books: Books) -> None:
    assert reused(books) is None


def test_what_a_sync_remembers_is_there_for_the_next(books: Books) -> None:
    remember(books, MEMORY, person("a"), person("b"))
    assert reused(books) == MEMORY
    books.stage([])
    assert reused(books) == MEMORY


def test_a_sync_that_changes_something_ends_the_memory(books: Books) -> None:
    remember(books, MEMORY, person("a"))
    books.stage([person("b")])
    assert reused(books) is None


def test_a_sync_can_remember_something_else_or_nothing(books: Books) -> None:
    other = Memory("inputs", "2026-08-13", "", b"", b"")
    remember(books, MEMORY, person("a"))
    remember(books, other)
    assert reused(books) == other
    remember(books, None)
    assert reused(books) is None


@pytest.mark.parametrize("statement", ["UPDATE person_states SET digest = 0", "DELETE FROM person_states"])
def test_states_that_others_clear_end_it(books: Books, statement: str) -> None:
    remember(books, MEMORY, person("a"), person("b"))
    books.write(f"{statement} WHERE key = 'a'")
    assert reused(books) is None


def test_a_sync_that_is_dropped_remembers_nothing(books: Books) -> None:
    remember(books, MEMORY, person("a"))
    with books.planned([person("b")]):
        pass
    assert reused(books) == MEMORY


def test_a_released_district_forgets(books: Books) -> None:
    remember(books, MEMORY, person("a"))
    books.ledger.release(books.claim.owner, revoke=False, run=run())
    assert reused(books) is None
    assert books.rows("SELECT memory, memory_version FROM district_state") == [(None, None)]


def test_a_memory_that_did_not_hold_when_it_was_read_never_holds_again(books: Books) -> None:
    remember(books, MEMORY, person("a"))
    books.write("UPDATE person_states SET digest = 0")
    books.stage([])
    books.write("UPDATE person_states SET digest = 7")
    assert reused(books) is None


@pytest.mark.parametrize("left", [b"", b"\xc1", b"\x93\x01\x02\x03"])
def test_what_another_version_left_in_another_form_is_no_memory(books: Books, left: bytes) -> None:
    remember(books, MEMORY, person("a"))
    books.write("UPDATE district_state SET memory = :left, watermark = :left", left=left)
    assert books.district().state == DistrictState()
