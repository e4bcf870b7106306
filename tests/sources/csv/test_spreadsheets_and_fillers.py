"""What spreadsheets and databases make of identifiers is undone, or said; it never passes for another identifier."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.sources.csv.pieces import IN_ORDER, WHOLE, lines_of, refusal, rows_of, values, with_file
from tests.sources.csv.sets import CsvSet, as_csv

from roster_operator.roster.models import Role, Status

ENROLLMENT = "sourcedId,userSourcedId,classSourcedId,role"
ROUNDED = ["1E+11", "1.23457E+11", "1,23457E+11", "1e+11", "1.0E11"]
PLACES = {
    "enrollments": (ENROLLMENT, ["{},u,c,student", "e,{},c,student", "e,u,{},student"]),
    "users": ("sourcedId,username", ["{},ann"]),
    "classes": (
        "sourcedId,courseSourcedId,schoolSourcedId,termSourcedIds",
        ["{},m,s,t", "k,{},s,t", "k,m,{},t", "k,m,s,{}", "k,m,s,{0};{0}"],
    ),
    "orgs": ("sourcedId,name", ["{},North"]),
    "courses": ("sourcedId,courseCode", ["{},MA1"]),
    "academicSessions": ("sourcedId,startDate,endDate", ["{},2026-08-01,2027-06-01"]),
}


@pytest.mark.parametrize("rounded", ROUNDED)
@pytest.mark.parametrize("name", PLACES)
def test_identifiers_that_a_spreadsheet_has_rounded_are_not_understood(tmp_path: Path, name: str, rounded: str) -> None:
    header, rows = PLACES[name]
    for number, row in enumerate(rows):
        line = row.format(f'"{rounded}"' if "," in rounded else rounded)
        message = refusal(with_file(name, header, line.replace('";"', ";")).folder(tmp_path / str(number)), name)
        assert f"In {name}.csv a spreadsheet has turned long numbers in the column" in message
        assert "District: deliver the file as the SIS exports it" in message
        assert rounded not in message.replace("such as 1E+11", "")


@pytest.mark.parametrize("identifier", ["3E10", "12e4", "1.5", "E+11", "6512e34f", "2E+", "a1E+11"])
def test_identifiers_that_look_only_somewhat_like_that_are_identifiers(tmp_path: Path, identifier: str) -> None:
    path = with_file("users", "sourcedId,username", f"{identifier},ann").folder(tmp_path / "set")
    assert values(rows_of(path, "users")[0], "id") == [(identifier,)]


@pytest.mark.parametrize("filler", ["NULL", "null", "N/A", "#N/A", "-", "\\N", "(null)", "None", " NULL "])
def test_what_stands_for_no_identifier_is_none(tmp_path: Path, filler: str) -> None:
    path = with_file(
        "enrollments", ENROLLMENT, "e1,u1,c1,student", f"{filler},u2,c1,student", f"e3,{filler},c1,student",
        f"e4,u4,{filler},student",
    ).folder(tmp_path / "set")  # fmt: skip
    rows, outcome = rows_of(path, "enrollments")
    assert values(rows, "person_id") == [("u1",)]
    assert (outcome.rows, outcome.rejected) == (4, 3)
    classes = with_file("classes", PLACES["classes"][0], f"k1,{filler},{filler},{filler}", f"{filler},m,s,t")
    rows, outcome = rows_of(classes.folder(tmp_path / "classes"), "classes")
    assert values(rows, "id", "course_id", "school_id", "session_ids") == [("k1", "", "", ())]
    assert outcome.rejected == 1


MARKED = {
    "an apostrophe": "'{}",
    "apostrophes": "'{}'",
    "a formula": '"=""{}"""',
    "a formula without quotation marks": '="{}"',
    "blanks before quotation marks": ' "{}"',
    "curly quotation marks": "\u201c{}\u201d",
    "a curly apostrophe": "\u2019{}",
    "blanks that do not break": "\u00a0{}\u00a0",
    "nothing visible": "\u200b{}\ufeff",
}


