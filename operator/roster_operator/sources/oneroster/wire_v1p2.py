"""The users of OneRoster 1.2, who have several roles where those of 1.1 have one.

All else that is read of a roster is the same in both versions. No name, no profile with its passwords is decoded.
"""

from __future__ import annotations

from typing import Final

import msgspec

from roster_operator.roster.models import Person, Role
from roster_operator.sources.oneroster.text import is_active, is_enabled, role, text
from roster_operator.sources.oneroster.wire import Convert, Shape, Text, by_row

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


def _person(default: Role) -> Convert[Person]:
    def convert(identifier: str, row: UserRow, keep: list[Person]) -> bool:
        person = Person(
            identifier,
            _foremost(row, default),
            text(row.username),
            text(row.email),
            text(row.identifier),
            is_active(row.status) and is_enabled(row.enabledUser),
        )
        keep.append(person)
        return True

    return convert


def _shape(default: Role) -> Shape[Person]:
    return Shape("users", "user", UserRow, by_row(_person(default)))


TEACHERS: Final = _shape(Role.TEACHER)
STUDENTS: Final = _shape(Role.STUDENT)
USERS: Final = _shape(Role.UNKNOWN)
