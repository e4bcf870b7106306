"""Between full reads only what changed is read: it adds licenses, never removes one, and notices where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.reconcile.scene import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import FixedClock
from roster_operator.controller.reconcile.contract import Outcome

NIGHT = datetime(2026, 10, 6, 2, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
UNLIMITED = {"districtPercent": 100, "schoolPercent": 100, "floor": 10_000}


class Nights:
    """A live district with delta reads, night after night."""

    def __init__(self, district: SimulatedDistrict, ledger_url: str) -> None:
        self.clock = FixedClock(NIGHT)
        self.district = district
        self.scene = Scene(district, ledger_url, clock=self.clock)
        self.scene.spec["source"] = {**self.scene.spec["source"], "delta": {"fullInterval": "168h"}}
        self.scene.spec["guard"] = UNLIMITED

    def begin(self) -> None:
        """The first full read, and one change, so that dates are seen to move."""
        self.change("student-moves:S1000003")
        self.sync()
        assert self.reads == ("Full", "NoBasis")
        assert self.scene.licenses() == self.scene.expected()

    def change(self, *changes: str) -> None:
        """During the day before."""
        moment = (self.clock.now() - timedelta(hours=8)).isoformat().replace("+00:00", "Z")
        self.district.change(*(f"{change},at={moment}" for change in changes))

    def sync(self, outcome: Outcome = Outcome.SYNCED) -> None:
        self.district.reset_stats()
        assert self.scene.reconcile().outcome is outcome, self.scene.status

    def night(self, *changes: str) -> None:
        """A day passes with these changes; then a sync."""
        self.clock.advance(DAY)
        self.change(*changes)
        self.sync()

    @property
    def reads(self) -> tuple[str, str]:
        reads = self.scene.status["reads"]
        return reads["last"], reads["reason"]

    def asked(self, route: str) -> int:
        """Requests for a route during the last sync."""
        requests: dict[str, int] = self.district.stats()["requests"]
        return requests.get(route, 0)


@pytest.fixture
def nights_on_both(ledger_url: str) -> Iterator[Nights]:
    """On SQLite and on PostgreSQL, after the first night."""
    with SimulatedDistrict(students=120, schools=3, seed=7, today=NIGHT.date()) as district:
        nights = Nights(district, ledger_url)
        nights.begin()
        yield nights
        nights.scene.close()


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    """On SQLite, after the first night."""
    with SimulatedDistrict(students=120, schools=3, seed=7, today=NIGHT.date()) as district:
        nights = Nights(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        nights.begin()
        yield nights
        nights.scene.close()


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


def enrolled_somewhere_else(nights: Nights) -> str:
    """A student of the first school who is now also enrolled in a class of the second."""
    school = nights.district.school_ids[1]
    target = next(
        c for code in ("MA101", "MA102", "MA103", "MA104", "MA105") for c in nights.district.classes_of(school, code)
    )
    return f"student-moves:S1000005,to={target}"


def test_who_changes_school_gets_what_the_new_one_brings(nights: Nights) -> None:
    before = nights.scene.licenses()
    nights.night(enrolled_somewhere_else(nights))
    assert nights.reads == ("Delta", "Unchanged")
    assert nights.scene.licenses() >= before | nights.scene.expected()


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
    with SimulatedDistrict(students=120, schools=3, seed=7, today=NIGHT.date()) as district:
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
    with SimulatedDistrict(students=120, schools=3, seed=7, today=NIGHT.date()) as district:
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
