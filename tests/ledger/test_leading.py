"""Operators that share a Lease: the one that was succeeded writes nothing any more, however late it wakes up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from tests.ledger.ledger_harness import CLAIM, NOBODY, NOW, Books, person, run

from roster_operator.errors import LedgerError, LedgerUnavailable, Superseded
from roster_operator.ledger import open_ledger
from roster_operator.ledger.interface.district import District, DistrictState
from roster_operator.ledger.leading import Leader
from roster_operator.ledger.ledger import Ledger, Retention
from roster_operator.licensing.models import Applied, Claim, Hold
from roster_operator.roster.subjects import Subject

LEASE = "roster-operator/roster-operator"
A_DAY = Retention(*[timedelta(days=1)] * 3)


@contextmanager
def leading(url: str, name: str, lease: str = LEASE, **options: Any) -> Iterator[Ledger]:
    """The ledger as a leader has it who has taken over."""
    ledger = open_ledger(url, leader=Leader(lease, name), **options)
    try:
        ledger.migrate()
        yield ledger
    finally:
        ledger.close()


def term(books: Books, lease: str = LEASE) -> tuple[int, str]:
    """Of the Lease, as the ledger has it."""
    [(term, holder)] = books.rows(f"SELECT term, holder FROM leaders WHERE lease = '{lease}'")
    return term, holder


def test_who_takes_over_begins_a_new_term_and_the_one_before_writes_nothing(books: Books) -> None:
    with leading(books.url, "first") as first:
        assert term(books) == (1, "first")
        first.check()
        with leading(books.url, "second") as second:
            assert term(books) == (2, "second")
            with pytest.raises(Superseded, match="second"):
                first.check()
            with pytest.raises(Superseded), first.plan(CLAIM, District(), NOBODY, live=True, now=NOW):
                pass
            with second.plan(CLAIM, District(), NOBODY, live=True, now=NOW) as planned:
                assert planned.apply(run(), Hold(), DistrictState()) == Applied()


WRITES: dict[str, Callable[[Ledger, District], object]] = {
    "reserve": lambda ledger, _: ledger.reserve(Claim(CLAIM.owner, "another.example"), NOW),
    "transfer": lambda ledger, _: ledger.transfer(CLAIM.source, "elsewhere", NOW),
    "show": lambda ledger, district: ledger.show(district, None, NOW, None),
    "release": lambda ledger, _: ledger.release(CLAIM.owner, revoke=True, run=run()),
    "prune": lambda ledger, _: ledger.prune(A_DAY, NOW + timedelta(days=900)),
    "questions": lambda ledger, district: ledger.keep_questions(CLAIM, district, {"Logins": [Subject("ann")]}, NOW),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_each_way_to_write_is_closed_to_who_was_succeeded(
    sqlite_books: Books, write: Callable[[Ledger, District], object]
) -> None:
    sqlite_books.sync([person("ann")])
    with leading(sqlite_books.url, "first") as first, leading(sqlite_books.url, "second"):
        with pytest.raises(Superseded):
            write(first, sqlite_books.district())
        assert first.counts(sqlite_books.district_id).active == 1, "it may look"


def test_a_transaction_that_stands_still_is_ended_by_who_takes_over(postgres_books: Books) -> None:
    with (
        leading(postgres_books.url, "first") as first,
        first.plan(CLAIM, District(), NOBODY, live=True, now=NOW) as late,
        leading(postgres_books.url, "second") as second,
    ):
        with second.plan(CLAIM, District(), NOBODY, live=True, now=NOW) as planned:
            planned.apply(run(), Hold(), DistrictState())
        with pytest.raises(LedgerError):
            late.apply(run(), Hold(), DistrictState())
    assert len(postgres_books.rows("SELECT id FROM sync_runs")) == 1


def test_before_it_has_taken_over_a_leader_writes_nothing(books: Books) -> None:
    early = open_ledger(books.url, leader=Leader(LEASE, "early"))
    with pytest.raises(LedgerUnavailable, match="does not know"):
        early.reserve(CLAIM, NOW)
    early.migrate()
    early.reserve(CLAIM, NOW)
    early.close()


def test_a_ledger_that_was_restored_is_taken_over_again(books: Books) -> None:
    with leading(books.url, "first"), leading(books.url, "second") as second:
        books.write("UPDATE leaders SET term = 1, holder = 'first'")
        with pytest.raises(LedgerUnavailable, match="restored"):
            second.reserve(CLAIM, NOW)
        second.check()
        second.reserve(CLAIM, NOW)
        assert term(books) == (3, "second")


def test_those_who_share_no_lease_do_not_meet(books: Books) -> None:
    with leading(books.url, "one", "a/one") as one, leading(books.url, "two", "b/two"):
        one.check()
        one.reserve(CLAIM, NOW)


def test_commands_of_people_go_on_whoever_leads(books: Books) -> None:
    with leading(books.url, "first"):
        books.sync([person("ann")])
        assert books.ledger.counts(books.district_id).active == 1
