"""The wizard's steps as values: what a choice makes of a draft, and which steps are to be taken again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from roster_operator.errors import InvalidSpec
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wizard.choices import (
    chosen_courses,
    chosen_schools,
    courses_to_choose,
    ebooks_of,
    with_courses,
    with_ebooks,
    with_schools,
)
from roster_operator.operations.wizard.draft import Draft, Step, begin, document, integration_of, with_live, with_source
from roster_operator.operations.wizard.offer import Offer, OfferedCourse, OfferedSchool, Size
from roster_operator.operations.wizard.systems import recognized, system_of

OFFER = Offer(
    datetime(2026, 11, 30, tzinfo=UTC),
    (
        OfferedSchool("s1", "East", "0601", Size(3, 60)),
        OfferedSchool("s2", "West", "0602", Size(1, 20)),
        OfferedSchool("s3", "West", "0603", Size(1, 20)),
    ),
    (
        OfferedCourse("code", "MA1", "Algebra", ("c1", "c2"), {"s1": Size(2, 40)}, ("Algebra Honors",)),
        OfferedCourse("code", "MA2", "Geometry", ("c3",), {"s2": Size(1, 20)}),
        OfferedCourse("id", "c4", "Lunch", ("c4",), {"s1": Size(1, 20)}),
    ),
)


def draft(**spec: Any) -> Draft:
    source = {"baseURL": "https://sis.example", "secretRef": {"name": "sis"}}
    return Draft("springfield", "districts", {"source": source, **spec}, tuple(Step))


@pytest.mark.parametrize(
    ("url", "type_", "vendor"),
    [
        ("https://springfield.aeries.net/aeries", "OneRoster", "Aeries"),
        ("https://sis.example/Aeries/", "OneRoster", "Aeries"),
        ("https://springfield-nj-v2.oneroster.com", "OneRoster", "ClassLink"),
        ("https://oneroster-proxy.classlink.io", "OneRoster", "ClassLinkProxy"),
        (
            "https://springfield.infinitecampus.org/campus/api/ims/oneroster/rostering/v1p2",
            "OneRoster",
            "InfiniteCampus",
        ),
        ("https://files.example/springfield.zip", "OneRosterCSV", "Generic"),
        ("sftp://files.example/out", "OneRosterCSV", "Generic"),
        ("https://sis.example", "OneRoster", "Generic"),
    ],
)
def test_a_url_tells_of_its_system(url: str, type_: str, vendor: str) -> None:
    assert recognized(url).key == (type_, vendor)


def test_another_system_takes_what_was_about_the_first_with_it_and_every_step_is_taken_again() -> None:
    before = draft(schools=[{"id": "s1"}], interval="12h")
    before = Draft(
        before.name, before.namespace, {**before.spec, "source": {**before.source, "pageSize": 5}}, before.done
    )
    other = with_source(before, system_of("OneRoster", "Aeries"), "https://other.example")
    assert other.source == {
        "type": "OneRoster",
        "vendor": "Aeries",
        "baseURL": "https://other.example",
        "secretRef": {"name": "sis"},
    }
    assert (other.done, other.next_step) == ((Step.CONNECTION,), Step.SCHOOLS)
    assert other.spec["interval"] == "12h"
    same = with_source(before, system_of("OneRoster", "Generic"), "https://sis.example")
    assert (same.source["pageSize"], same.next_step) == (5, None)


def test_an_entry_stays_as_somebody_wrote_it_as_long_as_it_is_chosen() -> None:
    before = draft(schools=[{"identifier": "0601"}], courses=[{"name": "algebra honors", "ebooks": ["a"]}])
    assert chosen_schools(before, OFFER).keys == ("s1",)
    schools = with_schools(before, OFFER, ["s1", "s2"])
    assert schools.spec["schools"] == [{"identifier": "0601"}, {"id": "s2"}]
    assert schools.next_step is Step.COURSES
    courses = with_courses(schools, OFFER, ["code ma1", "id c4"])
    assert courses.spec["courses"] == [{"name": "algebra honors", "ebooks": ["a"]}, {"id": "c4", "ebooks": []}]
    books = with_ebooks(courses, OFFER, {"code ma1": ["a", "b"], "id c4": []})
    assert books.spec["courses"][0] == {"name": "algebra honors", "ebooks": ["a", "b"]}
    assert document(books)["spec"]["courses"] == [{"name": "algebra honors", "ebooks": ["a", "b"]}]


def test_what_stands_for_nothing_or_for_several_is_told() -> None:
    before = draft(schools=[{"name": "West"}, {"id": "gone"}], courses=[{"code": "MA9", "ebooks": ["a"]}])
    assert chosen_schools(before, OFFER).missing == ('name "West"', 'id "gone"')
    assert chosen_courses(before, OFFER).missing == ('code "MA9"',)


def test_the_courses_of_the_chosen_schools_come_first_with_what_is_taught_there() -> None:
    choices = courses_to_choose(draft(schools=[{"id": "s2"}]), OFFER)
    assert [(each.course.value, each.size.classes, each.taught) for each in choices] == [
        ("MA2", 1, True),
        ("MA1", 0, False),
        ("c4", 0, False),
    ]


def test_the_same_answers_leave_everything_as_it_was() -> None:
    before = draft(schools=[{"id": "s1"}], courses=[{"code": "MA1", "ebooks": ["a"]}])
    again = with_courses(with_schools(before, OFFER, ["s1"]), OFFER, ["code ma1"])
    again = with_ebooks(again, OFFER, ebooks_of(again, OFFER))
    assert (again.spec, again.next_step) == (before.spec, None)


def test_what_the_api_server_would_refuse_is_one_line() -> None:
    empty = begin(DistrictName("springfield", "districts"))
    with pytest.raises(InvalidSpec, match=r"your answers: spec\.source: must be given"):
        integration_of(with_live(empty, False))
    with pytest.raises(InvalidSpec, match="must name at least one school before live can be true"):
        integration_of(with_live(draft(), True))
