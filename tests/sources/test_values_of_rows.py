"""Values as servers send them become what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.roster.models import Role
from roster_operator.sources.oneroster.text import (
    end_date,
    is_active,
    is_enabled,
    iso_date,
    reference,
    references,
    role,
    text,
)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("994_1001", "994_1001"),
        ("  padded\t", "padded"),
        ("\ufeffmarked", "marked"),
        ("with\x00nul", "withnul"),
        ("half\ud800", "half"),
        ("no\u00a0break", "no break"),
        ("Zoë 你好", "Zoë 你好"),
        (17, "17"),
        (17.0, "17"),
        (True, "true"),
        (None, ""),
        ([], ""),
        ({}, ""),
    ],
)
def test_text_is_trimmed_and_holds_no_control_characters(value: object, meant: str) -> None:
    assert text(value) == meant


@given(st.text())
def test_text_can_always_be_stored_and_sent(value: str) -> None:
    cleaned = text(value)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert cleaned == cleaned.strip()
    assert text(cleaned) == cleaned


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("2026-08-12", "2026-08-12"),
        ("2026-08-12T00:00:00.000Z", "2026-08-12"),
        ("2026-08-12 08:01:05", "2026-08-12"),
        ("2026-08-12T23:59:59-05:00", "2026-08-12"),
        ("8/12/2026", "2026-08-12"),
        ("08/12/2026 12:00:00 AM", "2026-08-12"),
        ("", ""),
        (None, ""),
        ("soon", ""),
        ("2026-13-45", ""),
        ("0001-01-01T00:00:00", ""),
        ("1970-01-01", ""),
        ("12/31/1969", ""),
        ("9999-12-31", "9999-12-31"),
        (20260812, ""),
    ],
)
def test_dates_are_iso_or_empty(value: str | int | None, meant: str) -> None:
    assert iso_date(value) == meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("2026-08-12", "2026-08-12"),
        ("2026-08-12T00:00:00.000Z", "2026-08-12"),
        ("2026-08-12T23:00:00Z", "2026-08-12"),
        ("2026-08-12T23:59:59-05:00", "2026-08-13"),
        ("2026-12-31 23:59", "2027-01-01"),
        ("8/31/2026 23:59:59", "2026-09-01"),
        ("9999-12-31T23:59:59", "9999-12-31"),
        ("soon 23:59", ""),
        (None, ""),
    ],
)
def test_an_end_late_at_night_means_that_this_day_is_the_last(value: str | int | None, meant: str) -> None:
    assert end_date(value) == meant


@pytest.mark.parametrize("status", ["tobedeleted", "ToBeDeleted", " to be deleted ", "inactive", "INACTIVE", "deleted"])
def test_deleted_and_inactive_rows_are_not_active(status: str) -> None:
    assert not is_active(status)


@pytest.mark.parametrize("status", ["active", "Active", "", None, "pending"])
def test_every_other_status_is_active(status: str | None) -> None:
    assert is_active(status)


@pytest.mark.parametrize("value", [False, "false", "False", " FALSE ", 0, "0", "no", "N"])
def test_who_is_said_to_be_disabled_is(value: object) -> None:
    assert not is_enabled(value)


@pytest.mark.parametrize("value", [True, "true", "TRUE", 1, "1", "yes", "", None])
def test_who_is_not_said_to_be_disabled_is_enabled(value: object) -> None:
    assert is_enabled(value)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("student", Role.STUDENT),
        ("Student ", Role.STUDENT),
        ("TEACHER", Role.TEACHER),
        ("aide", Role.AIDE),
        ("administrator", Role.ADMINISTRATOR),
        ("guardian", Role.OTHER),
        ("ext:wizard", Role.OTHER),
        ("", Role.UNKNOWN),
        (None, Role.UNKNOWN),
        ("pupil", Role.STRANGE),
        (7, Role.STRANGE),
    ],
)
def test_roles_without_a_book_strange_ones_and_missing_ones_are_kept_apart(
    value: str | int | None, meant: Role
) -> None:
    assert role(value) is meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ({"sourcedId": "c-9", "href": "x", "type": "class"}, "c-9"),
        ({"sourcedId": 9}, "9"),
        ({"sourcedId": " c-9 "}, "c-9"),
        ({"href": "https://sis.example.org/ims/oneroster/v1p1/classes/c%2F9/"}, "c/9"),
        ({"sourcedId": None, "href": None}, ""),
        ("c-9", "c-9"),
        (9, "9"),
        ([{"sourcedId": "c-9"}], "c-9"),
        ([], ""),
        (None, ""),
    ],
)
def test_a_reference_is_an_object_or_plain(value: object, meant: str) -> None:
    assert reference(value) == meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ([{"sourcedId": "a"}, "b", 3, None, {}], ["a", "b", "3"]),
        ({"sourcedId": "a"}, ["a"]),
        ("a, b", ["a", "b"]),
        ("", []),
        (None, []),
    ],
)
def test_references_need_not_be_a_list(value: object, meant: list[str]) -> None:
    assert list(references(value)) == meant
