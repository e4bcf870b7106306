"""Where each section of the roster is served, and where else to look (OneRoster 1.1, section 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from roster_operator.roster.models import Person
from roster_operator.sources.oneroster import lenient_rows
from roster_operator.sources.oneroster.lenient_rows import Shape
from roster_operator.sources.oneroster.users import UserShapes
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


ORGS: Final = Route("orgs", lenient_rows.ORGS)
"""Organizations of every type, where `schools` has those of one."""
_SECTIONS: Final[Mapping[Section, tuple[Route[Any], ...]]] = {
    Section.ORGANIZATIONS: (Route("schools", lenient_rows.ORGS), ORGS),
    Section.SCHEDULES: (Route("academicSessions", lenient_rows.SESSIONS), Route("terms", lenient_rows.SESSIONS)),
    Section.COURSES: (Route("courses", lenient_rows.COURSES),),
    Section.CLASSES: (Route("classes", lenient_rows.CLASSES),),
    Section.ENROLLMENTS: (Route("enrollments", lenient_rows.ENROLLMENTS),),
}
"""What is served alike on any day."""


def routes_of(shapes: UserShapes, missing: frozenset[str]) -> Routes:
    """The routes of a server that lacks those in `missing`; the last resort of a section is asked all the same."""
    users = Route("users", shapes.everybody)
    sections = {
        **_SECTIONS,
        Section.TEACHERS: (Route("teachers", shapes.teachers), users),
        Section.STUDENTS: (Route("students", shapes.students), users),
    }
    return Routes(
        {
            section: tuple(route for route in routes if route.path not in missing) or routes[-1:]
            for section, routes in sections.items()
        },
        users,
    )
