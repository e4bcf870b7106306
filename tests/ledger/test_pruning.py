"""Old history goes, and nothing that a sync or a reader of the feed goes by is missed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.ledger.ledger_harness import ALGEBRA, GEOMETRY, NOW, Books, person

from roster_operator.errors import DistrictBusy
from roster_operator.ledger import pruning
from roster_operator.ledger.ledger import Retention

DAY = timedelta(days=1)
YEAR = Retention(365 * DAY, 365 * DAY)


def prune(books: Books, kept: Retention = YEAR, *, days: int = 400) -> int:
    """How many steps it took, that many days after the syncs."""
    steps = 0
    while books.ledger.prune(kept, NOW + days * DAY):
        steps += 1
    return steps


def runs(books: Books) -> list[tuple[int, int]]:
    """Number, and removals."""
    return books.rows("SELECT number, revoked FROM sync_runs ORDER BY number")


def test_a_young_history_stays(books: Books) -> None:
    books.sync([person("ann")])
    books.sync([person("bob")])
    before = books.dump()
    assert prune(books, days=300) == 0
    assert books.dump() == before


def test_for_ever_is_for_ever(books: Books) -> None:
    books.sync([person("ann")])
    books.sync([person("bob")])
    before = books.dump()
    assert prune(books, Retention(), days=10_000) == 0
    assert books.dump() == before


def test_of_runs_the_last_stays_and_the_last_that_removed_something(books: Books) -> None:
    for roster in ([person("ann", ALGEBRA, GEOMETRY)], [person("ann")], [], [person("bob")], [person("bob")]):
        books.sync(roster)
    assert runs(books) == [(1, 0), (2, 1), (3, 1), (4, 0), (5, 0)]
    prune(books)
    assert runs(books) == [(3, 1), (5, 0)]
    books.sync([person("bob")])
    assert runs(books)[-1] == (6, 0)


def test_who_decided_by_an_older_look_is_still_turned_away(books: Books) -> None:
    books.sync([person("ann")])
    stale = books.district()
    for _ in range(3):
        books.sync([person("ann")])
    prune(books)
    with pytest.raises(DistrictBusy), books.planned([], district=stale):
        pass


def test_a_district_whose_last_licenses_a_sync_removed_long_ago_is_not_taken_for_lost(books: Books) -> None:
    books.sync([person("ann")])
    books.sync([])
    books.sync([])
    prune(books)
    assert not books.ledger.forgot(books.district(), NOW - DAY)
    assert books.ledger.forgot(books.district(), NOW + DAY)


def test_the_feed_begins_later_and_says_from_where(books: Books) -> None:
    books.sync([person("ann"), person("bob")])
    books.write("UPDATE journal SET at = :later WHERE position = 2", later=NOW + 390 * DAY)
    floor = "SELECT position FROM license_changes_floor"
    assert books.rows(floor) == [(0,)]
    prune(books)
    assert books.rows(floor) == [(1,)]
    assert books.rows("SELECT position FROM license_changes") == [(2,)]


def test_a_position_is_never_given_twice(books: Books) -> None:
    books.sync([person("ann"), person("bob")])
    prune(books)
    assert books.rows("SELECT count(*) FROM license_changes") == [(0,)]
    books.sync([person("ann")])
    assert books.rows("SELECT position, change FROM license_changes") == [(3, "Revoked")]


def test_it_goes_in_small_steps(books: Books) -> None:
    many = pruning.AT_ONCE + 1
    books.sync([person(f"{number:05}") for number in range(many)])
    assert prune(books) == 2
    assert books.rows("SELECT count(*) FROM journal") == [(0,)]
    assert books.rows("SELECT position FROM license_changes_floor") == [(many,)]


def test_nothing_is_written_while_there_is_nothing_to_drop(sqlite_books: Books) -> None:
    sqlite_books.sync([person("ann")])
    with sqlite_books.planned([]):
        assert prune(sqlite_books, days=1) == 0, "it does not wait for the writer"


def test_what_the_checklist_has_asked_for_too_long_goes(books: Books) -> None:
    books.sync([person("ann")])
    for at, who in ((NOW, "ann"), (NOW + 300 * DAY, "bob")):
        books.write(
            "INSERT INTO questions (owner, item, person, class_id, what, since) VALUES ('o', 'i', :who, '', '', :at)",
            who=who,
            at=at,
        )
    assert prune(books, Retention(logins=400 * DAY), days=350) == 0
    prune(books, Retention(logins=400 * DAY), days=450)
    assert books.rows("SELECT person FROM questions") == [("bob",)]
