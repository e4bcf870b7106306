"""Rows that break for a night: what they say cannot be understood, or leads nowhere, or they are not there.

The district is as it was. So nobody may gain or lose by them what they should not; who is concerned may have to wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from tests.nights.rows import Row, Tables
from tests.nights.world import MARK

Break = Callable[[Tables, Random], set[str]]
"""Breaks rows; who is concerned."""

_NO_DATES = ("soon", "31.02.2026", "2026-13-01", "01-02-2026x", "99999", "{date}", "TBD")
_NO_WORDS = ("perhaps", "zzz", "archived-2", "Q")


def _some(rows: list[Row], rng: Random) -> list[Row]:
    return rng.sample(rows, min(len(rows), rng.choice([1, 1, 2, 5])))


def _in_class(tables: Tables, klass: str) -> Iterator[str]:
    return (row["userSourcedId"] for row in tables["enrollments"] if row["classSourcedId"] == klass)


def dates_of_enrollments(tables: Tables, rng: Random) -> set[str]:
    broken = _some(tables["enrollments"], rng)
    for row in broken:
        row[rng.choice(["beginDate", "endDate"])] = rng.choice(_NO_DATES)
    return {row["userSourcedId"] for row in broken}


def statuses_of_enrollments(tables: Tables, rng: Random) -> set[str]:
    """Of students: PowerSchool has none of teachers."""
    broken = _some([row for row in tables["enrollments"] if row["role"] == "student"], rng)
    for row in broken:
        row["status"] = rng.choice(_NO_WORDS)
    return {row["userSourcedId"] for row in broken}


def roles_of_enrollments(tables: Tables, rng: Random) -> set[str]:
    broken = _some(tables["enrollments"], rng)
    for row in broken:
        row["role"] = rng.choice(_NO_WORDS)
    return {row["userSourcedId"] for row in broken}


def enrollments_without_an_id(tables: Tables, rng: Random) -> set[str]:
    broken = _some(tables["enrollments"], rng)
    for row in broken:
        row["sourcedId"] = ""
    return {row["userSourcedId"] for row in broken}


def statuses_of_users(tables: Tables, rng: Random) -> set[str]:
    broken = _some(tables["users"], rng)
    for row in broken:
        row[rng.choice(["status", "enabledUser"])] = rng.choice(_NO_WORDS)
    return {row["sourcedId"] for row in broken}


def users_who_are_not_listed(tables: Tables, rng: Random) -> set[str]:
    """While their enrollments are."""
    broken = _some(tables["users"], rng)
    for row in broken:
        tables["users"].remove(row)
    return {row["sourcedId"] for row in broken}


def courses_of_classes(tables: Tables, rng: Random) -> set[str]:
    """Lead nowhere."""
    (row,) = rng.sample(tables["classes"], 1)
    row["courseSourcedId"] = "nowhere99999"
    return set(_in_class(tables, row["sourcedId"]))


def statuses_of_classes(tables: Tables, rng: Random) -> set[str]:
    (row,) = rng.sample(tables["classes"], 1)
    row["status"] = rng.choice(_NO_WORDS)
    return set(_in_class(tables, row["sourcedId"]))


def ends_of_terms(tables: Tables, rng: Random) -> set[str]:
    """Everybody in a class of that term is concerned."""
    (row,) = rng.sample(tables["academicSessions"], 1)
    row[rng.choice(["startDate", "endDate"])] = rng.choice(_NO_DATES)
    classes = [each for each in tables["classes"] if row["sourcedId"] in each["termSourcedIds"].split(",")]
    return {person for each in classes for person in _in_class(tables, each["sourcedId"])}


def rows_that_come_twice(tables: Tables, rng: Random) -> set[str]:
    """Alike; nobody is concerned."""
    table = tables[rng.choice(["users", "enrollments", "classes"])]
    table.extend(dict(row) for row in _some(table, rng))
    return set()


def _lost(table: str, column: str) -> Break:
    """By a new version of the server or of the export. What it said of anybody is not known tonight."""

    def column_that_is_lost(tables: Tables, rng: Random) -> set[str]:
        del rng
        for row in tables[table]:
            row[column] = ""
        return _everybody(tables)

    column_that_is_lost.__name__ = f"{table} without {column}"
    return column_that_is_lost


def a_section_that_is_empty(tables: Tables, rng: Random) -> set[str]:
    """And is said to be whole."""
    everybody = _everybody(tables)
    tables[rng.choice([*tables])].clear()
    return everybody


def strangers(tables: Tables, rng: Random) -> set[str]:
    """The people of another district, in the same schools and classes."""
    del rng
    everybody = _everybody(tables)
    for table, column in (("users", "sourcedId"), ("users", "username"), ("users", "identifier"), ("users", "email")):
        for row in tables[table]:
            row[column] = row[column].replace("p0", "p7").replace(f"{MARK}0", f"{MARK}7")
    for row in tables["enrollments"]:
        row["userSourcedId"] = row["userSourcedId"].replace("p0", "p7")
    return everybody


def terms_of_another_year(tables: Tables, rng: Random) -> set[str]:
    """Are listed, and those of the classes are not."""
    del rng
    for row in tables["academicSessions"]:
        row["sourcedId"] = row["sourcedId"].replace("t2", "t1")
    return _everybody(tables)


def _everybody(tables: Tables) -> set[str]:
    return {row["userSourcedId"] for row in tables["enrollments"]}


_LOSABLE = (
    ("enrollments", "endDate"),
    ("enrollments", "beginDate"),
    ("enrollments", "role"),
    ("enrollments", "status"),
    ("users", "username"),
    ("users", "enabledUser"),
    ("users", "status"),
    ("users", "role"),
    ("academicSessions", "endDate"),
    ("academicSessions", "startDate"),
    ("classes", "termSourcedIds"),
    ("classes", "courseSourcedId"),
)
FEW: tuple[Break, ...] = (
    dates_of_enrollments,
    statuses_of_enrollments,
    roles_of_enrollments,
    enrollments_without_an_id,
    statuses_of_users,
    users_who_are_not_listed,
    courses_of_classes,
    statuses_of_classes,
    ends_of_terms,
    rows_that_come_twice,
)
MANY: tuple[Break, ...] = (
    a_section_that_is_empty,
    a_section_that_is_empty,
    strangers,
    strangers,
    terms_of_another_year,
    *(_lost(table, column) for table, column in _LOSABLE),
)
WORDS_OF_ROLES = ("roles_of_enrollments", "enrollments without role", "users without role")
"""PowerSchool has none: it lists students and teachers by themselves."""
