"""Syncs that run at the same time, and the order in which the eBook platform sees their changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from tests.ledger.ledger_harness import CLAIM, NOBODY, NOW, Books, person, run

from roster_operator.errors import DistrictBusy
from roster_operator.ledger import open_ledger
from roster_operator.ledger.interface.district import District, DistrictState
from roster_operator.licensing.models import Applied, Claim, Hold


def district(url: str, number: int) -> Books:
    """One of many districts of one ledger."""
    return Books(url, Claim(f"districts/d{number}", f"d{number}.example"))


def test_a_district_is_synced_by_one_at_a_time(books: Books) -> None:
    impatient = open_ledger(books.url, patience=0.1)
    with books.planned([person("ann")]) as planned:
        with pytest.raises(DistrictBusy), impatient.plan(CLAIM, District(), NOBODY, live=True, now=NOW):
            pass
        planned.apply(run(), Hold(), DistrictState())
    with impatient.plan(CLAIM, impatient.district(CLAIM), NOBODY, live=True, now=NOW) as planned:
        assert planned.apply(run(), Hold(), DistrictState()) == Applied()
    impatient.close()


def test_a_district_that_is_being_synced_is_not_released(books: Books) -> None:
    books.sync([person("ann")])
    impatient = open_ledger(books.url, patience=0.1)
    with books.planned([]), pytest.raises(DistrictBusy):
        impatient.release(CLAIM.owner, revoke=True, run=run())
    assert impatient.release(CLAIM.owner, revoke=True, run=run()) == 1
    impatient.close()


def test_setup_mode_looks_on_while_a_sync_is_applied(books: Books) -> None:
    books.sync([person("ann")])
    with books.planned([person("bob")]) as applying, books.planned([person("bob")], live=False) as looking:
        applying.apply(run(), Hold(), DistrictState())
        assert looking.plan.active == 1
        assert looking.counts().active == 1, "it sees the state that it began with"


def test_two_districts_are_synced_side_by_side(postgres_books: Books) -> None:
    other = district(postgres_books.url, 2)
    with postgres_books.planned([person("ann")]) as one, other.planned([person("ann")]) as two:
        assert two.apply(run(), Hold(), DistrictState()) == Applied(granted=1)
        assert one.apply(run(), Hold(), DistrictState()) == Applied(granted=1)
    other.close()


def test_many_workers_share_a_ledger(books: Books) -> None:
    districts = [district(books.url, number) for number in range(6)]
    for one in districts:
        one.ledger.close()
        one.ledger = books.ledger

    def several(one: Books) -> None:
        for round_ in range(4):
            one.sync([person(f"s-{number}") for number in range(round_, round_ + 5)])

    with ThreadPoolExecutor(6) as workers:
        list(workers.map(several, districts))
    for one in districts:
        assert one.ledger.counts(one.district_id).active == 5
        one.close()


@contextmanager
def last_commit_waits_for(go_on: threading.Event, reached: threading.Event) -> Iterator[None]:
    """The first transaction that commits waits, with everything written."""

    def wait(_connection: Connection) -> None:
        if not reached.is_set():
            reached.set()
            assert go_on.wait(60)

    event.listen(Engine, "commit", wait)
    try:
        yield
    finally:
        event.remove(Engine, "commit", wait)


def test_a_change_is_never_seen_before_one_of_a_lower_position(postgres_books: Books) -> None:
    first, second = district(postgres_books.url, 1), district(postgres_books.url, 2)
    go_on, reached = threading.Event(), threading.Event()
    with ThreadPoolExecutor(2) as workers, last_commit_waits_for(go_on, reached):
        slow = workers.submit(first.sync, [person("ann")])
        assert reached.wait(60)
        fast = workers.submit(second.sync, [person("bob")])
        with pytest.raises(TimeoutError):
            fast.result(timeout=1)
        assert postgres_books.journal() == []
        go_on.set()
        assert (slow.result(60).applied, fast.result(60).applied) == (Applied(granted=1), Applied(granted=1))
    assert [who for who, *_ in postgres_books.journal()] == ["ann", "bob"]
    first.close()
    second.close()


def test_a_reader_who_follows_the_feed_by_position_misses_nothing(books: Books) -> None:
    districts = [district(books.url, number) for number in range(4)]
    done = threading.Event()

    def busy(one: Books) -> None:
        for round_ in range(8):
            one.sync([person(f"s-{round_}")])

    def follow() -> list[int]:
        seen: list[int] = []
        while True:
            ended = done.wait(0.005)  # a reader who never paused would starve the writers of this process of the GIL
            since = seen[-1] if seen else 0
            query = f"SELECT position FROM license_changes WHERE position > {since} ORDER BY position"
            seen += [at for (at,) in books.rows(query)]
            if ended:
                return seen

    with ThreadPoolExecutor(5) as workers:
        reader = workers.submit(follow)
        try:
            list(workers.map(busy, districts))
        finally:
            done.set()
        followed = reader.result(60)
    assert followed == [at for (at,) in books.rows("SELECT position FROM license_changes ORDER BY position")]
    assert len(followed) == 4 * 15
    for one in districts:
        one.close()
