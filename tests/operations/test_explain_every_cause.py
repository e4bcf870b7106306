"""A district in which each cause comes about, one by one: `explain` names it, who acts, and what the next sync does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.operations.asking import ask
from tests.reconcile.small import SmallDistrict

from roster_operator.errors import Actor
from roster_operator.operations.circumstances import What
from roster_operator.operations.explained import Explained, NextSync

Spoil = Callable[[SmallDistrict], object]
ALL = tuple(f"m{number}" for number in range(14))


@pytest.fixture
def scene(tmp_path: Path) -> SmallDistrict:
    """Synced once, with everything as it should be."""
    scene = SmallDistrict(tmp_path / "in", f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    scene.files["orgs"]["w"] = {"sourcedId": "w", "status": "active", "name": "West", "type": "school"}
    for course, code in (("ma", "MA1"), ("pe", "PE1"), ("odd", "MA-1")):
        scene.files["courses"][course] = {"sourcedId": course, "status": "active", "title": code, "courseCode": code}
    session = {"status": "active", "startDate": "2025-08-12", "endDate": "2026-06-05"}
    scene.files["academicSessions"] |= {
        "past": {"sourcedId": "past", **session},
        "next": {"sourcedId": "next", **session, "startDate": "2027-08-12", "endDate": "2028-06-05"},
        "torn": {"sourcedId": "torn", **session, "startDate": "soon", "endDate": "2027-06-05"},
    }
    scene.night()
    return scene


def cells(file: str, key: str, **written: str) -> Spoil:
    return lambda scene: scene.files[file][key].update(written)


def elsewhere(**written: str) -> Spoil:
    """The student goes to a class of their own."""

    def spoil(scene: SmallDistrict) -> None:
        scene.files["classes"]["c2"] = {**scene.files["classes"]["c1"], "sourcedId": "c2", **written}
        scene.enroll("s1", classSourcedId="c2")

    return spoil


def lacks(told: Explained) -> tuple[str, Actor | None, str]:
    [found] = [each for each in told.lacks if (each.ebook, each.edition) == ("algebra", "Student")]
    first = found.because[0]
    return first.cause, first.acts, first.remedy


ROSTER: dict[str, Spoil] = {
    "EnrollmentEnded": cells("enrollments", "s1", endDate="2026-11-01"),
    "EnrollmentNotBegun": cells("enrollments", "s1", beginDate="2027-02-01"),
    "EnrollmentDeleted": cells("enrollments", "s1", status="tobedeleted"),
    "EnrollmentDatesReversed": cells("enrollments", "s1", beginDate="2026-09-09", endDate="2026-09-01"),
    "RoleGivesNothing": cells("enrollments", "s1", role="proctor"),
    "TermOver": elsewhere(termSourcedIds="past"),
    "TermNotBegun": elsewhere(termSourcedIds="next"),
    "CourseNotMapped": elsewhere(courseSourcedId="odd"),
    "ClassWithoutCourse": elsewhere(courseSourcedId=""),
    "ClassDeleted": elsewhere(status="tobedeleted"),
    "StudentAsTeacher": cells("enrollments", "s1", role="teacher"),
    "PersonDisabled": cells("users", "s1", enabledUser="false"),
    "PersonDeleted": cells("users", "s1", status="tobedeleted"),
}


@pytest.mark.parametrize("cause", ROSTER)
def test_what_the_roster_says_is_named(scene: SmallDistrict, cause: str) -> None:
    ROSTER[cause](scene)
    scene.night()
    scene.night()
    assert "s1" not in scene.served()
    told = ask(scene, ebook="algebra")
    assert not told.has
    found, _, remedy = lacks(told)
    if cause == "StudentAsTeacher":
        assert found in {"OtherEdition", "StudentAsTeacher"}
        assert "StudentAsTeacher" in {each.cause for lack in told.lacks for each in lack.because}
    else:
        assert found == cause
    assert remedy
    assert {each.next_sync for each in told.lacks} == {NextSync.NOTHING}


def test_an_enrollment_in_a_class_that_is_not_listed_makes_its_removal_wait(scene: SmallDistrict) -> None:
    scene.enroll("s1", classSourcedId="nowhere")
    scene.night()
    [has] = ask(scene).has
    assert has.waits is not None
    assert has.waits.why == "EnrollmentNotListed"


UNCLEAR: dict[str, Spoil] = {
    "EnrollmentDateUnclear": cells("enrollments", "s1", endDate="when it ends"),
    "EnrollmentStatusUnclear": cells("enrollments", "s1", status="maybe"),
    "RoleUnclear": cells("enrollments", "s1", role="pupilage"),
    "TermUnclear": elsewhere(termSourcedIds="torn"),
    "ClassStatusUnclear": elsewhere(status="maybe"),
    "PersonStatusUnclear": cells("users", "s1", status="maybe"),
    "PersonNotDescribed": lambda scene: scene.files["users"].pop("s1"),
    "ClassReferenceLost": cells("classes", "c1", courseSourcedId="lost"),
}


@pytest.mark.parametrize("cause", UNCLEAR)
def test_what_cannot_be_understood_is_named_and_keeps_the_license(scene: SmallDistrict, cause: str) -> None:
    UNCLEAR[cause](scene)
    scene.night()
    assert "s1" in scene.served()
    told = ask(scene, ebook="algebra")
    assert told.unclear
    assert [(has.ebook, has.next_sync) for has in told.has] == [("algebra", NextSync.KEEPS)]
    assert [(broken.cause, broken.acts) for broken in told.unclear_because] == [(cause, Actor.DISTRICT)]


def test_a_course_that_is_nearly_named_is_suggested_with_its_school(scene: SmallDistrict) -> None:
    elsewhere(courseSourcedId="odd")(scene)
    scene.night()
    scene.night()
    [lack] = ask(scene).lacks
    [broken] = lack.because
    assert (broken.cause, broken.course, broken.school, broken.acts) == (
        "CourseNotMapped",
        "MA-1",
        "North",
        Actor.PUBLISHER,
    )
    assert broken.remedy.endswith("Did you mean MA1?")


def test_a_class_at_another_school_than_the_spec_names_is_seen_by_the_sis_alone(scene: SmallDistrict) -> None:
    elsewhere(schoolSourcedId="w")(scene)
    scene.night()
    scene.night()
    assert [lack.because for lack in ask(scene, ebook="algebra").lacks if lack.edition == "Student"] == [()]
    found, acts, remedy = lacks(ask(scene, ebook="algebra", live=True))
    assert (found, acts) == ("SchoolNotSelected", Actor.PUBLISHER)
    assert "home school" in remedy


def test_an_edition_that_does_not_exist_is_the_publisher_s(scene: SmallDistrict) -> None:
    scene.ebooks["algebra"] = {"title": "Algebra", "editions": ["Teacher"]}
    scene.change_spec()
    scene.night()
    causes = {(each.cause, each.acts) for lack in ask(scene, ebook="algebra").lacks for each in lack.because}
    assert ("EditionMissing", Actor.PUBLISHER) in causes


SPEC: dict[str, tuple[Spoil, NextSync]] = {
    "another course": (
        lambda scene: scene.change_spec(courses=[{"code": "PE1", "ebooks": ["algebra"]}]),
        NextSync.REMOVES,
    ),
    "another school": (lambda scene: scene.change_spec(schools=[{"id": "w"}]), NextSync.UNKNOWN),
    "nothing": (lambda _scene: None, NextSync.KEEPS),
    "a name that stands for nothing": (
        lambda scene: scene.change_spec(courses=[{"code": "MA9", "ebooks": ["algebra"]}]),
        NextSync.KEEPS,
    ),
}


@pytest.mark.parametrize("how", SPEC)
def test_a_license_is_judged_by_the_spec_of_today(scene: SmallDistrict, how: str) -> None:
    change, expected = SPEC[how]
    change(scene)
    told = ask(scene)
    assert [has.next_sync for has in told.has] == [expected]
    whats = {each.what for each in told.circumstances}
    assert (What.SPEC_NOT_SYNCED in whats) == (how != "nothing")
    assert (What.SCHOOL_NOT_READ in whats) == (how == "another school")
    assert (What.NAMES_UNRESOLVED in whats) == (how == "a name that stands for nothing")


def test_what_a_changed_spec_gives_is_told_before_the_sync(scene: SmallDistrict) -> None:
    scene.ebooks["geometry"] = {"title": "Geometry"}
    scene.change_spec(courses=[{"code": "MA1", "ebooks": ["algebra", "geometry"]}])
    told = ask(scene)
    assert [(each.ebook, each.edition, each.next_sync) for each in told.lacks] == [
        ("geometry", "Student", NextSync.GRANTS)
    ]
    assert What.SPEC_CHANGED in {each.what for each in told.circumstances}


SWITCHES: dict[str, tuple[Spoil, str]] = {
    "suspended": (lambda scene: scene.change_spec(suspend=True), What.SUSPENDED),
    "setup mode": (lambda scene: scene.change_spec(live=False), What.SETUP_MODE),
}


@pytest.mark.parametrize("how", SWITCHES)
def test_the_switches_of_the_district_are_told(scene: SmallDistrict, how: str) -> None:
    change, expected = SWITCHES[how]
    change(scene)
    found = {each.what: each.acts for each in ask(scene).circumstances}
    assert found[expected] is Actor.PUBLISHER


def test_a_roster_that_could_not_be_read_is_told_with_since_when(scene: SmallDistrict) -> None:
    del scene.files["classes"]
    scene.night()
    [failed] = [each for each in ask(scene).circumstances if each.since is not None]
    assert failed.since is not None
    assert failed.acts is not None
    assert [has.next_sync for has in ask(scene).has] == [NextSync.KEEPS]


def test_a_removal_that_waits_is_told_with_its_digest_since_when_and_how_to_approve(scene: SmallDistrict) -> None:
    for person in ALL:
        scene.enroll(person)
    scene.night()
    for person in (*ALL, "s1"):
        scene.enroll(person, endDate="2026-11-01")
    scene.night()
    first = scene.clock.now()
    scene.night()
    [has] = ask(scene).has
    assert has.waits is not None
    assert has.next_sync is NextSync.KEEPS
    assert has.waits.digest == scene.status["plan"]["digest"]
    assert has.waits.approve == f"kubectl roster approve springfield {has.waits.digest} -n districts"
    assert (has.waits.since, has.waits.why) == (first, "EnrollmentEnded")
    assert any("RemovalsHeld" in each.what or "Held" in each.what for each in ask(scene).circumstances)


def test_accounts_that_share_a_login_are_named_by_their_ids(scene: SmallDistrict) -> None:
    [(own,)] = scene.query("SELECT id FROM accounts WHERE sourced_id = 's1'")
    [(other,)] = scene.query("SELECT id FROM accounts WHERE sourced_id = 's2'")
    scene.execute(
        f"UPDATE accounts SET email_key = (SELECT email_key FROM accounts WHERE id = {own}) WHERE id = {other}"
    )
    same = [each for each in ask(scene).circumstances if each.what == What.SAME_LOGIN]
    assert [(each.accounts, each.acts) for each in same] == [((other,), Actor.DISTRICT)]
    scene.execute(f"UPDATE accounts SET sourced_id = NULL WHERE id = {own}")
    ambiguous = [each for each in ask(scene, f"account:{own}").circumstances if each.what == What.AMBIGUOUS_ACCOUNT]
    assert [(each.accounts, each.acts) for each in ambiguous] == [((other,), Actor.PUBLISHER)]


def test_a_login_that_differs_in_case_is_told(scene: SmallDistrict) -> None:
    assert What.OTHER_CASE in {each.what for each in ask(scene, "USER.s1").circumstances}
    assert What.OTHER_CASE not in {each.what for each in ask(scene, "user.s1").circumstances}
