"""The endpoints of OneRoster 1.1: what each answers with, and that they agree with each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

COLLECTIONS = {
    "academicSessions": "academicSessions",
    "terms": "academicSessions",
    "gradingPeriods": "academicSessions",
    "orgs": "orgs",
    "schools": "orgs",
    "courses": "courses",
    "classes": "classes",
    "users": "users",
    "students": "users",
    "teachers": "users",
    "enrollments": "enrollments",
}
SINGLES = {"academicSessions": "academicSession", "orgs": "org", "classes": "class"}


@pytest.mark.parametrize(("route", "key"), COLLECTIONS.items())
def test_a_collection_comes_in_its_envelope_and_each_row_can_be_read_alone(reader: Any, route: str, key: str) -> None:
    answer = reader.get(route, limit=5)
    assert list(answer.json()) == [key]
    row = answer.json()[key][-1]
    single = reader.get(f"{route}/{row['sourcedId']}").json()
    assert single == {SINGLES.get(key, key.removesuffix("s")): row}


@pytest.mark.parametrize(
    "route",
    [
        "classes/994_1001/enrollments",
        "enrollments/E1000001-0/classes",
        "lineItems",
        "schools/994/users",
        "schools/994/classes/994_1001/lineItems",
        "schools/994/classes/994_1001",
    ],
)
def test_an_endpoint_that_1_1_does_not_have_is_404(reader: Any, route: str) -> None:
    answer = reader.get(route)
    assert answer.status_code == 404
    assert answer.json()["statusInfoSet"][0]["imsx_codeMajor"] == "failure"


@pytest.mark.parametrize(
    "route",
    [
        "users/S9999999",
        "users/S0000001",
        "users/x",
        "students/T1000001",
        "teachers/S1000001",
        "terms/Y2027",
        "schools/900",
        "schools/0994",
        "classes/994_9",
        "classes/994_1_1001",
        "enrollments/E1000001-7",
        "enrollments/X1000001",
        "courses/MA101",
        "schools/1/classes",
        "schools/995/classes/994_1001/students",
    ],
)
def test_an_unknown_id_is_404_with_a_status_body(reader: Any, route: str) -> None:
    answer = reader.get(route)
    assert answer.status_code == 404
    assert answer.json()["statusInfoSet"][0]["imsx_codeMinor"] == "unknown object"


def test_references_lead_to_their_objects(reader: Any) -> None:
    enrollment = reader.rows("enrollments")[17]
    for name in ("user", "class", "school"):
        target = reader.get(enrollment[name]["href"].partition("/v1p1/")[2]).json()
        assert next(iter(target.values()))["sourcedId"] == enrollment[name]["sourcedId"]
        assert enrollment[name]["href"].startswith(reader.district.service_url)


def test_the_nested_endpoints_of_a_school_divide_the_district(reader: Any) -> None:
    for what in ("students", "teachers", "classes", "enrollments"):
        nested = [sid for school in reader.district.school_ids for sid in reader.ids(f"schools/{school}/{what}")]
        assert sorted(nested) == sorted(reader.ids(what))


def test_the_members_of_a_class_are_those_of_its_enrollments(reader: Any) -> None:
    everything = reader.rows("enrollments")
    for klass in reader.rows("classes")[::5]:
        cid, school = klass["sourcedId"], klass["school"]["sourcedId"]
        own = [row for row in everything if row["class"]["sourcedId"] == cid]
        nested = reader.rows(f"schools/{school}/classes/{cid}/enrollments")
        assert sorted(row["sourcedId"] for row in nested) == sorted(row["sourcedId"] for row in own)
        for role in ("student", "teacher"):
            people = {r["user"]["sourcedId"] for r in own if r["role"] == role and r["status"] == "active"}
            assert set(reader.ids(f"classes/{cid}/{role}s")) == people
            assert set(reader.ids(f"schools/{school}/classes/{cid}/{role}s")) == people


@pytest.mark.parametrize("person", ["S1000003", "T1000001"])
def test_the_classes_of_a_person_are_those_of_the_active_enrollments(reader: Any, person: str) -> None:
    own = {
        row["class"]["sourcedId"]
        for row in reader.rows("enrollments")
        if row["user"]["sourcedId"] == person and row["status"] == "active"
    }
    collection = "students" if person.startswith("S") else "teachers"
    assert set(reader.ids(f"{collection}/{person}/classes")) == own
    assert set(reader.ids(f"users/{person}/classes")) == own


def test_classes_by_course_and_by_term_are_those_that_refer_to_it(reader: Any) -> None:
    classes = reader.rows("classes")
    course = [c["sourcedId"] for c in classes if c["course"]["sourcedId"] == "CRS-MA104"]
    assert reader.ids("courses/CRS-MA104/classes") == course
    term = [c["sourcedId"] for c in classes if "Y2027-S1" in [t["sourcedId"] for t in c["terms"]]]
    assert reader.ids("terms/Y2027-S1/classes") == term
    assert reader.ids("terms/Y2027-T2/gradingPeriods") == ["Y2027-G2"]


def test_the_courses_of_a_school_are_those_of_its_classes(reader: Any) -> None:
    classes = reader.rows("schools/995/classes")
    assert set(reader.ids("schools/995/courses")) == {row["course"]["sourcedId"] for row in classes}


def test_a_class_has_one_leading_teacher_and_some_have_another(reader: Any) -> None:
    teaching = [row for row in reader.rows("enrollments") if row["role"] == "teacher"]
    leading = [row["class"]["sourcedId"] for row in teaching if row["primary"] == "true"]
    assert sorted(leading) == sorted(reader.ids("classes"))
    assert 0 < len(teaching) - len(leading) < len(leading) / 5


def test_rows_are_the_same_on_every_day_of_a_school_year(simulate: Callable[..., Any]) -> None:
    first, second = (simulate(students=50, today=day) for day in (date(2026, 9, 1), date(2027, 5, 1)))
    assert first.ids("enrollments") == second.ids("enrollments")
    assert first.rows("academicSessions")[0]["startDate"] == second.rows("academicSessions")[0]["startDate"]


def test_only_get_is_served(reader: Any) -> None:
    answer = reader.client.post(f"{reader.district.service_url}/users", json={})
    assert answer.status_code == 405


def test_requests_are_counted_by_route(reader: Any) -> None:
    reader.district.reset_stats()
    reader.get("schools/994/classes", limit=2)
    reader.get("users/T1000001")
    stats = reader.district.stats()
    assert stats["requests"] == {"/schools/{id}/classes": 1, "/users/{id}": 1}
    assert stats["statuses"] == {"200": 2}
    assert stats["rows"] == 3
    assert stats["most_parallel"] == 1
