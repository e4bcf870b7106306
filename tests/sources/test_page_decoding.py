"""A page is read in whatever shape it comes; one bad row costs nothing but itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.support.shapes import STUDENTS, TEACHERS, USERS

from roster_operator.errors import SourceProtocolError
from roster_operator.roster.dates import UNREADABLE
from roster_operator.roster.models import ClassSection, Course, Enrollment, Person, Role, School, Session, Status
from roster_operator.sources.failures import Garbled
from roster_operator.sources.oneroster import lenient_rows
from roster_operator.sources.oneroster.decode import decode_page, decode_single
from roster_operator.sources.oneroster.lenient_rows import Shape
from roster_operator.sources.oneroster.page import Page, read_claims

WHERE = "https://sis.example.org"
COURSE = {"sourcedId": "MA101", "status": "active", "title": "Algebra", "courseCode": "MA-101"}
ALGEBRA = Course("MA101", "MA-101", "Algebra")


def decoded(body: Any, shape: Shape[Any] = lenient_rows.COURSES, route: str = "courses") -> Page[Any]:
    return decode_page(body if isinstance(body, bytes) else json.dumps(body).encode(), shape, route, WHERE)


@pytest.mark.parametrize(
    "body",
    [
        {"courses": [COURSE]},
        {"statusInfoSet": [{"imsx_codeMajor": "success"}], "courses": [COURSE]},
        {"records": [COURSE]},
        {"errors": [], "records": [COURSE], "count": 1},
        {"courses": COURSE},
        b"\xef\xbb\xbf" + json.dumps({"courses": [COURSE]}).encode(),
        b"\xff\xfe" + json.dumps({"courses": [COURSE]}).encode("utf-16-le"),
        json.dumps({"courses": [{**COURSE, "grades": "x"}]}).replace('"x"', "NaN").encode(),
        json.dumps({"courses": [{**COURSE, "subject": "@"}]}).replace("@", "tab\tand\nline").encode(),
        json.dumps({"courses": [{**COURSE, "subject": "@"}]}).replace("@", "\\ud800").encode(),
        json.dumps({"courses": [{**COURSE, "subject": "@"}]}).encode().replace(b"@", b"caf\xe9"),
        json.dumps({"courses": [{**COURSE, "metadata": {"a": [1, {"b": None}]}}]}).encode(),
    ],
)
def test_rows_are_found_in_every_envelope_and_encoding(body: Any) -> None:
    page = decoded(body)
    assert page.rows == [ALGEBRA]
    assert (page.received, page.rejected, page.blank) == (1, 0, False)


def test_the_list_may_be_named_by_the_route() -> None:
    teacher = {"sourcedId": "t1", "role": "teacher"}
    for key in ("users", "teachers"):
        assert list(decoded({key: [teacher]}, TEACHERS, "teachers").rows) == [Person("t1", Role.TEACHER)]
    assert decoded({"schools": [{"sourcedId": "1"}]}, lenient_rows.ORGS, "schools").rows == [School("1")]
    assert decoded({"terms": [{"sourcedId": "1"}]}, lenient_rows.SESSIONS, "terms").rows == [Session("1")]


@pytest.mark.parametrize("body", [b"{}", b"null", b'{"courses": null}', b'{"courses": {}}'])
def test_an_answer_without_a_list_is_blank_not_empty(body: bytes) -> None:
    page = decoded(body)
    assert (page.received, page.blank) == (0, True)


def test_an_empty_list_is_empty() -> None:
    assert not decoded({"courses": []}).blank


@pytest.mark.parametrize(
    "body",
    [
        {"message": "busy"},
        {"statusInfoSet": [{"imsx_codeMajor": "failure"}]},
        {"statusInfoSet": [{"imsx_codeMajor": "failure"}], "courses": []},
        {"imsx_codeMajor": "Failure", "courses": []},
        {"imsx_codeMajor": "failure", "courses": [COURSE]},
        {"courses": [COURSE], "statusInfoSet": [{"imsx_codeMajor": "failure"}]},
        {"courses": [COURSE], "imsx_StatusInfo": {"CodeMajor": "Failure"}},
        {"courses": "none"},
        {"a": [], "b": []},
        [COURSE],
        7,
        b"",
        b"busy, come back later",
        b'{"courses": [{"sourcedId": "MA101"}, {"sour',
        b'{"courses": []} and more',
    ],
)
def test_what_is_not_a_page_is_never_taken_for_an_empty_one(body: Any) -> None:
    with pytest.raises(Garbled) as raised:
        decoded(body)
    assert "busy" not in raised.value.message


@pytest.mark.parametrize(
    "beside",
    [
        {"statusInfoSet": [{"imsx_codeMajor": "success", "imsx_severity": "warning"}]},
        {"courses": [{**COURSE, "metadata": {"codeMajor": "failure"}}]},
    ],
)
def test_rows_beside_a_warning_or_with_such_words_in_them_are_rows(beside: dict[str, Any]) -> None:
    assert decoded({"courses": [COURSE], **beside}).received == 1


def test_nesting_and_number_of_parts_are_bounded() -> None:
    for body in (b'{"courses":' + b"[" * 500_000, b'{"courses":' + b'{"a":' * 500_000, b"[" * 500_000 + b"]" * 500_000):
        with pytest.raises(SourceProtocolError, match=r"deeply|more parts"):
            decoded(body)
    with pytest.raises(SourceProtocolError, match="parts"):
        decoded(b'{"courses":[' + b"0," * 3_100_000 + b"0]}")
    with pytest.raises(SourceProtocolError, match="parts"):
        decoded(b'{"courses":[' + b'{"sourcedId":1},' * 1_600_000 + b"{}]}")


@pytest.mark.parametrize(
    "bad", [{}, {"sourcedId": None}, {"sourcedId": " "}, {"sourcedId": "x" * 600}, None, "row", 7, []]
)
def test_a_row_without_a_usable_identifier_is_rejected_alone(bad: object) -> None:
    page = decoded({"courses": [COURSE, bad, COURSE]})
    assert page.rows == [ALGEBRA, ALGEBRA]
    assert (page.received, page.rejected) == (3, 1)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["sourcedId", "href", "x"]), inner),
        max_leaves=6,
    ),
    st.sampled_from(["sourcedId", "status", "user", "class", "role", "beginDate", "endDate", "metadata"]),
)
def test_no_value_of_any_member_costs_the_page(value: object, member: str) -> None:
    good = {"sourcedId": "e1", "user": {"sourcedId": "u"}, "class": {"sourcedId": "c"}}
    page = decoded({"enrollments": [good, {**good, member: value}, good]}, lenient_rows.ENROLLMENTS, "enrollments")
    assert page.received == 3
    rows = list(page.rows)
    assert rows[0] == rows[-1] == Enrollment("u", "c")
    assert len(page.rows) + page.rejected == 3


@pytest.mark.parametrize("value", [{"day": 1}, ["a", "b"]])
def test_several_values_where_one_should_be_are_not_understood_and_not_absent(value: object) -> None:
    good = {"sourcedId": "e1", "user": {"sourcedId": "u"}, "class": {"sourcedId": "c"}}
    decisive = {"status": value, "role": value, "beginDate": value, "endDate": value}
    (row,) = decoded({"enrollments": [{**good, **decisive}]}, lenient_rows.ENROLLMENTS, "enrollments").rows
    assert row == Enrollment("u", "c", Role.UNRECOGNIZED, UNREADABLE, UNREADABLE, Status.UNRECOGNIZED)
    (person,) = decoded({"users": [{"sourcedId": "u", "enabledUser": value}]}, USERS, "users").rows
    assert person.status is Status.UNRECOGNIZED


SLOW = {"sourcedId": "slow", "status": ["so that the whole page is read with care"]}


@pytest.mark.parametrize("company", [[], [SLOW]], ids=["fast path", "slow path"])
def test_a_class_refers_to_its_course_school_and_terms(company: list[Any]) -> None:
    row = {
        "sourcedId": 994,
        "status": "tobedeleted",
        "title": "",
        "course": {"sourcedId": "MA101", "href": "x", "type": "course"},
        "school": {"sourcedId": 2},
        "terms": [{"sourcedId": "t1"}, {"sourcedId": " t2 "}],
        "periods": "3",
    }
    page = decoded({"classes": [row, *company]}, lenient_rows.CLASSES, "classes")
    assert next(iter(page.rows)) == ClassSection("994", "MA101", "2", ("t1", "t2"), status=Status.GONE)


@pytest.mark.parametrize(
    ("terms", "meant"),
    [
        (None, ()),
        ([], ()),
        ({"sourcedId": "t1"}, ("t1",)),
        ("t1", ("t1",)),
        ([{"href": "https://h/terms/t1"}], ("t1",)),
    ],
)
def test_terms_may_be_one_or_plain_or_missing(terms: object, meant: tuple[str, ...]) -> None:
    page = decoded({"classes": [{"sourcedId": "c", "terms": terms, "course": None}]}, lenient_rows.CLASSES, "classes")
    assert page.rows == [ClassSection("c", session_ids=meant)]


@pytest.mark.parametrize("company", [[], [SLOW]], ids=["fast path", "slow path"])
def test_a_person_holds_what_matching_looks_at_and_no_name(company: list[Any]) -> None:
    row = {
        "sourcedId": "u1",
        "status": "active",
        "enabledUser": "true",
        "username": " jdoe ",
        "email": "jdoe@example.org",
        "identifier": 18125,
        "role": "student",
        "givenName": "Jane",
        "password": "geheim",
    }
    page = decoded({"users": [row, *company]}, USERS, "users")
    assert next(iter(page.rows)) == Person("u1", Role.STUDENT, "jdoe", "jdoe@example.org", "18125")


def test_a_person_who_is_not_enabled_is_not_active() -> None:
    rows = [{"sourcedId": "u", "enabledUser": value} for value in (False, "false", "0", True, "", None)]
    page = decoded({"users": rows}, USERS, "users")
    assert [person.status for person in page.rows] == [Status.GONE] * 3 + [Status.ACTIVE] * 3


def test_a_missing_role_is_that_of_the_route() -> None:
    rows = {"users": [{"sourcedId": "u"}, {"sourcedId": "v", "role": "administrator"}]}
    assert [p.role for p in decoded(rows, TEACHERS, "teachers").rows] == [Role.TEACHER, Role.ADMINISTRATOR]
    assert [p.role for p in decoded(rows, STUDENTS, "students").rows] == [Role.STUDENT, Role.ADMINISTRATOR]
    assert [p.role for p in decoded(rows, USERS, "users").rows] == [Role.UNKNOWN, Role.ADMINISTRATOR]


def test_an_enrollment_needs_a_person_and_a_class() -> None:
    ref = {"sourcedId": "x"}
    rows = [
        {
            "sourcedId": "1",
            "user": ref,
            "class": ref,
            "role": "aide",
            "beginDate": "2026-08-12T00:00:00Z",
            "endDate": "",
        },
        {"sourcedId": "2", "user": ref},
        {"sourcedId": "3", "class": ref, "user": None},
        {"sourcedId": "4", "class": ref, "user": {"sourcedId": ""}},
        {"sourcedId": "5", "class": "x", "user": "x"},
    ]
    page = decoded({"enrollments": rows}, lenient_rows.ENROLLMENTS, "enrollments")
    assert list(page.rows) == [Enrollment("x", "x", Role.AIDE, "2026-08-12"), Enrollment("x", "x")]
    assert (page.received, page.rejected) == (5, 3)


def test_organizations_of_every_type_are_kept_with_it() -> None:
    types = ("school", "School", "district", "", None, "department")
    rows = [{"sourcedId": f"o{number}", "type": kind, "name": "N"} for number, kind in enumerate(types)]
    page = decoded({"orgs": rows}, lenient_rows.ORGS, "orgs")
    assert [school.kind for school in page.rows] == ["school", "school", "district", "school", "school", "department"]
    assert (page.received, page.rejected) == (6, 0)


@pytest.mark.parametrize(
    "body",
    [{"user": {"sourcedId": "u"}}, {"users": [{"sourcedId": "u"}]}, {"sourcedId": "u"}, {"user": [{"sourcedId": "u"}]}],
)
def test_a_single_person_comes_in_several_envelopes(body: Any) -> None:
    assert decode_single(json.dumps(body).encode(), USERS, WHERE) == [Person("u")]


@pytest.mark.parametrize("body", [b"{}", b"null", b'{"user": null}', b'{"users": []}'])
def test_a_single_person_may_not_be_there(body: bytes) -> None:
    assert decode_single(body, USERS, WHERE) == []


def test_a_single_person_is_not_an_error_message() -> None:
    with pytest.raises(SourceProtocolError):
        decode_single(b'{"statusInfoSet": [{"imsx_codeMajor": "failure"}]}', USERS, WHERE)


@pytest.mark.parametrize(
    ("headers", "claims"),
    [
        ({}, (None, None, None)),
        ({"x-total-count": " 25 "}, (25, None, None)),
        ({"x-total-count": "many"}, (None, None, None)),
        ({"x-total-count": "-1"}, (None, None, None)),
        ({"x-total-count": "9" * 40}, (None, None, None)),
        (
            {"link": '<https://h/x?offset=10>; rel="next", <https://h/x?offset=90>; rel="last"'},
            (None, True, 10),
        ),
        ({"link": '<https://h/x?offset=90>; rel="last", <https://h/x?offset=10&limit=5>; rel=next'}, (None, True, 10)),
        ({"link": '{https://h/x?offset=5}; rel="next"'}, (None, True, 5)),
        ({"link": '<https://h/x?page=2>; rel="next"'}, (None, True, None)),
        ({"link": '<https://h/x?offset=0>; rel="first"'}, (None, False, None)),
    ],
)
def test_headers_claim_a_total_and_a_next_page(headers: dict[str, str], claims: tuple[Any, ...]) -> None:
    found = read_claims(headers)
    assert (found.total, found.has_next, found.next_offset) == claims
