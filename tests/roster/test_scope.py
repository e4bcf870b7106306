"""Schools and courses are selected by what people know them by, and what is not found is named."""

from __future__ import annotations

from roster_operator.roster.models import Course, School, Status
from roster_operator.roster.scope import Selector, choose_courses, choose_schools

LINCOLN = School("994", "Lincoln High", "CA-994")
ADAMS = School("995", "Adams  Middle School", "CA-995")
TWIN = School("996", "lincoln high", "CA-996")
CLOSED = School("997", "Closed School", status=Status.GONE)


def test_a_school_is_found_by_id_identifier_and_name() -> None:
    for selector in (Selector("id", "994"), Selector("identifier", "ca-994"), Selector("name", " Lincoln  HIGH ")):
        choice = choose_schools([selector], [LINCOLN, ADAMS])
        assert choice.ids == {"994"}
        assert choice.unresolved == ()


def test_an_id_is_compared_to_the_letter() -> None:
    choice = choose_schools([Selector("id", "A1")], [School("a1")])
    assert choice.ids == frozenset()
    assert "is not offered" in choice.unresolved[0].problem


def test_a_name_that_two_schools_have_selects_neither() -> None:
    choice = choose_schools([Selector("name", "Lincoln High")], [LINCOLN, TWIN])
    assert choice.ids == frozenset()
    assert "matches 2 schools" in choice.unresolved[0].problem


def test_a_school_marked_as_deleted_is_unresolved_and_says_so() -> None:
    choice = choose_schools([Selector("id", "997"), Selector("id", "994")], [CLOSED, LINCOLN])
    assert choice.ids == {"994"}
    assert [str(item.selector) for item in choice.unresolved] == ['id "997"']
    assert "deleted" in choice.unresolved[0].problem


def test_a_row_given_twice_is_one_school() -> None:
    assert choose_schools([Selector("name", "Lincoln High")], [LINCOLN, LINCOLN]).ids == {"994"}


def test_a_course_code_selects_every_course_that_has_it() -> None:
    courses = [Course("c1", "MA101", "Algebra"), Course("c2", "ma101", "Algebra"), Course("c3", "MA102", "Geometry")]
    assert choose_courses([Selector("code", "MA101")], courses).ids == {"c1", "c2"}
    assert choose_courses([Selector("name", "geometry")], courses).ids == {"c3"}


def test_rows_are_given_for_each_selector_in_order() -> None:
    courses = [Course("c1", "MA101"), Course("c2", "MA102")]
    choice = choose_courses([Selector("code", "MA102"), Selector("code", "XX"), Selector("id", "c1")], courses)
    assert [[row.id for row in rows] for rows in choice.rows] == [["c2"], [], ["c1"]]
