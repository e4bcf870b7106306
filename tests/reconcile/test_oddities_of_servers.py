"""What servers do that nobody would think of: nobody loses a license by it, and the status says what was wrong.

The fixtures are those that other products' users complained of, and some of our own.
"""

from __future__ import annotations

import pytest
from tests.reconcile.district_harness import Scene

from roster_operator.reconcile.contract import Outcome

pytestmark = pytest.mark.slow

SEEN_THROUGH = [
    "deleted-twins=before",
    "deleted-twins=behind",
    "invalid-utf8",
    "sticky-cookie",
    "partial-content",
    "object-envelope",
    "modified-dates=constant",
    "modified-dates=empty",
    "modified-dates=null",
    "modified-dates=moving",
    "deleted-rows=hidden",
    "deleted-rows=delta-only",
    "ignore-filter",
    "ignore-sort",
    "error=504,on=enrollments,page=3,times=2",
    "rate-limit,times=2,form=date",
    "token-revoked,after=12",
    "date-form=datetime",
    "date-form=end-of-day",
    "date-form=spaced",
    "date-form=american",
    "date-form=words",
    "end-dates=inclusive",
    "end-dates=day-late",
    *(
        f"bad-rows={way}"
        for way in (
            "nulls", "blanks", "padded-ids", "booleans", "odd-emails", "shared-emails", "shared-ids", "leading-zeros",
            "duplicate-keys", "not-a-number", "huge-numbers", "control-characters", "lone-surrogates", "long-values",
        )
    ),
]  # fmt: skip
"""The roster is there, oddly written: the licenses come out right."""

WITHOUT_A_LOGIN_OF_THEIR_OWN = {"bad-rows=shared-emails", "bad-rows=long-values"}
"""Who is new and has a login that others have too, or that no account can have, waits."""

NOT_WHOLE = [
    ("unstable-order", "ReadIncomplete"),
    ("repeat-reversed", "ReadIncomplete"),
    ("moving-total", "ReadIncomplete"),
    ("moving-total=5", "ReadIncomplete"),
    ("unfinished", "SourceUnreachable"),
    ("no-content", "SectionEmpty"),
    ("no-content,page=2", "ReadIncomplete"),
    ("null-envelope", "SectionEmpty"),
    ("null-envelope,page=2", "ReadIncomplete"),
    ("failed-page", "SourceProtocolError"),
    ("failed-page,page=2", "ReadIncomplete"),
    ("trailing-garbage", "SourceProtocolError"),
]
"""Enrollments that may lack rows, and the reason that the status gives."""

UNREADABLE = ["missing-ids", "not-objects"]
"""Rows of which nobody can say whom they entitle."""

LEADING_NOWHERE = [
    "bad-rows=dangling,every=40,on=enrollments",
    "bad-rows=zeros-in-references,every=40,on=enrollments",
]
"""References to what the SIS does not list and never did: nobody can say whose they are."""

UNCLEAR = [
    "bad-rows=reversed-dates,every=40,on=enrollments",
    "bad-rows=dangling,every=11,on=classes",
    "bad-rows=numeric-ids,every=11,on=classes",
    "bad-rows=missing-ids,every=13,on=classes",
    "bad-rows=not-objects,every=13,on=classes",
]
"""Dates that cannot be, and classes that were known: it is clear whom they are about, and not what these are due."""

HARMLESS_CHANGES = [
    "sections-reminted:994",
    "course-renamed:MA101,id=new-id",
    "person-is:T1000002,also=S1000003",
    "identities-swap:S1000003,with=S1000004",
    "person-joins:T1000001,to=995_1001",
    "person-joins:S1000001,to=995_1001",
    "student-moves:S1000003,to=994_1001,how=ended",
]
"""What happens in districts and takes no license that is still due."""

HELD_CHANGES = [
    ("year-rolls", "RemovalsHeld"),
    ("school-empty:994", "RemovalsHeld"),
    ("course-renamed:MA101,code=NEW", "Unresolved"),
]
"""What would remove much at once, and what a person should look at first."""


@pytest.fixture
def live(scene: Scene) -> Scene:
    """Synced once, and read in small pages."""
    scene.spec["source"] = {**scene.spec["source"], "pageSize": 50, "requestTimeout": "2s"}
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()
    return scene


@pytest.mark.parametrize("fault", SEEN_THROUGH)
def test_an_oddity_that_is_seen_through_changes_no_license(live: Scene, fault: str) -> None:
    live.district.fault(fault)
    assert live.reconcile().outcome is Outcome.SYNCED, live.status
    assert live.licenses() == live.expected()
    assert live.condition("Ready") == ("True", "Synced")


@pytest.mark.parametrize("fault", SEEN_THROUGH)
def test_a_first_sync_grants_what_it_is_sure_of(scene: Scene, fault: str) -> None:
    scene.spec["source"] = {**scene.spec["source"], "pageSize": 50, "requestTimeout": "2s"}
    scene.district.fault(fault)
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    if fault in WITHOUT_A_LOGIN_OF_THEIR_OWN:
        assert scene.licenses() < scene.expected()
        assert scene.status["plan"]["conflicts"] == len(
            {person for person, _, _ in scene.expected() - scene.licenses()}
        )
    else:
        assert scene.licenses() == scene.expected()


