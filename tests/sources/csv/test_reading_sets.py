"""A set is read the same from a folder and from a ZIP, by 1.1 and by 1.2, whatever its habits of writing CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.sources.csv.opened import opened, read
from tests.sources.csv.sets import CsvSet, as_csv

from district_simulator.library import SimulatedDistrict
from roster_operator.roster.models import ClassSection, Enrollment, Person, Role, School, Status
from roster_operator.sources.source import Complete, Proof, RosterSource


@pytest.fixture(scope="module")
def whole() -> CsvSet:
    return CsvSet.of(SimulatedDistrict(students=60, schools=2, seed=3))


def rows_of(source: RosterSource) -> dict[str, list[object]]:
    source.probe()
    sections = ("schools", "sessions", "courses", "classes", "enrollments", "people")
    found: dict[str, list[object]] = {}
    for name in sections:
        rows, outcome = read(getattr(source, name)())
        assert isinstance(outcome, Complete), outcome
        assert outcome.rejected == 0
        found[name] = sorted(rows, key=lambda row: str([getattr(row, field) for field in row.__struct_fields__]))  # type: ignore[attr-defined]
    return found


@pytest.fixture
def expected(whole: CsvSet, tmp_path: Path) -> dict[str, list[object]]:
    with opened(whole.zip(tmp_path / "expected" / "set.zip")) as source:
        return rows_of(source)


def as_quoted(text: str) -> bytes:
    into = io.StringIO()
    csv.writer(into, quoting=csv.QUOTE_ALL).writerows(csv.reader(io.StringIO(text)))
    return into.getvalue().encode()


REWRITTEN: dict[str, Callable[[str], bytes]] = {
    "a byte order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "big-endian UTF-16": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "Unix line ends": lambda text: text.replace("\r\n", "\n").encode(),
    "old Macintosh line ends": lambda text: text.replace("\r\n", "\r").encode(),
    "blank lines": lambda text: (text.replace("\r\n", "\r\n\r\n") + " \r\n").encode(),
    "commas of a spreadsheet at the end": lambda text: (text.replace("\r\n", ",,\r\n") + ",,,,\r\n").encode(),
    "header in capitals": lambda text: (text.partition("\n")[0].upper() + "\n" + text.partition("\n")[2]).encode(),
    "blanks around cells of the header": lambda text: (
        text.partition("\r\n")[0].replace(",", " , ") + "\r\n" + text.partition("\r\n")[2]
    ).encode(),
    "everything in quotation marks": as_quoted,
}


@pytest.mark.parametrize("habit", REWRITTEN)
def test_habits_of_writing_change_nothing(
    whole: CsvSet, expected: dict[str, list[object]], tmp_path: Path, habit: str
) -> None:
    rewritten = whole.spoil(**{name: REWRITTEN[habit](whole.text(name)) for name in whole.tables})
    with opened(rewritten.zip(tmp_path / "set.zip")) as source:
        assert rows_of(source) == expected


def places(whole: CsvSet, path: Path) -> Iterator[tuple[str, Path]]:
    yield "loose files", whole.folder(path / "loose")
    yield "a ZIP", whole.zip(path / "zipped.zip")
    yield "a ZIP with a folder", whole.zip(path / "nested.zip", inside="springfield/")
    yield "a ZIP of Windows", whole.zip(path / "windows.zip", inside="springfield\\")
    yield "a folder with a ZIP", whole.zip(path / "in" / "only.zip").parent
    yield "a folder with a folder", whole.folder(path / "out" / "today").parent
    yield "1.2", whole.in_1_2().zip(path / "newer.zip")
    yield "no manifest", whole.unmanifested().folder(path / "bare")
    reordered = {name: tuple(reversed(columns)) for name, columns in whole.columns.items()}
    yield "other order", CsvSet(whole.tables, reordered).folder(path / "reordered")
    extended = {name: (*columns, "metadata.note", "ext_x") for name, columns in whole.columns.items()}
    yield "more columns", CsvSet(whole.tables, extended).folder(path / "extended")


def test_it_does_not_matter_where_the_files_lie(
    whole: CsvSet, expected: dict[str, list[object]], tmp_path: Path
) -> None:
    for what, path in places(whole, tmp_path):
        with opened(path) as source:
            assert rows_of(source) == expected, what


def test_names_of_files_may_be_in_capitals(whole: CsvSet, expected: dict[str, list[object]], tmp_path: Path) -> None:
    folder = whole.folder(tmp_path / "set")
    for file in list(folder.iterdir()):
        file.rename(folder / file.name.upper())
    with opened(folder) as source:
        assert rows_of(source) == expected


def test_the_proof_says_what_it_rests_on(whole: CsvSet, tmp_path: Path) -> None:
    for path, proof in (
        (whole.zip(tmp_path / "set.zip"), Proof.CHECKSUM),
        (whole.folder(tmp_path / "set"), Proof.SETTLED_FILES),
    ):
        with opened(path) as source:
            rows, outcome = read(source.enrollments())
            assert outcome == Complete(proof, rows=len(rows), pages=1)


def one(whole: CsvSet, tmp_path: Path, name: str, columns: tuple[str, ...], *rows: dict[str, str]) -> list[object]:
    """What one file with these rows is read as."""
    spoiled = whole.spoil(**{name: as_csv(columns, rows).encode()})
    method = {"orgs": "schools", "users": "people", "academicSessions": "sessions"}.get(name, name)
    with opened(spoiled.folder(tmp_path / "set")) as source:
        found, outcome = read(getattr(source, method)())
        assert isinstance(outcome, Complete), outcome
        return found


def test_cells_mean_what_they_mean_over_rest(whole: CsvSet, tmp_path: Path) -> None:
    found = one(
        whole,
        tmp_path,
        "users",
        ("sourcedId", "role", "username", "email", "identifier", "enabledUser", "status"),
        {"sourcedId": " 1 ", "role": "Student", "username": " ann ", "email": "a@example.org", "identifier": "7"},
        {"sourcedId": "2", "role": "teacher", "enabledUser": "FALSE"},
        {"sourcedId": "3", "role": "proctor", "enabledUser": "1", "status": "tobedeleted"},
        {"sourcedId": "4", "role": "", "enabledUser": "true", "status": "active"},
    )
    assert found == [
        Person("1", Role.STUDENT, "ann", "a@example.org", "7"),
        Person("2", Role.TEACHER, status=Status.GONE),
        Person("3", Role.OTHER, status=Status.GONE),
        Person("4", Role.UNKNOWN),
    ]


def test_older_names_of_columns_are_understood(whole: CsvSet, tmp_path: Path) -> None:
    columns = ("sourcedId", "courseId", "schoolId", "terms")
    found = one(
        whole, tmp_path, "classes", columns, {"sourcedId": "c", "courseId": "m", "schoolId": "s", "terms": "t1, t2,"}
    )
    assert found == [ClassSection("c", "m", "s", ("t1", "t2"))]


def test_organizations_come_with_their_type(whole: CsvSet, tmp_path: Path) -> None:
    columns = ("sourcedId", "name", "type", "identifier", "status")
    found = one(
        whole,
        tmp_path,
        "orgs",
        columns,
        {"sourcedId": "1", "name": "North", "type": "SCHOOL", "identifier": "0001"},
        {"sourcedId": "2", "name": "All", "type": "district"},
        {"sourcedId": "3", "name": "South", "status": "inactive"},
        {"sourcedId": "4", "name": "Mathematics", "type": "Department", "identifier": "N/A"},
    )
    assert found == [
        School("1", "North", "0001"),
        School("2", "All", kind="district"),
        School("3", "South", status=Status.GONE),
        School("4", "Mathematics", kind="department"),
    ]


ENROLLMENT = ("sourcedId", "userSourcedId", "classSourcedId", "role", "beginDate", "endDate", "status")


def test_an_end_is_the_first_day_on_which_it_is_over_unless_the_spec_says_else(whole: CsvSet, tmp_path: Path) -> None:
    row = {
        "sourcedId": "e", "userSourcedId": "u", "classSourcedId": "c", "role": "student",
        "beginDate": "8/13/2026", "endDate": "2026-12-31T00:00:00.000Z",
    }  # fmt: skip
    folder = whole.spoil(enrollments=as_csv(ENROLLMENT, [row]).encode()).folder(tmp_path / "set")
    for inclusive, end in ((False, "2026-12-31"), (True, "2027-01-01")):
        with opened(folder, ends_inclusive=inclusive) as source:
            assert read(source.enrollments())[0] == [Enrollment("u", "c", Role.STUDENT, "2026-08-13", end)]
    with opened(folder, ends_inclusive=True) as inclusive_source, opened(folder) as source:
        for session, day_later in zip(read(source.sessions())[0], read(inclusive_source.sessions())[0], strict=True):
            assert session.end < day_later.end


def test_a_text_that_is_not_utf_8_is_taken_for_windows(whole: CsvSet, tmp_path: Path) -> None:
    mixed = as_csv(("sourcedId", "username", "role"), [{"sourcedId": str(n), "username": "müller"} for n in range(4)])
    body = mixed.encode("cp1252") + "9,möller,student\r\n".encode()
    with opened(whole.spoil(users=body).folder(tmp_path / "set")) as source:
        people, outcome = read(source.people())
    assert [person.username for person in people] == ["müller"] * 4 + ["möller"]
    assert isinstance(outcome, Complete)
