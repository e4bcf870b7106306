"""At go-live, licenses from before of persons at schools outside of the spec are left alone, and the plan says so."""

from __future__ import annotations

import pytest
from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.reconcile.contract import Outcome


@pytest.fixture
def half(scene_on_both: Scene) -> Scene:
    """The spec names one school of three; everybody of the district, and a guest, has a license from before."""
    scene = scene_on_both
    guard = {"districtPercent": 100, "schoolPercent": 100}
    scene.change_spec(live=False, schools=[{"id": scene.district.school_ids[0]}], guard=guard)
    scene.reconcile()
    source = scene.query("SELECT source FROM reservations")[0][0]
    scene.execute(
        "INSERT INTO districts (source, version, created) VALUES (:source, 0, '2026-01-01 00:00:00')",
        [{"source": source}],
    )
    logins = [{"username": person.username.lower()} for person in scene.district.persons()]
    scene.execute(
        "INSERT INTO accounts (district_id, username, username_key, created) "
        "SELECT id, :username, :username, created FROM districts",
        [*logins, {"username": "guest"}],
    )
    scene.execute(
        "INSERT INTO licenses (district_id, account_id, ebook, edition, origin, since) "
        "SELECT district_id, id, 'old-book', 'Student', 'Manual', created FROM accounts"
    )
    return scene


def of_others(scene: Scene) -> set[str]:
    """Usernames of all who have a license at another school and at this one not."""
    here = {person for person, _, _ in scene.expected(scene.district.school_ids[:1])}
    there = {person for person, _, _ in scene.expected(scene.district.school_ids[1:])}
    return {person.username.lower() for person in scene.district.persons() if person.sourced_id in there - here}


def from_before(scene: Scene) -> set[str]:
    rows = scene.query(
        "SELECT username_key FROM licenses JOIN accounts ON accounts.id = account_id WHERE origin = 'Manual'"
    )
    return {row[0] for row in rows}


def test_the_plan_says_whose_licenses_stay_and_go_live_leaves_them(half: Scene) -> None:
    half.reconcile()
    elsewhere = half.status["plan"]["elsewhere"]
    assert elsewhere >= len(of_others(half)) > 30
    assert f"({elsewhere} from before, of persons at schools outside of the spec)" in half.message("Synced")

    half.change_spec(live=True)
    assert half.reconcile().outcome is Outcome.SYNCED, half.status

    left = from_before(half)
    assert left >= of_others(half)
    assert len(left) == elsewhere
    assert "guest" not in left
    here = {person for person, _, _ in half.expected(half.district.school_ids[:1])}
    assert not {p.username.lower() for p in half.district.persons() if p.sourced_id in here} & left


def test_they_stay_night_after_night(half: Scene, district: SimulatedDistrict) -> None:
    half.change_spec(live=True)
    half.reconcile()
    left = from_before(half)
    for change in (None, "student-arrives,count=3", None):
        if change:
            district.change(change)
        assert half.reconcile().outcome is Outcome.SYNCED
        assert from_before(half) == left
        assert half.status["plan"]["elsewhere"] == len(left)


def test_a_school_that_joins_takes_over_its_own(half: Scene) -> None:
    half.change_spec(live=True)
    half.reconcile()
    half.change_spec(schools=[{"id": school} for school in half.district.school_ids])
    assert half.reconcile().outcome is Outcome.SYNCED, half.status
    assert from_before(half) == set()
    assert "elsewhere" not in half.status["plan"]
