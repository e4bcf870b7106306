"""A row that lacks its last cells is read; one whose cells have slipped is not, however well it hides that."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sources.csv.pieces import IN_ORDER, WHOLE, lines_of, refusal, rows_of, values, with_file

HEADERS = {name: lines_of(name)[0] for name in IN_ORDER}
TERM, SCHOOL = next(iter(WHOLE.tables["academicSessions"])), list(WHOLE.tables["orgs"])[1]
COURSE = next(iter(WHOLE.tables["courses"]))


def everywhere(change: object, *, header: object = None) -> dict[str, bytes]:
    """Each file with its lines changed, and its header apart."""
    spoilt = {}
    for name in IN_ORDER:
        first, *rows = lines_of(name)
        lines = [header(first) if callable(header) else first, *(change(row) for row in rows)]  # type: ignore[operator]
        spoilt[name] = ("\r\n".join(lines) + "\r\n").encode()
    return spoilt


FORMS = {
    "last cells cut as spreadsheets do": everywhere(lambda row: row.rstrip(",")),
    "a stray comma at the end of the header": everywhere(str, header=lambda first: first + ","),
    "stray commas there, and in each row": everywhere(lambda row: row + ",,", header=lambda first: first + ",,"),
    "a comma at the end of each row, and not of the header": everywhere(lambda row: row + ","),
    "rows of nothing but commas": everywhere(lambda row: f"{row}\r\n{',' * row.count(',')}\r\n,,\r\n , ,"),
    "the mark of DOS for the end of a text": {name: WHOLE.text(name).encode() + b"\x1a" for name in IN_ORDER},
    "that mark on a line of its own": {name: WHOLE.text(name).encode() + b"\x1a\r\n" for name in IN_ORDER},
    "a header below": {name: (WHOLE.text(name) + HEADERS[name] + "\r\n").encode() for name in IN_ORDER},
    "a total below": {name: (WHOLE.text(name) + "Total: 600\r\n").encode() for name in IN_ORDER},
    "a total in two cells": {
        name: (WHOLE.text(name) + f"Total,600{',' * (HEADERS[name].count(',') - 1)}\r\n\r\n").encode()
        for name in IN_ORDER
    },
    "a count of rows": {name: (WHOLE.text(name) + "600 rows\r\n").encode() for name in IN_ORDER},
}  # fmt: skip


@pytest.mark.parametrize("zipped", [True, False], ids=["ZIP", "folder"])
@pytest.mark.parametrize("form", FORMS)
def test_forms_of_whole_files_are_read_as_they_are_meant(tmp_path: Path, form: str, zipped: bool) -> None:
    spoilt = WHOLE.spoil(**FORMS[form])
    path = spoilt.zip(tmp_path / "set.zip") if zipped else spoilt.folder(tmp_path / "set")
    expected = WHOLE.zip(tmp_path / "as-it-is" / "set.zip")
    for name in IN_ORDER:
        rows, outcome = rows_of(path, name)
        assert rows == rows_of(expected, name)[0]
        assert (outcome.rejected, outcome.duplicates) == (0, 0)


def test_rows_may_be_of_several_widths(tmp_path: Path) -> None:
    path = with_file(
        "enrollments", "sourcedId,userSourcedId,classSourcedId,role,beginDate,endDate",
        "e1,u1,c1,student,2026-08-01,2027-06-01", "e2,u2,c1", "e3,u3,c1,teacher,2026-08-01", "e4,u4,c1,,,2027-06-01",
    ).folder(tmp_path / "set")  # fmt: skip
    rows, outcome = rows_of(path, "enrollments")
    assert values(rows, "person_id", "begin", "end") == [
        ("u1", "2026-08-01", "2027-06-01"), ("u2", "", ""), ("u3", "2026-08-01", ""), ("u4", "", "2027-06-01"),
    ]  # fmt: skip
    assert outcome.rejected == 0


SLIPPED = {
    "terms": ("classes", f"k,,,T,9,{COURSE},c,scheduled,,{SCHOOL},S1,S2,math,,"),
    "a title": ("courses", f"m,,,y,Algebra, Honors,MA1,9,{SCHOOL},math,"),
    "a title with a code of another": ("courses", f"m,,,y,Support for,MA1,MA9,9,{SCHOOL},math,"),
    "schools of a person": ("users", f"p,,,true,{SCHOOL},SC2,student,login,,A,B,,7,a@example.org,,,,,"),
    "a name of a school": ("orgs", "s,,,Lincoln, High,school,7,"),
    "a title of a term": ("academicSessions", "t,,,Fall, first,semester,2026-08-01,2026-12-31,,2027,"),
    "an enrollment": ("enrollments", f"e,,,k,{SCHOOL},p,student,false,2026-08-01,2027-06-01,"),
}


@pytest.mark.parametrize("where", SLIPPED)
@pytest.mark.parametrize("place", ["first", "last"])
def test_a_row_whose_cells_have_slipped_is_not_read(tmp_path: Path, where: str, place: str) -> None:
    name, row = SLIPPED[where]
    header, *rows = lines_of(name)
    mixed = [row, *rows] if place == "first" else [*rows, row]
    found, outcome = rows_of(with_file(name, header, *mixed).folder(tmp_path / "set"), name)
    assert outcome.rejected == 1
    assert found == rows_of(WHOLE.folder(tmp_path / "whole"), name)[0]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("where", [where for where in SLIPPED if where != "an enrollment"])
def test_a_file_in_which_all_rows_have_slipped_is_not_read(tmp_path: Path, where: str, rows: int) -> None:
    name, row = SLIPPED[where]
    row = row.replace("S1,S2", ",".join(list(WHOLE.tables["academicSessions"])[:2]))
    slipped = [f"{row[0]}{number}{row[1:]}" for number in range(rows)]
    message = refusal(with_file(name, HEADERS[name], *slipped).folder(tmp_path / "set"), name)
    assert f"No row of {name}.csv can be read, of {rows}. District: export it with as many cells in each row" in message


def test_a_surplus_that_only_the_first_thousands_of_rows_have_is_not_understood(tmp_path: Path) -> None:
    lines = [f"e{n},u{n},c,student," for n in range(6000)]
    path = with_file("enrollments", "sourcedId,userSourcedId,classSourcedId,role", *lines, "e,u,c,student")
    assert "Some rows of enrollments.csv have more cells" in refusal(path.folder(tmp_path / "set"), "enrollments")


@pytest.mark.parametrize("header", ["", ","], ids=["plain", "with a stray comma"])
def test_a_row_with_a_comma_among_cut_ones_or_behind_a_stray_comma_is_not_read(tmp_path: Path, header: str) -> None:
    path = with_file(
        "courses", f"sourcedId,title,courseCode{header}", "m1,Geometry,MA1", "m2,Support for,MA1,", "m3,Algebra,MA3"
    )
    rows, outcome = rows_of(path.folder(tmp_path / "set"), "courses")
    assert values(rows, "id", "code") == [("m1", "MA1"), ("m3", "MA3")]
    assert outcome.rejected == 1


def test_a_row_broken_in_two_by_a_line_break_is_not_read_in_parts(tmp_path: Path) -> None:
    header, *rows = lines_of("users")
    broken = ["p,,,true,s,student,login,,Ann", "Marie,Lee,,77,a@example.org,,,,9,"]
    found, outcome = rows_of(with_file("users", header, *broken, *rows).folder(tmp_path / "set"), "users")
    assert found == rows_of(WHOLE.folder(tmp_path / "whole"), "users")[0]
    assert outcome.rejected == 2


def test_a_quotation_mark_that_takes_in_the_next_rows_is_noticed(tmp_path: Path) -> None:
    path = with_file(
        "courses", "sourcedId,title,courseCode", "m1,Geometry,MA1", 'm2,"Algebra,MA2', 'm3,12",MA3', "m4,Calculus,MA4"
    )
    rows, outcome = rows_of(path.folder(tmp_path / "set"), "courses")
    assert values(rows, "id", "code") == [("m1", "MA1"), ("m4", "MA4")]
    assert outcome.rejected == 2


def test_a_short_row_that_lacks_what_is_needed_is_not_read(tmp_path: Path) -> None:
    path = with_file("classes", HEADERS["classes"], f"k1,,,T,9,{COURSE},c,scheduled,,{SCHOOL},{TERM}", "k2,,,T,9,m")
    rows, outcome = rows_of(path.folder(tmp_path / "set"), "classes")
    assert values(rows, "id", "course_id", "session_ids") == [("k1", COURSE, (TERM,))]
    assert outcome.rejected == 1


def test_another_header_in_the_midst_is_not_read_by_the_first(tmp_path: Path) -> None:
    path = with_file("courses", "sourcedId,title,courseCode", "m1,A,MA1", "sourcedId,courseCode,title", "m2,MA2,B")
    assert "a second line of column names" in refusal(path.folder(tmp_path / "set"), "courses")


IN_FILES_OF_SHORT_ROWS = {
    "terms that are described": ("classes", f"k,,,T,9,{COURSE},c,scheduled,,{SCHOOL},{TERM},{TERM}"),
    "terms that are not": ("classes", f"k,,,T,9,{COURSE},c,scheduled,,{SCHOOL},S1,S2"),
    "a room": ("classes", f"k,,,T,9,{COURSE},c,scheduled,Room 1, East,{SCHOOL},{TERM}"),
    "a title": ("courses", "m,,,,Algebra, Honors,MA1"),
    "a title with a code of another": ("courses", "m,,,,Support for,MA1,XX9"),
    "a name": ("users", f"p,,,true,{SCHOOL},student,login,,Ann,Lee, Jr.,,7,a@example.org"),
    "a login": ("users", f"p,,,true,{SCHOOL},student,log,in,,Ann,Lee,,7,a@example.org"),
    "two addresses": ("users", f"p,,,true,{SCHOOL},student,login,,Ann,Lee,,7,a@example.org,b@example.org"),
}


@pytest.mark.parametrize("where", IN_FILES_OF_SHORT_ROWS)
def test_where_rows_are_short_one_whose_cells_have_slipped_is_not_read(tmp_path: Path, where: str) -> None:
    name, row = IN_FILES_OF_SHORT_ROWS[where]
    header, *rows = lines_of(name)
    path = with_file(name, header, *(each.rstrip(",") for each in rows), row).folder(tmp_path / "set")
    found, outcome = rows_of(path, name)
    assert outcome.rejected == 1
    assert found == rows_of(WHOLE.folder(tmp_path / "whole"), name)[0]


def test_nor_if_that_makes_it_as_wide_as_the_header(tmp_path: Path) -> None:
    path = with_file(
        "courses", "sourcedId,title,courseCode,grades", "m1,Geometry,MA1", "m2,Support for,MA1,XX9", "m3,Algebra,MA3,9"
    )
    rows, outcome = rows_of(path.folder(tmp_path / "set"), "courses")
    assert values(rows, "id", "code") == [("m1", "MA1"), ("m3", "MA3")]
    assert outcome.rejected == 1


def test_where_rows_are_short_one_that_says_more_than_others_is_read(tmp_path: Path) -> None:
    said = {
        "classes": f"k,,,Algebra, 9,{COURSE},c,scheduled,,{SCHOOL},{TERM},Math".replace(", 9", ",9"),
        "courses": f"m,,,,Algebra,MA1,9-12,{SCHOOL},Math,02052",
        "users": f"p,,,true,{SCHOOL},student,login,,Ann,Lee,,7,a@example.org,555-0100,,,11",
    }
    for name, row in said.items():
        header, *rows = lines_of(name)
        path = with_file(name, header, *(each.rstrip(",") for each in rows), row).folder(tmp_path / name)
        assert rows_of(path, name)[1].rejected == 0, name
