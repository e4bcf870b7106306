"""Between full reads only what changed is read: it adds licenses, never removes one, and notices where it cannot."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.reconcile.multi_day_harness import DAY, NIGHT, UNLIMITED, Nights, simulated

from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.licensing.models import Edition
from roster_operator.reconcile.contract import Outcome, Trigger
from roster_operator.reconcile.read_mode import scope_of
from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import Days
from roster_operator.roster.models import ClassSection

pytestmark = pytest.mark.slow


def test_who_arrives_is_served_the_same_night_and_nobody_is_listed_for_it(nights_on_both: Nights) -> None:
    nights = nights_on_both
    before = nights.scene.licenses()
    nights.night("student-arrives,count=3")
    assert nights.reads == ("Delta", "Unchanged")
    assert nights.scene.licenses() == nights.scene.expected()
    assert nights.scene.status["lastSync"]["granted"] == len(nights.scene.licenses() - before) > 0
    assert nights.asked("/teachers") == nights.asked("/students") == 1, "the probe's alone"
    nights.night()
    assert nights.reads == ("Delta", "Unchanged")
    assert nights.scene.status["lastSync"]["granted"] == 0
    assert nights.scene.licenses() == nights.scene.expected()


@pytest.mark.parametrize("how", ["tobedeleted", "gone", "ended"])
def test_who_leaves_keeps_everything_until_the_next_full_read(nights_on_both: Nights, how: str) -> None:
    nights = nights_on_both
    before = nights.scene.licenses()
    nights.night(f"student-leaves:S1000010,how={how}", f"student-moves:S1000020,how={how}")
    assert nights.reads == ("Delta", "Unchanged")
    assert nights.scene.licenses() >= before | nights.scene.expected()
    for _ in range(6):
        nights.night()
    assert nights.reads == ("Full", "Due")
    assert nights.scene.licenses() == nights.scene.expected()
    assert nights.scene.licenses() != before


def test_a_night_without_changes_writes_its_run_and_how_far_it_read(nights_on_both: Nights) -> None:
    nights = nights_on_both
    nights.clock.advance(2 * DAY)
    nights.sync()
    before, status = nights.scene.rows(), nights.scene.status
    nights.night()
    after = nights.scene.rows()
    assert after.pop("sync_runs") == before.pop("sync_runs") + 1
    assert after == before
    for field in ("roster", "licenses", "checklist", "provider"):
        assert nights.scene.status[field] == status[field]
    assert nights.scene.condition("DataClean") == ("True", "Clean")
    assert nights.scene.condition("Synced") == ("True", "Synced")
    assert nights.asked("/enrollments") == 2, "the question, and the probe's"


def test_the_journal_says_of_a_run_since_when_it_asked_for_changes(nights: Nights) -> None:
    nights.night()
    proofs = [
        json.loads(row[0])["enrollments"] for row in nights.scene.query("SELECT proof FROM sync_runs ORDER BY started")
    ]
    assert [proof.get("changed since") for proof in proofs] == [None, "2026-10-05T02:00:00+00:00"]


def table_of(books: int, schools: int, *classes: ClassSection) -> ClassTable:
    """Classes of one course that leads to so many eBooks."""
    names = [f"book{number:03d}" for number in range(books)]
    offer = Offer({"algebra": names}, {name: list(Edition) for name in names}, [f"s{n:03d}" for n in range(schools)])
    table = ClassTable(offer, calendar([], Days("2026-10-06")))
    table.add(classes)
    return table


def test_the_scope_is_the_same_for_the_same_classes_however_many_ebooks_and_schools_there_are() -> None:
    one, other = ClassSection("1", "algebra", "s000"), ClassSection("2", "algebra", "s001")
    scopes = [
        scope_of(table_of(100, 100, one, other)),
        scope_of(table_of(100, 101, one, other)),
        scope_of(table_of(99, 100, one, other)),
        scope_of(table_of(100, 100, one)),
        scope_of(table_of(100, 100, one, ClassSection("2", "algebra", "s002"))),
    ]
    assert len(set(scopes)) == len(scopes)
    assert scope_of(table_of(100, 100, other, one)) == scopes[0]


def test_the_status_says_when_the_last_full_read_was_and_when_the_next_is_due(nights: Nights) -> None:
    nights.night()
    reads = nights.scene.status["reads"]
    assert reads["lastFullReadTime"] == "2026-10-06T02:00:00Z"
    assert reads["nextFullReadTime"] == "2026-10-13T02:00:00Z"
    assert nights.scene.status["nextSyncTime"] < "2026-10-08T02:00:01Z"


def test_the_next_sync_is_in_time_for_the_full_read(nights: Nights) -> None:
    nights.scene.change_spec(interval="100h")
    nights.night()
    assert nights.reads == ("Full", "Changed")
    nights.clock.advance(100 * timedelta(hours=1))
    nights.sync()
    assert nights.reads == ("Delta", "Unchanged")
    assert nights.scene.status["nextSyncTime"] == "2026-10-14T02:00:01Z"


def test_delta_reads_may_come_more_often_than_full_ones_where_they_are_not_possible(nights: Nights) -> None:
    nights.scene.change_spec(source={**nights.scene.spec["source"], "delta": {"interval": "1h", "fullInterval": "48h"}})
    nights.night()
    assert nights.scene.status["nextSyncTime"] < "2026-10-07T03:00:01Z"
    nights.district.fault("ignore-filter")
    nights.clock.advance(timedelta(hours=1))
    nights.sync()
    assert nights.reads == ("Full", "NotTold")
    assert nights.scene.status["nextSyncTime"] > "2026-10-08T01:00:00Z"


def test_who_changes_school_and_course_gets_what_the_new_one_brings_and_keeps_the_old_for_a_while(
    nights: Nights,
) -> None:
    algebra = next(iter(nights.district.students_in(nights.district.school_ids[0], "MA101")))
    geometry = nights.district.classes_of(nights.district.school_ids[1], "MA104")[0]
    before = nights.scene.licenses()
    nights.night(f"student-moves:{algebra},to={geometry}")
    expected = nights.scene.expected()
    assert nights.reads == ("Delta", "Unchanged")
    assert before - expected == {(algebra, "Student", "algebra")}
    assert nights.scene.licenses() == before | expected
    assert nights.scene.status["plan"]["revocations"] == 0
    nights.sync(trigger=Trigger.REQUESTED)
    assert nights.scene.licenses() == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"courses": [{"code": "MA101", "ebooks": ["algebra", "workbook"]}]},
        {"timeZone": "America/Chicago"},
        {"guard": {**UNLIMITED, "floor": 9_999}},
    ],
)
def test_a_changed_spec_makes_the_next_read_a_full_one(nights: Nights, changed: dict[str, Any]) -> None:
    nights.scene.change_spec(**changed)
    nights.night()
    assert nights.reads == ("Full", "Changed")


def test_a_changed_ebook_makes_the_next_read_a_full_one(nights: Nights) -> None:
    nights.scene.ebooks["algebra"] = {"title": "Algebra", "editions": ["Teacher"]}
    nights.night()
    assert nights.reads == ("Full", "ScopeChanged")
    assert nights.scene.licenses() == nights.scene.expected()


@pytest.mark.parametrize("change", ["sections-reminted:{school}", "class-ends:{klass},how=tobedeleted"])
def test_other_classes_in_scope_make_the_next_read_a_full_one(nights: Nights, change: str) -> None:
    school = nights.district.school_ids[0]
    nights.night(change.format(school=school, klass=nights.district.classes_of(school, "MA101")[0]))
    assert nights.reads == ("Full", "ScopeChanged")
    assert nights.scene.licenses() == nights.scene.expected()


def test_a_failure_makes_the_next_read_a_full_one(nights: Nights) -> None:
    nights.clock.advance(DAY)
    nights.district.fault("error=503")
    nights.sync(Outcome.INCOMPLETE)
    assert nights.scene.status["reads"]["nextFullReadTime"] == nights.scene.status["nextSyncTime"]
    nights.district.clear_faults()
    nights.night("student-arrives")
    assert nights.reads == ("Full", "AfterFailure")


def test_removals_that_wait_make_every_read_a_full_one(nights: Nights) -> None:
    nights.scene.change_spec(guard={"districtPercent": 0, "schoolPercent": 0, "floor": 0})
    nights.clock.advance(DAY)
    nights.change("student-leaves:S1000010")
    nights.sync(Outcome.HELD)
    nights.clock.advance(DAY)
    nights.sync(Outcome.HELD)
    assert nights.reads == ("Full", "NoBasis")
    nights.scene.change_spec(guard=UNLIMITED)
    nights.night()
    assert nights.scene.licenses() == nights.scene.expected()
    nights.night()
    assert nights.reads == ("Delta", "Unchanged")


def test_on_a_day_on_which_terms_or_enrollments_end_everything_is_read(tmp_path: Path) -> None:
    last_day = (NIGHT + 2 * DAY).date().isoformat()
    changes = [f"class-ends:{{}},on={last_day}"]
    with simulated() as district:
        klass = district.classes_of(district.school_ids[0], "MA101")[0]
        nights = Nights(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        nights.change(*(change.format(klass) for change in changes))
        nights.begin()
        nights.night()
        assert nights.reads == ("Delta", "Unchanged")
        assert nights.scene.status["reads"]["nextFullReadTime"] == f"{last_day}T00:00:00Z"
        nights.night()
        assert nights.reads == ("Full", "NewDay")
        nights.scene.close()


def test_setup_mode_reads_everything(nights: Nights) -> None:
    nights.scene.change_spec(live=False)
    nights.clock.advance(DAY)
    nights.sync(Outcome.PLANNED)
    assert nights.reads == ("Full", "SetupMode")


def test_a_district_without_delta_reads_reads_everything_and_says_nothing_of_it(nights: Nights) -> None:
    nights.scene.change_spec(source={k: v for k, v in nights.scene.spec["source"].items() if k != "delta"})
    nights.night("student-leaves:S1000010")
    assert "reads" not in nights.scene.status
    assert nights.scene.licenses() == nights.scene.expected()


@pytest.mark.parametrize(
    "trigger",
    [Trigger.REQUESTED, Trigger.SPEC_CHANGED, Trigger.SECRET_CHANGED, Trigger.EBOOK_CHANGED, Trigger.COMMAND_LINE],
)
def test_whoever_asks_for_a_sync_gets_a_full_read(nights: Nights, trigger: Trigger) -> None:
    nights.clock.advance(DAY)
    nights.change("student-leaves:S1000010")
    nights.sync(trigger=trigger)
    assert nights.reads == ("Full", "Asked")
    assert nights.scene.licenses() == nights.scene.expected()


def test_if_half_of_the_roster_changed_all_of_it_is_read(tmp_path: Path) -> None:
    with simulated(students=300) as district:
        nights = Nights(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        nights.begin()
        nights.night("student-arrives,count=250")
        assert nights.reads == ("Full", "ManyChanges")
        assert nights.scene.licenses() == nights.scene.expected()
        nights.scene.close()


def test_while_somebody_is_refused_no_delta_read_makes_an_account(nights: Nights) -> None:
    nights.district.fault("bad-rows=shared-emails,every=20,on=students")
    nights.district.change("student-arrives,count=45")
    nights.sync(trigger=Trigger.REQUESTED)
    nights.district.clear_faults()
    assert nights.scene.status["plan"]["conflicts"] > 1
    clean = nights.scene.condition("DataClean")
    before = nights.scene.licenses()
    nights.night("student-arrives")
    assert nights.reads == ("Delta", "Unchanged")
    assert nights.scene.licenses() == before
    assert nights.scene.condition("DataClean") == clean == ("False", "MatchingConflicts")
    nights.sync(trigger=Trigger.REQUESTED)
    assert nights.scene.licenses() == nights.scene.expected()


def test_nothing_that_a_delta_read_says_gives_a_person_away(nights: Nights, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for fault in ("missing-route,on=users", "truncate,on=enrollments,after=1,times=5", "ignore-filter"):
        nights.district.fault(fault)
        nights.night("student-arrives", "student-moves:S1000030")
        nights.district.clear_faults()
    said = json.dumps(nights.scene.status) + caplog.text
    assert not [word for word in nights.district.personal_strings() if word in said]


def test_an_unchanged_roster_counts_as_a_full_read(nights: Nights) -> None:
    nights.scene.change_spec(source={**nights.scene.spec["source"], "delta": {"fullInterval": "48h"}})
    expected = [("Full", "Changed"), ("Delta", "Unchanged"), ("Full", "Due"), ("Delta", "Unchanged"), ("Full", "Due")]
    for reads in expected:
        nights.night()
        assert nights.reads == reads


def test_who_is_not_listed_is_looked_for_again_four_hours_later_and_not_with_every_sync(nights_on_both: Nights) -> None:
    nights = nights_on_both
    nights.scene.change_spec(guard={**UNLIMITED, "absentReads": 2})
    nights.night("student-leaves:S1000010,how=gone")
    assert nights.scene.licenses() > nights.scene.expected()
    waits = nights.scene.status["plan"]["unconfirmed"]
    assert nights.scene.status["reads"]["nextFullReadTime"] == "2026-10-07T06:00:00Z"
    nights.clock.advance(timedelta(hours=2))
    nights.sync()
    assert nights.reads == ("Delta", "Unchanged")
    nights.clock.advance(timedelta(hours=2))
    nights.sync()
    assert nights.reads == ("Full", "ToConfirm")
    assert nights.scene.status["lastSync"]["revoked"] == waits > 0
    assert nights.scene.licenses() == nights.scene.expected()
    nights.night()
    assert nights.reads == ("Delta", "Unchanged")


def test_who_comes_back_between_two_full_reads_was_never_gone(nights: Nights) -> None:
    nights.scene.change_spec(guard={**UNLIMITED, "absentReads": 2})
    school = nights.district.school_ids[0]
    person = next(iter(nights.district.students_in(school, "MA101")))
    away = nights.district.classes_of(nights.district.school_ids[1], "MA104")[0]
    back = nights.district.classes_of(school, "MA101")[0]
    waiting = "SELECT COUNT(*) FROM held_removals JOIN licenses ON licenses.id = license_id WHERE ebook = 'algebra'"
    nights.night(f"student-moves:{person},to={away},how=gone")
    assert nights.scene.query(waiting) == [(1,)]
    nights.clock.advance(timedelta(hours=2))
    nights.change(f"student-moves:{person},to={back},how=gone")
    nights.sync()
    assert nights.reads[0] == "Delta"
    assert nights.scene.query(waiting) == [(0,)]
