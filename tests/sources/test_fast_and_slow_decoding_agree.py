"""A page read by columns and the same page read row by row are the same page, whatever its rows hold."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.sources.support.shapes import STUDENTS, TEACHERS
from tests.sources.support.shapes import USERS as EVERYBODY

from roster_operator.roster.models import Role
from roster_operator.sources.oneroster import lenient_rows
from roster_operator.sources.oneroster.decode import decode_page
from roster_operator.sources.oneroster.lenient_rows import Shape
from roster_operator.sources.values.columns import identifiers, texts
from roster_operator.sources.values.text import MAX_TEXT, text

WORDS = st.sampled_from(
    ["", " ", "a", " a ", "a b", "ä\u00a0", "\u2003b", "\x00c", "c\u200b", "\ufeffd", "e\\/f", "\u0085"]
)
TEXTS = st.one_of(WORDS, st.text("aB \u00a0\x00é", max_size=5), st.just("x" * (MAX_TEXT + 5)), st.just("y" * 600))
VALUES = st.one_of(TEXTS, st.none(), st.integers(-3, 10**12), st.booleans(), st.just([]), st.just({}))
ROLES = st.one_of(st.sampled_from(["student", "teacher", "aide", "guardian", "Student", " teacher"]), VALUES)
STATUSES = st.one_of(st.sampled_from(["active", "tobedeleted", "Active", "inactive"]), VALUES)
DATES = st.one_of(st.sampled_from(["2026-08-12", "8/12/2026", "2026-08-12T00:00:00Z"]), VALUES)
REFS = st.one_of(st.fixed_dictionaries({"sourcedId": VALUES}), VALUES)


def rows(members: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Mostly as the specification has them, since one odd row sends the whole page to the slow path."""
    return st.lists(st.fixed_dictionaries({}, optional=members), min_size=1, max_size=5)


USERS = {
    "sourcedId": TEXTS,
    "status": STATUSES,
    "enabledUser": st.one_of(st.sampled_from(["true", "false", "0", "1"]), VALUES),
    "username": VALUES,
    "role": ROLES,
    "identifier": VALUES,
    "email": VALUES,
}
ENROLLMENTS = {
    "sourcedId": TEXTS,
    "user": REFS,
    "class": REFS,
    "role": ROLES,
    "status": STATUSES,
    "beginDate": DATES,
    "endDate": DATES,
}
HELD_ROLES = st.lists(
    st.fixed_dictionaries(
        {"role": ROLES}, optional={"roleType": st.sampled_from(["primary", "secondary"]), "endDate": DATES}
    ),
    max_size=2,
)
PLAIN_USER = dict.fromkeys(USERS, WORDS)
PLAIN_ENROLLMENT = {
    **dict.fromkeys(ENROLLMENTS, WORDS),
    "user": st.fixed_dictionaries({"sourcedId": WORDS}),
    "class": st.fixed_dictionaries({"sourcedId": WORDS}),
}


@pytest.mark.parametrize("shape", [TEACHERS, STUDENTS, EVERYBODY])
@given(page=st.one_of(rows(USERS), rows(PLAIN_USER)))
@example(page=[{"sourcedId": "a", "username": None, "email": "a@b"}, {"sourcedId": " b", "username": "b"}])
def test_users(shape: Shape[Any], page: list[dict[str, Any]]) -> None:
    assert_agreement(shape, page)


@pytest.mark.parametrize("shape", [TEACHERS, STUDENTS, EVERYBODY])
@given(page=st.one_of(rows({**USERS, "roles": HELD_ROLES}), rows({**PLAIN_USER, "roles": HELD_ROLES})))
@example(page=[{"sourcedId": "a", "role": "teacher", "roles": [{"roleType": "primary", "role": "student"}]}])
@example(page=[{"sourcedId": "a", "role": "teacher", "roles": []}])
def test_users_of_roles(shape: Shape[Any], page: list[dict[str, Any]]) -> None:
    assert_agreement(shape, page)


def test_a_page_whose_users_tell_both_their_role_and_their_roles_is_read_by_columns() -> None:
    body = json.dumps({"users": [{"sourcedId": "a", "role": "teacher", "roles": [{"role": "teacher"}]}]}).encode()

    def row_by_row(_rows: list[Any]) -> Any:
        raise AssertionError

    page = decode_page(body, replace(TEACHERS, gather=row_by_row), "x", "here")
    assert [person.role for person in page.rows] == [Role.TEACHER]


@given(page=st.one_of(rows(ENROLLMENTS), rows(PLAIN_ENROLLMENT)))
@example(page=[{"sourcedId": "e", "user": {"sourcedId": "u"}, "class": {"sourcedId": "c"}, "role": "student"}] * 2)
def test_enrollments(page: list[dict[str, Any]]) -> None:
    assert_agreement(lenient_rows.ENROLLMENTS, page)


def assert_agreement(shape: Shape[Any], page: list[dict[str, Any]]) -> None:
    body = json.dumps({shape.key: page}).encode()
    fast = decode_page(body, shape, "x", "here")
    slow = decode_page(body, replace(shape, plain=()), "x", "here")
    assert (list(fast.rows), fast.hashes, fast.rejected) == (list(slow.rows), slow.hashes, slow.rejected)


@given(st.lists(VALUES.filter(lambda value: not isinstance(value, (list, dict)))))
def test_a_column_is_cleaned_as_its_values_are(column: list[Any]) -> None:
    assert texts(list(column)) == [text(value) for value in column]


def test_pages_as_the_specification_has_them_are_read_by_columns() -> None:
    """Else all of the above compares the slow path with itself."""
    users = json.dumps({"users": [{"sourcedId": "a", "username": "ä", "enabledUser": "true", "role": "student"}]})
    assert type(decode_page(users.encode(), STUDENTS, "x", "here").rows).__name__ == "People"
    refs = {"user": {"sourcedId": "u"}, "class": {"sourcedId": "c"}}
    for said in ({"role": "student"}, {"role": "Student", "status": "ok"}, {"beginDate": "2026-08-12"}):
        enrolled = json.dumps({"enrollments": [{"sourcedId": "e", **refs, **said}]})
        assert (
            type(decode_page(enrolled.encode(), lenient_rows.ENROLLMENTS, "x", "here").rows).__name__ == "Enrollments"
        )


def test_identifiers_that_are_blank_need_care() -> None:
    assert identifiers([" a", "b"]) == ["a", "b"]
    body = b'{"users":[{"sourcedId":"a"},{"sourcedId":" "}]}'
    page = decode_page(body, EVERYBODY, "x", "here")
    assert ([row.id for row in page.rows], page.rejected) == (["a"], 1)
