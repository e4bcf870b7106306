"""The rows of OneRoster 1.1 as most servers send them, reduced to what is needed (OneRoster 1.1, section 4).

No name, no demographics, no phone number is even decoded. Each kind of row knows how it becomes a row of the roster.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

import msgspec

from roster_operator.roster.models import (
    SCHOOL,
    ClassSection,
    Course,
    Enrollment,
    EnrollmentParts,
    Enrollments,
    School,
    Session,
)
from roster_operator.sources.distinct_counter import NO_ID
from roster_operator.sources.oneroster import members, strict_rows
from roster_operator.sources.oneroster.members import Members
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.strict_rows import Plain
from roster_operator.sources.values.columns import NeedsLenientDecoding
from roster_operator.sources.values.identifiers import Rounded, identifier
from roster_operator.sources.values.rows import part_of, session_of
from roster_operator.sources.values.text import MAX_ID, text, told
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
"""Makes typed rows of an answer a page of the roster; may raise `NeedsLenientDecoding`."""


@dataclass(frozen=True)
class Shape(Generic[RowT]):
    """How one kind of row is read."""

    key: str
    """The member that holds the rows, by the specification."""
    singular: str
    row: type[msgspec.Struct]
    """Forgiving about types."""
    gather: Gather[RowT]
    members: Members
    plain: tuple[Plain[RowT], ...] = ()
    """Quicker ways, for pages that are as the specification has them; tried first, in this order."""
    nested: Mapping[str, type[msgspec.Struct]] = field(default_factory=dict)
    """Members that are lists of rows of their own."""


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
            own = ""
            try:
                own = identifier(row.sourcedId)
                kept = bool(own) and len(own) <= MAX_ID and convert(own, row, keep)
            except Rounded:
                kept = False
                page.rounded += 1
            hashed(hash(own) if own and len(own) <= MAX_ID else NO_ID)
            page.rejected += not kept
        page.rows = together(keep)
        return page

    return gather


def _named(ref: Ref | None) -> str:
    if ref is None:
        return ""
    named = identifier(ref.sourcedId)
    if not named:
        raise NeedsLenientDecoding
    return named


def _school(own: str, row: OrgRow, keep: list[School]) -> bool:
    kind = told(row.type).lower() or SCHOOL
    keep.append(School(own, text(row.name), text(row.identifier), status(row.status), kind))
    return True


def _session(own: str, row: SessionRow, keep: list[Session]) -> bool:
    keep.append(session_of(own, row.startDate, row.endDate, row.status))
    return True


def _course(own: str, row: CourseRow, keep: list[Course]) -> bool:
    keep.append(Course(own, text(row.courseCode), text(row.title), status(row.status)))
    return True


def _class(own: str, row: ClassRow, keep: list[ClassSection]) -> bool:
    terms = tuple([_named(term) for term in row.terms]) if row.terms else ()
    keep.append(ClassSection(own, _named(row.course), _named(row.school), terms, status(row.status)))
    return True


def enrollment(own: str, row: EnrollmentRow, keep: list[EnrollmentParts]) -> bool:
    """Put what a row says into `keep`; False if it names no person or no class."""
    del own
    person = _named(row.user)
    section = _named(row.class_)
    if not person or not section:
        return False
    keep.append((person, section, part_of(row.role, row.beginDate, row.endDate, row.status)))
    return True


ORGS: Final[Shape[School]] = Shape("orgs", "org", OrgRow, by_row(_school), members.ORGS)
SESSIONS: Final[Shape[Session]] = Shape(
    "academicSessions", "academicSession", SessionRow, by_row(_session), members.SESSIONS
)
COURSES: Final[Shape[Course]] = Shape("courses", "course", CourseRow, by_row(_course), members.COURSES)
CLASSES: Final[Shape[ClassSection]] = Shape(
    "classes", "class", ClassRow, by_row(_class), members.CLASSES, strict_rows.CLASSES
)
ENROLLMENTS: Final[Shape[Enrollment]] = Shape(
    "enrollments",
    "enrollment",
    EnrollmentRow,
    by_item(enrollment, Enrollments.gathered),
    members.ENROLLMENTS,
    strict_rows.ENROLLMENTS,
)
