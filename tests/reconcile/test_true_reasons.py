"""The journal says why each license came or went, by which class, and who did it."""

from __future__ import annotations

from collections import Counter

from tests.reconcile.district_harness import Scene

from roster_operator.ledger.interface.sync import Run
from roster_operator.reconcile.contract import Outcome


def changes(scene: Scene) -> list[tuple[str, str, str | None, str]]:
    """Of the last run: change, why, class and actor, as the eBook platform reads them."""
    statement = "SELECT run FROM license_changes ORDER BY position DESC LIMIT 1"
    [(run,)] = scene.query(statement)
    rows = scene.query(f"SELECT change, why, class, actor FROM license_changes WHERE run = '{run}' ORDER BY position")
    return [(str(change), str(why), section, str(actor)) for change, why, section, actor in rows]


def reasons(scene: Scene, change: str = "Revoked") -> Counter[str]:
    return Counter(why for kind, why, _, _ in changes(scene) if kind == change)


def test_who_leaves_loses_by_the_enrollment_that_ended_and_its_class_is_named(scene_on_both: Scene) -> None:
    scene = scene_on_both
    scene.reconcile()
    assert {actor for *_, actor in changes(scene)} == {"operator"}
    assert all(section for _, _, section, _ in changes(scene))
    scene.district.change("student-leaves:S1000003,count=2")
    scene.reconcile()
    found = reasons(scene)
    assert set(found) <= {"EnrollmentEnded", "EnrollmentDeleted", "PersonDeleted", "PersonDisabled"}
    assert sum(found.values()) > 0
    assert all(section for _, _, section, _ in changes(scene))
    told = {each["reason"]: each["licenses"] for each in scene.status["lastSync"]["revokedBecause"]}
    assert told == dict(found)


def test_a_course_that_the_spec_no_longer_maps_is_told_from_one_that_was_never(scene: Scene) -> None:
    scene.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100}
    scene.reconcile()
    scene.change_spec(courses=[course for course in scene.spec["courses"] if course["code"] != "MA101"])
    scene.reconcile()
    assert set(reasons(scene)) == {"CourseNotMapped"}
    scene.change_spec(courses=[*scene.spec["courses"], {"code": "MA101", "ebooks": ["algebra"]}])
    scene.reconcile()
    assert set(reasons(scene, "Granted")) == {"CourseMapped"}


def test_a_school_that_the_spec_no_longer_names_is_the_reason(scene: Scene) -> None:
    scene.spec["guard"] = {"districtPercent": 100, "schoolPercent": 100}
    scene.reconcile()
    scene.change_spec(schools=scene.spec["schools"][1:])
    scene.reconcile()
    assert set(reasons(scene)) == {"SchoolNotSelected"}


def test_who_arrives_is_granted_by_an_enrollment_that_was_added(scene: Scene) -> None:
    scene.reconcile()
    scene.district.change("student-arrives,count=3")
    scene.reconcile()
    assert set(reasons(scene, "Granted")) == {"EnrollmentAdded"}


def test_a_removal_that_waits_keeps_the_reason_of_the_first_night(scene_on_both: Scene) -> None:
    scene = scene_on_both
    scene.spec["guard"] = {"floor": 0, "districtPercent": 1, "schoolPercent": 1}
    scene.reconcile()
    scene.district.change("student-leaves:S1000003,count=20")
    for _ in range(3):
        assert scene.reconcile().outcome is Outcome.HELD
    held = Counter(str(why) for (why,) in scene.query("SELECT why FROM held_removals"))
    assert "NotOnRoster" not in held
    scene.change_spec(approval={"plan": scene.status["plan"]["digest"]})
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert reasons(scene) == held


def test_without_a_snapshot_the_reason_is_as_general_as_before(scene: Scene) -> None:
    scene.snapshot_key = None
    scene.reconcile()
    assert set(reasons(scene, "Granted")) == {"Rostered"}
    scene.district.change("student-leaves:S1000003,count=2")
    scene.change_spec(guard={"absentReads": 1})
    scene.reconcile()
    assert set(reasons(scene)) == {"NotOnRoster"}
    assert {section for _, _, section, _ in changes(scene)} == {None}


def test_who_ends_licenses_with_their_resource_is_named_too(scene: Scene) -> None:
    scene.reconcile()
    now = scene.clock.now()
    scene.ledger.release("districts/springfield", revoke=True, run=Run("end", now, now))
    assert {(why, actor) for _, why, _, actor in changes(scene)} == {("ResourceDeleted", "operator")}