@pytest.mark.parametrize(("fault", "reason"), NOT_WHOLE)
def test_a_read_that_is_not_whole_changes_nothing_and_says_why(live: Scene, fault: str, reason: str) -> None:
    before, rows = live.licenses(), live.rows()
    live.district.fault(f"{fault},on=enrollments")
    assert live.reconcile().outcome is Outcome.INCOMPLETE, live.status
    assert live.condition("Ready") == ("False", reason)
    assert live.condition("Synced")[0] == "False"
    assert live.licenses() == before
    assert live.rows() == rows
    live.district.clear_faults()
    assert live.reconcile().outcome is Outcome.SYNCED, live.status


@pytest.mark.parametrize("way", UNREADABLE)
def test_a_few_rows_that_cannot_be_read_hold_every_removal(live: Scene, way: str) -> None:
    before = live.licenses()
    live.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100, "floor": 100}
    live.district.fault(f"bad-rows={way},every=50,on=enrollments")
    assert live.reconcile().outcome is Outcome.HELD, live.status
    assert live.licenses() == before
    assert live.condition("Ready") == ("False", "RemovalsHeld")
    assert "cannot be read" in live.message("Held")


@pytest.mark.parametrize("fault", LEADING_NOWHERE)
def test_a_few_rows_that_lead_nowhere_hold_the_removals_that_they_may_explain(live: Scene, fault: str) -> None:
    before = live.licenses()
    live.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100, "floor": 100}
    live.district.fault(fault)
    for _ in range(2):
        assert live.reconcile().outcome is Outcome.HELD, live.status
        assert live.condition("Ready") == ("False", "RemovalsHeld")
        assert "nowhere" in live.message("Held")
        assert live.licenses() == before
    live.district.clear_faults()
    assert live.reconcile().outcome is Outcome.SYNCED, live.status
    assert live.licenses() == live.expected()


@pytest.mark.parametrize("fault", UNCLEAR)
def test_who_is_in_a_class_that_lost_its_way_or_has_turned_dates_is_left_as_they_are(live: Scene, fault: str) -> None:
    before = live.licenses()
    live.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100, "floor": 100}
    live.district.fault(fault)
    for _ in range(2):
        assert live.reconcile().outcome is Outcome.SYNCED, live.status
        assert live.licenses() == before
        assert any(item["name"] == "PersonsLeftAsTheyAre" for item in live.status["checklist"])
    live.district.clear_faults()
    assert live.reconcile().outcome is Outcome.SYNCED, live.status
    assert live.licenses() == live.expected()


def test_rows_that_always_led_nowhere_hold_nothing(scene: Scene) -> None:
    scene.district.fault("bad-rows=dangling,every=40,on=enrollments")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    scene.district.change("student-leaves:S1000003")
    before = scene.licenses()
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert {person for person, _, _ in before - scene.licenses()} == {"S1000003"}


def test_rows_that_lead_nowhere_are_taken_as_they_are_once_approved(live: Scene) -> None:
    live.district.fault("bad-rows=zeros-in-references,every=40,on=enrollments")
    assert live.reconcile().outcome is Outcome.HELD
    live.change_spec(approval={"plan": live.status["plan"]["digest"]})
    assert live.reconcile().outcome is Outcome.SYNCED, live.status
    assert live.licenses() < live.expected()
    live.district.change("student-leaves:S1000004")
    assert live.reconcile().outcome is Outcome.SYNCED, live.status


@pytest.mark.parametrize("change", HARMLESS_CHANGES)
def test_a_change_that_takes_nothing_away_removes_nothing(live: Scene, change: str) -> None:
    before = live.licenses()
    live.district.change(change)
    assert live.reconcile().outcome is Outcome.SYNCED, live.status
    assert live.licenses() == live.expected()
    if "to=994" not in change:
        assert live.licenses() >= before


@pytest.mark.parametrize(("change", "reason"), HELD_CHANGES)
def test_a_change_that_would_take_much_away_waits_for_a_person(live: Scene, change: str, reason: str) -> None:
    before = live.licenses()
    live.district.change(change)
    assert live.reconcile().outcome is Outcome.HELD, live.status
    assert live.condition("Ready") == ("False", reason)
    assert live.licenses() >= before


def test_a_roster_that_is_gone_is_not_believed(live: Scene) -> None:
    before = live.licenses()
    live.district.change("roster-empty")
    assert live.reconcile().outcome is Outcome.INCOMPLETE
    assert live.condition("Ready") == ("False", "SectionEmpty")
    assert live.licenses() == before


def test_a_teacher_without_a_class_loses_their_own_license_only(live: Scene) -> None:
    before = live.licenses()
    live.district.change("teaching-ends:T1000001")
    assert live.reconcile().outcome is Outcome.SYNCED, live.status
    assert live.licenses() == live.expected()
    assert {person for person, _, _ in before - live.licenses()} == {"T1000001"}
