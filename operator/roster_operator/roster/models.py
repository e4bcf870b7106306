"""The rows of a roster, as every source yields them.

Identifiers are the SIS's `sourcedId`s: opaque, stripped, unique within their kind. Dates are texts as in
`roster.dates`: mostly an ISO date (`2026-08-12`), or empty. Rows that the SIS marks as deleted are yielded as well, so
that counting and deciding are done in one place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec


class Role(StrEnum):
    """What a person is, or does in a class. Anything else a SIS says (guardian, proctor, ...) is OTHER."""

    STUDENT = "student"
    TEACHER = "teacher"
    AIDE = "aide"
    ADMINISTRATOR = "administrator"
    OTHER = "other"
    UNRECOGNIZED = "unrecognized"
    """A word that OneRoster does not have: what is meant is not known."""
    FORMER = "former"
    """Every role that is told of the person is over, or has not begun."""
    UNCLEAR = "unclear"
    """Nobody can say whether a role of the person holds today."""
    UNKNOWN = ""


class Status(StrEnum):
    """Whether a row, or a person, counts."""

    ACTIVE = "active"
    GONE = "gone"
    """Marked as deleted or ended, or a person who is disabled."""
    UNRECOGNIZED = "unrecognized"
    """A word that is not known: what is meant is not known, and so it decides nothing."""


STATUS_TOLD: Final = 1
ENABLED_TOLD: Final = 2
MONTH_FIRST: Final = 4
DAY_FIRST: Final = 8
LATE_END: Final = 16
DISABLED: Final = 32
"""Marks of a row, as bits: that it says a status, or `enabledUser`; in which order its dates show day and month; that
its end is late at night, so that the day before it is the last one, whatever ends mean elsewhere; that a person is gone
because `enabledUser` says so, and not the status."""


SCHOOL: Final = "school"


class School(msgspec.Struct, frozen=True, gc=False):
    """An organization at which classes may be taught: a school, or one of another type."""

    id: str
    name: str = ""
    identifier: str = ""
    status: Status = Status.ACTIVE
    kind: str = SCHOOL
    """Its type in lower case: `school`, `department`, `district` and so on (OneRoster 1.1, section 4.13.6)."""


class Course(msgspec.Struct, frozen=True, gc=False):
    """A course of the district's catalogue. `code` is what people write in `spec.courses`."""

    id: str
    code: str = ""
    title: str = ""
    status: Status = Status.ACTIVE


class Session(msgspec.Struct, frozen=True, gc=False):
    """A term, semester, grading period or school year. `end` is exclusive (OneRoster 1.1, section 4.13.1)."""

    id: str
    start: str = ""
    end: str = ""
    status: Status = Status.ACTIVE
    marks: int = 0


class ClassSection(msgspec.Struct, frozen=True, gc=False):
    """A section: one course taught at one school in some terms."""

    id: str
    course_id: str = ""
    school_id: str = ""
    session_ids: tuple[str, ...] = ()
    status: Status = Status.ACTIVE


class Person(msgspec.Struct, frozen=True, gc=False):
    """A student or a member of staff: only what matching looks at, and no name."""

    id: str
    role: Role = Role.UNKNOWN
    username: str = ""
    email: str = ""
    identifier: str = ""
    status: Status = Status.ACTIVE

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return "Person(...)"


class Enrollment(msgspec.Struct, frozen=True, gc=False):
    """A person's part in a class. `end` is exclusive (OneRoster 1.1, section 4.5)."""

    person_id: str
    class_id: str
    role: Role = Role.UNKNOWN
    begin: str = ""
    end: str = ""
    status: Status = Status.ACTIVE

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return "Enrollment(...)"


class Part(msgspec.Struct, frozen=True, gc=False, eq=False):
    """What somebody is in a class, and when. Compared by identity: a district has few, made by `part`."""

    role: Role
    begin: str
    end: str
    status: Status
    marks: int


