"""From a roster over HTTP to licenses in a database, and to the status."""

from __future__ import annotations

from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.reconcile.contract import Outcome


def test_setup_mode_plans_all_and_writes_nothing_but_whose_the_district_is(scene_on_both: Scene) -> None:
    scene = scene_on_both
    scene.spec["live"] = False
    before = scene.rows()
    result = scene.reconcile()
    assert result.outcome is Outcome.PLANNED
    assert scene.rows() == before | {"reservations": 1}
    assert scene.status["plan"]["grants"] == len(scene.expected()) > 100
    assert scene.condition("Ready") == ("True", "SetupMode")
    assert scene.condition("Synced") == ("False", "SetupMode")
    assert scene.condition("CredentialsValid") == ("True", "Validated")


def test_going_live_makes_the_licenses_what_the_roster_says(scene_on_both: Scene) -> None:
    scene = scene_on_both
    result = scene.reconcile()
    assert result.outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()
    assert scene.condition("Ready") == ("True", "Synced")
    assert scene.status["licenses"]["active"] == len(scene.expected())
    assert scene.status["lastSync"]["granted"] == len(scene.expected())
    by_ebook = {(row["name"], row["edition"]): row["active"] for row in scene.status["licenses"]["byEBook"]}
    assert by_ebook["workbook", "Student"] == sum(ebook == "workbook" for _, _, ebook in scene.expected())
    assert ("workbook", "Teacher") not in by_ebook


def test_an_unchanged_roster_writes_the_run_and_nothing_else(scene_on_both: Scene) -> None:
    scene = scene_on_both
    scene.reconcile()
    before = scene.rows()
    first = dict(scene.status)
    assert scene.reconcile().outcome is Outcome.SYNCED
    after = scene.rows()
    assert after.pop("sync_runs") == before.pop("sync_runs") + 1
    assert after == before
    for field in ("roster", "licenses"):
        assert scene.status[field] == first[field]
    assert [c["lastTransitionTime"] for c in scene.status["conditions"]] == [
        c["lastTransitionTime"] for c in first["conditions"]
    ]


def test_students_who_arrive_leave_and_move_change_their_own_licenses_only(scene_on_both: Scene) -> None:
    scene = scene_on_both
    scene.reconcile()
    before = scene.licenses()
    scene.district.change("student-arrives,count=3", "student-leaves:S1000003,count=2", "student-moves:S1000020")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()
    changed = {person for person, _, _ in before ^ scene.licenses()}
    assert 0 < len(changed) <= 6
    assert scene.status["lastSync"]["granted"] == len(scene.licenses() - before)
    assert scene.status["lastSync"]["revoked"] == len(before - scene.licenses())


def test_only_the_selected_schools_count(scene: Scene) -> None:
    chosen = scene.district.school_ids[0]
    scene.spec["schools"] = [{"id": chosen}]
    scene.reconcile()
    assert scene.licenses() == scene.expected([chosen])
    assert scene.status["roster"]["schools"] == 1


def test_a_second_ebook_for_a_course_is_granted_beside_the_first(scene: Scene) -> None:
    scene.reconcile()
    before = scene.licenses()
    scene.change_spec(courses=[{"code": "MA101", "ebooks": ["algebra", "workbook"]}, *scene.spec["courses"][1:]])
    scene.reconcile()
    assert scene.licenses() >= before
    students = {
        person for school in scene.district.school_ids for person in scene.district.students_in(school, "MA101")
    }
    assert {(person, "Student", "workbook") for person in students} <= scene.licenses()


def test_licenses_from_before_go_live_are_replaced_and_sticky_ones_stay(scene: Scene) -> None:
    scene.reconcile(plan_only=True)
    person = sorted(scene.expected())[0][0]
    scene.reconcile()
    scene.execute("DELETE FROM person_states")
    scene.execute("UPDATE licenses SET origin = 'Manual'")
    scene.execute(
        "INSERT INTO accounts (district_id, username, email, identifier, username_key, email_key, kind, created) "
        "SELECT id, 'guest', '', '', 'guest', '', 'Staff', created FROM districts"
    )
    for ebook, origin in (("old-book", "Manual"), ("gift", "Sticky")):
        scene.execute(
            "INSERT INTO licenses (district_id, account_id, ebook, edition, origin, since) "
            f"SELECT district_id, id, '{ebook}', 'Teacher', '{origin}', created FROM accounts WHERE username = 'guest'"
        )
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    books = {ebook for _, _, ebook in scene.licenses()}
    assert "old-book" not in books
    assert "gift" in books
    assert {row for row in scene.licenses() if row[2] != "gift"} == scene.expected()
    assert person in {row[0] for row in scene.licenses()}
    assert scene.status["licenses"]["sticky"] == 1
    assert scene.status["lastSync"] | {"granted": 0, "revoked": 1} == scene.status["lastSync"]


def test_with_nothing_selected_the_catalogue_is_offered(scene: Scene) -> None:
    scene.spec |= {"live": False, "schools": [], "courses": []}
    result = scene.reconcile()
    assert result.outcome is Outcome.PLANNED
    assert result.catalog is not None
    assert {school.id for school in result.catalog.schools} == set(scene.district.school_ids)
    assert all(school.classes for school in result.catalog.schools)
    assert "MA104" in {course.code for course in result.catalog.courses}
    assert scene.condition("Ready") == ("True", "SetupMode")
    assert "choose schools and courses" in scene.message("Synced")


def test_only_what_is_needed_is_asked_for(scene: Scene) -> None:
    scene.reconcile()
    asked = set(scene.district.stats()["requests"])
    assert not any("demographics" in route or "gradingPeriods" in route for route in asked)


def test_two_resources_cannot_hold_one_district(district: SimulatedDistrict, scene: Scene) -> None:
    scene.reconcile()
    licenses = scene.licenses()
    other = Scene(district, scene.ledger_url)
    other.name = "shelbyville"
    assert other.reconcile().outcome is Outcome.INVALID_INPUT
    assert other.condition("Ready") == ("False", "DistrictConflict")
    assert other.condition("Stalled")[0] == "True"
    assert "districts/springfield" in other.message("Ready")
    assert other.licenses() == licenses
    other.close()


def test_a_request_is_echoed(scene: Scene) -> None:
    scene.annotations["rostering.cpm.org/requested-at"] = "now please"
    scene.reconcile()
    assert scene.status["lastHandledRequestedAt"] == "now please"


def test_history_counts_runs_that_ended_alike_as_one(scene: Scene) -> None:
    for _ in range(4):
        scene.reconcile()
    scene.district.change("student-leaves:S1000003")
    for _ in range(2):
        scene.reconcile()
    assert [(entry["revoked"] > 0, entry["granted"] > 0, entry["count"]) for entry in scene.status["history"]] == [
        (False, False, 1),
        (True, False, 1),
        (False, False, 3),
        (False, True, 1),
    ]
