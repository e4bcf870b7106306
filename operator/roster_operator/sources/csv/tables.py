"""The rows of each file, reduced to what is needed and made rows of a roster (OneRoster 1.1 CSV, section 4).

Whole columns at a time, because there are a million enrollments. No name of a person is ever looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from roster_operator.roster.models import (
    SCHOOL,
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
)
from roster_operator.sources.csv.files import File
from roster_operator.sources.csv.identifiers import identifiers
from roster_operator.sources.csv.roles import RoleCells, Roles
from roster_operator.sources.values.columns import logins
from roster_operator.sources.values.roles import stricter
from roster_operator.sources.values.rows import kept, part_of, session_of, standing_of
from roster_operator.sources.values.text import references, text, told
from roster_operator.sources.values.words import status

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
    shortest: tuple[str, ...] = ()
    """Columns that a row has, beside the required ones, even if its last cells were left out."""

    supersede: Callable[[Cells], None] = lambda _: None
    """Takes the rows of which a newer set says something else."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in their order."""
        return (*self.required, *self.optional)

    @property
    def status(self) -> int:
        """The place of the status."""
        return self.names.index("status")


def schools() -> Table[School]:
    """Of orgs.csv: organizations of every type; one that does not say its type is a school."""

    def gather(cells: Cells) -> list[School]:
        return [
            School(identifier, text(name), told(code), status(said), told(kind).lower() or SCHOOL)
            for identifier, kind, name, code, said in zip(*cells, strict=True)
        ]

    columns = ("type", "name", "identifier", "status")
    return Table(File.ORGS, ("sourcedId",), columns, gather, shortest=("name",))


def sessions() -> Table[Session]:
    """Of academicSessions.csv."""

    def gather(cells: Cells) -> list[Session]:
        return [session_of(identifier, start, end, said) for identifier, start, end, said in zip(*cells, strict=True)]

    return Table(File.SESSIONS, ("sourcedId", "startDate", "endDate"), ("status",), gather)


def courses() -> Table[Course]:
    """Of courses.csv."""

    def gather(cells: Cells) -> list[Course]:
        return [
            Course(identifier, told(code), text(title), status(said))
            for identifier, code, title, said in zip(*cells, strict=True)
        ]

    columns = ("courseCode", "title", "status")
    return Table(File.COURSES, ("sourcedId",), columns, gather, shortest=("courseCode",))


def classes() -> Table[ClassSection]:
    """Of classes.csv."""

    def gather(cells: Cells) -> list[ClassSection]:
        return [
            ClassSection(identifier, told(course), told(school), tuple(references(terms)), status(said))
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
    """Of users.csv; `roles` is what roles.csv says, where there is one."""

    standings = _Standings()

    def gather(cells: Cells) -> People:
        identifiers, usernames, emails, numbers, *said = cells
        known = [standings[each] for each in zip(*said, strict=True)]
        if roles is not None:
            known = [
                (stricter(role_told, roles.of(key)), counts, marks)
                for key, (role_told, counts, marks) in zip(identifiers, known, strict=True)
            ]
        return People(identifiers, known, logins(usernames), logins(emails), logins(numbers))

    columns = ("username", "email", "identifier", "role", "enabledUser", "status")
    return Table(File.USERS, ("sourcedId",), columns, gather, shortest=("username",))


def role_rows(roles: Roles) -> Table[None]:
    """Of roles.csv; what it says goes to `roles`, and nothing is yielded."""

    def add(cells: Cells) -> list[None]:
        _, persons, *said = cells
        for person, written in zip(persons, zip(*said, strict=True), strict=True):
            roles.add(person, RoleCells(*written))
        return []

    def end(cells: Cells) -> None:
        _, persons, named, *_ = cells
        for person, word in zip(identifiers(persons), named, strict=True):
            roles.end(person, word)

    columns = ("roleType", "beginDate", "endDate", "status")
    return Table(File.ROLES, ("sourcedId", "userSourcedId", "role"), columns, gather=add, must=(1,), supersede=end)


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