@pytest.mark.parametrize(
    ("how", "encoding"), [(how, "utf-8") for how in MARKED] + [(how, "cp1252") for how in list(MARKED)[:-1]]
)
def test_marks_of_a_text_are_no_part_of_it(tmp_path: Path, how: str, encoding: str) -> None:
    m = MARKED[how].format
    files = {
        "courses": f"sourcedId,title,courseCode\r\n{m('m')},'Iolani's,{m('MA1')}\r\n",
        "classes": f"{PLACES['classes'][0]}\r\n{m('k')},{m('m')},s,{m('t')}\r\n",
        "enrollments": f"{ENROLLMENT},endDate\r\ne,{m('007')},k,{m('student')},{m('2027-06-01')}\r\n",
        "users": f"sourcedId,username,email\r\n007,{m('ann')},o'neill@example.org\r\n",
    }
    path = WHOLE.spoil(**{name: text.encode(encoding) for name, text in files.items()}).folder(tmp_path / "set")
    assert values(rows_of(path, "courses")[0], "id", "title", "code") == [("m", "'Iolani's", "MA1")]
    assert values(rows_of(path, "classes")[0], "id", "course_id", "session_ids") == [("k", "m", ("t",))]
    found = values(rows_of(path, "enrollments")[0], "person_id", "role", "end")
    assert found == [("007", Role.STUDENT, "2027-06-01")]
    assert values(rows_of(path, "users")[0], "id", "username", "email") == [("007", "ann", "o'neill@example.org")]


@pytest.mark.parametrize("terms", ['"[S1,S2]"', "S1;S2", "S1|S2", '"{S1, S2}"', "\"['S1','S2']\"", "S1; S2;"])
def test_lists_of_terms_in_any_form_are_lists(tmp_path: Path, terms: str) -> None:
    path = with_file("classes", PLACES["classes"][0], f"k,m,s,{terms}").folder(tmp_path / "set")
    assert values(rows_of(path, "classes")[0], "session_ids") == [(("S1", "S2"),)]


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
@pytest.mark.parametrize("said", ["", "sep={}\r\n", '"sep={}"\r\n', "SEP={},,,\r\n"])
def test_what_separates_cells_is_told_by_the_header_or_by_a_line_before_it(
    tmp_path: Path, delimiter: str, said: str
) -> None:
    rows = ("sourcedId", "title", "courseCode"), ("m1", '"Algebra, Honors | 1; 2"', "MA1"), ("m2", "Geometry", "MA2")
    text = said.format(delimiter) + "".join(delimiter.join(row) + "\r\n" for row in rows)
    found, outcome = rows_of(WHOLE.spoil(courses=text.encode()).folder(tmp_path / "set"), "courses")
    assert values(found, "title", "code") == [("Algebra, Honors | 1; 2", "MA1"), ("Geometry", "MA2")]
    assert outcome.rejected == 0


