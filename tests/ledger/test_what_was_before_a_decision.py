"""Whoever ends a grant or a block leaves what was there before: ends, purchases, and the grant under a block."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.ledger.ledger_harness import CLAIM, Books, person, run
from tests.ledger.test_by_hand import END, EVERY, SOON, decide, order

from roster_operator.ledger.by_hand import open_by_hand
from roster_operator.ledger.by_hand.interface import ByHandLedger, Kind, Obstacle
from roster_operator.ledger.imports import open_imports
from roster_operator.ledger.imports.interface import GivenLicense, ImportOrder
from roster_operator.ledger.schema import UtcDateTime
from roster_operator.ledger.undo import open_undo
from roster_operator.ledger.undo.interface import UndoOrder

BEFORE = SOON - timedelta(days=1)
LATER = SOON + timedelta(days=30)
COLUMNS = "account_id, ebook, edition, origin, since, until, purchase"


@pytest.fixture
def by_hand(books: Books) -> Iterator[ByHandLedger]:
    """Ann has algebra by the roster, and bought geometry, until a day before `SOON`."""
    books.sync([person("ann"), person("bob")])
    imports = open_imports(books.url)
    given = [GivenLicense(1, "ann", "", "", "geometry", "Student", stays=True, until=BEFORE, purchase="PIN-1")]
    asked = ImportOrder(CLAIM, str(uuid.uuid4()), "ann", datetime.now(UTC))
    imports.take_in(asked, given, digest=imports.take_in(asked, given, digest="").digest)
    imports.close()
    ledger = open_by_hand(books.url)
    yield ledger
    ledger.close()


def held(books: Books) -> list[Any]:
    return books.rows(f"SELECT {COLUMNS} FROM licenses ORDER BY account_id, ebook")


def ends(books: Books, of: str = "licenses") -> list[str]:
    return [str(until)[:16] for (until,) in books.rows(f"SELECT until FROM {of} WHERE ebook = 'geometry'")]


def at(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"


def end_by_itself(books: Books, kind: str) -> None:
    past = UtcDateTime().process_bind_param(datetime.now(UTC) - timedelta(minutes=1), books.dialect)
    books.write("UPDATE overrides SET until = :past WHERE kind = :kind", past=past, kind=kind)


def test_the_end_of_a_grant_gives_a_purchase_its_own_end_back(books: Books, by_hand: ByHandLedger) -> None:
    before = held(books)
    decide(books, by_hand, "ann", until=LATER)
    assert ends(books) == [at(LATER)]
    assert decide(books, by_hand, "ann", **END).removed == ()
    assert held(books) == before


def test_so_does_that_of_a_grant_that_was_extended_or_cut_short(books: Books, by_hand: ByHandLedger) -> None:
    before = held(books)
    for until, then in ((SOON, SOON), (LATER, LATER), (SOON, SOON), (BEFORE - timedelta(days=1), BEFORE)):
        decide(books, by_hand, "ann", until=until)
        assert ends(books) == [at(then)]
    assert held(books) == before
    decide(books, by_hand, "ann", until=LATER)
    decide(books, by_hand, "ann", **END)
    assert held(books) == before


def test_what_would_have_ended_by_now_goes_with_the_grant(books: Books, by_hand: ByHandLedger) -> None:
    decide(books, by_hand, "ann", until=LATER)
    past = UtcDateTime().process_bind_param(datetime.now(UTC) - timedelta(minutes=1), books.dialect)
    books.write("UPDATE overrides SET former_until = :past", past=past)
    assert [each.ebook for each in decide(books, by_hand, "ann", **END).removed] == ["geometry"]
    assert ends(books) == []


@pytest.mark.parametrize("scope", [EVERY, {}], ids=["every eBook", "one"])
def test_the_end_of_a_block_gives_back_row_for_row(books: Books, by_hand: ByHandLedger, scope: dict[str, Any]) -> None:
    decide(books, by_hand, "ann", until=LATER)
    decide(books, by_hand, "ann", ebook="calculus")
    before, decided = held(books), books.rows("SELECT * FROM overrides ORDER BY id")
    for _ in range(2):
        decide(books, by_hand, "ann", Kind.BLOCK, **scope)
        decide(books, by_hand, "ann", Kind.BLOCK, **scope, **END)
        assert held(books) == before, "the purchase with its reference, and each with its origin and end"
        assert books.rows("SELECT * FROM overrides ORDER BY id") == decided, "and the grants are written down"
    decide(books, by_hand, "ann", **END)
    assert ends(books) == [at(BEFORE)]


def test_under_a_block_nobody_grants_or_ends_a_grant(books: Books, by_hand: ByHandLedger) -> None:
    decide(books, by_hand, "ann")
    decide(books, by_hand, "ann", Kind.BLOCK)
    for how in ({}, END):
        assert by_hand.decide(order(books, "ann", **how), digest="").obstacle is Obstacle.BLOCKED


def test_a_grant_goes_on_when_the_block_ends_by_itself(books: Books, by_hand: ByHandLedger) -> None:
    decide(books, by_hand, "bob", until=LATER)
    decide(books, by_hand, "bob", Kind.BLOCK, **EVERY)
    assert {who for who, _, _ in books.licenses()} == {"ann"}
    end_by_itself(books, "Block")
    synced = books.sync([person("ann"), person("bob")])
    assert synced.applied is not None
    assert synced.applied.granted == 2
    assert {row for row in books.licenses() if row[0] == "bob"} == {
        ("bob", "algebra", "Roster"),
        ("bob", "geometry", "Sticky"),
    }
    assert ("bob", "geometry", "Granted", "Unblocked") in books.journal()
    books.sync([person("ann"), person("bob")])
    assert len(books.licenses()) == 4, "and once"
    decide(books, by_hand, "bob", **END)
    assert ("bob", "geometry", "Sticky") not in books.licenses()


def test_a_grant_that_ended_under_a_block_does_not_come_back(books: Books, by_hand: ByHandLedger) -> None:
    decide(books, by_hand, "bob")
    decide(books, by_hand, "bob", Kind.BLOCK, **EVERY)
    end_by_itself(books, "Grant")
    end_by_itself(books, "Block")
    books.sync([person("ann"), person("bob")])
    assert {row for row in books.licenses() if row[0] == "bob"} == {("bob", "algebra", "Roster")}


def test_an_undo_of_an_undo_gives_the_purchase_back_with_its_reference(books: Books, by_hand: ByHandLedger) -> None:
    before = held(books)
    undoing = open_undo(books.url)
    for _ in range(2):
        ((last,),) = books.rows("SELECT id FROM sync_runs ORDER BY number DESC LIMIT 1")
        asked = UndoOrder(books.district_id, last, run().id, "x", "y", datetime.now(UTC), "{}")
        undoing.undo(asked, digest=undoing.undo(asked, digest="").digest)
    undoing.close()
    assert held(books) == before
