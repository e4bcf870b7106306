"""Of several roles, those that hold today decide; a student's among them comes first."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from roster_operator.roster.dates import Days
from roster_operator.roster.models import Role
from roster_operator.sources.values.roles import RolesToday, role_among, stricter

TODAY = "2026-10-15"
OVER, LATER = "2025-06-01", "2027-01-10"

Told = tuple[str, str, str, str, str]
"""Word, type, begin, end, status."""


def told(word: str, kind: str = "", begin: str = "", end: str = "", status: str = "") -> Told:
    return word, kind, begin, end, status


def role_of(*roles: Told, default: Role = Role.UNKNOWN) -> Role:
    today = RolesToday(Days(TODAY, UTC))
    return role_among([today.held(*one) for one in roles], default)


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([told("teacher")], Role.TEACHER),
        ([told("teacher", begin=OVER, end=LATER)], Role.TEACHER),
        ([told("teacher", end=OVER)], Role.FORMER),
        ([told("teacher", begin=LATER)], Role.FORMER),
        ([told("teacher", status="tobedeleted")], Role.FORMER),
        ([told("teacher", status="pending")], Role.UNCLEAR),
        ([told("teacher", end="soon")], Role.UNCLEAR),
        ([told("teacher", begin="soon")], Role.UNCLEAR),
        ([told("teacher", begin="soon", end=OVER)], Role.FORMER),
        ([told("teacher", begin=LATER, end=OVER)], Role.UNCLEAR),
        ([told("teacher", begin="2027-02-01", end=LATER)], Role.FORMER),
        ([told("teacher", end="9999-12-31")], Role.TEACHER),
        ([told("coach")], Role.UNCLEAR),
        ([told("coach", end=OVER)], Role.FORMER),
        ([told("teacher"), told("coach")], Role.UNCLEAR),
        ([told("teacher"), told("coach", end=OVER)], Role.TEACHER),
        ([told("ext:librarian")], Role.OTHER),
        ([told("guardian")], Role.OTHER),
        ([told("guardian", end="soon")], Role.UNCLEAR),
        ([told("guardian"), told("counselor", end="soon")], Role.OTHER),
    ],
)
def test_a_role_counts_while_it_holds(roles: list[Told], role: Role) -> None:
    assert role_of(*roles) is role


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([told("student"), told("aide")], Role.STUDENT),
        ([told("aide", "primary"), told("student", "primary")], Role.STUDENT),
        ([told("teacher", "primary"), told("student", "secondary")], Role.STUDENT),
        ([told("teacher", "primary"), told("student", "secondary", end=OVER)], Role.TEACHER),
        ([told("teacher", "primary"), told("student", "primary", begin=LATER)], Role.TEACHER),
        ([told("teacher"), told("student", end="soon")], Role.UNCLEAR),
        ([told("teacher", end="soon"), told("student")], Role.STUDENT),
        ([told("teacher", end=OVER), told("student")], Role.STUDENT),
        ([told("teacher", end=OVER), told("student", end=OVER)], Role.FORMER),
    ],
)
def test_who_is_a_student_among_other_things_is_one(roles: list[Told], role: Role) -> None:
    assert role_of(*roles) is role
    assert role_of(*reversed(roles)) is role


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([told("teacher"), told("principal")], Role.TEACHER),
        ([told("aide", "secondary"), told("principal", "primary")], Role.ADMINISTRATOR),
        ([told("aide", "secondary"), told("parent", "primary")], Role.AIDE),
        ([told("teacher", end="soon"), told("siteAdministrator")], Role.ADMINISTRATOR),
        ([told("teacher", end="soon"), told("parent")], Role.UNCLEAR),
        ([told("teacher", end=OVER), told("parent")], Role.FORMER),
        ([told("teacher", end=OVER), told("aide")], Role.AIDE),
        ([told("parent"), told("counselor")], Role.OTHER),
    ],
)
def test_of_staff_what_holds_and_is_primary_decides_in_any_order(roles: list[Told], role: Role) -> None:
    assert role_of(*roles) is role
    assert role_of(*reversed(roles)) is role


def test_who_has_no_role_is_what_the_list_says() -> None:
    assert role_of(default=Role.TEACHER) is Role.TEACHER
    assert role_of(told("", "primary"), told("NULL"), default=Role.STUDENT) is Role.STUDENT
    assert role_of(told(""), told("teacher", end=OVER), default=Role.TEACHER) is Role.FORMER


def test_the_next_day_on_which_a_role_begins_or_ends_is_noted() -> None:
    today = RolesToday(Days(TODAY, UTC))
    assert today.next_change == ""
    for begin, end in ((OVER, "2027-03-01"), ("2026-12-01", ""), (OVER, OVER), ("soon", "9999-12-31")):
        today.held("teacher", "primary", begin, end)
    assert today.next_change == "2026-12-01"


def test_where_an_end_is_the_last_day_a_role_holds_on_it() -> None:
    for inclusive in (False, True):
        today = RolesToday(Days(TODAY, UTC), ends_inclusive=inclusive)
        assert today.held("teacher", "", "", TODAY).holds is inclusive
        assert today.held("teacher", "", "", f"{TODAY}T23:59:59").holds is True
        assert today.held("teacher", "", "", "2026-10-14T23:59:59").holds is False


@pytest.mark.parametrize(
    ("one", "other", "meant"),
    [
        (Role.UNKNOWN, Role.TEACHER, Role.TEACHER),
        (Role.STUDENT, Role.TEACHER, Role.STUDENT),
        (Role.TEACHER, Role.FORMER, Role.FORMER),
        (Role.TEACHER, Role.AIDE, Role.AIDE),
        (Role.OTHER, Role.TEACHER, Role.UNCLEAR),
        (Role.UNRECOGNIZED, Role.TEACHER, Role.UNCLEAR),
        (Role.TEACHER, Role.TEACHER, Role.TEACHER),
    ],
)
def test_of_two_places_that_tell_of_a_person_what_gives_less_counts(one: Role, other: Role, meant: Role) -> None:
    assert stricter(one, other) is stricter(other, one) is meant


def test_a_day_is_one_of_the_district() -> None:
    ends = "2026-10-14T13:00:00Z"  # midnight of the 15th in Sydney
    for zone, holds in (("Australia/Sydney", False), ("America/Chicago", False)):
        assert RolesToday(Days(TODAY, ZoneInfo(zone))).held("teacher", "", "", ends).holds is holds
    assert RolesToday(Days("2026-10-14", ZoneInfo("Australia/Sydney"))).held("teacher", "", "", ends).holds is True
