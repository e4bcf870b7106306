"""No file makes the operator crash, hang, or lose memory without bound; and none makes it say a cell."""

from __future__ import annotations

import io
import random
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.sources.csv.opened import opened, read
from tests.sources.csv.sets import COLUMNS, CsvSet

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import SystemClock
from roster_operator.errors import SourceError
from roster_operator.interruption import Interruption
from roster_operator.sources.csv.archive import Archive
from roster_operator.sources.csv.failures import Flawed
from roster_operator.sources.csv.records import Records
from roster_operator.sources.source import Complete, Incomplete

pytestmark = pytest.mark.slow

WHOLE = CsvSet.of(SimulatedDistrict(students=20, schools=1, seed=3))
FILES = {name: WHOLE.text(name).encode() for name in COLUMNS}
METHODS = {"orgs": "schools", "academicSessions": "sessions", "users": "people"}
MARK = "Zebulon"
"""Somebody's name, which no message may hold."""

ANYTHING = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def said(path: Path, name: str) -> str:
    """What is said of a file that cannot be read; anything but an error of ours is a defect."""
    with opened(path) as source:
        try:
            source.probe()
            rows, outcome = read(getattr(source, METHODS.get(name, name))())
        except SourceError as error:
            return error.message
    if isinstance(outcome, Incomplete):
        return outcome.message
    assert len(rows) <= outcome.rows
    return ""


PIECES = st.sampled_from(
    [b",", b'"', b'""', b"\r\n", b"\n", b"\r", b";", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"x", MARK.encode()]
)


@ANYTHING
@given(name=st.sampled_from(list(COLUMNS)), body=st.lists(PIECES | st.binary(max_size=8), max_size=30).map(b"".join))
@example(name="users", body=b"\xff\xfe")
@example(name="users", body=b"\xff\xfes")
@example(name="users", body=b"sourcedId")
@example(name="users", body=b"sourcedId\n\n\n")
@example(name="users", body=b'"sourcedId')
@example(name="users", body=b"sourcedId,sourcedId\n1,2\n")
def test_any_bytes_are_a_file_or_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, name: str, body: bytes
) -> None:
    folder = WHOLE.spoil(**{name: body}).folder(tmp_path_factory.mktemp("set"))
    assert MARK not in said(folder, name)


@ANYTHING
@given(data=st.data(), name=st.sampled_from(list(COLUMNS)), zipped=st.booleans())
def test_a_good_file_with_bytes_put_in_taken_out_or_changed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, name: str, zipped: bool
) -> None:
    body = bytearray(FILES[name].replace(b"a", MARK.encode(), 3))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body)))
        gone = data.draw(st.integers(0, 4))
        body[at : at + gone] = data.draw(PIECES | st.binary(max_size=3))
    spoiled = WHOLE.spoil(**{name: bytes(body)})
    folder = tmp_path_factory.mktemp("set")
    assert MARK not in said(spoiled.zip(folder / "set.zip") if zipped else spoiled.folder(folder / "set"), name)


@ANYTHING
@given(data=st.data())
def test_a_good_zip_with_bytes_put_in_taken_out_or_changed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    body = bytearray(WHOLE.zipped())
    directory = body.rfind(b"PK\x01\x02")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)) | st.integers(directory, len(body)))
        gone = data.draw(st.integers(0, 4))
        body[at : at + gone] = data.draw(st.binary(max_size=4))
    path = tmp_path_factory.mktemp("set") / "set.zip"
    path.write_bytes(bytes(body))
    assert MARK not in said(path, "enrollments")


@ANYTHING
@given(body=st.lists(PIECES | st.binary(max_size=8), max_size=30).map(b"".join))
def test_any_bytes_are_a_manifest_or_an_error_of_ours(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    spoiled = WHOLE.spoil(manifest=b"propertyName,value\r\n" + body)
    assert MARK not in said(spoiled.folder(tmp_path_factory.mktemp("set")), "orgs")


class Endless(io.RawIOBase):
    """Gives the same bytes for ever; counts how many were taken."""

    def __init__(self, head: bytes, body: bytes, size: int) -> None:
        self._head, self._body, self._left = head, body, size

    def read(self, size: int = -1) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head
        taken = min(size, self._left)
        self._left -= taken
        return (self._body * (taken // len(self._body) + 1))[:taken]


HEADER = b"sourcedId,userSourcedId,classSourcedId\n"


@contextmanager
def little_memory(*, most: int = 16 * 1024 * 1024) -> Iterator[None]:
    """Fails if more than some pieces of a file were in memory at once."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def consumed(stream: Endless) -> Records:
    """A file, read to its end."""
    records = Records(cast("IO[bytes]", stream), "enrollments.csv", Interruption(SystemClock(), 600))
    for _ in records.batches():
        pass
    return records


@pytest.mark.parametrize("body", [b"x", b'"', b",", b"\xff", b'"e""'])
def test_a_line_without_end_takes_little_memory(body: bytes) -> None:
    with little_memory(), pytest.raises(Flawed, match="a line of more than"):
        consumed(Endless(HEADER, body, 10**12))


@pytest.mark.parametrize("body", [b'e,"\n', b'"\n', b"\n", b",\n"])
def test_rows_without_end_take_little_memory(body: bytes) -> None:
    with little_memory():
        records = consumed(Endless(HEADER, body, 200_000 * len(body)))
    assert records.line > 150_000


@pytest.mark.parametrize("line", [b'"\n",', b'"ab\n\n\n",'])
def test_a_row_without_end_is_refused(line: bytes) -> None:
    with little_memory(most=64 * 1024 * 1024), pytest.raises(Flawed, match="a row that goes on over many lines"):
        consumed(Endless(HEADER, line, 10**12))


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Beyond what proves completeness, 8 bytes a row."""
    rng = random.Random(1)
    peaks = []
    for count in (20_000, 200_000):
        rows = b"".join(b"e%d,u%d,c%d,student\r\n" % (n, rng.randrange(10**6), n % 50) for n in range(count))
        body = b"sourcedId,userSourcedId,classSourcedId,role\r\n" + rows
        path = WHOLE.spoil(enrollments=body).zip(tmp_path / f"{count}.zip")
        del rows, body
        with opened(path) as source:
            source.probe()
            tracemalloc.start()
            try:
                for _ in (reading := source.enrollments()):
                    pass
                peaks.append(tracemalloc.get_traced_memory()[1])
            finally:
                tracemalloc.stop()
            assert isinstance(reading.outcome, Complete)
            assert reading.outcome.rows == count
    assert peaks[1] - peaks[0] < 180_000 * 8 * 2 + 20 * 1024 * 1024


def test_a_member_without_a_name_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "set.zip"
    path.write_bytes(WHOLE.zipped())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo("x"), b"")
    body = bytearray(path.read_bytes())
    at = body.rfind(b"PK\x01\x02")
    end = body.rfind(b"PK\x05\x06")
    body[at + 28 : at + 30] = b"\0\0"
    del body[at + 46 : at + 47]
    size = int.from_bytes(body[end - 1 + 12 : end - 1 + 16], "little") - 1
    body[end - 1 + 12 : end - 1 + 16] = size.to_bytes(4, "little")
    path.write_bytes(bytes(body))
    assert not said(path, "orgs")


def test_a_zip_whose_list_of_files_is_endless_is_not_read() -> None:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for number in range(70_000):
            archive.writestr(str(number), b"")
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match="more than 1000 files"):
            Archive(into, "set.zip", 10**9)
        assert tracemalloc.get_traced_memory()[1] < 3 * 1024 * 1024
    finally:
        tracemalloc.stop()
