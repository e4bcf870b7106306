"""Whole pages at once, by columns, where rows are as the specification has them: most rows of most servers.

There are a million of them, so an object for each costs more than all else that is done with it. What is not as
expected goes to the rows of `wire`, which forgive.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

import msgspec

from roster_operator.roster.models import (
    ClassSection,
    Enrollment,
    Enrollments,
    Part,
    People,
    Person,
    Role,
    Standing,
)
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.values.columns import NeedsLenientDecoding, identifiers, logins
from roster_operator.sources.values.roles import RolesToday, role_among, stricter
from roster_operator.sources.values.rows import kept, part_of, standing_of
from roster_operator.sources.values.text import MAX_ID
from roster_operator.sources.values.words import role, status

RowT = TypeVar("RowT")

Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID)]
RoleWord = Literal["student", "teacher", "administrator", "aide", "guardian", "parent", "relative", "proctor", None]
StatusWord = Literal["active", "tobedeleted", "inactive", None]
"""Words of the specification (OneRoster 1.1, sections 4.13.4 and 4.13.8) are made no new string for each row."""


@dataclass(frozen=True)
class Plain(Generic[RowT]):
    """A way to read whole pages at once."""

    row: type[msgspec.Struct]
    gather: Callable[[list[Any]], Page[RowT]]
    """Makes typed rows a page; may raise `columns.NeedsLenientDecoding`."""


class PlainRef(msgspec.Struct, gc=False):
    """A GUIDRef as the specification has it."""

    sourcedId: Identifier  # noqa: N815


class ClassRow(msgspec.Struct, gc=False):
    """Of /classes, with a course, a school and terms."""

    sourcedId: Identifier  # noqa: N815
    course: PlainRef
    school: PlainRef
    terms: list[PlainRef]
    status: str | None = None


class EnrollmentRow(msgspec.Struct, gc=False):
    """Of /enrollments, with roles and statuses in the server's own words."""

    sourcedId: Identifier  # noqa: N815
    user: PlainRef
    class_: PlainRef = msgspec.field(name="class")
    role: str | None = None
    status: str | None = None
    beginDate: str | None = None  # noqa: N815
    endDate: str | None = None  # noqa: N815


class SpecifiedEnrollmentRow(msgspec.Struct, gc=False):
    """Of /enrollments, with no word that the specification does not have."""

    sourcedId: Identifier  # noqa: N815
    user: PlainRef
    class_: PlainRef = msgspec.field(name="class")
    role: RoleWord = None
    status: StatusWord = None
    beginDate: str | None = None  # noqa: N815
    endDate: str | None = None  # noqa: N815


class UserRow(msgspec.Struct, gc=False):
    """Of /users, /teachers and /students of OneRoster 1.1, with roles and statuses in the server's own words."""

    sourcedId: Identifier  # noqa: N815
    status: str | None = None
    enabledUser: bool | str | None = None  # noqa: N815
    username: str | None = None
    role: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    identifier: str | None = None
    email: str | None = None
    roles: None = None
    """Who has several is read by them."""


class Unread(msgspec.Struct, gc=False):
    """An object of which nothing is needed."""


