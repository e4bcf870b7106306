"""The journal says by which school each license came: the class's, or the only one at which the person is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import pytest
from tests.ledger.ledger_harness import ALGEBRA, GEOMETRY, NOW, Books, person, run

from roster_operator.ledger import telling_why
from roster_operator.ledger.undo import open_undo
from roster_operator.ledger.undo.interface import Obstacle, UndoLedger, UndoOrder
from roster_operator.licensing.models import Edition, Entitlement, Hold

NORTH, BOTH = ("north",), ("north", "south")


def schools(books: Books, change: str) -> Mapping[str, str | None]:
    """By login, as the eBook platform reads it."""
    return dict(
        books.rows(f"""
            SELECT username, school FROM license_changes JOIN accounts ON accounts.id = account
             WHERE change = '{change}' ORDER BY position
        """)
    )


def test_what_comes_and_goes_by_one_school_has_it_and_by_several_has_none(books: Books) -> None:
    books.sync([person("ann"), person("bob", schools=BOTH), person("cid", schools=("sou\\th \u00fc, 2",))])
    told = {"ann": "north", "bob": None, "cid": "sou\\th \u00fc, 2"}
    assert schools(books, "Granted") == told
    books.sync([])
    assert schools(books, "Revoked") == told


def test_a_license_goes_by_the_school_at_which_the_person_was(books: Books) -> None:
    books.sync([person("ann", ALGEBRA)])
    books.sync([person("ann", GEOMETRY, schools=("south",))])
    assert schools(books, "Revoked") == {"ann": "north"}
    assert books.rows("SELECT ebook, school FROM license_changes WHERE change = 'Granted' ORDER BY position") == [
        ("algebra", "north"),
        ("geometry", "south"),
    ]


def test_when_a_district_goes_live_the_school_is_known_too(books: Books) -> None:
    """Of so many no class is looked for."""
    ebooks = [Entitlement(f"book-{number}", Edition.STUDENT) for number in range(100)]
    count = telling_why.MOST_GRANTS // len(ebooks) + 1
    books.sync([person(f"p{number}", *ebooks, schools=(f"school-{number % 2}",)) for number in range(count)])
    assert books.rows("SELECT school, class, COUNT(*) > 9000 FROM license_changes GROUP BY school, class") == [
        ("school-0", None, True),
        ("school-1", None, True),
    ]


def test_a_school_that_no_database_can_hold_is_not_known(books: Books) -> None:
    books.sync([person("ann", schools=("no\x00rth",))])
    books.sync([])
    assert schools(books, "Granted") == schools(books, "Revoked") == {"ann": None}


def test_what_waited_keeps_the_school_of_the_first_night(books: Books) -> None:
    books.sync([person("ann")])
    books.sync([], hold=Hold(everything=True))
    assert books.rows("SELECT school_id FROM held_removals") == [("north",)]
    books.write("UPDATE held_removals SET school_id = 'as-before', why = 'TermOver'")
    books.sync([])
    assert schools(books, "Revoked") == {"ann": "as-before"}


@contextmanager
def undoing(books: Books) -> Iterator[UndoLedger]:
    ledger = open_undo(books.url)
    try:
        yield ledger
    finally:
        ledger.close()


@pytest.fixture
def emptied(books: Books) -> Books:
    """In one night, everybody of two schools lost their licenses."""
    books.sync([person("ann"), person("bob", schools=("south",)), person("cid", schools=BOTH)])
    books.sync([])
    return books


def order(books: Books, school: str) -> UndoOrder:
    ((last,),) = books.rows("SELECT id FROM sync_runs ORDER BY number DESC LIMIT 1")
    district = books.district_id
    return UndoOrder(district, last, run().id, "ann@example.org", "why", NOW, '{"held": 1}', school=school)


def test_one_school_is_turned_back_and_of_whom_it_is_not_known_it_is_said(emptied: Books) -> None:
    asked = order(emptied, "south")
    with undoing(emptied) as ledger:
        shown = ledger.undo(asked, digest="")
        assert (shown.granted, shown.left) == (1, {Obstacle.SCHOOL_NOT_KNOWN: 1})
        assert emptied.licenses() == set()
        ledger.undo(asked, digest=shown.digest)
        assert emptied.licenses() == {("bob", "algebra", "Roster")}
        again = replace(asked, run_id=asked.by_run, by_run=run().id)
        assert (again.school, ledger.undo(again, digest="").removed) == ("south", 1)


def test_what_was_shown_of_one_school_carries_out_no_other(emptied: Books) -> None:
    with undoing(emptied) as ledger:
        digests = {ledger.undo(order(emptied, school), digest="").digest for school in ("north", "south", "")}
    assert len(digests) == 3
