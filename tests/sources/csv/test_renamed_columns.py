"""A column that is missing while another looks as if it had taken its place is not taken for an empty one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sources.csv.pieces import IN_ORDER, WHOLE, lines_of, refusal, rows_of, values, with_file

from roster_operator.roster.models import Status

RENAMED = [
    ("enrollments", "endDate", ("exitDate", "leaveDate", "dropDate", "withdraw date", "end", "DateEnded")),
    ("enrollments", "beginDate", ("entryDate", "startDate", "enroll_date", "from date")),
    ("enrollments", "status", ("state", "recordStatus", "Enrollment Status", "isDeleted")),
    ("enrollments", "role", ("roles", "userRole", "role name")),
    ("enrollments", "userSourcedId", ("studentId", "personSourcedId")),
    ("enrollments", "classSourcedId", ("sectionId",)),
    ("users", "enabledUser", ("enabled", "isActive", "accountEnabled")),
    ("users", "status", ("state", "recordStatus")),
    ("users", "username", ("login", "userName1", "loginId", "Screen Name")),
    ("users", "email", ("mail", "emailAddress", "E-Mail Addr")),
    ("users", "role", ("userType",)),
    ("courses", "courseCode", ("code", "courseNumber")),
    ("classes", "termSourcedIds", ("termIds", "sessionSourcedIds")),
    ("classes", "status", ("classStatus",)),
    ("academicSessions", "endDate", ("stopDate", "end_dt")),
    ("academicSessions", "startDate", ("beginDate", "firstDay")),
    ("orgs", "status", ("recordStatus",)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "column", "other"), [(name, column, other) for name, column, others in RENAMED for other in others]
)
def test_a_file_with_a_renamed_column_is_not_read(tmp_path: Path, name: str, column: str, other: str) -> None:
    header, *rows = lines_of(name)
    renamed = ",".join(other if each == column else each for each in header.split(","))
    message = refusal(with_file(name, renamed, *rows).zip(tmp_path / "set.zip"), name)
    assert f"{name}.csv of set.zip has no column {column}, but one that is called {other}" in message
    assert f"District: export it under the name {column}" in message


def test_the_probe_says_so_too_and_not_that_it_is_not_shared(tmp_path: Path) -> None:
    header, *rows = lines_of("users")
    assert "no column email" in refusal(
        with_file("users", header.replace("email", "mail"), *rows).folder(tmp_path / "set"), "users"
    )


@pytest.mark.parametrize("spelling", [str.upper, str.lower, lambda name: f" {name} ", lambda name: f'"{name}"'])
def test_columns_are_known_in_any_case(tmp_path: Path, spelling: object) -> None:
    spelled = {}
    for name in IN_ORDER:
        header, *rows = lines_of(name)
        written = ",".join(map(spelling, header.split(",")))  # type: ignore[call-overload]
        spelled[name] = "\r\n".join([written, *rows, ""]).encode()
    path = WHOLE.spoil(**spelled).folder(tmp_path / "set")
    for name in IN_ORDER:
        assert rows_of(path, name) == rows_of(WHOLE.folder(tmp_path / "whole"), name)


@pytest.mark.parametrize("spelled", ["end_date", "End Date", "END-DATE", "end\u00a0date", "\u201cendDate\u201d"])
def test_what_stands_between_words_does_not_matter(tmp_path: Path, spelled: str) -> None:
    header = f"sourcedId,userSourcedId,classSourcedId,role,{spelled}"
    path = with_file("enrollments", header, "e,u,c,student,2027-06-01").folder(tmp_path / "set")
    assert values(rows_of(path, "enrollments")[0], "end") == [("2027-06-01",)]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("enrollments", "sourcedId,userSourcedId,classSourcedId,primary,metadata.endDate,ext_role,metadata.status"),
        ("users", "sourcedId,username,sms,phone,grades,agentSourcedIds,userMasterIdentifier,metadata.email,x-role"),
        ("courses", "sourcedId,title,courseCode,subjectCodes,schoolYearSourcedId,metadata.recordStatus,credits,color"),
        ("orgs", "sourcedId,name,identifier,street,city,state,zip"),
    ],
)
def test_other_columns_take_the_place_of_none(tmp_path: Path, name: str, header: str) -> None:
    row = ",".join(["e", "u", "c", *["x"] * header.count(",")][: header.count(",") + 1])
    rows, outcome = rows_of(with_file(name, header, row).folder(tmp_path / "set"), name)
    assert (len(rows), outcome.rejected) == (1, 0)
    assert values(rows, "status") == [(Status.ACTIVE,)]


def test_a_column_that_comes_twice_in_two_spellings_is_not_guessed_at(tmp_path: Path) -> None:
    path = with_file("enrollments", "sourcedId,userSourcedId,classSourcedId,endDate,End Date ", "e,u,c,2027-06-01,")
    message = refusal(path.folder(tmp_path / "set"), "enrollments")
    assert "has the column endDate more than once" in message


@pytest.mark.parametrize(
    "header", ["id,userSourcedId,classSourcedId,role", "sourceId;userSourcedId;classSourcedId;role"]
)
def test_another_name_for_identifiers_is_named(tmp_path: Path, header: str) -> None:
    message = refusal(with_file("enrollments", header, "e,u,c,student").folder(tmp_path / "set"), "enrollments")
    assert "enrollments.csv has no column sourcedId, but one that is called" in message


def test_a_column_without_a_name_may_be_the_one_that_is_missing(tmp_path: Path) -> None:
    header = "sourcedId,userSourcedId,classSourcedId,role,status,beginDate"
    for rest, cell in ((",", "2020-06-01"), (",,", ",2020-06-01"), (",,metadata.x", "2020-06-01,1")):
        path = with_file("enrollments", header + rest, f"e,u,c,student,,,{cell}").folder(tmp_path / f"{len(rest)}")
        assert "no column endDate, but column" in refusal(path, "enrollments")


def test_numbers_of_rows_and_blank_columns_without_a_name_are_passed_over(tmp_path: Path) -> None:
    path = with_file(
        "enrollments", ",sourcedId,userSourcedId,classSourcedId,,role", "0,e,u,c,,student", "1,f,v,c,,student"
    )
    rows, outcome = rows_of(path.folder(tmp_path / "set"), "enrollments")
    assert (values(rows, "person_id"), outcome.rejected) == ([("u",), ("v",)], 0)
