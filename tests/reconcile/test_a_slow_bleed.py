"""A few removals each night, none of them above the limit of a sync, and in a week a district would be empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reconcile.small import SmallDistrict

from roster_operator.reconcile.contract import Outcome

STUDENTS = 300


@pytest.fixture
def many(tmp_path: Path) -> Iterator[SmallDistrict]:
    """Live, with three hundred students beside those of every small district."""
    district = SmallDistrict(tmp_path / "set", f"sqlite:///{tmp_path / 'ledger.sqlite'}", guard={"schoolPercent": 100})
    for number in range(STUDENTS):
        district.enroll(f"p{number}")
    assert district.night().outcome is Outcome.SYNCED
    yield district
    district.close()


def leave(district: SmallDistrict, first: int, count: int = 10) -> None:
    for number in range(first, first + count):
        district.enroll(f"p{number}", endDate="2026-11-02")


def test_ten_a_night_for_twelve_nights_are_held_until_somebody_has_looked(many: SmallDistrict) -> None:
    everybody = len(many.served())
    outcomes = []
    for night in range(12):
        leave(many, night * 10)
        outcomes.append(many.night().outcome)
    assert outcomes == [Outcome.SYNCED] * 3 + [Outcome.HELD] * 9
    assert len(many.served()) == everybody - 30
    assert many.status["plan"]["held"] == 90
    assert "Publisher" in many.message("Held")
    many.change_spec(approval={"plan": many.status["plan"]["digest"]})
    assert many.night().outcome is Outcome.SYNCED
    assert len(many.served()) == everybody - 120
    leave(many, 120)
    assert many.night().outcome is Outcome.SYNCED, "what was approved does not count"


def test_the_message_says_how_many_went_before(many: SmallDistrict) -> None:
    for night in range(4):
        leave(many, night * 10)
        many.night()
    assert (
        "10 of 275 licenses would be removed; with the 30 that syncs of the last 7 days removed without asking"
        in many.message("Held")
    )


def test_by_itself_it_goes_on_when_the_week_is_over(many: SmallDistrict) -> None:
    for night in range(4):
        leave(many, night * 10)
        last = many.night().outcome
    assert last is Outcome.HELD
    nights = 0
    while many.night().outcome is Outcome.HELD:
        nights += 1
        assert nights < 7
    assert len(many.served()) == 305 - 40


def test_grants_do_not_wait_for_it(many: SmallDistrict) -> None:
    for night in range(4):
        leave(many, night * 10)
        many.enroll(f"new{night}")
        many.night()
    assert {f"new{night}" for night in range(4)} <= many.served()


def test_an_undo_is_no_removal_that_a_sync_made(many: SmallDistrict) -> None:
    """People know what they do."""
    many.execute(
        "INSERT INTO sync_runs (id, district_id, number, started, finished, proof, digest, granted, revoked, held,"
        " unchanged, conflicts, accounts_created, accounts_linked)"
        " SELECT :id, district_id, number + 1, started, finished, '', '', 0, 30, 0, 275, 0, 0, 0 FROM sync_runs",
        [{"id": "by-hand"}],
    )
    leave(many, 0)
    assert many.night().outcome is Outcome.SYNCED
