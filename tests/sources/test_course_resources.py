"""The learning resources of courses, where a SIS has them."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from tests.sources.support.opened import opened, read
from tests.sources.support.servers import page, token_server

from roster_operator.sources.source import Complete, CourseResource, TellsResources

COURSES: list[dict[str, Any]] = [
    {"sourcedId": "c1", "status": "active", "title": "Algebra", "resources": [{"sourcedId": "r1", "type": "resource"}]},
    {"sourcedId": "c2", "status": "active", "title": "Lunch", "resources": []},
    {"sourcedId": "c3", "status": "active", "title": "Honors", "resources": [{"sourcedId": "r1"}, {"sourcedId": "r2"}]},
]
RESOURCES = [
    {"sourcedId": "r1", "status": "active", "vendorResourceId": "978-1-60328-000-0"},
    {"sourcedId": "r2", "status": "active", "vendorResourceId": ""},
    {"sourcedId": "r9", "status": "active", "vendorResourceId": "of nobody"},
]


def courses(request: httpx2.Request) -> httpx2.Response:
    return page("courses", COURSES, request)


def resources(request: httpx2.Request) -> httpx2.Response:
    return page("resources", RESOURCES, request)


def test_each_course_has_the_numbers_of_its_resources() -> None:
    with opened(handler=token_server(courses=courses, resources=resources)) as source:
        assert isinstance(source, TellsResources)
        assert [course.title for course in read(source.courses())[0]] == ["Algebra", "Lunch", "Honors"]
        rows, outcome = read(source.course_resources())
    assert rows == [CourseResource("c1", "978-1-60328-000-0"), CourseResource("c3", "978-1-60328-000-0")]
    assert isinstance(outcome, Complete)


@pytest.mark.parametrize("status", [403, 404])
def test_a_sis_without_them_has_none(status: int) -> None:
    with opened(handler=token_server(courses=courses, resources=httpx2.Response(status))) as source:
        assert isinstance(source, TellsResources)
        rows, outcome = read(source.course_resources())
    assert (rows, outcome) == ([], Complete(outcome.proof, rows=0, pages=0) if isinstance(outcome, Complete) else None)


def test_a_sis_that_is_known_not_to_have_them_is_not_asked() -> None:
    asked: list[str] = []

    def watched(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return courses(request)

    server = token_server(courses=watched, resources=watched)
    with opened(handler=server, missing_routes=frozenset({"resources"})) as source:
        assert isinstance(source, TellsResources)
        assert read(source.course_resources())[0] == []
    assert asked == []
