"""A header and chunks of classes, enrollments and persons; one at a time is in memory.

A chunk is a MessagePack array of columns. Persons and parts are numbered within their chunk: rows of a person lie
together, so the eight bytes of the hash, which nothing compresses, stand there once and not in each row. Of a column's
numbers all low bytes come first, then all higher ones, which hardly differ: that compresses better, and sooner.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from roster_operator.licensing.models import Edition
from roster_operator.roster.dates import DayOrder
from roster_operator.roster.models import (
    ClassSection,
    Course,
    Part,
    Role,
    School,
    Session,
    Standing,
    Status,
    part,
)
from roster_operator.roster.terms import NO_RULES, TermRules
from roster_operator.snapshot.key import HASH_LENGTH

FORMAT: Final = 3
_LEVEL: Final = 1
SMALL, LARGE = "H", "I"
"""Type codes of columns."""
SMALLEST_LARGE: Final = 1 << 16
_FEW: Final = 8
"""Persons for whom a chunk's bytes are searched rather than its hashes made numbers."""


class Kind(StrEnum):
    """What a chunk holds."""

    CLASSES = "Classes"
    ENROLLMENTS = "Enrollments"
    PERSONS = "Persons"


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the district as a whole, and by what it was judged."""

    format: int = FORMAT
    day: str
    """As of which the roster was judged, as an ISO date."""
    zone: str
    """The district's time zone."""
    order: DayOrder
    """In which enrollments show day and month."""
    schools: list[School]
    """All that the SIS lists."""
    courses: list[Course]
    sessions: list[Session]
    selected_schools: list[str]
    """Ids."""
    ebooks_by_course: dict[str, list[str]]
    editions: dict[str, list[Edition]]
    unclear: list[str]
    """Ids of selected schools and courses whose status is a word that is not known."""
    enrollments: int
    persons: int
    terms: TermRules = NO_RULES
    """By what else terms were judged."""


class ClassRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A class at a selected school, or at one that is not listed; or one that is not listed itself."""

    number: int
    """By which enrollments refer to it; rows of one id share it."""
    id: str
    course_id: str
    school_id: str
    session_ids: tuple[str, ...]
    status: Status
    was_in_scope: bool
    """At the last sync by which nothing was in question."""
    listed: bool

    @property
    def section(self) -> ClassSection:
        """As it was read."""
        return ClassSection(self.id, self.course_id, self.school_id, self.session_ids, self.status)


class EnrollmentColumns(msgspec.Struct, frozen=True, gc=False):
    """Enrollments of one chunk."""

    hashes: array[int]
    """Of the persons of the chunk, each once."""
    persons: array[int]
    """For each row, where its person stands in `hashes`."""
    classes: array[int]
    """For each row, the number of its class."""
    parts: list[Part]
    said: array[int]
    """For each row, where in `parts` stands what the person is there."""


class PersonColumns(msgspec.Struct, frozen=True, gc=False):
    """Persons of one chunk."""

    hashes: array[int]
    standings: list[Standing]
    stands: array[int]
    """For each person, where in `standings` stands what they are."""


class _Hashed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The beginning of a chunk of either kind."""

    hashes: bytes


_Part = tuple[Role, str, str, Status, int]
_Column = tuple[str, bytes]
_encode: Final = msgspec.msgpack.Encoder().encode
# Built once, as msgspec must not build one type's decoder in two threads at the same time: the process would crash.
_decode_header: Final = msgspec.msgpack.Decoder(Header).decode
_decode_numbered: Final = msgspec.msgpack.Decoder(tuple[int, int, bytes]).decode
_decode_classes: Final = msgspec.msgpack.Decoder(list[ClassRow]).decode
_decode_enrollments: Final = msgspec.msgpack.Decoder(tuple[bytes, _Column, _Column, list[_Part], _Column]).decode
_decode_hashed: Final = msgspec.msgpack.Decoder(_Hashed).decode
_decode_persons: Final = msgspec.msgpack.Decoder(tuple[bytes, list[Standing], _Column]).decode


def encode_header(header: Header) -> bytes:
    """`decode_header` reads it."""
    return zlib.compress(_encode(header), _LEVEL)


def decode_header(blob: bytes) -> Header | None:
    """None if it is of another form."""
    try:
        header = _decode_header(zlib.decompress(blob))
    except (msgspec.MsgspecError, zlib.error):
        return None
    return header if header.format == FORMAT else None


def encode_classes(rows: Sequence[ClassRow]) -> bytes:
    """`decode_classes` reads it; of at least one class."""
    numbers = [row.number for row in rows]
    return _encode((min(numbers), max(numbers), zlib.compress(_encode(rows), _LEVEL)))


def decode_classes(blob: bytes) -> list[ClassRow]:
    """What `encode_classes` wrote."""
    return _decode_classes(zlib.decompress(_decode_numbered(blob)[2]))


def numbers_in(blob: bytes) -> range:
    """Between which a chunk's classes are numbered, for a quick look at whether it is of any use."""
    lowest, highest, _ = _decode_numbered(blob)
    return range(lowest, highest + 1)


def encode_enrollments(
    hashes: Iterable[bytes], persons: array[int], classes: array[int], parts: Iterable[Part], said: array[int]
) -> bytes:
    """`decode_enrollments` reads it."""
    written = [(each.role, each.begin, each.end, each.status, each.marks) for each in parts]
    return _encode((b"".join(hashes), _column(persons), _column(classes), written, _column(said)))


def decode_enrollments(blob: bytes) -> EnrollmentColumns:
    """What `encode_enrollments` wrote."""
    hashes, persons, classes, parts, said = _decode_enrollments(blob)
    made = [part(*values) for values in parts]
    return EnrollmentColumns(_hashes(hashes), _numbers(persons), _numbers(classes), made, _numbers(said))


def may_hold(blob: bytes, persons: frozenset[int]) -> bool:
    """A quick look at whether a chunk of enrollments or persons has any of these hashes; of a few also by chance."""
    if len(persons) <= _FEW:
        return any(hashed.to_bytes(HASH_LENGTH, "little") in blob for hashed in persons)
    return not persons.isdisjoint(_hashes(_decode_hashed(blob).hashes))


def encode_persons(hashes: Iterable[bytes], standings: Iterable[Standing], stands: array[int]) -> bytes:
    """`decode_persons` reads it."""
    return _encode((b"".join(hashes), list(standings), _column(stands)))


def decode_persons(blob: bytes) -> PersonColumns:
    """What `encode_persons` wrote."""
    hashes, standings, stands = _decode_persons(blob)
    return PersonColumns(_hashes(hashes), standings, _numbers(stands))


def _column(numbers: array[int]) -> _Column:
    """The same on every machine."""
    raw, width = _little(numbers).tobytes(), numbers.itemsize
    return numbers.typecode, zlib.compress(b"".join(raw[byte::width] for byte in range(width)), _LEVEL)


def _numbers(column: _Column) -> array[int]:
    code, blob = column
    planes, numbers = zlib.decompress(blob), array(code)
    width, length = numbers.itemsize, len(planes) // numbers.itemsize
    raw = bytearray(len(planes))
    for byte in range(width):
        raw[byte::width] = planes[byte * length : (byte + 1) * length]
    numbers.frombytes(raw)
    return _little(numbers)


def _hashes(blob: bytes) -> array[int]:
    return _little(array("Q", blob))


def _little(numbers: array[Any]) -> array[Any]:
    if sys.byteorder == "big":
        numbers = array(numbers.typecode, numbers)
        numbers.byteswap()
    return numbers
