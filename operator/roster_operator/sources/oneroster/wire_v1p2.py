"""The users of OneRoster 1.2, who have several roles where those of 1.1 have one.

All else that is read of a roster is the same in both versions. No name, no profile with its passwords is decoded.
"""

from __future__ import annotations

from typing import Final

import msgspec

from roster_operator.roster.models import People, Person, PersonRow, Role
from roster_operator.sources.oneroster.wire import Convert, Shape, Text, by_item
from roster_operator.sources.values.rows import standing_of
from roster_operator.sources.values.text import login, text
from roster_operator.sources.values.words import role

_PRIMARY: Final = "primary"


class RoleRow(msgspec.Struct, gc=False):
    """One of a user's roles.

    At which school and from when to when it is held does not matter: classes have a school, and enrollments dates.
    """

    roleType: Text = None  # noqa: N815
    role: Text = None


class UserRow(msgspec.Struct, gc=False):
    """Of /users, /teachers and /students."""

    sourcedId: Text = None  # noqa: N815
    status: Text = None
    enabledUser: bool | Text = None  # noqa: N815
    username: Text = None
    roles: list[RoleRow] | None = None
    role: Text = None
    """Of servers that send the users of 1.1 all the same."""
    identifier: Text = None
    email: Text = None


def _foremost(row: UserRow, default: Role) -> Role:
    """The primary role, or any if none is marked so; `default` if none is said.

    OneRoster 1.2 has a primary one for each organization, in no order: a student here may teach elsewhere, or have been
    a student once. Who is a student among other things has no role of their own: enrollments decide.
    """
    if not row.roles:
        return role(row.role) or default
    primary = [role(held.role) for held in row.roles if text(held.roleType).lower() == _PRIMARY]
    foremost = primary or [role(held.role) for held in row.roles]
    if Role.STUDENT in foremost and len(set(foremost)) > 1:
        return Role.UNKNOWN
    return foremost[0] or default


def _person(default: Role) -> Convert[PersonRow]:
    def convert(identifier: str, row: UserRow, keep: list[PersonRow]) -> bool:
        _, counts, marks = standing_of(None, row.status, row.enabledUser)
        standing = _foremost(row, default), counts, marks
        keep.append((identifier, standing, login(row.username), login(row.email), login(row.identifier)))
        return True

    return convert


def _shape(default: Role) -> Shape[Person]:
    return Shape("users", "user", UserRow, by_item(_person(default), People.gathered))


TEACHERS: Final = _shape(Role.TEACHER)
STUDENTS: Final = _shape(Role.STUDENT)
USERS: Final = _shape(Role.UNKNOWN)
