"""A last line without an end is a line, unless something shows that the file was cut off there."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sources.csv.pieces import IN_ORDER, WHOLE, lines_of, refusal, rows_of, values, with_file
from tests.sources.csv.sets import CsvSet

HEADER = "sourcedId,status,userSourcedId,classSourcedId,role,beginDate,endDate"
CUT = "e1,,u1,c,student", "e2,,u2,c,student,2026-08-01"
"""Rows whose last cells are blank, and left out."""


def written(whole: CsvSet, tmp_path: Path, *, zipped: bool) -> Path:
    return whole.zip(tmp_path / "set.zip") if zipped else whole.folder(tmp_path / "set")


def test_in_a_zip_a_whole_row_needs_no_end_of_its_line(tmp_path: Path) -> None:
    path = with_file("enrollments", HEADER, *CUT, "e3,,u3,c,student,,2027-06-01", end="").zip(tmp_path / "set.zip")
    assert len(rows_of(path, "enrollments")[0]) == 3


def test_in_a_zip_a_short_row_needs_none_if_others_are_as_short(tmp_path: Path) -> None:
    path = with_file("enrollments", HEADER, *CUT, "e3,,u3,c,student", end="").zip(tmp_path / "set.zip")
    rows, outcome = rows_of(path, "enrollments")
    assert values(rows, "person_id", "end") == [("u1", ""), ("u2", ""), ("u3", "")]
    assert outcome.rejected == 0


PADDED = "e1,,u1,c,student,,", "e2,,u2,c,student,2026-08-01,"
"""Rows whose last cells are blank, and there."""


def test_in_a_zip_a_row_alone_may_be_short_if_it_lacks_what_is_blank_in_others(tmp_path: Path) -> None:
    path = with_file("enrollments", HEADER, *PADDED, "e3,,u3,c,student", end="").zip(tmp_path / "set.zip")
    rows, outcome = rows_of(path, "enrollments")
    assert values(rows, "person_id", "end") == [("u1", ""), ("u2", ""), ("u3", "")]
    assert outcome.rejected == 0


@pytest.mark.parametrize(
    "last", ["e3,,u3,c,stud", "e3,,u3,c", "e3,,u3,c,", "e3,,u3,c,student,", "e3", "e3,,u3,c,student,2026-0"]
)
def test_in_a_zip_a_row_alone_that_lacks_more_or_is_half_a_row_is_cut_off(tmp_path: Path, last: str) -> None:
    path = with_file("enrollments", HEADER, *PADDED, last, end="").zip(tmp_path / "set.zip")
    assert "cut off" in refusal(path, "enrollments")


def test_in_a_folder_a_row_alone_that_is_short_is_cut_off(tmp_path: Path) -> None:
    path = with_file("enrollments", HEADER, *PADDED, "e3,,u3,c,student", end="").folder(tmp_path / "set")
    assert "cut off" in refusal(path, "enrollments")


@pytest.mark.parametrize("last", ["e3,,u3,c,stud", "e3,,u3,c", "e3,,u3", "e3", "e3,,u3,c,student,2026-0"])
def test_a_row_that_is_shorter_than_others_or_ends_in_half_a_word_is_cut_off(tmp_path: Path, last: str) -> None:
    path = with_file("enrollments", HEADER, *CUT, last, end="").zip(tmp_path / "set.zip")
    assert "enrollments.csv of set.zip ends in the middle of line 4: it is cut off" in refusal(path, "enrollments")


@pytest.mark.parametrize("zipped", [True, False], ids=["ZIP", "folder"])
def test_a_short_row_needs_none_if_no_file_of_the_set_ends_with_one(tmp_path: Path, zipped: bool) -> None:
    bare = WHOLE.spoil(**{name: "\r\n".join(lines_of(name)).encode() for name in IN_ORDER})
    spoilt = with_file("enrollments", HEADER, "e1,,u1,c,student,,2027-06-01", "e2,,u2,c,student", end="", whole=bare)
    rows, _ = rows_of(written(spoilt, tmp_path, zipped=zipped), "enrollments")
    assert values(rows, "person_id", "end") == [("u1", "2027-06-01"), ("u2", "")]
    cut = with_file("enrollments", HEADER, "e1,,u1,c,student,,2027-06-01", "e2,,u2", end="", whole=bare)
    assert "cut off" in refusal(written(cut, tmp_path / "cut", zipped=zipped), "enrollments")


@pytest.mark.parametrize("zipped", [True, False], ids=["ZIP", "folder"])
def test_a_short_row_is_cut_off_if_other_files_end_with_one(tmp_path: Path, zipped: bool) -> None:
    cut = with_file("enrollments", HEADER, "e1,,u1,c,student,,2027-06-01", "e2,,u2,c,student", end="")
    assert "cut off" in refusal(written(cut, tmp_path, zipped=zipped), "enrollments")


def test_the_mark_of_dos_is_no_end_of_a_line(tmp_path: Path) -> None:
    ended = {name: (WHOLE.text(name) + "\x1a").encode() for name in IN_ORDER}
    assert rows_of(WHOLE.spoil(**ended).folder(tmp_path / "set"), "enrollments")
    bare = WHOLE.text("enrollments").rstrip().encode() + b"\x1a"
    message = refusal(WHOLE.spoil(**{**ended, "enrollments": bare}).folder(tmp_path / "bare"), "enrollments")
    assert "enrollments.csv ends without the end of a line, unlike the other files" in message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_nor_is_it_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    ended = {name: (WHOLE.text(name) + "\x1a").encode(encoding) for name in IN_ORDER}
    assert rows_of(WHOLE.spoil(**ended).folder(tmp_path / "set"), "users")[1].rejected == 0
