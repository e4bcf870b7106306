"""Whoever was erased is known by a hash of an id, and an id is of one source: of another, it may be another child's."""

from __future__ import annotations

import uuid

from tests.ledger.ledger_harness import NOW, Books, person
from tests.ledger.test_rekeying import MANY, child, move, roster

from roster_operator.api.v1alpha1 import Unconfirmed
from roster_operator.ledger.people import open_people
from roster_operator.ledger.people.interface import ErasureOrder


def erase(books: Books, key: str) -> None:
    ((account,),) = books.rows(f"SELECT id FROM accounts WHERE sourced_id = '{key}'")
    order = ErasureOrder(books.district_id, account, str(uuid.uuid4()), "ann", "os", "asked", NOW)
    people = open_people(books.url)
    try:
        people.erase(order, lambda _: "digest", dry_run=False)
    finally:
        people.close()


def served(books: Books) -> set[str]:
    return {name for name, _, _ in books.licenses()}


def test_a_child_who_gets_the_id_of_an_erased_one_from_another_server_is_served(books: Books) -> None:
    books.sync(roster())
    erase(books, "0")
    strangers = roster(first=100)
    assert move(books, strangers).plan.rekey is not None
    assert served(books) == {f"user{100 + n}" for n in range(MANY)}
    books.sync([*strangers[:-1], person("11", username="user111", identifier="n111", schools=("south",))])
    assert served(books) == {f"user{100 + n}" for n in range(MANY)}, "and stays so"


def test_a_move_that_is_not_applied_forgets_nobody(books: Books) -> None:
    books.sync(roster())
    erase(books, "0")
    move(books, roster(first=100), live=False)
    books.sync(roster())
    assert served(books) == {f"user{n}" for n in range(1, MANY)}


def test_whoever_was_erased_stays_away_where_ids_are_those_of_before(books: Books) -> None:
    books.sync(roster())
    erase(books, "0")
    assert move(books, roster()).plan.rekey is None
    assert served(books) == {f"user{n}" for n in range(1, MANY)}
    changed = [*roster()[:-1], child("11", 70)]
    assert move(books, changed, unconfirmed=Unconfirmed.SAME_ACCOUNT).plan.rekey is not None
    books.sync(changed)
    assert "user0" not in served(books)
