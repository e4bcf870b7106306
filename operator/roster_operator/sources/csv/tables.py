"""The rows of each file, reduced to what is needed and made rows of a roster (OneRoster 1.1 CSV, section 4).

Whole columns at a time, because there are a million enrollments. No name of a person is ever looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from roster_operator.roster.models import (
    ClassSection,
    Course,
    Enrollment,
    Enrollments,
    Part,
    People,
    Person,
    School,
    Session,
    Standing,
    Status,
)
from roster_operator.sources.csv.files import File
from roster_operator.sources.csv.roles import Roles
from roster_operator.sources.values.columns import logins
from roster_operator.sources.values.rows import kept, part_of, session_of, standing_of
from roster_operator.sources.values.text import references, text
from roster_operator.sources.values.words import role, status

RowT = TypeVar("RowT")
Cells = list[list[str]]
"""Column by column, in the order of `Table.required` and `Table.optional`."""


@dataclass(frozen=True)
class Table(Generic[RowT]):
    """How one file is read. The first column is the row's own identifier, `sourcedId`."""

    file: File
    required: tuple[str, ...]
    optional: tuple[str, ...]
    gather: Callable[[Cells], Collection[RowT]]
    """Makes rows of a roster of cells whose identifiers are sound; leaves out what can become none."""
    refers: tuple[tuple[int, File], ...] = ()
    """Columns that name rows of other files."""
    must: tuple[int, ...] = ()
    """Columns that may not be empty, beside the identifier; they come trimmed, as it does."""


def schools() -> Table[School]:
    """Of orgs.csv, the organizations that are schools, or do not say what they are."""

    def gather(cells: Cells) -> list[School]:
        return [
            School(identifier, text(name), text(code), status(said))
            for identifier, kind, name, code, said in zip(*cells, strict=True)
            if text(kind).lower() in {"school", ""}
        ]

    return Table(File.ORGS, ("sourcedId",), ("type", "name", "identifier", "status"), gather)


def sessions() -> Table[Session]:
    """Of academicSessions.csv."""

    def gather(cells: Cells) -> list[Session]:
        return [session_of(identifier, start, end, said) for identifier, start, end, said in zip(*cells, strict=True)]

    return Table(File.SESSIONS, ("sourcedId", "startDate", "endDate"), ("status",), gather)


def courses() -> Table[Course]:
    """Of courses.csv."""

    def gather(cells: Cells) -> list[Course]:
        return [
            Course(identifier, text(code), text(title), status(said))
            for identifier, code, title, said in zip(*cells, strict=True)
        ]

    return Table(File.COURSES, ("sourcedId",), ("courseCode", "title", "status"), gather)


def classes() -> Table[ClassSection]:
    """Of classes.csv."""

    def gather(cells: Cells) -> list[ClassSection]:
        return [
            ClassSection(identifier, text(course), text(school), tuple(references(terms)), status(said))
            for identifier, course, school, terms, said in zip(*cells, strict=True)
        ]

    return Table(
        File.CLASSES,
        ("sourcedId", "courseSourcedId", "schoolSourcedId", "termSourcedIds"),
        ("status",),
        gather,
        refers=((1, File.COURSES), (2, File.ORGS)),
    )


def users(roles: Roles | None) -> Table[Person]:
    """Of users.csv; `roles` is what roles.csv says, where users.csv does not."""

    standings = _Standings()

    def gather(cells: Cells) -> People:
        identifiers, usernames, emails, numbers, *said = cells
        known = [standings[each] for each in zip(*said, strict=True)]
        if roles is not None:
            known = [(roles.of(key), counts, marks) for key, (_, counts, marks) in zip(identifiers, known, strict=True)]
        return People(identifiers, known, logins(usernames), logins(emails), logins(numbers))

    columns = ("username", "email", "identifier", "role", "enabledUser", "status")
    return Table(File.USERS, ("sourcedId",), columns, gather)


def role_rows(roles: Roles) -> Table[None]:
    """Of roles.csv; what it says goes to `roles`, and nothing is yielded."""

    def gather(cells: Cells) -> list[None]:
        for _, person, named, kind, said in zip(*cells, strict=True):
            if status(said) is Status.ACTIVE:
                roles.add(person, role(named), primary=text(kind).lower() != "secondary")
        return []

    return Table(File.ROLES, ("sourcedId", "userSourcedId", "role"), ("roleType", "status"), gather, must=(1,))


def enrollments() -> Table[Enrollment]:
    """Of enrollments.csv, as columns."""
    parts = _Parts()

    def gather(cells: Cells) -> Enrollments:
        _, persons, sections, *said = cells
        return Enrollments(persons, sections, [parts[each] for each in zip(*said, strict=True)])

    return Table(
        File.ENROLLMENTS,
        ("sourcedId", "userSourcedId", "classSourcedId"),
        ("role", "beginDate", "endDate", "status"),
        gather,
        refers=((2, File.CLASSES),),
        must=(1, 2),
    )


class _Parts(dict[tuple[str, ...], Part]):
    """Role, begin, end and status as they are written, to what they mean. Few in any roster, and bounded in all."""

    def __missing__(self, written: tuple[str, ...]) -> Part:
        return kept(self, written, part_of(*written))


class _Standings(dict[tuple[str, ...], Standing]):
    """Likewise role, `enabledUser` and status of persons."""

    def __missing__(self, written: tuple[str, ...]) -> Standing:
        named, enabled, said = written
        return kept(self, written, standing_of(named, said, enabled))
