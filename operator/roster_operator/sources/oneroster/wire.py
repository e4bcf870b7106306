"""The rows of OneRoster 1.1 as most servers send them, reduced to what is needed (OneRoster 1.1, section 4).

No name, no demographics, no phone number is even decoded. Each kind of row knows how it becomes a row of the roster.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import msgspec

from roster_operator.roster.models import (
    ClassSection,
    Course,
    Enrollment,
    EnrollmentParts,
    Enrollments,
    People,
    Person,
    PersonRow,
    Role,
    School,
    Session,
)
from roster_operator.sources.oneroster import plain
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.plain import Plain
from roster_operator.sources.tally import NO_ID
from roster_operator.sources.values.columns import NeedsCare
from roster_operator.sources.values.rows import part_of, session_of, standing_of
from roster_operator.sources.values.text import MAX_ID, login, text
from roster_operator.sources.values.words import status

RowT = TypeVar("RowT")

Text = str | int | None


class Ref(msgspec.Struct, gc=False):
    """A GUIDRef."""

    sourcedId: Text = None  # noqa: N815


class OrgRow(msgspec.Struct, gc=False):
    """Of /orgs and /schools."""

    sourcedId: Text = None  # noqa: N815
    status: Text = None
    name: Text = None
    type: Text = None
    identifier: Text = None


class SessionRow(msgspec.Struct, gc=False):
    """Of /academicSessions and /terms."""

    sourcedId: Text = None  # noqa: N815
    status: Text = None
    startDate: Text = None  # noqa: N815
    endDate: Text = None  # noqa: N815


class CourseRow(msgspec.Struct, gc=False):
    """Of /courses."""

    sourcedId: Text = None  # noqa: N815
    status: Text = None
    title: Text = None
    courseCode: Text = None  # noqa: N815


class ClassRow(msgspec.Struct, gc=False):
    """Of /classes."""

    sourcedId: Text = None  # noqa: N815
    status: Text = None
    course: Ref | None = None
    school: Ref | None = None
    terms: list[Ref] | None = None


class UserRow(msgspec.Struct, gc=False):
    """Of /users, /teachers and /students."""

    sourcedId: Text = None  # noqa: N815
    status: Text = None
    enabledUser: bool | Text = None  # noqa: N815
    username: Text = None
    role: Text = None
    identifier: Text = None
    email: Text = None


class EnrollmentRow(msgspec.Struct, gc=False):
    """Of /enrollments."""

    sourcedId: Text = None  # noqa: N815
    status: Text = None
    user: Ref | None = None
    class_: Ref | None = msgspec.field(default=None, name="class")
    role: Text = None
    beginDate: Text = None  # noqa: N815
    endDate: Text = None  # noqa: N815


Gather = Callable[[list[Any]], Page[RowT]]
"""Makes typed rows of an answer a page of the roster; may raise `NeedsCare`."""


@dataclass(frozen=True)
class Shape(Generic[RowT]):
    """How one kind of row is read."""

    key: str
    """The member that holds the rows, by the specification."""
    singular: str
    row: type[msgspec.Struct]
    """Forgiving about types."""
    gather: Gather[RowT]
    plain: tuple[Plain[RowT], ...] = ()
    """Quicker ways, for pages that are as the specification has them; tried first, in this order."""


ItemT = TypeVar("ItemT")
Convert = Callable[[str, Any, list[ItemT]], bool]
"""Takes a row's identifier, the row and where to put what it becomes; False if it cannot become anything."""


def by_row(convert: Convert[RowT]) -> Gather[RowT]:
    """A page row by row; one without an identifier is rejected."""
    return by_item(convert, lambda rows: rows)


def by_item(convert: Convert[ItemT], together: Callable[[list[ItemT]], Collection[RowT]]) -> Gather[RowT]:
    """The same where `together` makes rows of the roster of what is kept."""

    def gather(rows: list[Any]) -> Page[RowT]:
        keep: list[ItemT] = []
        page = Page[RowT]()
        hashed = page.hashes.append
        for row in rows:
            identifier = text(row.sourcedId)
            if not identifier or len(identifier) > MAX_ID:
                hashed(NO_ID)
                page.rejected += 1
                continue
            hashed(hash(identifier))
            if not convert(identifier, row, keep):
                page.rejected += 1
        page.rows = together(keep)
        return page

    return gather


def _named(ref: Ref | None) -> str:
    if ref is None:
        return ""
    named = text(ref.sourcedId)
    if not named:
        raise NeedsCare
    return named


def _school(identifier: str, row: OrgRow, keep: list[School]) -> bool:
    if text(row.type).lower() == "school":
        keep.append(School(identifier, text(row.name), text(row.identifier), status(row.status)))
    return True


def _school_or_untyped(identifier: str, row: OrgRow, keep: list[School]) -> bool:
    if text(row.type).lower() in {"school", ""}:
        keep.append(School(identifier, text(row.name), text(row.identifier), status(row.status)))
    return True


def _session(identifier: str, row: SessionRow, keep: list[Session]) -> bool:
    keep.append(session_of(identifier, row.startDate, row.endDate, row.status))
    return True


def _course(identifier: str, row: CourseRow, keep: list[Course]) -> bool:
    keep.append(Course(identifier, text(row.courseCode), text(row.title), status(row.status)))
    return True


def _class(identifier: str, row: ClassRow, keep: list[ClassSection]) -> bool:
    terms = tuple([_named(term) for term in row.terms]) if row.terms else ()
    keep.append(ClassSection(identifier, _named(row.course), _named(row.school), terms, status(row.status)))
    return True


def _person(default: Role) -> Convert[PersonRow]:
    def convert(identifier: str, row: UserRow, keep: list[PersonRow]) -> bool:
        standing = standing_of(row.role, row.status, row.enabledUser, default=default)
        keep.append((identifier, standing, login(row.username), login(row.email), login(row.identifier)))
        return True

    return convert


def enrollment(identifier: str, row: EnrollmentRow, keep: list[EnrollmentParts]) -> bool:
    """Put what a row says into `keep`; False if it names no person or no class."""
    del identifier
    person = _named(row.user)
    section = _named(row.class_)
    if not person or not section:
        return False
    keep.append((person, section, part_of(row.role, row.beginDate, row.endDate, row.status)))
    return True


def _users(default: Role) -> Shape[Person]:
    return Shape("users", "user", UserRow, by_item(_person(default), People.gathered), plain.users(default))


SCHOOLS: Final[Shape[School]] = Shape("orgs", "org", OrgRow, by_row(_school_or_untyped))
ORGS: Final[Shape[School]] = Shape("orgs", "org", OrgRow, by_row(_school))
SESSIONS: Final[Shape[Session]] = Shape("academicSessions", "academicSession", SessionRow, by_row(_session))
COURSES: Final[Shape[Course]] = Shape("courses", "course", CourseRow, by_row(_course))
CLASSES: Final[Shape[ClassSection]] = Shape("classes", "class", ClassRow, by_row(_class))
ENROLLMENTS: Final[Shape[Enrollment]] = Shape(
    "enrollments",
    "enrollment",
    EnrollmentRow,
    by_item(enrollment, Enrollments.gathered),
    plain=plain.ENROLLMENTS,
)
TEACHERS: Final[Shape[Person]] = _users(Role.TEACHER)
STUDENTS: Final[Shape[Person]] = _users(Role.STUDENT)
USERS: Final[Shape[Person]] = _users(Role.UNKNOWN)
