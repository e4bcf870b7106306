"""A plan that waits as a whole changes nothing, and is approved as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from tests.ledger.ledger_harness import ALGEBRA, GEOMETRY, NOW, Books, gone, person, run

from roster_operator.ledger.interface.district import DistrictState, Watermark
from roster_operator.licensing.models import Hold, PersonChange

CHANGES = [person("ann", GEOMETRY), gone("bob"), person("cid"), person("dan", username="daniel")]
MARK = Watermark("inputs", "scope", NOW, NOW, "", 0)


@pytest.fixture
def four(books: Books) -> Books:
    """Three persons, live, and a watermark."""
    books.stage([person("ann"), person("bob"), person("dan")], state=DistrictState(watermark=MARK))
    return books


def digest_of_all(books: Books, changes: Sequence[PersonChange], *, live: bool = True) -> str:
    with books.planned(changes, live=live) as planned:
        return planned.digest(Hold(everything=True, grants=True))


def set_aside(books: Books, changes: Sequence[PersonChange]) -> None:
    with books.planned(changes) as planned:
        planned.set_aside(run(NOW + timedelta(days=1)), books.district().state, "plan-of-all")


def test_nothing_is_written_but_that_the_sync_was_there_and_that_the_next_reads_everything(four: Books) -> None:
    before = four.dump()
    set_aside(four, CHANGES)
    after = four.dump()
    assert (len(before.pop("sync_runs")), len(after.pop("sync_runs"))) == (1, 2)
    assert before.pop("district_state") != after.pop("district_state")
    assert (len(before.pop("shown_plans")), len(after.pop("shown_plans"))) == (0, 1)
    assert four.district().state == DistrictState()
    assert after == before
    assert four.rows("SELECT granted, revoked, held FROM sync_runs ORDER BY finished DESC LIMIT 1") == [(0, 0, 2)]


def test_a_district_that_is_not_known_yet_stays_unknown(books: Books) -> None:
    set_aside(books, [person("ann")])
    assert set(map(len, books.dump().values())) == {0}


def test_in_setup_mode_nothing_is_set_aside_either(books: Books) -> None:
    with books.planned([person("ann")], live=False) as planned, pytest.raises(RuntimeError):
        planned.set_aside(run(), DistrictState(), "plan-of-all")


def test_a_plan_has_the_same_digest_as_long_as_it_is_the_same(four: Books) -> None:
    digest = digest_of_all(four, CHANGES)
    set_aside(four, CHANGES)
    assert digest_of_all(four, list(reversed(CHANGES))) == digest
    assert digest_of_all(four, CHANGES, live=False) == digest
    assert digest.startswith("plan-")


@pytest.mark.parametrize(
    "other",
    [
        CHANGES[:-1],
        CHANGES[1:],
        [*CHANGES, person("eve")],
        [*CHANGES[:-1], person("dan", username="danny")],
        [*CHANGES[:-1], person("dan", username="daniel", identifier="7")],
        [person("ann", ALGEBRA, GEOMETRY), *CHANGES[1:]],
    ],
)
def test_anything_else_that_it_would_change_makes_it_another(four: Books, other: list[PersonChange]) -> None:
    assert digest_of_all(four, other) != digest_of_all(four, CHANGES)


def test_once_it_was_applied_the_same_changes_are_another_plan(four: Books) -> None:
    grant = [person("eve")]
    digest = digest_of_all(four, grant)
    four.stage(grant)
    four.stage([gone("eve")])
    assert digest_of_all(four, grant) != digest
