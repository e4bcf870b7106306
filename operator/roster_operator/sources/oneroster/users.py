"""The users of OneRoster: in 1.1 they have a role, in 1.2 several, each from when to when.

Servers of either version send what the other one has, so all are read alike. No name, no profile with its passwords is
decoded.
"""

from __future__ import annotations

import msgspec

from roster_operator.roster.dates import Days
from roster_operator.roster.models import People, Person, PersonRow, Role
from roster_operator.sources.oneroster import members, strict_rows
from roster_operator.sources.oneroster.lenient_rows import Convert, Shape, Text, by_item
from roster_operator.sources.values.roles import RolesToday, role_among, stricter
from roster_operator.sources.values.rows import standing_of
from roster_operator.sources.values.text import login
from roster_operator.sources.values.words import role


class RoleRow(msgspec.Struct, gc=False):
    """One of a user's roles. At which school it is held does not matter: classes have a school."""

    role: Text = None
    roleType: Text = None  # noqa: N815
    beginDate: Text = None  # noqa: N815
    endDate: Text = None  # noqa: N815
    status: Text = None


class UserRow(msgspec.Struct, gc=False):
    """Of /users, /teachers and /students."""

    sourcedId: Text = None  # noqa: N815
    status: Text = None
    enabledUser: bool | Text = None  # noqa: N815
    username: Text = None
    role: Text = None
    roles: list[RoleRow] | None = None
    identifier: Text = None
    email: Text = None


class UserShapes:
    """How users are read on one day. Those of another day may be others."""

    def __init__(self, days: Days, *, ends_inclusive: bool = False) -> None:
        """`days`: of today in the district. `ends_inclusive`: the end of a role is its last day."""
        self._today = RolesToday(days, ends_inclusive=ends_inclusive)
        self.teachers = self._shape(Role.TEACHER)
        self.students = self._shape(Role.STUDENT)
        self.everybody = self._shape(Role.UNKNOWN)

    @property
    def next_change(self) -> str:
        """The first day after today on which a role begins or ends, of those that were read; empty if none does."""
        return self._today.next_change

    def _shape(self, default: Role) -> Shape[Person]:
        """Of a route whose persons are `default` unless they say otherwise."""
        return Shape(
            "users",
            "user",
            UserRow,
            by_item(self._person(default), People.gathered),
            members.USERS,
            strict_rows.users(default, self._today),
            {"roles": RoleRow},
        )

    def _person(self, default: Role) -> Convert[PersonRow]:
        def convert(own: str, row: UserRow, keep: list[PersonRow]) -> bool:
            _, counts, marks = standing_of(None, row.status, row.enabledUser)
            standing = self._role(row) or default, counts, marks
            keep.append((own, standing, login(row.username), login(row.email), login(row.identifier)))
            return True

        return convert

    def _role(self, row: UserRow) -> Role:
        held = self._today.held
        roles = [held(one.role, one.roleType, one.beginDate, one.endDate, one.status) for one in row.roles or ()]
        return stricter(role(row.role), role_among(roles))
