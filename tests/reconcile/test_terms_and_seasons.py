"""A January rollover and a summer: what lead, grace, previews and freezes make of a district's licenses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.operations.asking import ask
from tests.reconcile.district_harness import Scene
from tests.reconcile.small import EVERYBODY, SmallDistrict
from tests.reconcile.test_license_calendar import foreseen, told_for

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import FixedClock
from roster_operator.operations.explained import NextSync
from roster_operator.reconcile.contract import Outcome


@pytest.fixture
def scene(new_ledger_url: str) -> Iterator[Scene]:
    with SimulatedDistrict(120, schools=2, seed=7, today=date(2027, 1, 11)) as district:
        scene = Scene(district, new_ledger_url)
        scene.spec["courses"] = [{"code": "PE101", "ebooks": ["algebra"]}, {"code": "AR101", "ebooks": ["geometry"]}]
        scene.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100}
        scene.spec["timeZone"] = "America/Chicago"
        yield scene
        scene.close()


def held_on(scene: Scene, day: date) -> dict[str, int]:
    """Licenses by eBook after the sync of a morning."""
    scene.clock = FixedClock(datetime.combine(day, time(15), UTC))
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    books = [ebook for _, _, ebook in scene.licenses()]
    return {ebook: books.count(ebook) for ebook in sorted(set(books))}


JANUARY = [date(2027, 1, day) for day in (11, 12, 13, 14, 15, 19, 20, 25, 26, 29, 30)]
"""Days before, on and after which something begins or ends below; semesters change on the 20th."""


def days_on(scene: Scene) -> dict[str, tuple[date, date]]:
    """The first and the last of these days on which there are licenses of an eBook, which are without a gap."""
    found: dict[str, list[date]] = {}
    for day in JANUARY:
        for ebook in held_on(scene, day):
            found.setdefault(ebook, []).append(day)
    assert all(days == [day for day in JANUARY if days[0] <= day <= days[-1]] for days in found.values())
    return {ebook: (days[0], days[-1]) for ebook, days in found.items()}


def season(kind: str, first: str, last: str, **more: Any) -> dict[str, Any]:
    return {"season": kind, "firstDay": first, "lastDay": last, **more}


@pytest.mark.parametrize(
    ("terms", "fall_until", "spring_from"),
    [
        ({}, "2027-01-19", "2027-01-20"),
        ({"leadDays": 5, "graceDays": 10}, "2027-01-29", "2027-01-15"),
        ({"seasons": [season("Preview", "2027-01-13", "2027-01-19")]}, "2027-01-19", "2027-01-13"),
        ({"seasons": [season("Preview", "2027-01-13", "2027-01-18")]}, "2027-01-19", "2027-01-20"),
        ({"seasons": [season("Frozen", "2027-01-15", "2027-01-25")]}, "2027-01-25", "2027-01-20"),
        ({"seasons": [season("Frozen", "2027-01-15", "2027-01-25", addsFrom=[])]}, "2027-01-25", "2027-01-26"),
        (
            {"seasons": [season("Frozen", "2027-01-15", "2027-01-25", addsFrom=["Y2027-S2"])]},
            "2027-01-25",
            "2027-01-20",
        ),
        ({"leadDays": 5, "seasons": [season("Frozen", "2027-01-15", "2027-01-25")]}, "2027-01-25", "2027-01-15"),
        ({"seasons": [season("InSession", "2027-01-01", "2027-05-25")]}, "2027-01-19", "2027-01-20"),
    ],
)
def test_at_a_rollover_each_term_begins_once_and_ends_once(
    scene: Scene, terms: dict[str, Any], fall_until: str, spring_from: str
) -> None:
    scene.spec["terms"] = terms
    assert days_on(scene) == {
        "algebra": (JANUARY[0], date.fromisoformat(fall_until)),
        "geometry": (date.fromisoformat(spring_from), JANUARY[-1]),
    }


def test_the_license_calendar_and_the_status_know_the_season(scene: Scene) -> None:
    scene.spec["terms"] = {"leadDays": 5, "seasons": [season("Frozen", "2027-01-12", "2027-01-25")]}
    held_on(scene, JANUARY[0])
    told = foreseen(scene, days=30)
    assert {change.day for each in told.by_ebook for change in each.days} == {date(2027, 1, 15), date(2027, 1, 26)}
    assert "season" not in scene.status
    for day in (date(2027, 1, 14), date(2027, 1, 15), date(2027, 1, 25), date(2027, 1, 26)):
        counts = held_on(scene, day)
        foretold = told_for(told, day)
        assert counts == {
            ebook: sum(count for (name, _), count in foretold.items() if name == ebook)
            for ebook in sorted({name for name, _ in foretold})
        }
        if day < date(2027, 1, 26):
            assert (scene.status["season"]["season"], scene.status["season"]["lastDay"]) == ("Frozen", "2027-01-25")
            assert "nobody loses a license because a term is over" in scene.status["season"]["message"]
    assert "season" not in scene.status


def test_days_of_a_season_are_the_district_s(scene: Scene) -> None:
    scene.spec["terms"] = {"seasons": [season("Frozen", "2027-01-15", "2027-01-25")]}
    held_on(scene, JANUARY[0])
    for moment, frozen in (
        (datetime(2027, 1, 26, 5, 59, tzinfo=UTC), True),
        (datetime(2027, 1, 26, 6, tzinfo=UTC), False),
    ):
        scene.clock = FixedClock(moment)
        scene.reconcile()
        assert ("season" in scene.status, "algebra" in {ebook for *_, ebook in scene.licenses()}) == (frozen, frozen)


SUMMER = season("Frozen", "2027-05-28", "2027-08-10", addsFrom=["summer"])


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    """Its year ends on June 5; summer school and the next year are listed, too."""
    district = SmallDistrict(tmp_path / "in", new_ledger_url, terms={"leadDays": 7, "seasons": [SUMMER]})
    district.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100}
    terms = {
        "summer": ("2027-06-14", "2027-07-24"),
        "next": ("2027-08-12", "2028-06-03"),
        "other": ("2027-06-14", "2027-07-24"),
    }
    for key, (begin, end) in terms.items():
        row = {"sourcedId": key, "status": "active", "startDate": begin, "endDate": end}
        district.rows_of("academicSessions")[key] = row
        section = {**district.rows_of("classes")["c1"], "sourcedId": f"c-{key}", "termSourcedIds": key}
        district.rows_of("classes")[f"c-{key}"] = section
        district.enroll(f"s-{key}", classSourcedId=f"c-{key}", beginDate=begin, endDate=end)
    yield district
    district.close()


def on(small: SmallDistrict, day: str) -> set[str]:
    """Who is served on a day."""
    small.clock = FixedClock(datetime.combine(date.fromisoformat(day) - timedelta(days=1), time(15), UTC))
    small.night()
    return small.served()


YEAR = {person for person, _, _ in EVERYBODY}


def test_a_summer_keeps_the_year_adds_summer_school_and_waits_with_the_rest(small: SmallDistrict) -> None:
    assert on(small, "2027-05-27") == YEAR
    assert on(small, "2027-06-05") == YEAR, "the year is over"
    assert on(small, "2027-06-07") == YEAR | {"s-summer"}, "a week before summer school"
    assert on(small, "2027-07-25") == YEAR | {"s-summer"}, "summer school is over, too"
    assert on(small, "2027-08-10") == YEAR | {"s-summer"}
    assert on(small, "2027-08-11") == {"s-next"}


def test_what_the_sis_says_in_so_many_words_counts_in_a_freeze(small: SmallDistrict) -> None:
    on(small, "2027-05-27")
    small.enroll("s1", endDate="2027-06-01")
    small.enroll("s2", status="tobedeleted")
    small.files["users"]["s3"].update(enabledUser="false")
    assert on(small, "2027-06-10") == {"s4", "t", "s-summer"}


def test_whoever_comes_in_a_freeze_comes_by_summer_school_alone(small: SmallDistrict) -> None:
    on(small, "2027-05-27")
    small.enroll("s8", beginDate="2027-06-15", endDate="2027-08-01")
    small.enroll("s9", classSourcedId="c-summer", beginDate="2027-06-15", endDate="2027-07-24")
    assert on(small, "2027-06-16") == YEAR | {"s-summer", "s9"}


def test_a_freeze_that_was_forgotten_ends_by_itself(small: SmallDistrict) -> None:
    on(small, "2027-05-27")
    assert on(small, "2028-01-15") == {"s-next"}
    small.change_spec(terms=None)
    assert on(small, "2028-01-16") == {"s-next"}


def test_whoever_is_merely_no_longer_listed_keeps_it_until_the_freeze_is_over(small: SmallDistrict) -> None:
    """Many SIS list no classes of a year that is over."""
    on(small, "2027-05-27")
    del small.rows_of("enrollments")["s1"]
    for key in ("s2", "s3"):
        small.enroll(key, status="tobedeleted")
    assert on(small, "2027-05-29") == {"s1", "s4", "t"}
    assert on(small, "2027-06-20") == {"s1", "s4", "t", "s-summer"}
    assert "1 removal waits until the freeze is over on 2027-08-10" in small.message("Synced")
    assert on(small, "2027-08-11") == {"s-next"}


def test_explain_says_so_too(small: SmallDistrict) -> None:
    on(small, "2027-05-29")
    del small.rows_of("enrollments")["s1"]
    small.enroll("s2", endDate="2027-05-20")
    small.deliver()
    assert [[has.next_sync for has in ask(small, who, live=True).has] for who in ("s1", "s2", "s4")] == [
        [NextSync.KEEPS],
        [NextSync.REMOVES],
        [NextSync.KEEPS],
    ]
