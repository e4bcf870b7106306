"""PowerSchool's JSON in every shape, and bytes that are none."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roster_operator.errors import SourceProtocolError
from roster_operator.sources.powerschool.dcids import dcid
from roster_operator.sources.powerschool.decode import decode_count, decode_metadata, decode_rows, decode_single
from roster_operator.sources.powerschool.wire import (
    CO_TEACHERS,
    SECTION_ENROLLMENTS,
    SECTIONS,
    STAFF,
    STUDENTS,
    ContactInfo,
    CoTeacherRow,
    Emails,
    Kind,
    SectionRow,
    StaffRow,
    StudentRow,
)

WHERE = "https://riverside.example.org"


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ('{"sections":{"@expansions":"term","section":[{"id":1},{"id":2}]}}', 2),
        ('{"sections":{"@expansions":"term","section":{"id":1}}}', 1),
        ('{"sections":{"section":[]}}', 0),
        ('{"sections":{"@expansions":"term","@extensions":""}}', 0),
        ('{"sections":{"section":null}}', 0),
        ('{"sections":{"section":""}}', 0),
        ('{"sections":{}}', 0),
        ('{"sections":""}', 0),
        ('{"sections":null}', 0),
        ('{"sections": [ {"id":1} ] }', 1),
        ('\ufeff{"sections":{"section":[{"id":1}]}}', 1),
    ],
)
def test_a_list_in_every_shape(body: str, rows: int) -> None:
    assert len(decode_rows(body.encode(), SECTIONS, WHERE)) == rows


@pytest.mark.parametrize(
    "body",
    [
        "", "{}", "[]", "null", "7", '"sections"', '{"sections":7}', '{"sections":{"section":7}}', '{"sections":"x"}',
        '{"section":[{"id":1}]}', '{"message":"no"}', '{"errorMessage":{"message":"no"}}',
        '{"sections":{"section":[{"id":1}', '{"sections":{"section":[{"id":1},]}}', "<html>", "\x00",
    ],
)  # fmt: skip
def test_what_is_no_list_is_never_an_empty_one(body: str) -> None:
    with pytest.raises(SourceProtocolError):
        decode_rows(body.encode(), SECTIONS, WHERE)


def test_the_answers_of_power_queries() -> None:
    body = b'{"name":"a.b","record":[{"id":"1","section_id":"2","users_dcid":"3"}],"@extensions":""}'
    assert decode_rows(body, CO_TEACHERS, WHERE) == [CoTeacherRow(id="1", section_id="2", users_dcid="3")]
    assert decode_rows(b'{"name":"a.b","@extensions":""}', CO_TEACHERS, WHERE) == []
    for error in (b"{}", b'{"message":"Validation Failed"}', b'{"count":3}'):
        with pytest.raises(SourceProtocolError):
            decode_rows(error, CO_TEACHERS, WHERE)


@pytest.mark.parametrize(
    ("row", "email"),
    [
        ({"id": 1, "emails": {"work_email": "x"}}, "x"),
        ({"id": 1, "emails": [{"work_email": "x"}]}, "x"),
        ({"id": 1, "emails": ""}, None),
        ({"id": 1, "emails": [], "local_id": {"odd": 1}}, None),
        ({"id": 1}, None),
    ],
)
def test_expansions_that_have_nothing_to_say(row: dict[str, Any], email: str | None) -> None:
    (staff,) = decode_rows(json.dumps({"staffs": {"staff": row}}).encode(), STAFF, WHERE)
    found = staff.emails.work_email if isinstance(staff.emails, Emails) else None
    assert (staff.id, found or None) in {(1, email), ("1", email)}


def test_a_row_that_makes_no_sense_costs_only_itself() -> None:
    body = b'{"sections":{"section":[{"id":1},7,"x",null,[],{"id":[]},{"id":{"a":1},"course_id":[5]},{"id":3}]}}'
    rows = decode_rows(body, SECTIONS, WHERE)
    assert [dcid(row) for row in rows] == ["1", "", "", "", "", "", "", "3"]
    assert rows[6].course_id == "5"


def test_encodings_and_numbers_that_json_does_not_know() -> None:
    for name in (b"Jos\xe9", b"\\ud800", b"tab\there"):
        body = b'{"students":{"student":{"id":7,"name":{"first_name":"' + name + b'"},"x":[1e999,NaN]}}}'
        assert decode_rows(body, STUDENTS, WHERE) == [StudentRow(id=7)]


def test_a_single_row() -> None:
    body = b'{"student":{"id":"7","contact_info":{"email":"x"}}}'
    assert decode_single(body, STUDENTS, WHERE) == StudentRow(id="7", contact_info=ContactInfo(email="x"))
    for odd in (b'{"students":{"student":{"id":7}}}', b'{"student":[]}', b'{"student":""}', b"[]"):
        with pytest.raises(SourceProtocolError):
            decode_single(odd, STUDENTS, WHERE)


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ('{"resource":{"count":423}}', 423),
        ('{"count":0}', 0),
        ('{"count":"17"}', 17),
        ('{"resource":{"count":" 4 "}}', 4),
    ],
)
def test_both_shapes_of_a_count(body: str, count: int) -> None:
    assert decode_count(body.encode(), WHERE) == count


@pytest.mark.parametrize(
    "body",
    ["{}", '{"count":-1}', '{"count":1.5}', '{"count":""}', '{"count":null}', '{"resource":{}}', '{"count":1e40}'],
)
def test_what_is_no_count(body: str) -> None:
    with pytest.raises(SourceProtocolError):
        decode_count(body.encode(), WHERE)


def test_metadata_are_texts() -> None:
    body = b'{"metadata":{"student_max_page_size":"1000","term_max_page_size":100,"odd":[1],"none":null}}'
    assert decode_metadata(body, WHERE) == {
        "student_max_page_size": "1000", "term_max_page_size": "100", "odd": "", "none": "",
    }  # fmt: skip


def test_an_answer_that_would_burst_in_memory_is_refused() -> None:
    for bomb in (b"[" * 1_000_001, b'{"sections":{"section":[' + b"{}," * 600_000 + b"{}]}}", b'{"a":' * 400_000):
        with pytest.raises(SourceProtocolError):
            decode_rows(bomb, SECTIONS, WHERE)
    with pytest.raises(SourceProtocolError):
        decode_rows(b'{"sections":' + b"[" * 200_000 + b"]" * 200_000 + b"}", SECTIONS, WHERE)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["sections", "section", "id", "term_id", "count", "record", "name", "emails"]), inner
        )
    ),
    max_leaves=12,
)


@given(TREES)
@settings(deadline=None)
def test_any_json_is_rows_or_a_protocol_error(tree: object) -> None:
    _decode_all(json.dumps(tree).encode())


@given(st.binary(max_size=300) | st.text(alphabet='{}[]":,\\ \x00e1sectionid', max_size=300).map(str.encode))
@settings(deadline=None)
def test_any_bytes_are_rows_or_a_protocol_error(body: bytes) -> None:
    _decode_all(body)


@given(st.data())
@settings(deadline=None)
def test_a_body_that_was_cut_or_spoiled_is_never_taken_for_a_shorter_list(data: st.DataObject) -> None:
    whole = b'{"section_enrollments":{"@x":"","section_enrollment":[{"id":1,"student_id":5},{"id":2},{"id":3}]}}'
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(SourceProtocolError):
        decode_rows(whole[:cut], SECTION_ENROLLMENTS, WHERE)


def _decode_all(body: bytes) -> None:
    kinds: tuple[Kind[Any], ...] = (SECTIONS, STAFF, STUDENTS, CO_TEACHERS)
    for kind in kinds:
        with contextlib.suppress(SourceProtocolError):
            for row in decode_rows(body, kind, WHERE):
                assert isinstance(row, (SectionRow, StaffRow, StudentRow, CoTeacherRow))
        with contextlib.suppress(SourceProtocolError):
            decode_single(body, kind, WHERE)
    with contextlib.suppress(SourceProtocolError):
        assert decode_count(body, WHERE) >= 0
    with contextlib.suppress(SourceProtocolError):
        decode_metadata(body, WHERE)
