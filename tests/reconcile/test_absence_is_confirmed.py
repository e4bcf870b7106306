"""Whoever is merely no longer listed loses a license when a second complete reading, hours later, says so, too."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.reconcile.small import SmallDistrict

from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Outcome

GUARD = {"floor": 0, "districtPercent": 100, "schoolPercent": 100}
"""`absentReads` is 2 unless somebody sets another number."""


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    """Live, with four students and a teacher; on SQLite and on PostgreSQL."""
    district = SmallDistrict(tmp_path / "set", new_ledger_url, guard=GUARD)
    assert district.night().outcome is Outcome.SYNCED
    yield district
    district.close()


def vanish(district: SmallDistrict, *people: str) -> None:
    for person in people:
        del district.rows_of("enrollments")[person]


def again(district: SmallDistrict, *, hours: int) -> None:
    """The same roster, so much later."""
    district.clock = FixedClock(district.clock.now() + timedelta(hours=hours))
    district.deliver()
    district.reconcile()


def test_the_first_reading_without_somebody_takes_nothing_and_asks_nobody(small: SmallDistrict) -> None:
    vanish(small, "s1")
    assert small.night().outcome is Outcome.SYNCED
    assert "s1" in small.served()
    assert (small.status["plan"]["unconfirmed"], small.status["plan"]["held"]) == (1, 0)
    assert small.condition("Held") == ("", "")
    assert "1 removal waits for another complete reading" in small.message("Synced")


def test_the_second_takes_it_though_the_roster_did_not_change(small: SmallDistrict) -> None:
    vanish(small, "s1")
    small.night()
    small.night()
    assert small.served() == {"s2", "s3", "s4", "t"}
    assert "unconfirmed" not in small.status["plan"]
    ((why,),) = small.query("SELECT why FROM license_changes WHERE change = 'Revoked'")
    assert why == "EnrollmentNotListed"
    small.night()
    assert small.query("SELECT * FROM held_removals") == []


def test_two_readings_within_a_few_hours_are_one(small: SmallDistrict) -> None:
    vanish(small, "s1")
    small.night()
    again(small, hours=1)
    again(small, hours=2)
    assert "s1" in small.served()
    again(small, hours=2)
    assert "s1" not in small.served()


def test_who_comes_back_begins_anew(small: SmallDistrict) -> None:
    for _ in range(3):
        vanish(small, "s1")
        small.night()
        small.enroll("s1")
        assert small.night().outcome is Outcome.SYNCED
    assert "s1" in small.served()
    assert small.query("SELECT COUNT(*) FROM journal WHERE change = 'Revoked'") == [(0,)]


def test_what_the_sis_says_in_so_many_words_counts_at_once(small: SmallDistrict) -> None:
    small.enroll("s1", endDate="2026-11-02")
    small.enroll("s2", status="tobedeleted")
    small.rows_of("users")["s3"]["enabledUser"] = "false"
    small.night()
    assert small.served() == {"s4", "t"}


def test_one_class_that_ended_says_nothing_of_another_that_is_missing(small: SmallDistrict) -> None:
    small.rows_of("classes")["c0"] = {**small.rows_of("classes")["c1"], "sourcedId": "c0"}
    for row, klass in (("first", "c0"), ("last", "c1")):
        small.rows_of("enrollments")[row] = {
            **small.rows_of("enrollments")["s1"],
            "sourcedId": row,
            "classSourcedId": klass,
        }
    del small.rows_of("enrollments")["s1"]
    small.night()
    for ended, missing in (("first", "last"), ("last", "first")):
        rows = {row: dict(small.rows_of("enrollments")[row]) for row in (ended, missing)}
        small.rows_of("enrollments")[ended]["endDate"] = "2026-11-02"
        vanish(small, missing)
        small.night()
        assert "s1" in small.served()
        small.rows_of("enrollments").update(rows)
        small.night()


def test_one_reading_is_enough_where_the_spec_says_so(small: SmallDistrict) -> None:
    small.change_spec(guard={**GUARD, "absentReads": 1})
    vanish(small, "s1")
    small.night()
    assert "s1" not in small.served()


def test_what_is_from_before_go_live_is_replaced_at_once_as_the_plan_said(small: SmallDistrict) -> None:
    small.execute("UPDATE licenses SET origin = 'Manual'")
    small.execute("UPDATE person_states SET digest = 0")
    vanish(small, "s1")
    small.night()
    assert "s1" not in small.served()


def test_a_class_that_is_closed_counts_at_once(small: SmallDistrict) -> None:
    small.rows_of("classes")["c1"]["status"] = "tobedeleted"
    small.night()
    assert small.served() == set()


def test_what_the_spec_selects_no_more_counts_at_once(small: SmallDistrict) -> None:
    small.change_spec(courses=[{"code": "MA1", "ebooks": ["geometry"]}])
    small.ebooks["geometry"] = {"title": "Geometry"}
    small.night()
    assert {ebook for _, _, ebook in small.licenses()} == {"geometry"}


def test_the_guards_look_at_the_first_reading_already(small: SmallDistrict) -> None:
    small.change_spec(guard={**GUARD, "districtPercent": 10})
    vanish(small, "s1", "s2")
    assert small.night().outcome is Outcome.HELD
    assert small.night().outcome is Outcome.HELD
    assert len(small.served()) == 5


def test_who_does_not_want_to_wait_approves(small: SmallDistrict) -> None:
    vanish(small, "s1")
    small.night()
    small.change_spec(approval={"plan": small.status["plan"]["digest"]})
    again(small, hours=1)
    assert "s1" not in small.served()
    assert small.status["approval"]["state"] == "Spent"
    assert small.query("SELECT approved FROM sync_runs WHERE revoked > 0") == [(1,)], "of no week"


def test_a_removal_that_a_guard_held_and_a_person_approved_needs_no_second_reading(small: SmallDistrict) -> None:
    small.change_spec(guard={**GUARD, "districtPercent": 10})
    vanish(small, "s1", "s2")
    small.night()
    small.change_spec(approval={"plan": small.status["plan"]["digest"]})
    again(small, hours=1)
    assert small.served() == {"s3", "s4", "t"}


def test_what_nobody_has_seen_needs_it_all_the_same(small: SmallDistrict) -> None:
    """At another school, which no guard holds, somebody is missing in the night in which the approval comes."""
    small.rows_of("orgs")["w"] = {**small.rows_of("orgs")["n"], "sourcedId": "w", "name": "West"}
    small.rows_of("classes")["c2"] = {**small.rows_of("classes")["c1"], "sourcedId": "c2", "schoolSourcedId": "w"}
    for number in range(12):
        small.enroll(f"w{number}", classSourcedId="c2")
    small.change_spec(schools=[{"id": "n"}, {"id": "w"}], guard={**GUARD, "schoolPercent": 10})
    small.night()
    vanish(small, "s1", "s2")
    assert small.night().outcome is Outcome.HELD
    small.change_spec(approval={"plan": small.status["plan"]["digest"]})
    vanish(small, "w1")
    small.night()
    assert {"s1", "s2", "w1"} & small.served() == {"w1"}
    assert small.status["plan"]["unconfirmed"] == 1
    small.night()
    assert "w1" not in small.served()


def test_without_a_snapshot_nobody_can_say_so_and_everybody_is_read_twice(small: SmallDistrict) -> None:
    small.change_spec(snapshot="None")
    small.night()
    small.enroll("s1", endDate="2026-11-02")
    small.night()
    assert "s1" in small.served()
    small.night()
    assert "s1" not in small.served()


@pytest.mark.parametrize("seed", range(4))
def test_nobody_loses_who_is_missing_for_a_single_night(small: SmallDistrict, seed: int) -> None:
    """Random nights: each person is there, or missing; the license goes on the second night in a row, not before."""
    dice = random.Random(seed)
    missing = dict.fromkeys(("s1", "s2", "s3", "s4"), 0)
    has = set(missing)
    for _ in range(8):
        for person in missing:
            away = dice.random() < 0.4
            missing[person] = missing[person] + 1 if away else 0
            if away:
                small.rows_of("enrollments").pop(person, None)
            else:
                small.enroll(person)
        small.night()
        has = {person for person in missing if not missing[person] or (person in has and missing[person] < 2)}
        assert small.served() - {"t"} == has


def test_what_the_spec_holds_by_edition_waits_and_the_other_goes(small: SmallDistrict) -> None:
    small.change_spec(guard={**GUARD, "teacherRemovals": "Hold"})
    for person in ("s1", "t"):
        small.enroll(person, endDate="2026-11-02")
    assert small.night().outcome is Outcome.HELD
    assert small.served() == {"s2", "s3", "s4", "t"}
    small.change_spec(approval={"plan": small.status["plan"]["digest"]})
    assert small.night().outcome is Outcome.SYNCED
    assert small.served() == {"s2", "s3", "s4"}
