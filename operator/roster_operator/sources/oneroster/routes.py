"""Where each section of the roster is served, and where else to look (OneRoster 1.1, section 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Generic, TypeVar

from roster_operator.roster.models import Person
from roster_operator.sources.oneroster import wire, wire_v1p2
from roster_operator.sources.oneroster.settings import Version
from roster_operator.sources.oneroster.wire import Shape
from roster_operator.sources.source import Section

RowT = TypeVar("RowT")


@dataclass(frozen=True)
class Route(Generic[RowT]):
    """One collection of the API."""

    path: str
    shape: Shape[RowT]


@dataclass(frozen=True)
class Routes:
    """Those of one server."""

    sections: Mapping[Section, tuple[Route[Any], ...]]
    """The next route of a section is taken when the server does not know the one before."""
    users: Route[Person]
    """Everybody: for servers without /teachers and /students, and for whom these two leave out."""


_SECTIONS: Final[Mapping[Section, tuple[Route[Any], ...]]] = {
    Section.ORGANIZATIONS: (Route("schools", wire.SCHOOLS), Route("orgs", wire.ORGS)),
    Section.SCHEDULES: (Route("academicSessions", wire.SESSIONS), Route("terms", wire.SESSIONS)),
    Section.COURSES: (Route("courses", wire.COURSES),),
    Section.CLASSES: (Route("classes", wire.CLASSES),),
    Section.ENROLLMENTS: (Route("enrollments", wire.ENROLLMENTS),),
}
"""What both versions serve alike, of what is read of it."""


@cache
def routes_of(version: Version, missing: frozenset[str]) -> Routes:
    """The routes of a server that lacks those in `missing`; the last resort of a section is asked all the same."""
    shapes = wire_v1p2 if version is Version.V1_2 else wire
    users = Route("users", shapes.USERS)
    sections = {
        **_SECTIONS,
        Section.TEACHERS: (Route("teachers", shapes.TEACHERS), users),
        Section.STUDENTS: (Route("students", shapes.STUDENTS), users),
    }
    return Routes(
        {
            section: tuple(route for route in routes if route.path not in missing) or routes[-1:]
            for section, routes in sections.items()
        },
        users,
    )
