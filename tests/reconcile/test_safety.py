"""Nothing is removed wrongly, whatever the SIS answers, and the status says what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.reconcile.district_harness import Scene

from roster_operator.clock import FixedClock
from roster_operator.errors import CredentialsMissing
from roster_operator.interruption import Interruption
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.credentials import Credentials

pytestmark = pytest.mark.slow

HARMLESS = [
    "clamp=10",
    "short-page",
    "no-total",
    "no-link",
    "no-total,on=enrollments",
    "past-end",
    "rename-total",
    "renamed-envelope",
    "link-host=http://elsewhere.example",
    "link-stale",
    "link-bare",
    "bom",
    "gzip",
    "content-type",
    "error=503,times=1",
    "rate-limit,times=1",
    "token-expires=20",
    "roster-empty,on=students",
]
"""Faults that a careful reader sees through: the licenses come out right."""

HARMFUL = [
    "truncate,on=enrollments",
    "error=503,on=enrollments",
    "error=404,on=enrollments",
    "login-page,on=enrollments",
    "no-envelope,on=enrollments",
    "short-body,on=enrollments",
    "ignore-paging,on=enrollments",
    "wrong-total=+10,on=enrollments",
    "empty-page,on=enrollments",
    "skip,on=enrollments",
    "roster-empty",
    "empty-school-year",
    "roster-empty,on=enrollments",
    "forbidden,on=students",
    "forbidden,on=classes",
    "error=500,on=students",
    "missing-route,on=classes",
    "disconnect",
    "deep-nesting,on=enrollments",
    "duplicate-rows",
    "unauthorized",
]
"""Faults after which nobody may lose a license."""


@pytest.fixture
def small_pages(scene: Scene) -> Scene:
    scene.spec["source"] = {**scene.spec["source"], "pageSize": 50, "requestTimeout": "2s"}
    return scene


@pytest.mark.parametrize("fault", HARMLESS)
def test_a_fault_that_a_careful_reader_sees_through(small_pages: Scene, fault: str) -> None:
    small_pages.district.fault(fault)
    assert small_pages.reconcile().outcome is Outcome.SYNCED, small_pages.status
    assert small_pages.licenses() == small_pages.expected()


@pytest.mark.parametrize("fault", HARMFUL)
def test_a_fault_that_hides_rows_removes_nothing(small_pages: Scene, fault: str) -> None:
    scene = small_pages
    scene.reconcile()
    before, rows = scene.licenses(), scene.rows()
    scene.district.fault(fault)
    outcome = scene.reconcile().outcome
    assert scene.licenses() == before
    assert scene.rows() == rows
    assert outcome in (Outcome.INCOMPLETE, Outcome.INVALID_INPUT), scene.status
    assert scene.condition("Ready")[0] == "False"
    assert scene.condition("Synced")[0] == "False"
    assert scene.status["consecutiveFailures"] == 1
    scene.district.clear_faults()
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.condition("Ready") == ("True", "Synced")
    assert scene.status["consecutiveFailures"] == 0


def test_a_school_that_empties_is_held_while_others_go_on_until_approved(scene: Scene) -> None:
    scene.spec["guard"] = {"districtPercent": 100, "schoolPercent": 25, "floor": 3}
    scene.reconcile()
    before = scene.licenses()
    gone, other, _ = scene.district.school_ids
    scene.district.change(f"school-empty:{gone}", f"student-arrives:{other},count=2,grade=09")
    assert scene.reconcile().outcome is Outcome.HELD
    assert scene.licenses() >= before
    assert len(scene.licenses()) > len(before)
    assert scene.condition("Held") == ("True", "RemovalsHeld")
    assert scene.condition("Ready") == ("False", "RemovalsHeld")
    digest = scene.status["plan"]["digest"]
    assert digest in scene.message("Held")
    assert scene.reconcile().outcome is Outcome.HELD
    assert scene.status["plan"]["digest"] == digest
    scene.change_spec(approval={"plan": digest})
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()
    assert scene.condition("Held") == ("", "")
    assert "approved" in scene.message("Synced")


def test_an_approval_covers_what_was_seen_and_nothing_worse(scene: Scene) -> None:
    scene.reconcile()
    before = scene.licenses()
    first, second, _ = scene.district.school_ids
    scene.district.change(f"school-empty:{first}")
    scene.reconcile()
    digest = scene.status["plan"]["digest"]
    scene.district.change(f"school-empty:{second}")
    scene.change_spec(approval={"plan": digest})
    assert scene.reconcile().outcome is Outcome.HELD
    went = before - scene.licenses()
    seen_of_first = {who for who, _, _ in went}
    assert seen_of_first
    assert not seen_of_first & {who for who, _, _ in scene.expected(schools=[second])}
    assert scene.status["plan"]["held"] > 0
    assert scene.status["plan"]["digest"] != digest


def test_an_approval_still_holds_if_fewer_would_be_removed(scene: Scene) -> None:
    scene.reconcile()
    first = scene.district.school_ids[0]
    scene.spec["guard"] = {"districtPercent": 1, "schoolPercent": 1, "floor": 0}
    leaving = scene.district.students_in(first, "MA101")[:4]
    for student in leaving:
        scene.district.change(f"student-leaves:{student}")
    assert scene.reconcile().outcome is Outcome.HELD
    scene.change_spec(approval={"plan": scene.status["plan"]["digest"]})
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert not {row[0] for row in scene.licenses()} & set(leaving)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"schools": [{"id": "nowhere"}]}, "nowhere"),
        ({"courses": [{"code": "MA999", "ebooks": ["algebra"]}]}, "MA999"),
        ({"courses": [{"code": "MA104", "ebooks": ["algbera"]}]}, "algbera"),
    ],
)
def test_a_misspelled_name_is_named_and_removes_nothing(scene: Scene, change: dict[str, object], word: str) -> None:
    scene.reconcile()
    before = scene.licenses()
    field, value = next(iter(change.items()))
    kept = scene.spec[field][:1] if field == "schools" else scene.spec["courses"][:1]
    scene.change_spec(**{field: [*kept, *value]})  # type: ignore[misc]
    scene.reconcile()
    assert scene.licenses() >= before
    assert scene.condition("MappingsResolved") == ("False", "Unresolved")
    assert scene.condition("Ready") == ("False", "Unresolved")
    assert word in scene.message("MappingsResolved")


def test_when_no_name_is_found_a_live_district_loses_nothing(scene: Scene) -> None:
    scene.reconcile()
    before = scene.licenses()
    scene.change_spec(schools=[{"id": "nowhere"}])
    scene.reconcile()
    assert scene.licenses() == before
    assert scene.condition("Ready")[0] == "False"


def test_wrong_credentials_are_told_from_missing_ones(scene: Scene) -> None:
    scene.credentials = Credentials("demo-key", "wrong")
    assert scene.reconcile().outcome is Outcome.INVALID_INPUT
    assert scene.condition("CredentialsValid") == ("False", "CredentialsRejected")
    scene.credentials = CredentialsMissing("Secret districts/sis does not exist. Platform: create it.")
    assert scene.reconcile().outcome is Outcome.INVALID_INPUT
    assert scene.condition("CredentialsValid") == ("False", "CredentialsMissing")
    assert scene.condition("Stalled")[0] == "True"


def test_a_wrong_url_is_told_from_a_dead_server(scene: Scene) -> None:
    base_url = scene.spec["source"]["baseURL"]
    scene.spec["source"] = {**scene.spec["source"], "baseURL": f"{base_url}/wrong/path"}
    scene.reconcile()
    assert scene.condition("CredentialsValid") == ("False", "WrongURL")
    scene.spec["source"] = {**scene.spec["source"], "baseURL": "http://127.0.0.1:9"}
    assert scene.reconcile().outcome is Outcome.INCOMPLETE
    assert scene.condition("CredentialsValid") == ("Unknown", "SourceUnreachable")


def test_a_section_that_is_not_shared_is_named_in_the_districts_words(scene: Scene) -> None:
    scene.district.fault("forbidden,on=courses")
    scene.reconcile()
    assert scene.condition("SectionsShared") == ("False", "SectionNotShared")
    assert "courses" in scene.message("SectionsShared")
    assert scene.condition("CredentialsValid") == ("True", "Validated")


@pytest.mark.parametrize("fault", ["forbidden,on=users", "error=500,on=users", "error=400,on=users"])
def test_persons_who_cannot_be_looked_up_are_left_as_they_are(scene: Scene, fault: str) -> None:
    scene.spec["guard"] = {"districtPercent": 0, "schoolPercent": 0, "floor": 0}
    scene.reconcile()
    before = scene.licenses()
    scene.district.fault("roster-empty,on=students", fault)
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == before
    assert scene.condition("DataClean") == ("False", "DataQuestions")


def test_an_unreadable_enrollment_removes_nobodys_license_unless_approved(scene: Scene) -> None:
    scene.reconcile()
    before = scene.licenses()
    scene.district.change("student-leaves:S1000003")
    scene.district.fault("bad-rows=not-objects,every=50,on=enrollments")
    assert scene.reconcile().outcome is Outcome.HELD, scene.status
    assert scene.licenses() == before
    assert "cannot be read" in scene.message("Held")
    scene.change_spec(approval={"plan": scene.status["plan"]["digest"]})
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() < before


def test_a_time_zone_that_does_not_exist_is_the_publishers_to_correct(scene: Scene) -> None:
    scene.spec["timeZone"] = "America/Springfield"
    assert scene.reconcile().outcome is Outcome.INVALID_INPUT
    assert scene.condition("Ready") == ("False", "InvalidSpec")
    assert "America/Springfield" in scene.message("Ready")


def test_a_hanging_sis_ends_at_the_timeout_with_nothing_changed(scene: Scene) -> None:
    scene.reconcile()
    before = scene.rows()
    scene.district.fault("hang,on=enrollments")
    scene.reconcile(interruption=Interruption(scene.clock, 1.5))
    assert scene.condition("Ready") == ("False", "TimedOut")
    assert scene.rows() == before


def test_a_sync_that_is_stopped_changes_nothing(scene: Scene) -> None:
    interruption = Interruption(FixedClock(scene.clock.now()), 60)
    interruption.stop()
    before = scene.rows()
    scene.reconcile(interruption=interruption)
    assert scene.condition("Ready") == ("False", "Interrupted")
    assert scene.rows() == before


def test_a_term_that_ends_is_a_change_like_any_other(scene: Scene) -> None:
    scene.reconcile()
    scene.district.change("term-ends")
    assert scene.reconcile().outcome is Outcome.HELD
    assert scene.condition("Held") == ("True", "RemovalsHeld")


def test_the_next_attempt_after_a_failure_is_soon_and_backs_off(scene: Scene) -> None:
    scene.spec |= {"interval": "24h", "retryInterval": "15m"}
    scene.credentials = Credentials("demo-key", "wrong")
    waits = []
    for _ in range(3):
        result = scene.reconcile()
        assert result.status.next_sync_time is not None
        waits.append(result.status.next_sync_time - scene.clock.now())
    assert timedelta(minutes=14) < waits[0] < timedelta(minutes=18)
    assert waits[0] < waits[1] < waits[2] < timedelta(hours=2)


def test_a_clock_that_is_put_back_in_mid_sync_costs_nothing(scene: Scene) -> None:
    class PutBack(FixedClock):
        def now(self) -> datetime:
            self._now -= timedelta(hours=1)
            return super().now()

    scene.clock = PutBack(datetime.now(UTC))
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.status["lastSync"]["durationSeconds"] == 0
    assert scene.licenses() == scene.expected()