@lru_cache(maxsize=65_536)
def part(role: Role, begin: str, end: str, status: Status = Status.ACTIVE, marks: int = 0) -> Part:
    """The `Part` of these values, mostly the same object for the same values."""
    return Part(role, begin, end, status, marks)


EnrollmentParts = tuple[str, str, Part]
"""Id of the person, id of the class, and what the person is there."""


class Enrollments(Collection[Enrollment]):
    """Many enrollments by columns, which costs a fraction of as many objects."""

    __slots__ = ("classes", "parts", "persons")

    def __init__(self, persons: list[str], classes: list[str], parts: list[Part]) -> None:
        """Three columns of the same length: ids of persons, ids of classes, and what they are there."""
        self.persons = persons
        self.classes = classes
        self.parts = parts

    @classmethod
    def of(cls, rows: Iterable[Enrollment]) -> Enrollments:
        """The same enrollments by columns; `rows` itself if that is what they are."""
        if isinstance(rows, Enrollments):
            return rows
        listed = list(rows)
        return cls(
            [row.person_id for row in listed],
            [row.class_id for row in listed],
            [part(row.role, row.begin, row.end, row.status) for row in listed],
        )

    @classmethod
    def gathered(cls, rows: Collection[EnrollmentParts]) -> Enrollments:
        """Enrollments that come one after the other."""
        persons, classes, parts = map(list, zip(*rows, strict=True) if rows else ((),) * 3)
        return cls(persons, classes, parts)

    def __len__(self) -> int:
        """How many."""
        return len(self.persons)

    def __iter__(self) -> Iterator[Enrollment]:
        """One after the other, as objects."""
        for person, section, said in zip(self.persons, self.classes, self.parts, strict=True):
            yield Enrollment(person, section, said.role, said.begin, said.end, said.status)

    def __contains__(self, row: object) -> bool:
        """Whether `row` is one of them."""
        return any(row == mine for mine in self)


Standing = tuple[Role, Status, int]
"""What a person is, whether they count, and marks."""
PersonRow = tuple[str, Standing, str, str, str]
"""Id, standing, username, email, identifier."""


class People(Collection[Person]):
    """Many persons by columns, which costs a fraction of as many objects."""

    __slots__ = ("emails", "identifiers", "ids", "standings", "usernames")

    def __init__(
        self,
        ids: list[str],
        standings: list[Standing],
        usernames: list[str],
        emails: list[str],
        identifiers: list[str],
    ) -> None:
        """Columns of the same length, as in `PersonRow`."""
        self.ids = ids
        self.standings = standings
        self.usernames = usernames
        self.emails = emails
        self.identifiers = identifiers

    @classmethod
    def of(cls, rows: Iterable[Person]) -> People:
        """The same persons by columns; `rows` itself if that is what they are."""
        if isinstance(rows, People):
            return rows
        listed = list(rows)
        return cls(
            [row.id for row in listed],
            [(row.role, row.status, 0) for row in listed],
            [row.username for row in listed],
            [row.email for row in listed],
            [row.identifier for row in listed],
        )

    @classmethod
    def gathered(cls, rows: Collection[PersonRow]) -> People:
        """Persons that come one after the other."""
        columns = zip(*rows, strict=True)
        ids, standings, usernames, emails, identifiers = map(list, columns if rows else ((),) * 5)
        return cls(ids, standings, usernames, emails, identifiers)

    @property
    def columns(self) -> Iterator[PersonRow]:
        """One after the other."""
        return zip(self.ids, self.standings, self.usernames, self.emails, self.identifiers, strict=True)

    def __len__(self) -> int:
        """How many."""
        return len(self.ids)

    def __iter__(self) -> Iterator[Person]:
        """One after the other, as objects."""
        for key, (role, status, _), username, email, identifier in self.columns:
            yield Person(key, role, username, email, identifier, status)

    def __contains__(self, row: object) -> bool:
        """Whether `row` is one of them."""
        return any(row == mine for mine in self)
