"""Habits of OneRoster servers that nobody here wrote."""

from __future__ import annotations

from roster_operator.roster.models import Course, School
from roster_operator.roster.scope import Selector, choose_courses, choose_schools
from roster_operator.sources.failures import RouteMissing, from_status


def test_a_route_that_is_not_implemented_is_missing_like_one_that_is_not_found() -> None:
    assert isinstance(from_status(501, "https://sis.example.org"), RouteMissing)


def test_a_blank_name_never_selects_what_has_no_name_or_code() -> None:
    schools = choose_schools([Selector("identifier", " ")], [School("1", "High School", "")])
    courses = choose_courses([Selector("code", " ")], [Course("1", "", "Algebra")])
    assert not schools.ids
    assert not courses.ids
    assert schools.unresolved
    assert courses.unresolved
