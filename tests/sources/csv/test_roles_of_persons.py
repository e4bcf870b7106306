"""What a person is by roles.csv, which counts whenever it is there: the answers need a role that is held today."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.sources.csv.opened import opened, read
from tests.sources.csv.pieces import IN_ORDER, WHOLE, refusal, rows_of
from tests.sources.csv.sets import CsvSet, as_csv

from roster_operator.clock import FixedClock
from roster_operator.roster.models import Role

CLOCK = FixedClock(datetime(2036, 11, 30, 3, tzinfo=UTC))
"""After any file of a test was written. In Chicago it is still November 29."""
ZONE = ZoneInfo("America/Chicago")
COLUMNS = ("sourcedId", "userSourcedId", "role", "roleType", "beginDate", "endDate", "status")
NEWER = WHOLE.in_1_2()

Held = tuple[str, ...]
"""Role, type, begin, end and status, as far as they are said."""


def role_of(
    path: Path, *held: Held, told: str | None = None, others: tuple[Held, ...] = (), **settings: object
) -> Role:
    """What somebody is who holds these roles, and of whom users.csv tells `told`, if it has such a column."""
    users = [{"sourcedId": "u", "username": "ann", **({} if told is None else {"role": told})}]
    columns = ("sourcedId", "username", *(() if told is None else ("role",)))
    rows = [
        dict(zip(COLUMNS, (f"r{n}", person, *said), strict=False))
        for n, (person, said) in enumerate([*(("u", one) for one in held), *(("other", one) for one in others)])
    ]
    spoilt = NEWER.spoil(users=as_csv(columns, users).encode(), roles=as_csv(COLUMNS, rows).encode())
    found, outcome = rows_of(spoilt.folder(path / "set"), "users", clock=CLOCK, time_zone=ZONE, **settings)
    assert outcome.rejected == 0
    (person,) = found
    return Role(person.role)


PAST, FUTURE, LONG_AGO = "2036-11-01", "2036-12-24", "2035-07-18"
TEACHES = ("teacher", "primary")
LEARNS = ("student", "primary")
FORMERLY = ("teacher", "primary", "2030-08-01", LONG_AGO)
HELD: dict[str, tuple[tuple[Held, ...], Role]] = {
    "a student": ((LEARNS,), Role.STUDENT),
    "a student whose role has no type": ((("student",),), Role.STUDENT),
    "a teacher": ((TEACHES,), Role.TEACHER),
    "a teacher told twice": ((TEACHES, TEACHES), Role.TEACHER),
    "an aide by a secondary role": ((("aide", "secondary"),), Role.AIDE),
    "a teacher and an aide": ((TEACHES, ("aide", "primary")), Role.TEACHER),
    "a teacher who is also a guardian": ((TEACHES, ("guardian", "secondary")), Role.TEACHER),
    "a teacher who is also a principal": ((TEACHES, ("principal", "primary")), Role.TEACHER),
    "a principal who also teaches": ((("principal", "primary"), ("teacher", "secondary")), Role.ADMINISTRATOR),
    "a guardian": ((("guardian", "primary"),), Role.OTHER),
    "nothing that is told": ((), Role.UNKNOWN),
    "a blank": ((("", "primary"),), Role.UNKNOWN),
    "a student and an aide, both primary": ((LEARNS, ("aide", "primary")), Role.STUDENT),
    "an aide and a student, neither with a type": ((("aide",), ("student",)), Role.STUDENT),
    "a teacher and by the way a student": ((TEACHES, ("student", "secondary")), Role.STUDENT),
    "a teacher who was a student": ((TEACHES, ("student", "primary", "2015-08-01", "2019-06-01")), Role.TEACHER),
    "a student who was a teacher": ((LEARNS, FORMERLY), Role.STUDENT),
    "a teacher 500 days ago": ((FORMERLY,), Role.FORMER),
    "a teacher until today": ((("teacher", "primary", PAST, "2036-11-29"),), Role.FORMER),
    "a teacher until tonight": ((("teacher", "primary", PAST, "2036-11-29T23:59:59"),), Role.TEACHER),
    "a teacher until tomorrow": ((("teacher", "primary", PAST, "2036-11-30"),), Role.TEACHER),
    "a teacher from tomorrow on": ((("teacher", "primary", "2036-11-30"),), Role.FORMER),
    "a teacher from today on": ((("teacher", "primary", "2036-11-29"),), Role.TEACHER),
    "a teacher again": ((FORMERLY, ("teacher", "primary", PAST, FUTURE)), Role.TEACHER),
    "a teacher once, and a guardian now": ((FORMERLY, ("guardian", "primary")), Role.FORMER),
    "a teacher once, and a principal now": ((FORMERLY, ("principal", "primary")), Role.ADMINISTRATOR),
    "a teacher whose role is deleted": ((("teacher", "primary", "", "", "tobedeleted"),), Role.FORMER),
    "a student whose role is deleted, now a teacher": (
        (TEACHES, ("student", "primary", "", "", "tobedeleted")), Role.TEACHER,
    ),
    "a teacher of an unknown status": ((("teacher", "primary", "", "", "pending"),), Role.UNCLEAR),
    "a teacher twice, once of an unknown status": ((TEACHES, ("aide", "primary", "", "", "D")), Role.TEACHER),
    "a student in any case": ((LEARNS, ("teacher", "primary", "", "", "pending")), Role.STUDENT),
    "a teacher until nobody knows when": ((("teacher", "primary", PAST, "soon"),), Role.UNCLEAR),
    "a teacher, and an aide until nobody knows when": ((TEACHES, ("aide", "primary", PAST, "soon")), Role.TEACHER),
    "a teacher, and a student until nobody knows when": (
        (TEACHES, ("student", "primary", PAST, "soon")), Role.UNCLEAR,
    ),
    "a teacher the wrong way round": ((("teacher", "primary", FUTURE, PAST),), Role.UNCLEAR),
    "a teacher the wrong way round, long ago": ((("teacher", "primary", LONG_AGO, "2035-01-01"),), Role.FORMER),
    "a word that OneRoster does not have": ((("pupil", "primary"),), Role.UNCLEAR),
    "such a word and a teacher": ((("pupil", "primary"), TEACHES), Role.UNCLEAR),
    "such a word, over, and a teacher": ((("pupil", "primary", "", LONG_AGO), TEACHES), Role.TEACHER),
    "an extension and a teacher": ((("ext:coach", "primary"), TEACHES), Role.TEACHER),
}  # fmt: skip


@pytest.mark.parametrize("who", HELD)
@pytest.mark.parametrize("turned", [False, True], ids=["", "in the other order"])
def test_a_person_is_what_they_are_today(tmp_path: Path, who: str, turned: bool) -> None:
    held, role = HELD[who]
    assert role_of(tmp_path, *(reversed(held) if turned else held)) is role


TOLD: list[tuple[str, tuple[Held, ...], Role]] = [
    ("", (LEARNS,), Role.STUDENT), ("", (TEACHES,), Role.TEACHER), ("NULL", (FORMERLY,), Role.FORMER),
    ("teacher", (), Role.TEACHER), ("student", (), Role.STUDENT), ("teacher", (TEACHES,), Role.TEACHER),
    ("teacher", (LEARNS,), Role.STUDENT), ("student", (TEACHES,), Role.STUDENT),
    ("teacher", (FORMERLY,), Role.FORMER), ("student", (FORMERLY,), Role.STUDENT),
    ("teacher", (("aide", "primary"),), Role.AIDE), ("administrator", (TEACHES,), Role.ADMINISTRATOR),
    ("guardian", (TEACHES,), Role.UNCLEAR), ("staff", (TEACHES,), Role.UNCLEAR),
    ("teacher", (("pupil",),), Role.UNCLEAR),
]  # fmt: skip


@pytest.mark.parametrize(("told", "held", "role"), TOLD)
def test_where_users_csv_tells_roles_too_the_stricter_counts(
    tmp_path: Path, told: str, held: tuple[Held, ...], role: Role
) -> None:
    assert role_of(tmp_path, *held, told=told) is role


def test_dates_are_read_in_the_order_that_the_file_shows(tmp_path: Path) -> None:
    until = ("teacher", "primary", "", "01/12/2036")
    assert role_of(tmp_path / "1", until) is Role.UNCLEAR
    assert role_of(tmp_path / "2", until, others=(("student", "primary", "25/08/2036"),)) is Role.TEACHER
    assert role_of(tmp_path / "3", until, others=(("student", "primary", "08/25/2036"),)) is Role.FORMER


def test_ends_may_be_last_days(tmp_path: Path) -> None:
    for number, (end, role) in enumerate(
        [("2036-11-29", Role.TEACHER), ("2036-11-28", Role.FORMER), ("2036-11-28T23:59:59", Role.FORMER)]
    ):
        held = ("teacher", "primary", "", end)
        assert role_of(tmp_path / str(number), held, ends_inclusive=True) is role


def test_the_same_files_say_something_else_on_a_day_on_which_a_role_ends(tmp_path: Path) -> None:
    roles = [dict(zip(COLUMNS, ("r", next(iter(NEWER.tables["users"])), *TEACHES, PAST, "2036-12-01"), strict=False))]
    path = NEWER.spoil(roles=as_csv(COLUMNS, roles).encode()).folder(tmp_path / "set")
    with opened(path, clock=CLOCK, time_zone=ZONE) as source:
        source.probe()
        read(source.people())
        transcript = source.transcript()
    assert transcript is not None
    for day, repeats in ((1, True), (2, False)):
        clock = FixedClock(datetime(2036, 12, day, 4 + day, tzinfo=UTC))
        with opened(path, clock=clock, time_zone=ZONE) as source:
            assert source.repeats(transcript) is repeats


@pytest.mark.parametrize(
    ("change", "role"),
    [("r,tobedeleted,,,,", Role.FORMER), ("r,,,u,teacher,primary", Role.TEACHER), ("r,,,u,student,", Role.STUDENT)],
)
def test_a_delta_changes_or_ends_a_role(tmp_path: Path, change: str, role: Role) -> None:
    users = as_csv(("sourcedId", "username"), [{"sourcedId": "u", "username": "ann"}]).encode()
    header = "sourcedId,status,dateLastModified,userSourcedId,role,roleType"
    bulk = NEWER.spoil(users=users, roles=f"{header}\r\nr,,,u,teacher,primary\r\n".encode())
    bulk.zip(tmp_path / "in" / "roster-20361124.zip")
    modes = {**dict.fromkeys(IN_ORDER, "absent"), "roles": "delta"}
    delta = CsvSet({}, modes=modes, version="1.2").spoil(roles=f"{header}\r\n{change}\r\n".encode())
    delta.zip(tmp_path / "in" / "roster-20361125.zip")
    (person,), outcome = rows_of(tmp_path / "in", "users", clock=CLOCK, time_zone=ZONE)
    assert (person.role, outcome.rejected) == (role, 0)


def test_a_role_that_is_told_of_nobody_cannot_be_read(tmp_path: Path) -> None:
    rows = [{"sourcedId": "r", "userSourcedId": "NULL", "role": "teacher"}]
    path = NEWER.spoil(roles=as_csv(COLUMNS, rows).encode()).folder(tmp_path / "set")
    assert "No row of roles.csv can be read, of 1." in refusal(path, "users")
    assert IN_ORDER[-1] == "users"
