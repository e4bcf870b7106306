"""A set is taken only when it is complete; if not, the message says which file, where, and what to do."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from tests.sources.csv.opened import LaterClock, opened, read
from tests.sources.csv.sets import CsvSet

from district_simulator.library import SimulatedDistrict
from roster_operator.errors import ReadIncomplete, RosterOperatorError, SourceProtocolError
from roster_operator.sources.csv.files import FILE_OF
from roster_operator.sources.source import Access, Incomplete, RosterSource, Section

DISTRICT = SimulatedDistrict(students=60, schools=2, seed=3)
METHODS = ("schools", "sessions", "courses", "classes", "enrollments", "people")


@pytest.fixture(scope="module")
def whole() -> CsvSet:
    return CsvSet.of(DISTRICT)


def refused(source: RosterSource) -> str:
    """The message that ends a reading, from the probe or from a section."""
    try:
        if gone := source.probe().refused:
            return gone[0].message
        for method in METHODS:
            _, outcome = read(getattr(source, method)())
            if isinstance(outcome, Incomplete):
                return outcome.message
    except RosterOperatorError as error:
        return error.message
    pytest.fail("it was taken for whole")


def access(source: RosterSource, section: Section) -> Access:
    return next(found for found in source.probe().sections if found.section is section)


@pytest.mark.parametrize("section", Section)
def test_a_missing_file_is_a_section_that_is_not_shared(whole: CsvSet, tmp_path: Path, section: Section) -> None:
    name = FILE_OF[section]
    for path in (whole.without(name).zip(tmp_path / "set.zip"), whole.without(name).folder(tmp_path / "set")):
        with opened(path) as source:
            found = access(source, section)
            assert not found.shared
            assert f"{name}.csv is missing in" in found.message
            assert "District: export" in found.message


@pytest.mark.parametrize("section", Section)
def test_a_file_without_rows_is_told_apart_from_a_missing_one(whole: CsvSet, tmp_path: Path, section: Section) -> None:
    name = FILE_OF[section]
    header = whole.text(name).partition("\r\n")[0]
    with opened(whole.spoil(**{name: f"{header}\r\n".encode()}).zip(tmp_path / "set.zip")) as source:
        found = access(source, section)
        assert (found.shared, found.empty) == (True, True)
        assert f"{name}.csv of set.zip has a header and no rows" in found.message


@pytest.mark.parametrize("name", ["orgs", "enrollments", "users"])
def test_a_file_without_even_a_header_is_damaged_and_not_empty(whole: CsvSet, tmp_path: Path, name: str) -> None:
    with opened(whole.spoil(**{name: b""}).zip(tmp_path / "set.zip")) as source:
        assert f"{name}.csv of set.zip is empty: not even its header is there" in refused(source)


def test_roles_are_needed_where_users_do_not_say_them(whole: CsvSet, tmp_path: Path) -> None:
    newer = whole.in_1_2()
    with opened(newer.without("roles").zip(tmp_path / "set.zip")) as source:
        assert "roles.csv is missing" in access(source, Section.TEACHERS).message
        assert access(source, Section.COURSES).shared
    with opened(newer.spoil(roles=newer.text("roles").encode()[:900]).zip(tmp_path / "cut.zip")) as source:
        source.probe()
        _, outcome = read(source.people())
        assert isinstance(outcome, Incomplete)
        assert "roles.csv of cut.zip ends in the middle of line" in outcome.message


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("orgs", "sourcedId"),
        ("classes", "courseSourcedId"),
        ("classes", "termSourcedIds"),
        ("enrollments", "userSourcedId"),
        ("enrollments", "classSourcedId"),
        ("academicSessions", "endDate"),
    ],
)
def test_a_missing_column_is_named(whole: CsvSet, tmp_path: Path, name: str, column: str) -> None:
    columns = {**whole.columns, name: tuple(each for each in whole.columns[name] if each != column)}
    with opened(CsvSet(whole.tables, columns).zip(tmp_path / "set.zip")) as source:
        message = refused(source)
        assert f"{name}.csv of set.zip" in message
        assert f"no column {column}" in message or "does not begin with a line of column names" in message


@pytest.mark.parametrize("zipped", [True, False], ids=["ZIP", "folder"])
@pytest.mark.parametrize("name", list(FILE_OF.values()))
def test_a_file_that_ends_in_mid_row_is_cut_off(whole: CsvSet, tmp_path: Path, name: str, zipped: bool) -> None:
    text = whole.text(name).encode()
    for cut in (len(text) - 4, len(text) * 2 // 3):
        head = text[:cut]
        last = head.rpartition(b"\n")[2]
        if not last or last.count(b",") >= text.splitlines()[0].count(b","):
            continue
        spoiled = whole.spoil(**{name: head})
        path = spoiled.zip(tmp_path / "set.zip") if zipped else spoiled.folder(tmp_path / "set")
        with opened(path) as source:
            message = refused(source)
            line = head.count(b"\n") + 1
            assert f"{name}.csv" in message
            assert f"line {line}" in message or "cut off" in message


def test_loose_files_of_which_one_lacks_its_last_line_end_may_be_cut_off(whole: CsvSet, tmp_path: Path) -> None:
    """It is cut in the last cell, so that the row looks whole."""
    text = whole.text("enrollments").encode().rstrip()
    with opened(whole.spoil(enrollments=text[:-1]).folder(tmp_path / "set")) as source:
        assert "enrollments.csv ends without the end of a line, unlike the other files" in refused(source)
    alike = {name: whole.text(name).encode().rstrip() for name in whole.tables}
    alike["manifest"] = whole.files()["manifest.csv"].rstrip()
    with opened(whole.spoil(**alike).folder(tmp_path / "alike")) as source:
        assert not source.probe().refused


MANIFESTS: dict[str, tuple[Callable[[CsvSet], CsvSet], str]] = {
    "absent but there": (lambda s: s.with_modes(users="absent"), "says that users.csv is absent although it is there"),
    "absent": (lambda s: s.with_modes(users="absent").without("users"), "says that users.csv is absent."),
    "listed but missing": (lambda s: s.without("classes"), "classes.csv is missing in set.zip"),
    "another word": (lambda s: s.with_modes(orgs="complete"), "does not say whether orgs.csv is bulk, delta or absent"),
    "another version": (lambda s: CsvSet(s.tables, modes=s.modes, version="2.0"), "another version of OneRoster"),
    "two words": (
        lambda s: s.spoil(manifest=s.files()["manifest.csv"] + b"file.orgs,delta\r\n"),
        "says two things of orgs.csv",
    ),
    "no columns": (lambda s: s.spoil(manifest=b"propertyName,values\r\n"), "the columns propertyName and value"),
    "no manifest": (lambda s: s.spoil(manifest=b"hello\r\n"), "manifest.csv of set.zip does not begin with a line"),
    "bad quotes": (
        lambda s: s.spoil(manifest=s.files()["manifest.csv"] + b'source.systemName,"a"b\r\n'),
        "manifest.csv of set.zip has lines that cannot be read",
    ),
}


@pytest.mark.parametrize("why", MANIFESTS)
def test_a_manifest_that_contradicts_itself_or_the_files_is_refused(whole: CsvSet, tmp_path: Path, why: str) -> None:
    spoil, expected = MANIFESTS[why]
    with opened(spoil(whole).zip(tmp_path / "set.zip")) as source:
        message = refused(source)
    assert expected in message
    assert "District:" in message


def flipped(body: bytes, at: int) -> bytes:
    return body[:at] + bytes([body[at] ^ 0x55]) + body[at + 1 :]


def whole_rows(source: RosterSource) -> list[list[object]]:
    """All rows; none if any section is not whole."""
    found = [read(getattr(source, method)()) for method in METHODS]
    return [] if any(isinstance(outcome, Incomplete) for _, outcome in found) else [rows for rows, _ in found]


def test_no_damage_of_a_zip_goes_unnoticed(whole: CsvSet, tmp_path: Path) -> None:
    """Wherever a byte is wrong, what is read is either as it was, or it is refused."""
    body = whole.zipped()
    with opened(whole.zip(tmp_path / "whole.zip")) as source:
        rows = whole_rows(source)
    path = tmp_path / "set.zip"
    refusals = 0
    for at in range(0, len(body), max(1, len(body) // 150)):
        path.write_bytes(flipped(body, at))
        with opened(path) as source:
            found: list[list[object]] = []
            with suppress(RosterOperatorError):
                found = whole_rows(source)
        assert found in ([], rows)
        refusals += not found
    assert refusals > 100


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.999])
def test_a_zip_that_is_cut_off_is_not_taken(whole: CsvSet, tmp_path: Path, part: float) -> None:
    body = whole.zipped()
    path = tmp_path / "set.zip"
    path.write_bytes(body[: int(len(body) * part)])
    with opened(path) as source:
        assert "set.zip is" in refused(source)


def test_what_is_not_a_zip_says_so(tmp_path: Path) -> None:
    for name, body in (("a.zip", b"<html>Please log in</html>"), ("b.csv", b"sourcedId\r\n1\r\n")):
        (tmp_path / name).write_bytes(body)
        with opened(tmp_path / name) as source, pytest.raises(SourceProtocolError, match="is not a ZIP"):
            source.probe()


def zip_of(path: Path, files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return path


def encrypted(whole: CsvSet, path: Path) -> Path:
    """The flag is what tells; the standard library cannot encrypt."""
    zip_of(path, whole.files())
    body = bytearray(path.read_bytes())
    at = -1
    while (at := body.find(b"PK\x01\x02", at + 1)) >= 0:
        body[at + 8] |= 1
    path.write_bytes(bytes(body))
    return path


ZIPS: dict[str, tuple[Callable[[CsvSet, Path], Path], str]] = {
    "a way out": (lambda s, p: zip_of(p, {**s.files(), "../users.csv": b""}), "a path that leads out of the ZIP"),
    "an absolute path": (lambda s, p: zip_of(p, {**s.files(), "/etc/users.csv": b""}), "a path that leads out"),
    "a way out by Windows": (lambda s, p: zip_of(p, {**s.files(), "..\\x.csv": b""}), "a path that leads out"),
    "several folders": (
        lambda s, p: zip_of(p, {f"{n % 2}/{name}": body for n, (name, body) in enumerate(s.files().items())}),
        "CSV files in several folders",
    ),
    "a file twice": (lambda s, p: zip_of(p, {**s.files(), "Users.csv": b""}), "holds users.csv more than once"),
    "a password": (encrypted, "protected by a password"),
    "another compression": (lambda s, p: zip_of(p, s.files(), method=zipfile.ZIP_LZMA), "in a way that is not read"),
    "a bomb": (lambda s, p: zip_of(p, {**s.files(), "users.csv": b"0" * 80_000_000}), "more than 400 times its size"),
    "very many files": (
        lambda s, p: zip_of(p, {**s.files(), **{f"{n}.txt": b"" for n in range(1001)}}),
        "more than 1000 files",
    ),
    "a ZIP in a ZIP": (lambda s, p: zip_of(p, {"set.zip": s.zipped()}), "is missing in set.zip"),
}


@pytest.mark.parametrize("why", ZIPS)
def test_a_zip_that_is_not_just_a_set_is_refused(whole: CsvSet, tmp_path: Path, why: str) -> None:
    make, expected = ZIPS[why]
    with opened(make(whole, tmp_path / "set.zip")) as source:
        message = refused(source)
    assert expected in message
    assert "District:" in message


def test_what_a_macintosh_adds_to_a_zip_does_not_matter(whole: CsvSet, tmp_path: Path) -> None:
    more = {"__MACOSX/._users.csv": b"x", "__MACOSX/users.csv": b"x", ".DS_Store": b"x", "readme.txt": b"x"}
    with opened(zip_of(tmp_path / "set.zip", {**whole.files(), **more})) as source:
        assert not source.probe().refused


def test_a_set_is_left_alone_until_it_was_left_alone(whole: CsvSet, tmp_path: Path) -> None:
    for path in (whole.folder(tmp_path / "set"), whole.zip(tmp_path / "set.zip")):
        with (
            opened(path, settle=300) as source,
            pytest.raises(ReadIncomplete, match="may still be on its way") as early,
        ):
            source.probe()
        assert early.value.retry_after is not None
        assert 200 < early.value.retry_after <= 300
        with opened(path, settle=300, clock=LaterClock(timedelta(seconds=301))) as source:
            assert not source.probe().refused


def test_an_export_that_stopped_is_noticed(whole: CsvSet, tmp_path: Path) -> None:
    path = whole.zip(tmp_path / "set.zip")
    for days, notices in ((7, []), (9, ["OldFiles"])):
        with opened(path, clock=LaterClock(timedelta(days=days))) as source:
            assert [notice.name for notice in source.probe().notices] == notices


def test_an_old_time_of_a_file_that_was_just_moved_here_does_not_count(whole: CsvSet, tmp_path: Path) -> None:
    path = whole.zip(tmp_path / "elsewhere.zip")
    os.utime(path, (1, 1))
    path.rename(tmp_path / "set.zip")
    with opened(tmp_path / "set.zip", settle=300) as source, pytest.raises(ReadIncomplete, match="on its way"):
        source.probe()


def test_a_time_in_the_future_says_that_clocks_differ(whole: CsvSet, tmp_path: Path) -> None:
    path = whole.zip(tmp_path / "set.zip")
    os.utime(path, (2_000_000_000, 2_000_000_000))
    with opened(path, settle=300) as source, pytest.raises(ReadIncomplete, match="compare the clocks"):
        source.probe()


@pytest.mark.parametrize("name", ["users.csv.filepart", "enrollments.csv.part", "roster.zip.tmp"])
def test_an_upload_under_way_is_seen_by_its_name(whole: CsvSet, tmp_path: Path, name: str) -> None:
    folder = whole.folder(tmp_path / "set")
    (folder / name).write_bytes(b"")
    with opened(folder) as source, pytest.raises(ReadIncomplete, match="still being delivered, as its name says"):
        source.probe()


def test_an_empty_folder_says_what_to_deliver(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    with opened(tmp_path / "set") as source, pytest.raises(ReadIncomplete, match="District: deliver a ZIP there"):
        source.probe()


def test_a_folder_with_files_and_a_zip_is_not_guessed_at(whole: CsvSet, tmp_path: Path) -> None:
    folder = whole.folder(tmp_path / "set")
    whole.zip(folder / "roster.zip")
    with opened(folder) as source, pytest.raises(ReadIncomplete, match=r"holds CSV files beside roster\.zip"):
        source.probe()


def test_files_of_different_exports_are_not_taken_together(whole: CsvSet, tmp_path: Path) -> None:
    """The new year's classes were delivered, and the enrollments of the old year still lie there."""
    renamed = {key: {**row, "sourcedId": f"new-{key}"} for key, row in whole.tables["classes"].items()}
    mixed = CsvSet({**whole.tables, "classes": renamed}, modes=whole.modes)
    with opened(mixed.folder(tmp_path / "set")) as source:
        message = refused(source)
    assert "Most rows of enrollments.csv" in message
    assert "name rows of classes.csv that are not there" in message


def test_no_message_holds_a_cell(whole: CsvSet, tmp_path: Path) -> None:
    secrets = DISTRICT.personal_strings()
    for why, (spoil, _) in MANIFESTS.items():
        with opened(spoil(whole).zip(tmp_path / "set.zip")) as source, suppress(RosterOperatorError):
            message = refused(source)
            assert not any(secret in message for secret in secrets if len(secret) > 4), why
