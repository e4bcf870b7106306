"""One bad row costs nothing but itself, and is counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sources.csv.opened import opened, read
from tests.sources.csv.sets import CsvSet

from district_simulator.library import SimulatedDistrict
from roster_operator.sources.source import Complete, Incomplete

HEADER = "sourcedId,userSourcedId,classSourcedId,role\r\n"
GOOD = ("e1,u1,c1,student\r\n", "e2,u2,c2,teacher\r\n", "e3,u3,c3,student\r\n")


@pytest.fixture(scope="module")
def whole() -> CsvSet:
    return CsvSet.of(SimulatedDistrict(students=20, schools=1, seed=3))


BAD = {
    "a single cell": "e9\r\n",
    "two cells too few": "e9,u9\r\n",
    "a blank cell too many": "e9,u9,c9,student,\r\n",
    "a comma that is not in quotation marks": "e9,u9,c9,student,at 5, or 6\r\n",
    "text behind a quotation mark": 'e9,"u9"x,c9,student\r\n',
    "no sourcedId": ",u9,c9,student\r\n",
    "no person": "e9, ,c9,student\r\n",
    "no class": "e9,u9,,student\r\n",
    "an endless identifier": f"{'e' * 600},u9,c9,student\r\n",
    "an endless cell": f"e9,{'u' * 200_000},c9,student\r\n",
    "endless cells": f"e9,u9,c9,student{',x' * 200_000}\r\n",
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("at", range(4))
def test_a_bad_row_is_counted_and_the_others_are_kept(whole: CsvSet, tmp_path: Path, bad: str, at: int) -> None:
    rows = [*GOOD[:at], BAD[bad], *GOOD[at:]]
    folder = whole.spoil(enrollments=(HEADER + "".join(rows)).encode()).folder(tmp_path / "set")
    with opened(folder) as source:
        found, outcome = read(source.enrollments())
    assert [row.person_id for row in found] == ["u1", "u2", "u3"]
    assert isinstance(outcome, Complete), outcome
    assert (outcome.rows, outcome.rejected, outcome.duplicates) == (4, 1, 0)


def test_rows_that_a_quotation_mark_took_in_are_counted(whole: CsvSet, tmp_path: Path) -> None:
    """A mark that is never closed takes in what follows; whatever becomes of it, rows were lost and that shows."""
    rows = [
        *GOOD,
        'e9,"u9,c9,student\r\n',
        *(f"f{n},v{n},c1,student\r\n" for n in range(30_000)),
        'z,"x",c1,student\r\n',
    ]
    folder = whole.spoil(enrollments=(HEADER + "".join(rows)).encode()).folder(tmp_path / "set")
    with opened(folder) as source:
        found, outcome = read(source.enrollments())
    assert isinstance(outcome, Complete), outcome
    assert {row.person_id for row in found} >= {"u1", "u2", "u3"}
    assert outcome.rejected > 5000
    assert len(found) + outcome.rejected >= 30_000


def test_a_line_break_in_a_cell_is_no_end_of_a_row(whole: CsvSet, tmp_path: Path) -> None:
    courses = 'sourcedId,title,courseCode\r\nm1,"Algebra\r\nfor all",MA1\r\nm2,"a ""new"" one",MA2\r\n'
    with opened(whole.spoil(courses=courses.encode()).folder(tmp_path / "set")) as source:
        found, outcome = read(source.courses())
    assert [(course.title, course.code) for course in found] == [("Algebra for all", "MA1"), ('a "new" one', "MA2")]
    assert isinstance(outcome, Complete)
    assert outcome.rejected == 0


def test_rows_that_come_twice_are_counted(whole: CsvSet, tmp_path: Path) -> None:
    folder = whole.spoil(enrollments=(HEADER + "".join([*GOOD, GOOD[0]])).encode()).folder(tmp_path / "set")
    with opened(folder) as source:
        _, outcome = read(source.enrollments())
    assert isinstance(outcome, Complete)
    assert (outcome.rows, outcome.duplicates) == (4, 1)


def test_a_file_that_never_ends_is_not_read_for_ever(whole: CsvSet, tmp_path: Path) -> None:
    rows = "".join(f"e{n},u,c,student\r\n" for n in range(20_000))
    folder = whole.spoil(enrollments=(HEADER + rows).encode()).folder(tmp_path / "set")
    with opened(folder, max_rows=9_000) as source:
        found, outcome = read(source.enrollments())
    assert isinstance(outcome, Incomplete)
    assert "more than 9000 rows" in outcome.message
    assert len(found) <= 15_000
