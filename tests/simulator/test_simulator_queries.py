"""filter, sort and fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from district_simulator.query import FilterSyntaxError, UnknownFieldError, parse_filter

ROW = {
    "sourcedId": "U1",
    "status": "active",
    "dateLastModified": "2026-07-01T08:00:00.000Z",
    "givenName": "Quilvjax",
    "familyName": "O'Neil",
    "role": "teacher",
    "orgs": [{"sourcedId": "994"}, {"sourcedId": "995"}],
    "grades": ["06", "07"],
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("status='active'", True),
        ("status='ACTIVE'", True),
        ("status!='active'", False),
        ("role='teacher' AND status='active'", True),
        ("role='student' AND status='active'", False),
        ("role='student' OR status='active'", True),
        ("role='student' OR status='tobedeleted'", False),
        ("dateLastModified>'2026-06-30T00:00:00.000Z'", True),
        ("dateLastModified>='2026-07-01T08:00:00.000Z'", True),
        ("dateLastModified<'2026-07-01T08:00:00.000Z'", False),
        ("dateLastModified<='2026-07-01T08:00:00.000Z'", True),
        ("givenName~'quilv'", True),
        ("familyName='O''Neil'", True),
        ("orgs.sourcedId='994'", True),
        ("orgs.sourcedId='996'", False),
        ("grades='06,07'", True),
        ("grades='06,08'", False),
        ("grades~'06,08'", True),
        ("metadata.x='1'", False),
        ("email='x'", False),
    ],
)
def test_a_filter_holds_or_not(text: str, holds: bool) -> None:
    assert parse_filter(text, "user")(ROW) is holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "status",
        "status=active",
        'status="active"',
        "status = 'active'",
        "status='active' and role='x'",
        "status='a' AND role='b' AND role='c'",
        "status='active' AND",
        "='active'",
    ],
)
def test_a_filter_outside_the_grammar_is_not_read(text: str) -> None:
    with pytest.raises(FilterSyntaxError):
        parse_filter(text, "user")


@pytest.mark.parametrize(
    "text", ["shoe='43'", "status='active' AND shoe='43'", "orgs.name='x'", "school.sourcedId='1'"]
)
def test_a_filter_on_an_unknown_field_is_not_read(text: str) -> None:
    with pytest.raises(UnknownFieldError):
        parse_filter(text, "user")


@pytest.mark.parametrize(("text", "minor"), [("status", "invalid data"), ("shoe='43'", "invalid_filter_field")])
def test_a_bad_filter_is_400_without_data(reader: Any, text: str, minor: str) -> None:
    answer = reader.get("users", filter=text)
    assert answer.status_code == 400
    assert list(answer.json()) == ["statusInfoSet"]
    assert answer.json()["statusInfoSet"][0]["imsx_codeMinor"] == minor


def test_a_filtered_collection_is_what_the_predicate_leaves(reader: Any) -> None:
    everything = reader.rows("enrollments")
    left = [row["sourcedId"] for row in everything if row["status"] == "active" and row["role"] == "student"]
    text = "status='active' AND role='student'"
    assert reader.ids("enrollments", filter=text) == left
    assert int(reader.get("enrollments", filter=text).headers["X-Total-Count"]) == len(left) < len(everything)


def test_pages_of_a_large_filtered_collection_fit_together(simulate: Callable[..., Any]) -> None:
    reader = simulate(students=1_500)
    text = "status='tobedeleted'"
    expected = [row["sourcedId"] for row in reader.rows("enrollments") if row["status"] == "tobedeleted"]
    assert len(expected) > 40
    paged = [
        sid for offset in range(0, 60, 7) for sid in reader.ids("enrollments", filter=text, limit=7, offset=offset)
    ]
    assert paged == expected


def test_rows_are_sorted_by_a_field(reader: Any) -> None:
    names = [row["familyName"].lower() for row in reader.rows("users", sort="familyName", orderBy="desc")]
    assert names == sorted(names, reverse=True)
    by_school = [row["school"]["sourcedId"] for row in reader.rows("classes", sort="school.sourcedId")]
    assert by_school == sorted(by_school)


@pytest.mark.parametrize("route", ["users", "enrollments", "students", "teachers", "classes", "courses"])
@pytest.mark.parametrize(
    "changed", [(), ("student-arrives,count=3", "student-moves:S1000002", "student-leaves:S1000004")]
)
def test_sorting_by_id_is_right_whether_or_not_it_takes_the_short_way(
    simulate: Callable[..., Any], route: str, changed: tuple[str, ...]
) -> None:
    ids = simulate(students=120, changes=changed).ids(route, sort="sourcedId", orderBy="asc")
    assert ids == sorted(ids, key=str.lower)


def test_an_unknown_sort_field_is_a_warning_beside_the_data(reader: Any) -> None:
    answer = reader.get("users", sort="shoe", limit=3).json()
    assert [row["sourcedId"] for row in answer["users"]] == reader.ids("users")[:3]
    assert answer["statusInfoSet"][0]["imsx_codeMajor"] == "success"
    assert answer["statusInfoSet"][0]["imsx_severity"] == "warning"
    assert answer["statusInfoSet"][0]["imsx_codeMinor"] == "invalid_sort_field"


def test_fields_are_selected_in_collections_and_single_objects(reader: Any) -> None:
    assert set(reader.get("users", fields="sourcedId,role").json()["users"][0]) == {"sourcedId", "role"}
    assert reader.get("users/T1000001", fields="role").json() == {"user": {"role": "teacher"}}


@pytest.mark.parametrize("route", ["users", "users/T1000001"])
def test_an_unknown_field_gives_all_fields_and_a_warning(reader: Any, route: str) -> None:
    answer = reader.get(route, fields="role,shoe").json()
    assert answer["statusInfoSet"][0]["imsx_codeMinor"] == "invalid_selection_field"
    shown = answer["user"] if "user" in answer else answer["users"][0]
    assert "givenName" in shown


def test_blank_fields_are_400(reader: Any) -> None:
    answer = reader.get("users", fields="")
    assert answer.status_code == 400
    assert answer.json()["statusInfoSet"][0]["imsx_codeMinor"] == "invalid_blank_selection_field"
