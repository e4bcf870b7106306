"""A grant by hand takes a seat: many who grant the last one at once give one license."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from tests.ledger.ledger_harness import NOW, Books, person

from roster_operator.errors import LedgerError
from roster_operator.ledger.by_hand import open_by_hand
from roster_operator.ledger.by_hand.interface import ByHandLedger, Decided, DecisionOrder, Kind, Newcomer, Obstacle
from roster_operator.licensing.models import Edition
from roster_operator.licensing.seats import Pool

BOOK = "calculus"


@pytest.fixture
def by_hand(books: Books) -> Iterator[ByHandLedger]:
    """Of a district with six students of one school, who have algebra."""
    books.sync([person(f"s-{number}") for number in range(6)])
    ledger = open_by_hand(books.url)
    yield ledger
    ledger.close()


def order(books: Books, whom: int | Newcomer, *pools: Pool) -> DecisionOrder:
    """A grant."""
    return DecisionOrder(
        district_id=books.district_id,
        kind=Kind.GRANT,
        whom=whom,
        ebook=BOOK,
        editions=("Student",),
        until=None,
        takes_back=False,
        by_run=str(uuid.uuid4()),
        actor="support",
        through="test",
        reason="ticket 4711",
        at=NOW,
        pools=pools,
    )


def seats(total: int, school: str = "") -> Pool:
    return Pool(BOOK, Edition.STUDENT, total, school=school)


def accounts(books: Books) -> list[int]:
    return [account for (account,) in books.rows("SELECT id FROM accounts ORDER BY id")]


def grant(by_hand: ByHandLedger, wanted: DecisionOrder) -> Decided:
    shown = by_hand.decide(wanted, digest="")
    return shown if shown.obstacle else by_hand.decide(wanted, digest=shown.digest)


def test_the_last_seat_is_given_once(books: Books, by_hand: ByHandLedger) -> None:
    first, second, *_ = accounts(books)
    assert grant(by_hand, order(books, first, seats(1))).obstacle is None
    assert grant(by_hand, order(books, second, seats(1))).obstacle is Obstacle.NO_SEAT
    assert grant(by_hand, order(books, first, seats(1))).obstacle is None, "who has it needs no other"
    assert grant(by_hand, order(books, second)).obstacle is None, "there is no limit any more"


def test_many_who_grant_the_last_one_at_once_give_one(books: Books, by_hand: ByHandLedger) -> None:
    wanted = [order(books, account, seats(1)) for account in accounts(books)]
    shown = [by_hand.decide(each, digest="").digest for each in wanted]

    def decide(each: DecisionOrder, digest: str) -> bool:
        try:
            return by_hand.decide(each, digest=digest).obstacle is None
        except LedgerError:
            return False

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(decide, wanted, shown))
    assert done.count(True) == 1
    assert books.rows(f"SELECT COUNT(*) FROM licenses WHERE ebook = '{BOOK}'") == [(1,)]


def test_a_seat_of_a_school_is_for_its_people_only(books: Books, by_hand: ByHandLedger) -> None:
    [account, *_] = accounts(books)
    assert grant(by_hand, order(books, account, seats(1, "south"))).obstacle is Obstacle.NO_SEAT
    coach = Newcomer("coach", "")
    assert grant(by_hand, order(books, coach, seats(1, "north"))).obstacle is Obstacle.NO_SEAT
    assert grant(by_hand, order(books, account, seats(1, "north"))).obstacle is None


def test_what_was_granted_by_hand_is_no_seat_for_who_comes_by_the_roster(books: Books, by_hand: ByHandLedger) -> None:
    taken = replace(seats(6), ebook="algebra")
    books.stage(books.changes([person(f"s-{number}") for number in range(6)]), pools=(taken,))
    coach = grant(by_hand, replace(order(books, Newcomer("coach", ""), replace(taken, total=7)), ebook="algebra"))
    assert coach.obstacle is None
    roster = [person(f"s-{number}") for number in range(7)]
    synced = books.stage(books.changes(roster), pools=(replace(taken, total=7),))
    assert synced.applied is not None
    assert (synced.applied.granted, [each.people for each in synced.applied.waiting]) == (0, [1])
