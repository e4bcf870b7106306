"""Delta reads of servers that tell changes badly or not at all: it is noticed, and no license is lost by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reconcile.multi_day_harness import DAY, Nights, simulated

from roster_operator.reconcile.contract import Trigger

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("fault", "reason", "field", "word"),
    [
        ("ignore-filter", "NotTold", "dateFilter", "Ignored"),
        ("error=400,on=enrollments,after=1,times=4", "NotTold", "dateFilter", "Refused"),
        ("forbidden,on=enrollments,after=1,times=1", "NotTold", "dateFilter", "Refused"),
        ("bad-rows=nulls,every=1,on=enrollments,after=1,times=1", "NotTold", "dates", "Empty"),
        ("truncate,on=enrollments,after=1,times=5", "Incomplete", "dateFilter", "Honoured"),
    ],
)
def test_a_server_that_is_not_up_to_it_is_read_whole_the_same_night_and_from_then_on(
    nights: Nights, fault: str, reason: str, field: str, word: str
) -> None:
    nights.clock.advance(DAY)
    nights.change("student-arrives", "student-leaves:S1000010")
    nights.district.fault(fault)
    nights.sync()
    assert nights.reads == ("Full", reason)
    assert nights.scene.status["provider"][field] == word
    assert nights.scene.licenses() == nights.scene.expected()
    nights.district.clear_faults()
    nights.night()
    assert nights.reads[0] == ("Full" if reason == "NotTold" else "Delta")


def test_a_server_that_has_learnt_is_noticed_a_week_later(nights: Nights) -> None:
    nights.district.fault("ignore-filter")
    nights.night()
    nights.district.clear_faults()
    for _ in range(6):
        nights.night()
        assert nights.reads == ("Full", "NotTold")
    nights.night()
    assert nights.scene.status["provider"]["dateFilter"] == "Honoured"
    assert nights.reads[1] != "NotTold"


def test_as_long_as_no_date_was_seen_to_move_everything_is_read(tmp_path: Path) -> None:
    with simulated() as district:
        nights = Nights(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        nights.sync()
        nights.night()
        assert nights.scene.status["provider"]["dates"] == "Constant"
        assert nights.reads == ("Full", "NotTold")
        nights.night("student-arrives")
        assert nights.scene.status["provider"]["dates"] == "Varied"
        assert nights.reads == ("Delta", "Unchanged")
        assert nights.scene.licenses() == nights.scene.expected()
        nights.scene.close()


@pytest.mark.parametrize("habit", ["constant", "empty", "null", "moving"])
def test_a_server_whose_dates_say_nothing_is_read_whole_from_the_first_night_on(tmp_path: Path, habit: str) -> None:
    with simulated() as district:
        district.fault(f"modified-dates={habit}")
        nights = Nights(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        nights.begin()
        for change in ("student-arrives", "student-leaves:S1000010"):
            nights.night(change)
            assert nights.reads == ("Full", "NotTold")
            assert nights.scene.licenses() == nights.scene.expected()
        assert nights.scene.status["provider"]["dates"] in ("Constant", "Empty")
        nights.scene.close()


@pytest.mark.parametrize("habit", ["hidden", "delta-only"])
def test_whether_ended_rows_are_told_makes_no_difference(nights: Nights, habit: str) -> None:
    before = nights.scene.licenses()
    nights.district.fault(f"deleted-rows={habit}")
    nights.night("student-leaves:S1000010", "student-moves:S1000020")
    assert nights.reads == ("Delta", "Unchanged")
    assert nights.scene.licenses() >= before
    nights.sync(trigger=Trigger.REQUESTED)
    assert nights.reads == ("Full", "Asked")
    assert nights.scene.licenses() == nights.scene.expected()


def test_where_users_cannot_be_asked_for_they_are_looked_up_in_the_lists(nights: Nights) -> None:
    nights.district.fault("missing-route,on=users")
    nights.night("student-arrives,count=2")
    assert nights.reads == ("Delta", "Unchanged")
    assert nights.scene.licenses() == nights.scene.expected()


def test_who_does_not_say_what_they_are_gets_nothing_before_the_full_read(nights: Nights) -> None:
    before = nights.scene.licenses()
    nights.district.fault("bad-rows=blanks,every=1,on=users")
    nights.night("student-arrives")
    assert nights.reads[0] == "Delta"
    assert nights.scene.licenses() == before


@pytest.mark.parametrize("habit", ["constant", "empty", "moving"])
def test_a_server_that_ceases_to_keep_its_dates_is_noticed_by_the_full_read_that_is_due(
    nights: Nights, habit: str
) -> None:
    nights.district.fault(f"modified-dates={habit}")
    for _ in range(6):
        nights.night("student-leaves:S1000010")
        assert nights.scene.licenses() >= nights.scene.expected()
    nights.night("student-arrives")
    assert nights.scene.status["provider"]["dates"] in ("Constant", "Empty")
    assert nights.reads[0] == "Full"
    assert nights.scene.licenses() == nights.scene.expected()
    nights.night("student-arrives")
    assert nights.reads == ("Full", "NotTold")
    assert nights.scene.licenses() == nights.scene.expected()
