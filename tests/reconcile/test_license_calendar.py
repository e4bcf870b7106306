"""The license calendar says today what the ledger holds after the syncs of later days, of a roster that stays."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import FixedClock
from roster_operator.ledger.queries import open_queries
from roster_operator.operations.calendar import LicenseCalendar, calendar
from roster_operator.operations.ports import DistrictName
from roster_operator.reconcile.contract import Outcome

TODAY = date(2027, 3, 1)
Counts = Counter[tuple[str, str]]


def sync_on(scene: Scene, day: date) -> Counts:
    """What there is, by eBook and edition, after the sync of a morning."""
    scene.clock = FixedClock(datetime.combine(day, time(15), UTC))
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    return Counter((ebook, edition) for _, edition, ebook in scene.licenses())


def foreseen(scene: Scene, days: int = 150) -> LicenseCalendar:
    queries = open_queries(scene.ledger_url)
    try:
        return calendar(queries, DistrictName("springfield"), scene.clock.now(), days=days)
    finally:
        queries.close()


def told_for(told: LicenseCalendar, day: date) -> Counts:
    counts: Counts = Counter()
    for each in told.by_ebook:
        past = [change.licenses for change in each.days if change.day <= day]
        counts[each.ebook, each.edition] = past[-1] if past else each.licenses
    return +counts


def test_it_says_what_the_syncs_of_later_days_leave(new_ledger_url: str) -> None:
    with SimulatedDistrict(120, schools=3, seed=7, today=TODAY) as district:
        district.change(
            "class-ends:994_1001,on=2027-03-15", "class-ends:995_1001,on=2027-04-02", "student-arrives,count=4"
        )
        scene = Scene(district, new_ledger_url)
        scene.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100}
        scene.spec["timeZone"] = "America/Chicago"
        now = sync_on(scene, TODAY)
        told = foreseen(scene)
        assert now == told_for(told, TODAY)
        changes = sorted({change.day for each in told.by_ebook for change in each.days})
        assert {date(2027, 3, 15), date(2027, 4, 2)} <= set(changes)
        assert changes[-1] > date(2027, 5, 1), "the year ends, too"
        for day in sorted({*changes, *(each - timedelta(days=1) for each in changes)}):
            assert sync_on(scene, day) == told_for(told, day), day
        assert told_for(foreseen(scene), changes[-1]) == told_for(told, changes[-1])
        scene.close()


def test_each_change_leads_to_the_number_that_is_told(scene: Scene) -> None:
    scene.reconcile()
    for each in foreseen(scene).by_ebook:
        assert each.days == tuple(sorted(each.days, key=lambda change: change.day))
        numbers = [each.licenses, *(change.licenses for change in each.days)]
        assert [after - before for before, after in pairwise(numbers)] == [
            change.begin - change.end for change in each.days
        ]
