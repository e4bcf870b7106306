"""What a spec selects otherwise, by what its names stand for."""

from __future__ import annotations

import pytest

from roster_operator.licensing.guards import SpecChange
from roster_operator.reconcile.contract import Catalog, CatalogCourse, CatalogSchool
from roster_operator.reconcile.spec_change import spec_change

NORTH, SOUTH = 'school id "n"', 'school id "s"'
ALGEBRA, GEOMETRY = 'course code "MA101"', 'course code "MA102"'
CATALOG = Catalog(
    (CatalogSchool("n", "North School", "101", 4), CatalogSchool("s", "South School", "102", 4)),
    (
        CatalogCourse("a1", "MA101", "Algebra", 2),
        CatalogCourse("a2", "MA101", "Algebra", 2),
        CatalogCourse("g", "MA102", "Geometry", 4),
    ),
)
BEFORE = (NORTH, ALGEBRA)


@pytest.mark.parametrize(
    ("now", "change"),
    [
        (BEFORE, SpecChange()),
        (('school name "north  SCHOOL"', 'course name "algebra"'), SpecChange()),
        (('school identifier "101"', 'course code "ma101"'), SpecChange()),
        ((NORTH, 'course id "a1"', 'course id "a2"'), SpecChange()),
        ((NORTH, 'course id "a1"'), SpecChange(courses_removed=True)),
        ((NORTH, ALGEBRA, GEOMETRY), SpecChange(courses_added=True)),
        ((NORTH, GEOMETRY), SpecChange(courses_removed=True, courses_added=True)),
        ((SOUTH, ALGEBRA), SpecChange(schools_removed=True, schools_added=True)),
        ((NORTH, SOUTH, ALGEBRA), SpecChange(schools_added=True)),
        ((NORTH, ALGEBRA, 'course code "nobody-knows"'), SpecChange()),
    ],
)
def test_names_are_compared_by_what_they_stand_for(now: tuple[str, ...], change: SpecChange) -> None:
    assert spec_change(BEFORE, now, CATALOG) == change


def test_a_name_that_is_gone_and_that_the_sis_does_not_have_was_removed() -> None:
    assert spec_change((*BEFORE, 'course code "PE 1"'), BEFORE, CATALOG) == SpecChange(courses_removed=True)
    assert spec_change((*BEFORE, 'school name "West \\"End\\""'), BEFORE, CATALOG) == SpecChange(schools_removed=True)
