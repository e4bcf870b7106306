"""Changes over time: what each does to the roster, and that HTTP and the ground truth agree about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from district_simulator.changes import CHANGES, ChangeError, apply_change
from district_simulator.directory import Directory
from district_simulator.roster import DistrictSettings, Roster

TODAY = date(2026, 11, 24)
MATHEMATICS = ["MA101", "MA102", "MA103", "MA104", "MA105", "MA106", "MA107"]


def licenses_over_http(reader: Any, schools: Sequence[str], courses: Sequence[str], day: date) -> set[Any]:
    """The same question as expected_licenses answers, from what the endpoints say."""
    codes = {row["sourcedId"]: row["courseCode"] for row in reader.rows("courses")}
    classes = {
        row["sourcedId"]: codes[row["course"]["sourcedId"]]
        for row in reader.rows("classes")
        if row["status"] == "active" and row["school"]["sourcedId"] in schools
    }
    users = {row["sourcedId"] for row in reader.rows("users") if row["status"] == "active"}
    return {
        (row["user"]["sourcedId"], row["role"].capitalize(), classes[row["class"]["sourcedId"]])
        for row in reader.rows("enrollments")
        if row["status"] == "active"
        and row["user"]["sourcedId"] in users
        and row["beginDate"] <= day.isoformat() < row["endDate"]
        and classes.get(row["class"]["sourcedId"]) in courses
    }


ALL_CHANGES = [
    [],
    ["student-moves:S1000003"],
    ["student-moves:S1000003,to=995_1001,how=ended"],
    ["student-moves:S1000003,how=gone", "student-moves:S1000003"],
    ["student-leaves:S1000003,count=5"],
    ["student-leaves:S1000003,how=gone"],
    ["student-leaves:S1000003,how=ended,on=2026-11-20"],
    ["student-arrives"],
    ["student-arrives:995,grade=11,count=4", "student-leaves:S1000122,how=gone"],
    ["class-ends:994_1001"],
    ["class-ends:994_1001,how=gone"],
    ["class-ends:994_1001,how=tobedeleted"],
    ["course-renamed:MA101,code=ALG,title=The Course,id=new-id"],
    ["sections-reminted:994"],
    ["sections-reminted:994", "sections-reminted:994", "class-ends:994_2_1001,how=gone"],
    ["student-arrives:996,count=2", "student-moves:S1000081", "school-empty:996"],
    ["person-joins:T1000001,to=995_1001", "person-joins:T1000001,to=996_1001"],
    ["person-joins:S1000001,to=995_1001"],
    ["person-is:T1000002,also=S1000003"],
    ["identities-swap:S1000003,with=S1000004"],
    ["teaching-ends:T1000001", "teaching-ends:T1000002,how=gone"],
    ["roster-empty"],
    ["roster-empty", "student-arrives"],
    ["percent:1"],
    ["percent:30", "percent:20", "student-leaves:S1000010"],
    ["term-ends"],
    ["term-ends:2026-12-18"],
    ["year-rolls"],
]


@pytest.mark.parametrize("changes", ALL_CHANGES, ids=" ".join)
def test_the_ground_truth_is_what_the_endpoints_say(simulate: Callable[..., Any], changes: list[str]) -> None:
    reader = simulate(students=120)
    reader.district.change(*changes)
    for schools in (["994"], reader.district.school_ids):
        for day in (TODAY, date(2027, 9, 1)):
            expected = reader.district.expected_licenses(schools, MATHEMATICS, on=day)
            assert licenses_over_http(reader, schools, MATHEMATICS, day) == expected


def test_every_kind_of_change_is_tried_here() -> None:
    tried = {change.partition(":")[0].partition(",")[0] for changes in ALL_CHANGES for change in changes}
    assert tried == set(CHANGES)


def licenses(reader: Any) -> set[Any]:
    found: set[Any] = reader.district.expected_licenses(reader.district.school_ids, MATHEMATICS)
    return found


def test_a_student_who_moves_to_another_course_has_another_license(reader: Any) -> None:
    before = licenses(reader)
    (course,) = (code for person, _, code in before if person == "S1000003")
    other = next(code for code in ("MA101", "MA102", "MA103") if code != course)
    target = reader.district.classes_of("994", other)[0]
    reader.district.change(f"student-moves:S1000003,to={target}")
    assert licenses(reader) == before - {("S1000003", "Student", course)} | {("S1000003", "Student", other)}
    assert "S1000003" in reader.ids(f"classes/{target}/students")
    moved = [row for row in reader.rows("enrollments") if row["user"]["sourcedId"] == "S1000003"]
    assert [row["status"] for row in moved].count("tobedeleted") == 1
    assert len(moved) == 8


@pytest.mark.parametrize(
    ("how", "listed", "status"), [("gone", 0, None), ("tobedeleted", 7, "tobedeleted"), ("ended", 7, "active")]
)
def test_a_student_leaves_in_one_of_three_ways(reader: Any, how: str, listed: int, status: str | None) -> None:
    before = licenses(reader)
    reader.district.change(f"student-leaves:S1000003,how={how}")
    assert {entry for entry in before if entry[0] == "S1000003"} == before - licenses(reader)
    rows = [row for row in reader.rows("enrollments") if row["user"]["sourcedId"] == "S1000003"]
    assert len(rows) == listed
    assert {row["status"] for row in rows} <= {status}
    assert reader.get("users/S1000003").status_code == (404 if how == "gone" else 200)
    assert int(reader.get("students", limit=1).headers["X-Total-Count"]) == (119 if how == "gone" else 120)


def test_a_new_student_is_listed_everywhere(reader: Any) -> None:
    before = licenses(reader)
    reader.district.change("student-arrives:995,grade=11")
    assert {person for person, _, _ in licenses(reader) - before} == {"S1000121"}
    assert "S1000121" in reader.ids("students")
    assert "S1000121" in reader.ids("schools/995/students")
    assert len(reader.ids("students/S1000121/classes")) == 7
    assert reader.get("users/S1000121").json()["user"]["grades"] == ["11"]
    assert reader.get("enrollments/X1000001").status_code == 200


def test_reminted_sections_leave_persons_and_licenses_alone(reader: Any) -> None:
    before, old = licenses(reader), reader.ids("schools/994/classes")
    reader.district.change("sections-reminted:994")
    new = reader.ids("schools/994/classes")
    assert len(new) == len(old)
    assert not set(new) & set(old)
    assert licenses(reader) == before
    assert reader.get(f"classes/{old[0]}").status_code == 404


def test_an_empty_school_is_still_listed(reader: Any) -> None:
    reader.district.change("school-empty:995")
    assert "995" in reader.ids("schools")
    for what in ("students", "classes", "enrollments"):
        assert reader.ids(f"schools/995/{what}") == []
    assert len(reader.ids("schools/994/students")) == 40


def test_an_empty_roster_keeps_schools_courses_and_sessions(reader: Any) -> None:
    reader.district.change("roster-empty")
    empty = {route: reader.ids(route) for route in ("users", "classes", "enrollments")}
    assert not any(empty.values())
    assert all(reader.ids(route) for route in ("schools", "courses", "academicSessions"))


def test_a_percentage_changes_that_share_of_the_enrollments(simulate: Callable[..., Any]) -> None:
    reader = simulate(students=3_000)
    before = {row["sourcedId"]: row for row in reader.rows("enrollments")}
    reader.district.change("percent:1")
    after = {row["sourcedId"]: row for row in reader.rows("enrollments")}
    changed = [sid for sid, row in before.items() if after[sid] != row]
    assert before.keys() == after.keys()
    assert 0.8 < 100 * len(changed) / 21_000 < 1.2
    moved = [sid for sid in changed if before[sid]["class"] != after[sid]["class"]]
    assert 0.3 < len(moved) / len(changed) < 0.7
    assert all(after[sid]["dateLastModified"] > before[sid]["dateLastModified"] for sid in changed)


def test_changes_at_the_start_and_at_run_time_come_to_the_same(simulate: Callable[..., Any]) -> None:
    changes = ["percent:5", "student-leaves:S1000009", "sections-reminted:995"]
    at_start, at_run_time = simulate(changes=changes), simulate()
    at_run_time.district.change(*changes)
    assert at_start.ids("enrollments") == at_run_time.ids("enrollments")
    assert licenses(at_start) == licenses(at_run_time)


def test_a_new_year_gives_new_sessions_and_sections(reader: Any) -> None:
    before = licenses(reader)
    reader.district.change("year-rolls")
    assert reader.rows("academicSessions")[0]["startDate"] == "2027-07-01"
    assert licenses(reader) == set()
    assert reader.district.expected_licenses(reader.district.school_ids, MATHEMATICS, on=date(2027, 9, 1)) == before


@pytest.mark.parametrize(
    "text",
    [
        "explode",
        "student-leaves",
        "student-leaves:S9000000",
        "student-leaves:S1000003,how=quietly",
        "student-leaves:S1000003,count=x",
        "student-leaves:S1000003,gone",
        "student-arrives:994,grade=12",
        "student-arrives:994,grade=99",
        "student-moves:S1000003,to=nowhere",
        "class-ends:994_1001,on=tomorrow",
        "course-renamed:XX1",
        "percent:many",
        "percent:101",
        "percent:nan",
    ],
)
def test_a_change_that_makes_no_sense_is_refused_and_changes_nothing(text: str) -> None:
    roster = Roster(DistrictSettings(TODAY))
    with pytest.raises(ChangeError):
        apply_change(roster, text)
    assert roster.overlay.revision == 0
    assert len(Directory(roster).listing(("enrollments",))) == roster.enrollments


def test_a_teacher_works_at_three_schools(reader: Any) -> None:
    reader.district.change("person-joins:T1000001,to=995_1001", "person-joins:T1000001,to=996_1001")
    user = reader.get("users/T1000001").json()["user"]
    assert [org["sourcedId"] for org in user["orgs"]] == ["994", "995", "996"]
    mine = [row for row in reader.rows("enrollments") if row["user"]["sourcedId"] == "T1000001"]
    assert {row["school"]["sourcedId"] for row in mine} == {"994", "995", "996"}
    assert [row["primary"] for row in mine][-2:] == ["false", "false"]


def test_a_student_returns_to_the_class_that_they_left(reader: Any) -> None:
    row = reader.get("enrollments/E1000003-0").json()["enrollment"]
    before = licenses(reader)
    reader.district.change(f"student-moves:S1000003,to={row['class']['sourcedId']},how=ended,on=2026-11-01")
    again = [one for one in reader.rows("enrollments") if one["user"]["sourcedId"] == "S1000003"]
    assert [one["class"] for one in again].count(row["class"]) == 2
    assert licenses(reader) == before


def test_one_person_has_two_ids(reader: Any) -> None:
    reader.district.change("person-is:T1000002,also=S1000003")
    teacher, student = (reader.get(f"users/{one}").json()["user"] for one in ("T1000002", "S1000003"))
    assert (teacher["email"], teacher["username"]) == (student["email"], student["username"])
    assert (teacher["role"], student["role"]) == ("teacher", "student")
    assert teacher["dateLastModified"] > student["dateLastModified"]


def test_two_persons_swap_who_they_are(reader: Any) -> None:
    before = {row["sourcedId"]: row["email"] for row in reader.rows("students")}
    enrollments = reader.rows("enrollments")
    reader.district.change("identities-swap:S1000003,with=S1000004")
    after = {row["sourcedId"]: row["email"] for row in reader.rows("students")}
    assert (after["S1000003"], after["S1000004"]) == (before["S1000004"], before["S1000003"])
    assert reader.rows("enrollments") == enrollments
    reader.district.change("identities-swap:S1000003,with=S1000004")
    assert {row["sourcedId"]: row["email"] for row in reader.rows("students")} == before


def test_a_teacher_without_a_class_is_still_listed(reader: Any) -> None:
    reader.district.change("teaching-ends:T1000001")
    assert reader.ids("teachers/T1000001/classes") == []
    assert "T1000001" in reader.ids("teachers")


@pytest.mark.parametrize(
    "wrong", ["person-joins:A1000001,to=994_1001", "person-joins:S1000001", "person-is:T1000001", "identities-swap:S1"]
)
def test_what_cannot_happen_to_a_person_is_refused(reader: Any, wrong: str) -> None:
    with pytest.raises(ChangeError):
        reader.district.change(wrong)
