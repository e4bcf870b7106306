"""Values as servers send them become what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.roster.models import Role, Status
from roster_operator.sources.values.columns import logins
from roster_operator.sources.values.text import login, reference, references, text
from roster_operator.sources.values.words import enabled, role, standing, status


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
    "word",
    [
        "tobedeleted",
        "ToBeDeleted",
        " to be deleted ",
        "inactive",
        "INACTIVE",
        "deleted",
        "withdrawn",
        "Dropped",
        "Graduate",
        *("Complete", "concluded", "Transferred Out", "Left", "un-enrolled", "not enrolled", "Deactivated"),
    ],
)
def test_words_for_what_has_ended_are_known(word: str) -> None:
    assert status(word) is Status.GONE


@pytest.mark.parametrize("word", ["active", "Active", "", None, "NULL", "enrolled"])
def test_a_status_that_is_not_told_is_active(word: str | None) -> None:
    assert status(word) is Status.ACTIVE


@pytest.mark.parametrize("word", ["pending", "D", "7", "-1", "unknown", "x" * 100])
def test_any_other_status_is_not_understood(word: str) -> None:
    assert status(word) is Status.UNRECOGNIZED


@pytest.mark.parametrize(
    "value", [False, "false", "False", " FALSE ", 0, "0", "no", "N", "disabled", "inactive", "off"]
)
def test_who_is_said_to_be_disabled_is(value: object) -> None:
    assert enabled(value) is Status.GONE


@pytest.mark.parametrize("value", [True, "true", "TRUE", 1, "1", "yes", "", None, "N/A"])
def test_who_is_not_said_to_be_disabled_is_enabled(value: object) -> None:
    assert enabled(value) is Status.ACTIVE


@pytest.mark.parametrize("value", [-1, "-1", "suspended", "locked", "maybe", 2])
def test_any_other_word_for_enabled_is_not_understood(value: object) -> None:
    assert enabled(value) is Status.UNRECOGNIZED


@pytest.mark.parametrize(
    ("word", "value", "meant"),
    [
        ("active", "true", Status.ACTIVE),
        ("tobedeleted", "maybe", Status.GONE),
        ("pending", "false", Status.GONE),
        ("pending", "true", Status.UNRECOGNIZED),
        ("active", "locked", Status.UNRECOGNIZED),
    ],
)
def test_a_person_counts_by_status_and_enabled_user_together(word: str, value: str, meant: Status) -> None:
    assert standing(word, value) is meant


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        (["ann", " NULL ", "N/A", "none", "-", "\\N", "unknown", "#N/A", None, ""], ["ann"] + [""] * 9),
        (["ann", "bob"], ["ann", "bob"]),
        (["nona", "nulla", "unknown.person"], ["nona", "nulla", "unknown.person"]),
    ],
)
def test_words_for_an_empty_cell_are_no_login(column: list[str | None], meant: list[str]) -> None:
    assert logins(column) == meant
    assert [login(value) for value in column] == meant


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
        ("co-teacher", Role.TEACHER),
        ("pupil", Role.UNRECOGNIZED),
        (7, Role.UNRECOGNIZED),
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
        ({"sourcedId": "", "href": "https://sis.example.org/ims/oneroster/v1p1/users/"}, ""),
        ({"href": "https://sis.example.org/ims/oneroster/v1p1/classes"}, ""),
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
