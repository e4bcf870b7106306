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

from roster_operator.roster.models import Enrollment, Enrollments, Part, People, Person, Role, Standing
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.values.columns import identifiers, logins
from roster_operator.sources.values.rows import kept, part_of, standing_of
from roster_operator.sources.values.text import MAX_ID

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
    """Makes typed rows a page; may raise `columns.NeedsCare`."""


class PlainRef(msgspec.Struct, gc=False):
    """A GUIDRef as the specification has it."""

    sourcedId: Identifier  # noqa: N815


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
    """Of /users, /teachers and /students, with roles and statuses in the server's own words."""

    sourcedId: Identifier  # noqa: N815
    status: str | None = None
    enabledUser: bool | str | None = None  # noqa: N815
    username: str | None = None
    role: str | None = None
    identifier: str | None = None
    email: str | None = None


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


_parts: Final = _Parts()


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
        own = identifiers([row.sourcedId for row in rows])
        found = People(
            own,
            [standings[row.role, row.status, row.enabledUser] for row in rows],
            logins([row.username for row in rows]),
            logins([row.email for row in rows]),
            logins([row.identifier for row in rows]),
        )
        return Page(found, array("q", list(map(hash, own))))

    return gather


ENROLLMENTS: Final[tuple[Plain[Enrollment], ...]] = (
    Plain(SpecifiedEnrollmentRow, enrollments),
    Plain(EnrollmentRow, enrollments),
)


def users(default: Role) -> tuple[Plain[Person], ...]:
    """Of a route whose persons are `default` unless they say otherwise."""
    return (Plain(UserRow, people(default)),)
