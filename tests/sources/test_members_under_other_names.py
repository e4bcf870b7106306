"""A member in another case is read as what it is; one under another name is never taken for absent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.sources.support.opened import opened, read
from tests.sources.support.servers import page as served
from tests.sources.support.servers import token_server
from tests.sources.support.shapes import STUDENTS, USERS

from roster_operator.errors import SourceProtocolError
from roster_operator.sources.oneroster import lenient_rows
from roster_operator.sources.oneroster.decode import decode_page, decode_single
from roster_operator.sources.oneroster.lenient_rows import Shape
from roster_operator.sources.source import Complete, Incomplete

Row = dict[str, Any]

ORG: Row = {"sourcedId": "o", "status": "active", "name": "West", "type": "school", "identifier": "9"}
SESSION: Row = {"sourcedId": "t", "status": "active", "startDate": "2026-08-12", "endDate": "2027-06-07"}
COURSE: Row = {"sourcedId": "c", "status": "active", "title": "Algebra", "courseCode": "MA101"}
CLASS: Row = {
    "sourcedId": "k",
    "status": "active",
    "course": {"sourcedId": "c"},
    "school": {"sourcedId": "o"},
    "terms": [{"sourcedId": "t"}],
}
USER: Row = {
    "sourcedId": "u",
    "status": "active",
    "enabledUser": "true",
    "username": "ada",
    "role": "student",
    "identifier": "7",
    "email": "ada@example.org",
}
USER_OF_ROLES: Row = {
    **{member: value for member, value in USER.items() if member != "role"},
    "roles": [{"roleType": "primary", "role": "teacher", "beginDate": "2020-08-01", "endDate": "2025-06-01"}],
}
ENROLLMENT: Row = {
    "sourcedId": "e",
    "status": "active",
    "user": {"sourcedId": "u"},
    "class": {"sourcedId": "k"},
    "role": "student",
    "beginDate": "2026-08-12",
    "endDate": "2027-06-07",
}
SECTIONS: list[tuple[Shape[Any], Row]] = [
    (lenient_rows.ORGS, ORG),
    (lenient_rows.SESSIONS, SESSION),
    (lenient_rows.COURSES, COURSE),
    (lenient_rows.CLASSES, CLASS),
    (STUDENTS, USER),
    (USERS, USER_OF_ROLES),
    (lenient_rows.ENROLLMENTS, ENROLLMENT),
]


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


SPELLINGS: list[Callable[[str], str]] = [lambda name: name[:1].upper() + name[1:], str.lower, str.upper, snake]


def respelled(value: Any, spell: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [respelled(item, spell) for item in value]
    if isinstance(value, dict):
        return {spell(name): respelled(item, spell) for name, item in value.items()}
    return value


def rows(shape: Shape[Any], *sent: Any, key: str | None = None) -> list[Any]:
    body = json.dumps({key or shape.key: list(sent)}).encode()
    return list(decode_page(body, shape, shape.key, "here").rows)


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize(("shape", "row"), SECTIONS)
def test_members_in_another_case_are_read_as_what_they_are(
    shape: Shape[Any], row: Row, spell: Callable[[str], str]
) -> None:
    odd = respelled(row, spell)
    assert rows(shape, odd, key=spell(shape.key)) == rows(shape, row)
    assert rows(shape, {**row, "sourcedId": "first"}, odd)[1:] == rows(shape, row)


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize(("shape", "row"), SECTIONS)
def test_one_member_of_one_row_in_another_case_is_enough(
    shape: Shape[Any], row: Row, spell: Callable[[str], str]
) -> None:
    for member in row:
        odd = {spell(name) if name == member else name: value for name, value in row.items()}
        others = [{**row, "sourcedId": f"other-{number}"} for number in range(3)]
        assert rows(shape, *others, odd)[-1:] == rows(shape, row)


def test_of_two_spellings_the_right_one_counts_unless_it_says_nothing() -> None:
    for told in ({"endDate": "2027-06-07", "EndDate": "2020-01-01"}, {"EndDate": "2027-06-07", "endDate": None}):
        bare = {member: value for member, value in ENROLLMENT.items() if member != "endDate"}
        assert rows(lenient_rows.ENROLLMENTS, {**bare, **told}) == rows(lenient_rows.ENROLLMENTS, ENROLLMENT)


def test_a_single_person_is_read_in_another_case_too() -> None:
    odd = respelled({"user": {**USER, "enabledUser": "false"}}, SPELLINGS[0])
    plain = {"user": {**USER, "enabledUser": "false"}}
    assert decode_single(json.dumps(odd).encode(), USERS, "here") == decode_single(
        json.dumps(plain).encode(), USERS, "here"
    )


def test_a_single_person_whose_members_have_other_names_is_not_understood() -> None:
    row = {"isActive" if member == "enabledUser" else member: value for member, value in USER.items()}
    with pytest.raises(SourceProtocolError, match="no enabledUser, but isActive"):
        decode_single(json.dumps({"user": row}).encode(), USERS, "here")


RENAMED = [
    ("academicSessions", SESSION, "endDate", "stopDate"),
    ("academicSessions", SESSION, "startDate", "beginDate"),
    ("courses", COURSE, "status", "state"),
    ("classes", CLASS, "terms", "term"),
    ("classes", CLASS, "status", "isDeleted"),
    ("enrollments", ENROLLMENT, "endDate", "exitDate"),
    ("enrollments", ENROLLMENT, "endDate", "leaveDate"),
    ("enrollments", ENROLLMENT, "beginDate", "entryDate"),
    ("enrollments", ENROLLMENT, "status", "state"),
    ("enrollments", ENROLLMENT, "role", "roleName"),
    ("students", USER, "enabledUser", "isActive"),
    ("students", USER, "enabledUser", "enabled"),
    ("students", USER, "username", "loginId"),
    ("students", USER, "email", "mail"),
    ("students", USER, "status", "state"),
    ("students", USER_OF_ROLES, "enabledUser", "isActive"),
]


def sections_of(path: str, sent: list[Row], **more: Any) -> Any:
    return token_server(**{path: lambda request: served(path, sent, request), **more})


READINGS: dict[str, Callable[[Any], Any]] = {
    "academicSessions": lambda source: source.sessions(),
    "courses": lambda source: source.courses(),
    "classes": lambda source: source.classes(),
    "enrollments": lambda source: source.enrollments(),
    "students": lambda source: source.people(),
}


@pytest.mark.parametrize("page_size", [50, 7])
@pytest.mark.parametrize(("path", "row", "member", "other"), RENAMED)
def test_a_section_in_which_another_member_stands_for_a_missing_one_is_not_read(
    path: str, row: Row, member: str, other: str, page_size: int
) -> None:
    renamed = {other if name == member else name: value for name, value in row.items()}
    empty = {name: None if name == other else value for name, value in renamed.items()}
    sent = [{**(renamed if number in {0, 17} else empty), "sourcedId": f"r-{number}"} for number in range(20)]
    for both in ({}, {member: None}, {member: ""}):
        rows = [{**row, **both} for row in sent]
        with opened(handler=sections_of(path, rows), page_size=page_size) as source:
            _, outcome = read(READINGS[path](source))
        assert isinstance(outcome, Incomplete), other
        assert f"no {member}, but {other}" in outcome.message
        assert "District: ask the SIS's vendor" in outcome.message


@pytest.mark.parametrize(
    ("path", "row", "more"),
    [
        ("enrollments", ENROLLMENT, {"exitDate": "2026-01-01"}),
        ("enrollments", {**ENROLLMENT, "endDate": None}, {"metadata": {"exitDate": "2026-01-01"}}),
        ("enrollments", {**ENROLLMENT, "endDate": None}, {"exitDate": None, "exitReason": "moved", "seat": 3}),
        ("students", {**USER, "email": None}, {"parentEmail": "p@example.org", "state": "CA"}),
        ("classes", CLASS, {"term": "fall", "org": {"sourcedId": "o"}}),
    ],
)
def test_other_members_beside_those_that_are_told_are_let_be(path: str, row: Row, more: Row) -> None:
    sent = [{**row, **more, "sourcedId": f"r-{number}"} for number in range(20)]
    with opened(handler=sections_of(path, sent)) as source:
        assert isinstance(read(READINGS[path](source))[1], Complete)


def test_a_member_that_any_page_holds_is_not_missing() -> None:
    bare = {member: value for member, value in ENROLLMENT.items() if member != "endDate"}
    sent = [
        {**(ENROLLMENT if number == 19 else {**bare, "exitDate": "2020-01-01"}), "sourcedId": f"e{number}"}
        for number in range(20)
    ]
    with opened(handler=sections_of("enrollments", sent), page_size=7) as source:
        assert isinstance(read(source.enrollments())[1], Complete)
