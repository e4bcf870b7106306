"""Where each section of the roster is served, and where else to look (OneRoster 1.1, section 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from roster_operator.sources.oneroster import wire
from roster_operator.sources.oneroster.wire import Shape
from roster_operator.sources.source import Section

RowT = TypeVar("RowT")


@dataclass(frozen=True)
class Route(Generic[RowT]):
    """One collection of the API."""

    path: str
    shape: Shape[RowT]


USERS: Final = Route("users", wire.USERS)
"""Everybody: for servers without /teachers and /students, and for whom these two leave out."""

ROUTES: Final[dict[Section, tuple[Route[Any], ...]]] = {
    Section.ORGANIZATIONS: (Route("schools", wire.SCHOOLS), Route("orgs", wire.ORGS)),
    Section.SCHEDULES: (Route("academicSessions", wire.SESSIONS), Route("terms", wire.SESSIONS)),
    Section.COURSES: (Route("courses", wire.COURSES),),
    Section.CLASSES: (Route("classes", wire.CLASSES),),
    Section.ENROLLMENTS: (Route("enrollments", wire.ENROLLMENTS),),
    Section.TEACHERS: (Route("teachers", wire.TEACHERS), USERS),
    Section.STUDENTS: (Route("students", wire.STUDENTS), USERS),
}
"""The next route of a section is taken when the server does not know the one before."""