@pytest.mark.parametrize("delimiter", ["^", "~", ":", "#"])
def test_another_mark_between_columns_is_named(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(("sourcedId", "title", "courseCode")) + "\r\n" + delimiter.join("abc") + "\r\n"
    message = refusal(WHOLE.spoil(courses=text.encode()).folder(tmp_path / "set"), "courses")
    assert f"courses.csv has {delimiter} between its columns. District: export it with commas between them." in message


def test_semicolons_between_cells_leave_decimal_commas_alone(tmp_path: Path) -> None:
    path = with_file(
        "courses", "sourcedId;credits;title;courseCode", "m1;1,5;Algebra;MA1", "m2;0,5;Geometry, Honors;MA2"
    )
    rows, outcome = rows_of(path.folder(tmp_path / "set"), "courses")
    assert values(rows, "title", "code") == [("Algebra", "MA1"), ("Geometry, Honors", "MA2")]
    assert outcome.rejected == 0


def delta_of(*rows: str) -> CsvSet:
    modes = {**dict.fromkeys(IN_ORDER, "absent"), "enrollments": "delta"}
    return with_file("enrollments", *rows, whole=CsvSet({}, modes=modes))


@pytest.mark.parametrize("ending", ["{},tobedeleted", "{},tobedeleted,,,,,,,,", "{},TOBEDELETED,2026-11-25"])
def test_a_row_of_a_delta_that_only_ends_another_is_a_deletion(tmp_path: Path, ending: str) -> None:
    header, first, *_ = lines_of("enrollments")
    key = first.partition(",")[0]
    WHOLE.zip(tmp_path / "in" / "roster-20261124.zip")
    before, _ = rows_of(tmp_path / "in", "enrollments")
    delta_of(header, ending.format(key)).zip(tmp_path / "in" / "roster-20261125.zip")
    after, outcome = rows_of(tmp_path / "in", "enrollments")
    assert len(after) == len(before) - 1
    assert (outcome.rejected, outcome.duplicates) == (0, 0)


def test_a_row_of_a_delta_that_cannot_be_read_ends_nothing(tmp_path: Path) -> None:
    header, first, *_ = lines_of("enrollments")
    key = first.partition(",")[0]
    WHOLE.zip(tmp_path / "in" / "roster-20261124.zip")
    before, _ = rows_of(tmp_path / "in", "enrollments")
    delta_of(header, f"{key},active,2026-11-25,,,,,,,").zip(tmp_path / "in" / "roster-20261125.zip")
    after, outcome = rows_of(tmp_path / "in", "enrollments")
    assert (after, outcome.rejected) == (before, 1)


def test_a_person_who_is_deleted_by_a_row_of_its_own_is_gone(tmp_path: Path) -> None:
    key = next(iter(WHOLE.tables["users"]))
    WHOLE.zip(tmp_path / "in" / "roster-20261124.zip")
    modes = {**dict.fromkeys(IN_ORDER, "absent"), "users": "delta"}
    ending = with_file("users", lines_of("users")[0], f"{key},tobedeleted", whole=CsvSet({}, modes=modes))
    ending.zip(tmp_path / "in" / "roster-20261125.zip")
    rows, outcome = rows_of(tmp_path / "in", "users")
    assert {row.status for row in rows if row.id == key} == {Status.GONE}
    assert outcome.rejected == 0


@pytest.mark.parametrize("word", ["co-teacher", "Co-Teacher", "co_teacher", "co teacher", "coteacher"])
def test_a_co_teacher_is_a_teacher(tmp_path: Path, word: str) -> None:
    path = with_file("enrollments", ENROLLMENT, f"e,u,c,{word}").folder(tmp_path / "set")
    assert values(rows_of(path, "enrollments")[0], "role") == [(Role.TEACHER,)]


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.1.1", "1.2", "1.2.1", "v1.2", "1.2.0.1", "V1P2", "OneRoster 1.1"])
def test_any_revision_of_a_version_is_that_version(tmp_path: Path, version: str) -> None:
    assert rows_of(replace(WHOLE, version=version).folder(tmp_path / "set"), "orgs")


@pytest.mark.parametrize("version", ["2.0", "1.3", "1.12", "0.9", "11"])
def test_another_version_is_refused(tmp_path: Path, version: str) -> None:
    message = refusal(replace(WHOLE, version=version).folder(tmp_path / "set"), "orgs")
    assert "another version of OneRoster" in message


def test_rows_in_any_order_of_columns_keep_their_cells(tmp_path: Path) -> None:
    rows = [{"sourcedId": "e", "userSourcedId": "'7", "classSourcedId": "c", "role": "co-teacher"}]
    body = as_csv(("role", "classSourcedId", "userSourcedId", "sourcedId"), rows).encode()
    found, _ = rows_of(WHOLE.spoil(enrollments=body).folder(tmp_path / "set"), "enrollments")
    assert values(found, "person_id", "class_id", "role") == [("7", "c", Role.TEACHER)]