class RoleRow(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """One of a person's roles, with no member that the specification does not have."""

    roleType: str | None = None  # noqa: N815
    role: str | None = None
    beginDate: str | None = None  # noqa: N815
    endDate: str | None = None  # noqa: N815
    status: str | None = None
    org: Unread | None = None
    userProfile: str | Unread | None = None  # noqa: N815


class UserRowOfRoles(msgspec.Struct, gc=False):
    """Of /users, /teachers and /students of OneRoster 1.2; some servers tell the role of 1.1 as well."""

    sourcedId: Identifier  # noqa: N815
    roles: list[RoleRow]
    status: str | None = None
    enabledUser: bool | str | None = None  # noqa: N815
    username: str | None = None
    identifier: str | None = None
    email: str | None = None
    role: Annotated[str, msgspec.Meta(min_length=1)] | None = None


class _Parts(dict[tuple[str | None, str | None, str | None, str | None], Part]):
    """Role, status, begin and end as they are written, to what they mean. Few in any roster, and bounded in all."""

    def __missing__(self, written: tuple[str | None, str | None, str | None, str | None]) -> Part:
        named, status, begin, end = written
        return kept(self, written, part_of(named, begin, end, status))


class _Standings(dict[tuple[str | None, str | None, bool | str | None], Standing]):
    """Role, status and `enabledUser` as they are written, to role and whether the person counts."""

    def __init__(self, default: Role) -> None:
        super().__init__()
        self._default = default

    def __missing__(self, written: tuple[str | None, str | None, bool | str | None]) -> Standing:
        named, status, enabled = written
        return kept(self, written, standing_of(named, status, enabled, default=self._default))


class _RolesToday(dict[tuple[str | None, ...], Role]):
    """The role of 1.1 and the members of all roles as they are written, five of each, to what the person is."""

    def __init__(self, today: RolesToday) -> None:
        super().__init__()
        self._today = today

    def __missing__(self, written: tuple[str | None, ...]) -> Role:
        held = [self._today.held(*written[at : at + 5]) for at in range(1, len(written), 5)]
        return kept(self, written, stricter(role(written[0]), role_among(held)))


_parts: Final = _Parts()


def classes(rows: list[Any]) -> Page[ClassSection]:
    """A page of `ClassRow`s."""
    own = identifiers([row.sourcedId for row in rows])
    courses = identifiers([row.course.sourcedId for row in rows])
    schools = identifiers([row.school.sourcedId for row in rows])
    terms = [tuple([term.sourcedId for term in row.terms]) for row in rows]
    for named in set(terms):
        if list(named) != identifiers(list(named)):
            raise NeedsLenientDecoding
    columns = zip(own, courses, schools, terms, [status(row.status) for row in rows], strict=True)
    return Page([ClassSection(*columns) for columns in columns], array("q", list(map(hash, own))))


def enrollments(rows: list[Any]) -> Page[Enrollment]:
    """A page of `EnrollmentRow`s."""
    own = identifiers([row.sourcedId for row in rows])
    persons = identifiers([row.user.sourcedId for row in rows])
    classes = identifiers([row.class_.sourcedId for row in rows])
    parts = [_parts[row.role, row.status, row.beginDate, row.endDate] for row in rows]
    return Page(Enrollments(persons, classes, parts), array("q", list(map(hash, own))))


def people(default: Role) -> Callable[[list[Any]], Page[Person]]:
    """Makes `UserRow`s a page; `default` is the role of those of whom none is said."""
    standings = _Standings(default)

    def gather(rows: list[Any]) -> Page[Person]:
        return _people(rows, [standings[row.role, row.status, row.enabledUser] for row in rows])

    return gather


def people_of_roles(default: Role, today: RolesToday) -> Callable[[list[Any]], Page[Person]]:
    """The same of `UserRowOfRoles`s; `today`: what roles mean."""
    roles = _RolesToday(today)
    standings = _Standings(Role.UNKNOWN)

    def role_of(row: UserRowOfRoles) -> Role:
        written = [row.role]
        for held in row.roles:
            written += held.role, held.roleType, held.beginDate, held.endDate, held.status
        return roles[tuple(written)] or default

    def gather(rows: list[Any]) -> Page[Person]:
        found = [standings[None, row.status, row.enabledUser] for row in rows]
        return _people(rows, [(role_of(row), *standing[1:]) for row, standing in zip(rows, found, strict=True)])

    return gather


def _people(rows: list[Any], standings: list[Standing]) -> Page[Person]:
    own = identifiers([row.sourcedId for row in rows])
    found = People(
        own,
        standings,
        logins([row.username for row in rows]),
        logins([row.email for row in rows]),
        logins([row.identifier for row in rows]),
    )
    return Page(found, array("q", list(map(hash, own))))


CLASSES: Final[tuple[Plain[ClassSection], ...]] = (Plain(ClassRow, classes),)
ENROLLMENTS: Final[tuple[Plain[Enrollment], ...]] = (
    Plain(SpecifiedEnrollmentRow, enrollments),
    Plain(EnrollmentRow, enrollments),
)


def users(default: Role, today: RolesToday) -> tuple[Plain[Person], ...]:
    """Of a route whose persons are `default` unless they say otherwise."""
    return Plain(UserRow, people(default)), Plain(UserRowOfRoles, people_of_roles(default, today))
