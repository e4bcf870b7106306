"""A license ends with the day on which its class ends, in the district's time zone, however the SIS writes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Outcome

EVERYTHING_MAY_GO = {"districtPercent": 100, "schoolPercent": 100, "floor": 1000}
ENDS = "2027-03-15"
"""The first day on which the class is over; the day before is the one on which clocks go forward in the USA."""


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A class of mathematics ends early."""
    with SimulatedDistrict(120, schools=3, seed=7, today=date(2027, 3, 1)) as district:
        district.change(f"class-ends:994_1001,on={ENDS}")
        scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        scene.spec["guard"] = EVERYTHING_MAY_GO
        yield scene
        scene.close()


def licenses_at(scene: Scene, moment: str, zone: str) -> bool:
    """Whether, at a moment, the class that ends still has its licenses and all else is right."""
    scene.clock = FixedClock(datetime.fromisoformat(moment))
    scene.spec["timeZone"] = zone
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    licenses = scene.licenses()
    on = {day: scene.expected_on(date.fromisoformat(day)) for day in ("2027-03-14", ENDS)}
    assert licenses in on.values()
    return licenses == on["2027-03-14"]


@pytest.mark.parametrize(
    ("moment", "zone", "still"),
    [
        ("2027-03-14T12:00:00Z", "UTC", True),
        ("2027-03-14T23:59:59Z", "UTC", True),
        ("2027-03-15T00:00:00Z", "UTC", False),
        ("2027-03-15T06:59:59Z", "America/Los_Angeles", True),
        ("2027-03-15T07:00:00Z", "America/Los_Angeles", False),
        ("2027-03-15T03:59:59Z", "America/New_York", True),
        ("2027-03-15T04:00:00Z", "America/New_York", False),
        ("2027-03-14T10:59:59Z", "Pacific/Auckland", True),
        ("2027-03-14T11:00:00Z", "Pacific/Auckland", False),
        ("2027-03-14T18:29:59Z", "Asia/Kolkata", True),
        ("2027-03-14T18:30:00Z", "Asia/Kolkata", False),
    ],
)
def test_the_day_is_the_districts_own(scene: Scene, moment: str, zone: str, still: bool) -> None:
    assert licenses_at(scene, moment, zone) is still


@pytest.mark.parametrize("form", ["datetime", "end-of-day", "spaced"])
@pytest.mark.parametrize(("moment", "still"), [("2027-03-14T20:00:00Z", True), ("2027-03-15T20:00:00Z", False)])
def test_an_end_with_a_time_is_the_same_end(scene: Scene, form: str, moment: str, still: bool) -> None:
    scene.district.fault(f"date-form={form}")
    assert licenses_at(scene, moment, "America/Los_Angeles") is still


@pytest.mark.parametrize(("moment", "still"), [("2027-03-14T20:00:00Z", True), ("2027-03-15T20:00:00Z", False)])
def test_an_end_that_is_the_last_day_is_one_if_the_spec_says_so(scene: Scene, moment: str, still: bool) -> None:
    scene.district.fault("end-dates=inclusive,on=enrollments")
    scene.spec["source"] = {**scene.spec["source"], "endDates": "Inclusive"}
    assert licenses_at(scene, moment, "America/Los_Angeles") is still
