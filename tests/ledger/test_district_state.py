"""What a sync leaves for the next one is kept with what is applied, and outlasts the resource."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from tests.ledger.ledger_harness import NOW, Books, gone, person, run

from roster_operator.ledger.interface.district import DistrictState
from roster_operator.licensing.models import Hold, PersonChange

ONE = DistrictState("evidence", '{"questions":{}}', NOW, b"\xff\x00ab")
TWO = DistrictState("other", classes=b"cd")


def keep(
    books: Books, state: DistrictState | None, changes: Sequence[PersonChange] = (), *, aside: bool = False
) -> DistrictState:
    """What there was before."""
    before = books.district().state
    with books.planned(changes) as planned:
        if aside:
            planned.set_aside(run(), state or before, "plan-of-all")
        else:
            planned.apply(run(NOW + timedelta(hours=1)), Hold(), state or before)
    return before


def test_it_is_there_for_the_next_sync(books: Books) -> None:
    assert keep(books, ONE, [person("a")]) == DistrictState()
    assert books.district().state == ONE
    assert keep(books, None, [person("b")]) == ONE, "a sync that says nothing of it leaves it"
    assert keep(books, TWO) == ONE
    assert keep(books, ONE, [gone("a")], aside=True) == TWO
    assert books.district().state == ONE, "also of a plan that is set aside"


def test_in_setup_mode_nothing_is_kept(books: Books) -> None:
    with books.planned([person("a")], live=False) as planned, pytest.raises(RuntimeError):
        planned.apply(run(), Hold(), ONE)
    assert books.district().state == DistrictState()


def test_the_same_again_writes_nothing(books: Books) -> None:
    keep(books, ONE, [person("a")])
    before = books.dump()
    keep(books, ONE)
    after = books.dump()
    assert len(after.pop("sync_runs")) == len(before.pop("sync_runs")) + 1
    assert after == before


def test_it_outlasts_the_resource_but_for_what_its_removals_waited_for(books: Books) -> None:
    keep(books, ONE, [person("a")])
    books.ledger.release(books.claim.owner, revoke=False, run=run(NOW + timedelta(hours=2)))
    assert keep(books, TWO) == DistrictState(ONE.evidence, ONE.baseline, None, ONE.classes)
