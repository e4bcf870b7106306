"""How many come to each school whom nobody knew, beside those who are known there."""

from __future__ import annotations

from tests.ledger.ledger_harness import Books, person

from roster_operator.licensing.models import Newcomers, PersonChange


def some(school: str, count: int, first: int = 0, *, kind: str = "Student") -> list[PersonChange]:
    return [person(f"{school}-{kind}-{number}", schools=(school,), kind=kind) for number in range(first, first + count)]


def planned(books: Books, roster: list[PersonChange]) -> set[Newcomers]:
    return set(books.sync(roster, live=False).plan.newcomers)


def test_who_comes_is_counted_beside_who_is_known_and_there(books: Books) -> None:
    books.sync([*some("north", 20), *some("south", 5), *some("north", 4, kind="Staff")])
    roster = [*some("north", 12, 8), *some("north", 30, 100), *some("south", 5), *some("new", 40)]
    assert planned(books, [*roster, *some("north", 4, kind="Staff")]) == {
        Newcomers("north", 30, 20, 12),
        Newcomers("", 30, 25, 17),
        Newcomers("", 0, 29, 4),
    }


def test_who_comes_back_is_no_newcomer(books: Books) -> None:
    books.sync([*some("north", 40)])
    books.sync([*some("north", 20)])
    assert planned(books, [*some("north", 40), *some("north", 15, 100)]) == {
        Newcomers("north", 15, 20, 40),
        Newcomers("", 15, 20, 40),
        Newcomers("", 0, 20, 0),
    }


def test_staff_is_held_against_everybody_and_students_against_students(books: Books) -> None:
    books.sync([*some("north", 20), *some("south", 12, kind="Staff")])
    roster = [*some("north", 20), *some("south", 12, kind="Staff")]
    assert planned(books, [*roster, *some("north", 15, kind="Staff"), *some("south", 30)]) == {
        Newcomers("north", 15, 20, 0),
        Newcomers("south", 30, 0, 0),
        Newcomers("", 15, 32, 12),
        Newcomers("", 30, 20, 20),
    }


def test_a_few_are_not_looked_at_nor_those_of_a_first_sync(books: Books) -> None:
    assert planned(books, some("north", 100)) == set()
    books.sync(some("north", 100))
    assert planned(books, some("north", 110)) == set()
