"""A ZIP may say several things of itself; whichever the library believes, no more than a set is read of it."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from tests.hostile.sets import SOUND

from roster_operator.errors import ReadIncomplete, SourceError, SourceProtocolError
from roster_operator.sources.csv.archive import Archive

LONG = 40 * 1024 * 1024
"""Bytes of a list of files."""


def sound() -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in SOUND.items():
            archive.writestr(f"{name}.csv", body)
    return into.getvalue()


def listed(count: int, name: bytes = b"x" * 60_000) -> bytes:
    """A list of so many files that are not there."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, len(name), *(0,) * 6)
    return (entry + name) * count


def end(members: int, size: int, at: int, comment: bytes = b"") -> bytes:
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, *(min(members, 65_535),) * 2, size, at, len(comment)) + comment


def large_end(members: int, size: int, at: int) -> bytes:
    return struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, members, members, size, at)


def locator(record: int) -> bytes:
    return struct.pack("<4sLQL", b"PK\x06\x07", 0, record, 1)


def a_long_list(start: bytes) -> bytes:
    names = listed(LONG // 60_046)
    return start + names + end(len(names) // 60_046, len(names), len(start))


def a_long_list_that_is_said_to_be_short(start: bytes) -> bytes:
    names = listed(LONG // 60_046)
    return start + names + end(1, len(names), len(start))


def a_long_list_in_a_large_record(start: bytes) -> bytes:
    names = listed(LONG // 60_046)
    record = len(start) + len(names)
    return start + names + large_end(1, len(names), len(start)) + locator(record) + end(1, 0xFFFFFFFF, 0xFFFFFFFF)


def a_long_list_in_a_record_that_lies_elsewhere(start: bytes) -> bytes:
    """One version of the library reads the record before the locator, another the one that the locator names."""
    names = listed(LONG // 60_046)
    far = start + names + large_end(1, len(names), len(start))
    near = large_end(0, 0, len(far))
    return far + near + locator(len(far) - 56) + end(1, 0xFFFFFFFF, 0xFFFFFFFF)


def a_long_comment_that_holds_an_end(start: bytes) -> bytes:
    names = listed(LONG // 60_046)
    inner = end(700, len(names), len(start))
    return start + names + end(0, 0, 0, comment=b"x" * 40_000 + inner)


@pytest.mark.parametrize(
    "built",
    [
        a_long_list,
        a_long_list_that_is_said_to_be_short,
        a_long_list_in_a_large_record,
        a_long_list_in_a_record_that_lies_elsewhere,
        a_long_comment_that_holds_an_end,
    ],
    ids=lambda built: built.__name__,
)
def test_a_list_of_files_without_end_is_not_read(built: Callable[[bytes], bytes]) -> None:
    stream = io.BytesIO(built(sound()))
    tracemalloc.start()
    try:
        names = frozenset[str]()
        with suppress(SourceProtocolError, ReadIncomplete):
            names = Archive(stream, "set.zip", 10**9).names
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
        assert not names
    finally:
        tracemalloc.stop()


def test_a_file_that_is_packed_in_more_bytes_than_it_has_is_refused() -> None:
    """It is unpacked to nothing for as long as it likes."""
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    nothing = b"".join(squeezed.compress(b"") + squeezed.flush(zlib.Z_FULL_FLUSH) for _ in range(50_000))
    packed = nothing + squeezed.compress(SOUND["orgs"]) + squeezed.flush()
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("orgs.csv", packed)
    body = into.getvalue()
    plain = struct.pack("<LLL", zlib.crc32(packed), len(packed), len(packed))
    said = struct.pack("<LLL", zlib.crc32(SOUND["orgs"]), len(packed), len(SOUND["orgs"]))
    body = body.replace(plain, said)
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = body.find(mark) + at
        body = body[:place] + b"\x08\x00" + body[place + 2 :]
    with zipfile.ZipFile(io.BytesIO(body)) as packed_to_nothing:
        assert packed_to_nothing.read("orgs.csv") == SOUND["orgs"]
    with pytest.raises(SourceError, match="larger in"):
        Archive(io.BytesIO(body), "set.zip", 10**9)
