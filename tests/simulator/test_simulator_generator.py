"""The generated district: deterministic, consistent and arithmetical."""

from __future__ import annotations

import tracemalloc
from datetime import date

import pytest

from district_simulator.directory import Directory
from district_simulator.identifiers import FINDERS
from district_simulator.intervals import IntervalSet
from district_simulator.roster import DistrictSettings, Roster
from district_simulator.school_year import SchoolYear
from district_simulator.shape import DistrictShape

TODAY = date(2026, 11, 24)
BASE = "https://sis.example.org/ims/oneroster/v1p1"
SIZES = [(1, None), (10, None), (120, 3), (601, 2), (5_000, None), (777, 13), (30, 30)]


def roster_of(students: int, schools: int | None = None, seed: int = 7) -> Roster:
    return Roster(DistrictSettings(TODAY, students, schools, seed))


@pytest.mark.parametrize(("students", "schools"), SIZES)
def test_every_student_sits_in_one_class_of_each_slot_and_of_the_own_school(students: int, schools: int | None) -> None:
    shape = DistrictShape(students, schools)
    for student in range(students):
        school = shape.school_of_student(student)
        assert shape.school_start(school) <= student < shape.school_start(school + 1)
        seats = [shape.seat(student, slot) for slot in range(7)]
        assert {seat[0] for seat in seats} == {school}
        assert [shape.layouts[school].spot_of(local)[0] for _, local in seats] == list(range(7))


@pytest.mark.parametrize(("students", "schools"), SIZES)
def test_every_class_has_one_leading_teacher_of_its_school(students: int, schools: int | None) -> None:
    shape = DistrictShape(students, schools)
    led = []
    for number in range(shape.teachings):
        school, local, teacher, leads = shape.teaching(number)
        assert shape.teacher_starts[school] <= teacher < shape.teacher_starts[school + 1]
        assert leads == (teacher == shape.teacher_of(school, local))
        if leads:
            led.append(shape.class_starts[school] + local)
    assert led == list(range(shape.classes))


@pytest.mark.parametrize("name", sorted(FINDERS))
def test_every_id_leads_back_to_its_row(name: str) -> None:
    roster = roster_of(700)
    directory = Directory(roster)
    listing = directory.listing((name,))
    rows = listing.rows(0, len(listing), BASE)
    for row in rows:
        sourced_id = row.split('"')[3]
        assert directory.single(name, sourced_id, BASE) == row


def test_a_district_of_100000_students_has_the_proportions_of_a_real_one() -> None:
    directory = Directory(roster_of(100_000))
    count = {name: len(directory.listing((name,))) for name in ("users", "students", "classes", "enrollments")}
    assert count["students"] == 100_000
    assert 5_500 < count["users"] - count["students"] < 6_500
    assert 28_000 < count["classes"] < 32_000
    assert 690_000 < count["enrollments"] < 740_000


def test_classes_have_about_23_students() -> None:
    directory = Directory(roster_of(1_200))
    sizes = [len(directory.members(klass)) for klass in range(0, directory.roster.shape.classes, 10)]
    assert 20 < sum(sizes) / len(sizes) < 27
    assert max(sizes) < 32


def test_equal_settings_give_equal_rosters_and_other_seeds_other_persons() -> None:
    first, same, other = (Directory(roster_of(200, seed=seed)).listing(("users",)) for seed in (7, 7, 8))
    assert first.rows(0, 200, BASE) == same.rows(0, 200, BASE)
    assert first.rows(0, 200, BASE) != other.rows(0, 200, BASE)


def test_personal_strings_are_unique_where_they_must_be() -> None:
    people = roster_of(10).people
    persons = [people.person("S", number) for number in range(20_000)]
    for strings in ("sourced_id", "username", "email", "identifier"):
        assert len({getattr(person, strings) for person in persons}) == len(persons)
    assert len({person.given_name for person in persons}) > 200


def test_pages_are_windows_on_one_order() -> None:
    listing = Directory(roster_of(300)).listing(("users",))
    whole = listing.rows(0, len(listing), BASE)
    assert [row for start in range(0, len(listing), 7) for row in listing.rows(start, start + 7, BASE)] == whole


def test_a_million_students_answer_any_page_with_flat_memory() -> None:
    tracemalloc.start()
    try:
        directory = Directory(roster_of(1_000_000))
        listing = directory.listing(("enrollments",))
        assert len(listing) > 7_000_000
        district, _ = tracemalloc.get_traced_memory()
        for offset in (0, 3_500_000, 6_999_990, len(listing) - 100):
            assert len(listing.rows(offset, offset + 100, BASE)) == 100
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert district < 3_000_000
    assert peak < district + 1_000_000


@pytest.mark.parametrize("day", [date(2026, 7, 1), date(2026, 12, 31), date(2027, 1, 20), date(2027, 6, 30)])
def test_every_day_lies_in_one_school_year_one_semester_and_one_term(day: date) -> None:
    sessions = SchoolYear.around(day).sessions()
    for kind in ("schoolYear", "semester", "term", "gradingPeriod"):
        assert sum(item.start <= day < item.end for item in sessions if item.kind == kind) == 1


def test_intervals_merge_and_leave_the_rest() -> None:
    gone = IntervalSet()
    for start, stop in ((3, 5), (10, 12), (5, 6), (0, 0), (11, 14)):
        gone.add(start, stop)
    assert [number for number in range(16) if number not in gone] == [0, 1, 2, 6, 7, 8, 9, 14, 15]
    assert gone.without(range(4, 13)) == [range(6, 10)]
    assert gone.without(range(16)) == [range(3), range(6, 10), range(14, 16)]
