"""When the first decision by hand of each district ends, as it is told a week before."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.ledger.ledger_harness import CLAIM, Books, person
from tests.ledger.test_by_hand import END, SOON, by_hand, decide, end_all

from roster_operator.controller.ledger_health import LedgerHealth
from roster_operator.ledger.by_hand.interface import ByHandLedger, Kind

__all__ = ["by_hand"]


def test_the_first_end_of_each_district_is_known_in_a_suspended_one_too(books: Books, by_hand: ByHandLedger) -> None:
    assert books.ledger.ends_by_hand() == {}
    decide(books, by_hand, "ann", until=SOON + timedelta(days=9))
    decide(books, by_hand, "bob", Kind.BLOCK, until=SOON)
    assert books.ledger.ends_by_hand() == {CLAIM.owner: SOON}
    decide(books, by_hand, "bob", Kind.BLOCK, **END)
    assert books.ledger.ends_by_hand() == {CLAIM.owner: SOON + timedelta(days=9)}
    end_all(books)
    assert books.ledger.ends_by_hand() == {}


def test_the_operator_looks_when_it_starts_and_now_and_then(books: Books, by_hand: ByHandLedger) -> None:
    with ThreadPoolExecutor(1) as executor:
        health = LedgerHealth(books.ledger, executor, lambda: None)
        decide(books, by_hand, "ann")
        asyncio.run(health.check())
        assert health.ends_by_hand == {CLAIM.owner: SOON}
        decide(books, by_hand, "ann", **END)
        for _ in range(20):
            asyncio.run(health.check())
        assert health.ends_by_hand == {}
    assert books.sync([person("ann"), person("bob")]).plan.grants == 0
