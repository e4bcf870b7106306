"""Who attends the district, by a letter, a number and words, of which some may be missing or contradict the others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roster_operator.roster.models import STATUS_TOLD, Status
from roster_operator.sources.powerschool import roster
from roster_operator.sources.powerschool.decode import decode_rows
from roster_operator.sources.powerschool.wire import STUDENTS

ACTIVE, GONE, UNRECOGNIZED = Status.ACTIVE, Status.GONE, Status.UNRECOGNIZED


def student(**more: Any) -> tuple[Status, int]:
    """Status and marks of a student of whom the server says this."""
    body = json.dumps({"students": {"student": {"id": 5, **more}}}).encode()
    (row,) = decode_rows(body, STUDENTS, "https://riverside.example.org")
    key, (_, status, marks), *_ = roster.student(row)
    assert key == "S5"
    return status, marks


def said(letter: Any = None, code: Any = None, description: Any = None) -> dict[str, Any]:
    """The expansion with those of its members that are there."""
    members = {"enroll_status": letter, "enroll_status_code": code, "enroll_status_description": description}
    return {name: value for name, value in members.items() if value is not None}


@pytest.mark.parametrize("expansion", [None, "", {}, [], said("", ""), said("NULL"), {"grade_level": 9}])
def test_of_whom_nothing_is_said_is_active(expansion: Any) -> None:
    assert student(school_enrollment=expansion) == (ACTIVE, 0)


@pytest.mark.parametrize(
    "expansion",
    [
        said("A"), said("P"), said(" a "), said("Active"), said(code=0), said(code="0"), said(code="00"),
        said(code=0.0), said(code=-1), said(code="-1.0"), said("A", 0, "Active"), said("P", -1, "Pre-registered"),
        said(description="Active"), said(description="Pre-Registered"), said("A", 0, "ESL, homebound"), said("0"),
        [said("A", 0)], [said("A"), said("A")], "A", 0,
    ],
)  # fmt: skip
def test_who_attends_or_is_registered_to_is_active(expansion: Any) -> None:
    assert student(school_enrollment=expansion) == (ACTIVE, STATUS_TOLD)


@pytest.mark.parametrize(
    "expansion",
    [
        *map(said, "TGHItghi"), said("Transferred Out"), said("transferred"), said("Graduated"), said("Inactive"),
        said("Imported as Historical"), said("Withdrawn"), said("2"), *(said(code=n) for n in (-2, 1, 2, 3, 4, 5)),
        *(said(code=code) for code in ("2", "2.0", "02", "-2", 2.0, [2])), said("T", 2, "Transferred Out"),
        said("X", 2), said("T", "?"), said(description="Transferred Out"), said(description="Graduated"),
        [said("T", 2)], [said("T"), said("G")], ["T"], "T", "Transferred", 2,
    ],
)  # fmt: skip
def test_who_has_left_the_district_is_gone(expansion: Any) -> None:
    assert student(school_enrollment=expansion) == (GONE, STATUS_TOLD)


@pytest.mark.parametrize(
    "expansion",
    [
        said("X"), said("X", 0), said("Z", "", "Active"), said("pending"), said(code="1.5"), said(code="1E+11"),
        said(code="soon"), said(code=True), said({"code": "T"}), said(description="see the office"),
        said("A", 2), said("T", 0), said("A", 0, "Transferred Out"), said("G", 3, "Active"), said(["A", "T"]),
        [said("A", 0), said("T", 2)], ["A", "T"], True,
    ],
)  # fmt: skip
def test_what_is_not_known_or_contradicts_itself_is_not_understood(expansion: Any) -> None:
    assert student(school_enrollment=expansion) == (UNRECOGNIZED, STATUS_TOLD)


def test_another_member_that_makes_no_sense_costs_only_itself() -> None:
    for expansion in (said("T"), [said("T")], "T", ["T"], said(["T"])):
        assert student(contact_info=7, school_enrollment=expansion) == (GONE, STATUS_TOLD)


@pytest.mark.parametrize(
    "row",
    [
        {"SCHOOL_ENROLLMENT": {"ENROLL_STATUS": "T"}}, {"School_Enrollment": {"Enroll_Status_Code": 2}},
        {"schoolEnrollment": {"enrollStatus": "T"}}, {"SchoolEnrollment": {"EnrollStatusCode": 2}},
        {"school_enrollment": {"Enroll_Status": "T", "grade_level": 9}},
    ],
)  # fmt: skip
def test_names_of_members_in_another_case_are_the_same_names(row: dict[str, Any]) -> None:
    assert student(**row) == (GONE, STATUS_TOLD)


def test_a_name_as_powerschool_writes_it_comes_before_one_in_another_case() -> None:
    assert student(school_enrollment=said("A"), SCHOOL_ENROLLMENT=said("T")) == (ACTIVE, STATUS_TOLD)
