"""Whole districts over real HTTP: PowerSchool's habits change nothing, and its faults remove nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.support.certificates import Authority

from district_simulator import SimulatedDistrict
from district_simulator.server import Binding
from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.credentials import Credentials

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 24)
UNGUARDED = {"districtPercent": 100, "schoolPercent": 100, "absentReads": 1}
"""What a reading says shows at once."""


class PowerSchoolScene(Scene):
    """A district of 400 students in PowerSchool, whose co-teachers teach MA102."""

    def __init__(self, district: SimulatedDistrict, folder: Path) -> None:
        now = datetime(TODAY.year, TODAY.month, TODAY.day, 20, tzinfo=UTC)
        super().__init__(district, f"sqlite:///{folder / 'ledger.sqlite'}", clock=FixedClock(now))
        self.spec["source"] = {
            "type": "PowerSchool",
            "baseURL": district.base_url,
            "secretRef": {"name": "sis"},
            "requestTimeout": "5s",
        }
        self.spec["timeZone"] = "America/Los_Angeles"
        self.spec["guard"] = {"absentReads": 1}
        self.spec["schools"] = [{"identifier": number} for number in district.school_ids]

    def check(self, name: str) -> str:
        """The result of a check; empty if it is not there."""
        return next((str(check["result"]) for check in self.status["checklist"] if check["name"] == name), "")

    def teachers(self) -> set[tuple[str, str, str]]:
        return {held for held in self.licenses() if held[1] == "Teacher"}


def district(*faults: str, students: int = 400) -> SimulatedDistrict:
    return SimulatedDistrict(students, seed=7, today=TODAY, vendor="PowerSchoolNative", faults=faults)


HABITS = [
    (),
    ("ps-page-size=7",),
    ("ps-page-size=1000", "ps-count=bare"),
    ("ps-beyond-page-size=error",),
    ("ps-empty=blank",),
    ("ps-empty=null", "ps-single=list"),
    ("ps-empty=list", "ps-page-size=1"),
]


@pytest.mark.parametrize("habits", HABITS, ids=" ".join)
def test_a_district_of_any_habits_ends_with_the_licenses_that_its_roster_gives(
    habits: tuple[str, ...], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with district(*habits, students=400 if len(habits) < 2 else 120) as served:
        scene = PowerSchoolScene(served, tmp_path)
        assert scene.reconcile().outcome is Outcome.SYNCED
        assert scene.licenses() == scene.expected()
        assert scene.teachers()
        assert scene.status["roster"]["enrollments"] > 0
        assert {check["result"] for check in scene.status["checklist"]} == {"Pass"}
        told = f"{scene.status} {caplog.text}"
        assert not [text for text in served.personal_strings() if len(text) > 4 and text in told]
        again = scene.reconcile()
        assert again.outcome is Outcome.SYNCED
        assert scene.status["lastSync"]["granted"] == scene.status["lastSync"]["revoked"] == 0
        scene.close()


def test_licenses_follow_the_roster(tmp_path: Path) -> None:
    with district() as served:
        scene = PowerSchoolScene(served, tmp_path)
        scene.reconcile()
        served.change("percent:5")
        scene.reconcile()
        assert scene.licenses() == scene.expected()
        scene.close()


def test_a_selection_of_schools_and_courses_asks_for_its_own_classes_only(tmp_path: Path) -> None:
    with district() as served:
        scene = PowerSchoolScene(served, tmp_path)
        scene.spec["schools"] = scene.spec["schools"][:1]
        scene.reconcile()
        assert scene.licenses() == scene.expected(served.school_ids[:1])
        asked = served.stats()["requests"]
        scene.close()
    classes = scene.status["roster"]["classes"]
    assert 0 < asked["/section/{id}/section_enrollment"] <= 2 * classes + 6


FAULTS = [
    "error=503,on=section_enrollment",
    "error=503,on=section",
    "error=503,on=staff",
    "error=503,on=term",
    "error=503,on=query",
    "login-page,on=section_enrollment",
    "disconnect,on=section_enrollment",
    "forbidden,on=section_enrollment",
    "truncate=0.4,on=section_enrollment",
    "no-envelope,on=section_enrollment",
    "short-page=2,on=section_enrollment,page=1",
    "empty-page,on=section,page=1,times=50",
    "skip=2,on=section,page=2",
    "overlap=2,on=section,page=2",
    "ps-no-api-right",
    "ps-no-api-right=401",
]


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_removes_a_license(fault: str, tmp_path: Path) -> None:
    with district("ps-page-size=5", students=120) as served:
        scene = PowerSchoolScene(served, tmp_path)
        scene.reconcile()
        before = scene.licenses()
        served.change("percent:20")
        served.fault(fault)
        assert scene.reconcile().outcome is Outcome.INCOMPLETE
        assert scene.licenses() == before
        served.clear_faults()
        scene.change_spec(guard=UNGUARDED)
        assert scene.reconcile().outcome is Outcome.SYNCED
        assert scene.licenses() == scene.expected()
        scene.close()


@pytest.mark.parametrize(
    "fault",
    [
        "clamp=2",
        "past-end=404",
        "repeat-last",
        "ignore-paging",
        "short-page=1,page=3",
        "overlap=1,page=2",
        "skip=1,page=2",
        "empty-page,page=2,times=9",
        "duplicate-rows=1",
        "gzip",
        "bom",
        "token-revoked",
        "error=500,times=3",
    ],
)
def test_whatever_pages_do_the_licenses_are_right_or_what_they_were(fault: str, tmp_path: Path) -> None:
    with district("ps-page-size=5", students=120) as served:
        scene = PowerSchoolScene(served, tmp_path)
        scene.change_spec(guard=UNGUARDED)
        scene.reconcile()
        before = scene.licenses()
        served.change("percent:20")
        served.fault(fault)
        outcome = scene.reconcile().outcome
        assert outcome in {Outcome.SYNCED, Outcome.INCOMPLETE}
        assert scene.licenses() == (scene.expected() if outcome is Outcome.SYNCED else before)
        scene.close()


@pytest.mark.parametrize("fault", ["ps-no-query", "ps-no-field-right"])
def test_a_query_that_goes_missing_takes_no_license_from_a_co_teacher(fault: str, tmp_path: Path) -> None:
    with district() as served:
        scene = PowerSchoolScene(served, tmp_path)
        scene.change_spec(guard=UNGUARDED)
        scene.reconcile()
        teachers = scene.teachers()
        served.fault(fault)
        served.change(f"student-leaves:{min(scene.licenses() - teachers)[0]}")
        assert scene.reconcile().outcome is Outcome.HELD
        assert scene.teachers() == teachers
        assert scene.condition("Held") == ("True", "RemovalsHeld")
        assert scene.check("CoTeachers") == "Warn"
        assert scene.licenses() == scene.expected()  # students lose what they have to lose
        served.clear_faults()
        assert scene.reconcile().outcome is Outcome.SYNCED
        assert scene.teachers() == teachers
        assert scene.check("CoTeachers") == ""
        scene.close()


def test_who_wants_lead_teachers_only_says_so(tmp_path: Path) -> None:
    with district("ps-no-query") as served:
        scene = PowerSchoolScene(served, tmp_path)
        scene.spec["source"]["coTeacherQuery"] = ""
        assert scene.reconcile().outcome is Outcome.SYNCED
        assert scene.check("CoTeachers") == ""
        assert scene.teachers() < {due for due in scene.expected() if due[1] == "Teacher"}
        scene.close()


def test_wrong_credentials_are_told(tmp_path: Path) -> None:
    with district(students=30) as served:
        scene = PowerSchoolScene(served, tmp_path)
        scene.credentials = Credentials(served.client_id, "wrong")
        assert scene.reconcile().outcome is Outcome.INVALID_INPUT
        assert scene.condition("CredentialsValid") == ("False", "CredentialsRejected")
        assert "Client Secret" in scene.message("Ready")
        scene.close()


def test_another_time_zone_is_a_line_of_the_checklist(tmp_path: Path) -> None:
    with district(students=30) as served:
        scene = PowerSchoolScene(served, tmp_path)
        scene.spec["timeZone"] = "America/New_York"
        scene.reconcile()
        assert scene.check("TimeZone") == "Warn"
        scene.close()


def test_a_school_year_that_is_not_filled_yet_changes_nothing(tmp_path: Path) -> None:
    with district(students=120) as served:
        scene = PowerSchoolScene(served, tmp_path)
        scene.reconcile()
        before = scene.licenses()
        scene.clock = FixedClock(datetime(2027, 7, 10, tzinfo=UTC))
        assert scene.reconcile().outcome is Outcome.INCOMPLETE
        assert scene.condition("SectionsShared") == ("False", "SectionEmpty")
        assert scene.licenses() == before
        scene.close()


def test_a_private_authority_is_trusted_if_the_secret_brings_it_and_else_the_message_says_so(tmp_path: Path) -> None:
    authority = Authority.create()
    authority.server_context(tmp_path, begins=-timedelta(days=1), ends=timedelta(days=1))
    pem = tmp_path / "localhost.pem"
    binding = Binding("localhost", 0, pem, pem)
    with SimulatedDistrict(30, seed=7, today=TODAY, vendor="PowerSchoolNative", binding=binding) as served:
        scene = PowerSchoolScene(served, tmp_path)
        assert scene.reconcile().outcome is Outcome.INCOMPLETE
        assert scene.condition("CredentialsValid") == ("False", "TLSFailed")
        scene.credentials = Credentials(served.client_id, served.client_secret, ca_pem=authority.pem)
        assert scene.reconcile().outcome is Outcome.SYNCED
        scene.close()
