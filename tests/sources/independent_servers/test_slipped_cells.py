"""Cells that have slipped, columns that were renamed and roles that are over give nobody a license, and take none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.csv.opened import LaterClock
from tests.sources.independent_servers.exports import Export, Files, deliver, scene_of, zipped

from roster_operator.reconcile.contract import Outcome

Change = Callable[[Files], None]


@pytest.fixture
def export() -> Export:
    export = Export()
    for row in export.tables["courses"]:
        row["title"] = f"Course of {row['courseCode']}"
    return export


@pytest.fixture
def scene(export: Export, tmp_path: Path) -> Iterator[Scene]:
    scene = scene_of(export, tmp_path)
    yield scene
    scene.close()


def sync(scene: Scene, files: Files, tmp_path: Path) -> Outcome:
    deliver(tmp_path / "in" / "roster.zip", zipped(files))
    return scene.reconcile().outcome


def replaced(name: str, old: str, new: str, count: int = -1) -> Change:
    def change(files: Files) -> None:
        assert old.encode() in files[name]
        files[name] = files[name].replace(old.encode(), new.encode(), count)

    return change


def counts(scene: Scene) -> dict[str, int]:
    return {check["name"]: check.get("count", 0) for check in scene.status["checklist"]}


SLIPPED: dict[str, Change] = {
    "terms of a class": replaced("classes.csv", ",y,,,", ",y,z,,,", 1),
    "terms of all classes": replaced("classes.csv", ",y,,,", ",y,z,,,"),
    "the title of a course": replaced("courses.csv", "Course of MA101", "Algebra, Honors"),
    "the title of a course, with a code": replaced("courses.csv", "Course of PE1", "Support for,MA101"),
    "the titles of all courses": replaced("courses.csv", "Course of ", "Course, of "),
    "schools of a person": replaced("users.csv", '"s/1,s-2",student', "s/1,s-2,student", 1),
    "schools of all persons": replaced("users.csv", '"s/1,s-2"', "s/1,s-2"),
}  # fmt: skip
"""By a comma that is not in quotation marks; a blank cell at the end hides it."""


@pytest.mark.parametrize("what", SLIPPED)
def test_cells_that_slipped_take_and_give_nothing(scene: Scene, export: Export, tmp_path: Path, what: str) -> None:
    export._add(
        "academicSessions", sourcedId="z", title="Fall", type="term", startDate="2020-08-01", endDate="2020-12-31"
    )
    sync(scene, export.files(), tmp_path)
    before, logins = scene.licenses(), scene.query("SELECT sourced_id, username, email FROM accounts ORDER BY 1")
    assert before == scene.expected()
    files = export.files()
    SLIPPED[what](files)
    outcome = sync(scene, files, tmp_path)
    assert scene.licenses() == before
    assert scene.query("SELECT sourced_id, username, email FROM accounts ORDER BY 1") == logins
    assert outcome is not Outcome.SYNCED or counts(scene)["RejectedRow"]
    emitted = json.dumps(scene.status)
    assert not [person for person in export.personal_strings() if person in emitted]


@pytest.mark.parametrize("what", ["terms of all classes", "the titles of all courses", "schools of all persons"])
def test_a_section_of_which_no_row_can_be_read_is_not_read_ever(
    scene: Scene, export: Export, tmp_path: Path, what: str
) -> None:
    export._add(
        "academicSessions", sourcedId="z", title="Fall", type="term", startDate="2020-08-01", endDate="2020-12-31"
    )
    files = export.files()
    SLIPPED[what](files)
    for _ in range(2):
        assert sync(scene, files, tmp_path) is Outcome.INCOMPLETE
        assert scene.condition("Synced") == ("False", "ReadIncomplete")
        assert "No row of " in scene.message("Synced")
    assert not scene.licenses()


RENAMED = {
    "the end of enrollments": replaced("enrollments.csv", "endDate", "exitDate"),
    "the begin of enrollments": replaced("enrollments.csv", "beginDate", "entryDate"),
    "the status of persons": replaced("users.csv", ",status,", ",recordStatus,"),
    "who is enabled": replaced("users.csv", "enabledUser", "isActive"),
    "logins": replaced("users.csv", ",username,", ",loginId,"),
    "emails": replaced("users.csv", ",email,", ",mail,"),
    "roles": replaced("enrollments.csv", ",role,", ",roles,"),
    "codes": replaced("courses.csv", ",courseCode,", ",code,"),
}


@pytest.mark.parametrize("what", RENAMED)
def test_a_renamed_column_is_a_question(scene: Scene, export: Export, tmp_path: Path, what: str) -> None:
    sync(scene, export.files(), tmp_path)
    before = scene.licenses()
    export.add_person("newcomer", "student", [0])
    files = export.files()
    RENAMED[what](files)
    assert sync(scene, files, tmp_path) is Outcome.INCOMPLETE
    assert scene.condition("Synced") == ("False", "ReadIncomplete")
    assert "but one that is called" in scene.message("Synced")
    assert "District: export it under the name" in scene.message("Synced")
    assert scene.licenses() == before


@pytest.mark.parametrize("column", [b"", b"role,"], ids=["no column", "an empty column"])
@pytest.mark.parametrize(
    ("held", "edition"),
    [
        (["primary,teacher,,"], "Teacher"),
        (["primary,teacher,2020-08-01,2025-07-18"], ""),
        (["primary,teacher,2999-08-01,"], ""),
        (["primary,student,,", "primary,aide,,"], "Student"),
        ([",student,,", ",teacher,,"], "Student"),
        (["primary,teacher,,", "secondary,student,,"], "Student"),
        (["primary,teacher,soon,"], ""),
        (["primary,pupil,,"], ""),
    ],
)
def test_answers_need_a_role_of_today_and_none_of_a_student(
    scene: Scene, export: Export, tmp_path: Path, column: bytes, held: list[str], edition: str
) -> None:
    """Somebody is enrolled as a teacher in one class, and as a student in another."""
    export.add_person("somebody", "teacher", [0])
    export._add("enrollments", sourcedId="e", classSourcedId="k1", userSourcedId="somebody", role="student")
    files = export.files(newer=True)
    header, *users = files["users.csv"].split(b"\r\n")
    blank = b"," if column else b""
    files["users.csv"] = b"\r\n".join([column + header, *(row and blank + row for row in users)])
    columns = "sourcedId,userSourcedId,roleType,role,beginDate,endDate"
    rows = [f"r{number},somebody,{one}" for number, one in enumerate(held)]
    others = [
        f"r-{row['sourcedId']},{row['sourcedId']},primary,{row['role']},,"
        for row in export.tables["users"]
        if row["sourcedId"] != "somebody"
    ]
    files["roles.csv"] = "\r\n".join([columns, *rows, *others, ""]).encode()
    assert sync(scene, files, tmp_path) is Outcome.SYNCED, scene.status
    given = {one[1] for one in scene.licenses() if one[0] == "somebody"}
    assert "Teacher" not in given or edition == "Teacher"
    assert edition in {*given, ""}
    assert {one for one in scene.licenses() ^ scene.expected() if one[0] != "somebody"} == set()


def test_a_role_that_ends_takes_the_answers_though_the_files_stay(scene: Scene, export: Export, tmp_path: Path) -> None:
    files = export.files(newer=True)
    end = (scene.clock.now() + timedelta(days=3)).date().isoformat()
    roles = files["roles.csv"].decode()
    line = "r-teacher0,,,teacher0,primary,teacher,,"
    assert line in roles
    files["roles.csv"] = roles.replace(line, f"{line}{end}").encode()
    assert sync(scene, files, tmp_path) is Outcome.SYNCED
    assert ("teacher0", "Teacher", "algebra") in scene.licenses()
    scene.clock = LaterClock(timedelta(days=1))
    scene.reconcile()
    assert ("teacher0", "Teacher", "algebra") in scene.licenses()
    scene.clock = LaterClock(timedelta(days=3))
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert ("teacher0", "Teacher", "algebra") not in scene.licenses()
    assert ("teacher3", "Teacher", "algebra") in scene.licenses()


def test_a_class_of_a_department_is_served_if_the_spec_names_it(scene: Scene, export: Export, tmp_path: Path) -> None:
    export._add("orgs", sourcedId="dept", name="Mathematics", type="department", identifier="D1")
    export._add("classes", sourcedId="kd", courseSourcedId="c-MA101", schoolSourcedId="dept", termSourcedIds="y")
    export._add("enrollments", sourcedId="ed", classSourcedId="kd", userSourcedId="student1", role="student")
    assert sync(scene, export.files(), tmp_path) is Outcome.SYNCED
    assert scene.licenses() == scene.expected()
    assert counts(scene)["ClassAtNoSchool"] == 1
    scene.change_spec(schools=[*scene.spec["schools"], {"id": "dept"}])
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert ("student1", "Student", "algebra") in scene.licenses() - scene.expected()
