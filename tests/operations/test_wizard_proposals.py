"""Which eBooks the wizard proposes for a course."""

from __future__ import annotations

import pytest

from roster_operator.api.v1alpha1 import EBook
from roster_operator.operations.wizard.offer import OfferedCourse
from roster_operator.operations.wizard.proposals import Because, proposals

TITLES = {
    "cc-course-1": ("Core Connections, Course 1", "Core Connections"),
    "cc-course-2": ("Core Connections, Course 2", "Core Connections"),
    "cc-algebra": ("Core Connections Algebra", "Core Connections"),
    "cc-algebra-2": ("Core Connections Algebra 2", "Core Connections"),
    "cc-geometry": ("Core Connections Geometry", "Core Connections"),
    "cc-integrated-1": ("Core Connections Integrated I", "Core Connections"),
    "cc-integrated-2": ("Core Connections Integrated II", "Core Connections"),
    "precalculus": ("Precalculus", None),
    "calculus": ("Calculus", None),
    "statistics": ("Statistics", None),
}
EBOOKS = {
    name: EBook.model_validate(
        {"metadata": {"name": name}, "spec": {"title": title, **({"series": series} if series else {})}}
    )
    for name, (title, series) in TITLES.items()
}


def course(title: str, code: str = "X100") -> OfferedCourse:
    return OfferedCourse("code", code, title, ("1",))


@pytest.mark.parametrize(
    ("title", "ebook"),
    [
        ("Algebra 1", "cc-algebra"),
        ("ALGEBRA I HONORS", "cc-algebra"),
        ("Alg 2", "cc-algebra-2"),
        ("Algebra II", "cc-algebra-2"),
        ("Geometery", "cc-geometry"),
        ("CC Course 2 Sem A", "cc-course-2"),
        ("CC1", "cc-course-1"),
        ("Core Connections Course 1", "cc-course-1"),
        ("Mathematics Course 2", "cc-course-2"),
        ("Integrated Math 2", "cc-integrated-2"),
        ("Int Math I", "cc-integrated-1"),
        ("Pre-Calculus", "precalculus"),
        ("AP Statistics", "statistics"),
        ("Calculus AB", "calculus"),
        ("CCG", "cc-geometry"),
    ],
)
def test_a_title_is_recognized_as_districts_write_it(title: str, ebook: str) -> None:
    first = proposals(course(title), EBOOKS)[0]
    assert (first.ebook, first.because, first.sure) == (ebook, Because.TITLE, True)


@pytest.mark.parametrize(
    "title",
    ["English Language Arts 1", "Biology", "Algebra 3", "Physical Education", "Lunch", "", "Course 7", "Art History"],
)
def test_what_is_about_something_else_gets_no_proposal(title: str) -> None:
    assert proposals(course(title), EBOOKS) == ()


def test_a_number_that_the_sis_has_is_surer_than_a_title() -> None:
    spec = {"title": "Inspirations", "isbn": "978-1-60328-000-0"}
    ebooks = {**EBOOKS, "inspirations": EBook.model_validate({"metadata": {"name": "inspirations"}, "spec": spec})}
    (found,) = proposals(course("Algebra 1 9781603280000"), ebooks)
    assert (found.ebook, found.because) == ("inspirations", Because.NUMBER)
    (found,) = proposals(course("Whatever", code="cc-geometry"), ebooks)
    assert (found.ebook, found.because) == ("cc-geometry", Because.NUMBER)
    told = OfferedCourse("code", "X", "Honors", ("1",), numbers=("978-1-60328-000-0",))
    (found,) = proposals(told, ebooks)
    assert (found.ebook, found.because, found.sure) == ("inspirations", Because.NUMBER, True)


def test_two_that_fit_alike_are_both_proposed_and_neither_is_chosen() -> None:
    twins = {
        name: EBook.model_validate({"metadata": {"name": name}, "spec": {"title": "Geometry", "series": series}})
        for name, series in (("geometry-a", "A"), ("geometry-b", "B"))
    }
    found = proposals(course("Geometry"), twins)
    assert [(each.ebook, each.sure) for each in found] == [("geometry-a", False), ("geometry-b", False)]


def test_retired_ebooks_are_not_proposed() -> None:
    spec = {"title": "Geometry", "retired": True}
    retired = {"geometry": EBook.model_validate({"metadata": {"name": "geometry"}, "spec": spec})}
    assert proposals(course("Geometry"), retired) == ()
