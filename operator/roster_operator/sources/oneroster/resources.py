"""The learning resources of courses (OneRoster 1.1, section 4.12): by which number a publisher knows each.

Few districts fill them. Where they do, they say which book a course is about.
"""

from __future__ import annotations

from typing import Final

import msgspec

from roster_operator.sources.oneroster import members
from roster_operator.sources.oneroster.fetching import Pages
from roster_operator.sources.oneroster.lenient_rows import Ref, Shape, Text, by_row
from roster_operator.sources.oneroster.members import Members
from roster_operator.sources.oneroster.routes import Route
from roster_operator.sources.source import CourseResource, Outcome
from roster_operator.sources.values.identifiers import identifier
from roster_operator.sources.values.text import text

_LONGEST: Final = 256


class _CourseRow(msgspec.Struct, gc=False):
    """Of /courses."""

    sourcedId: Text = None  # noqa: N815
    status: Text = None
    resources: list[Ref] | None = None


class _ResourceRow(msgspec.Struct, gc=False):
    """Of /resources."""

    sourcedId: Text = None  # noqa: N815
    status: Text = None
    vendorResourceId: Text = None  # noqa: N815


def _course(own: str, row: _CourseRow, keep: list[CourseResource]) -> bool:
    keep += [CourseResource(own, named) for ref in row.resources or () if (named := identifier(ref.sourcedId))]
    return True


def _resource(own: str, row: _ResourceRow, keep: list[CourseResource]) -> bool:
    keep.append(CourseResource(own, text(row.vendorResourceId)[:_LONGEST]))
    return True


_RESOURCES: Final = Members(
    frozenset({"sourcedId", "status", "dateLastModified", "metadata", "title", "roles", "importance"})
    | {"vendorResourceId", "vendorId", "applicationId"},
    ("status",),
)
OF_COURSES: Final = Route("courses", Shape("courses", "course", _CourseRow, by_row(_course), members.COURSES))
"""Each course with the ids of its resources."""
RESOURCES: Final = Route("resources", Shape("resources", "resource", _ResourceRow, by_row(_resource), _RESOURCES))
"""Each resource with what its publisher knows it by."""


def gathered(pages: Pages[CourseResource], wanted: dict[str, list[str]]) -> Pages[CourseResource]:
    """Courses by the ids of their resources go into `wanted`, and nothing is yielded."""
    while True:
        try:
            page = next(pages)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome
        for course, resource in page:
            wanted.setdefault(resource, []).append(course)
        yield []


def numbers_of(pages: Pages[CourseResource], wanted: dict[str, list[str]]) -> Pages[CourseResource]:
    """The resources that are `wanted`, each with its courses instead of its id."""
    while True:
        try:
            page = next(pages)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome
        yield [CourseResource(course, number) for own, number in page if number for course in wanted.get(own, ())]
