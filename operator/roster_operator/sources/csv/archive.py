"""Opening a ZIP that somebody else made. Nothing is ever unpacked to a disk."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Final

from roster_operator.errors import ReadIncomplete, SourceProtocolError
from roster_operator.sources.csv.files import WANTED

DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    OverflowError,
)
"""What the standard library raises over a ZIP whose bytes are wrong; `NotImplementedError` is a `RuntimeError`."""

_MAX_MEMBERS: Final = 1000
_MAX_DIRECTORY_BYTES: Final = 1024 * 1024
_MAX_COMMENT: Final = 65_535
_END_RECORD: Final = struct.Struct("<4s4H2LH")
_END_SIGNATURE: Final = b"PK\x05\x06"
_LARGE_LOCATOR: Final = b"PK\x06\x07"
_LARGE_LOCATOR_SIZE: Final = 20
_LARGE_END_RECORD: Final = struct.Struct("<4sQ2H2L4Q")
_LARGE_END_SIGNATURE: Final = b"PK\x06\x06"
_FIRST_SIGNATURES: Final = (b"PK\x03\x04", _END_SIGNATURE)
_ENCRYPTED: Final = 1
_MAX_RATIO: Final = 400
_SMALL: Final = 64 * 1024 * 1024
"""Bytes below which it does not matter how well something is compressed. Rosters shrink to a tenth or twentieth."""
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class Archive:
    """The CSV files of a set in a ZIP, by their names in lower case."""

    def __init__(self, stream: BinaryIO, where: str, max_unpacked: int) -> None:
        """`where` names the ZIP; raises `ReadIncomplete` or `SourceProtocolError` for what is not a sound ZIP of a
        set."""
        self._where = where
        _check_directory(stream, where)
        try:
            self._zip = zipfile.ZipFile(stream)
        except DAMAGED:
            raise _damaged(where) from None
        self._members = self._chosen(max_unpacked)

    @property
    def names(self) -> frozenset[str]:
        """Which files there are."""
        return frozenset(self._members)

    def open(self, name: str) -> IO[bytes]:
        """Read a file from its beginning; reading it to its end checks its checksum."""
        try:
            return self._zip.open(self._members[name])
        except DAMAGED:
            raise _damaged(self._where) from None

    def _chosen(self, max_unpacked: int) -> dict[str, zipfile.ZipInfo]:
        chosen: dict[str, zipfile.ZipInfo] = {}
        folders: set[str] = set()
        for member in self._zip.infolist():
            path = PurePosixPath(member.filename.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts:
                raise SourceProtocolError(
                    f"{self._where} holds a path that leads out of the ZIP. District: pack the CSV files anew."
                )
            name = path.name.lower()
            if name not in WANTED or member.is_dir() or "__MACOSX" in path.parts:
                continue
            if name in chosen:
                raise ReadIncomplete(
                    f"{self._where} holds {name} more than once, and nobody can say which one counts. District: "
                    "deliver one set in each ZIP."
                )
            chosen[name] = member
            folders.add(str(path.parent))
        if len(folders) > 1:
            raise ReadIncomplete(
                f"{self._where} holds CSV files in several folders. District: put all files of the set into one."
            )
        self._check_members(chosen, max_unpacked)
        return chosen

    def _check_members(self, chosen: dict[str, zipfile.ZipInfo], max_unpacked: int) -> None:
        for name, member in chosen.items():
            if member.flag_bits & _ENCRYPTED:
                raise SourceProtocolError(
                    f"{self._where} is protected by a password. District: deliver it without one, over SFTP or HTTPS."
                )
            if member.compress_type not in _METHODS:
                raise SourceProtocolError(
                    f"{name} in {self._where} is compressed in a way that is not read. District: use the usual method, "
                    "which is called Deflate."
                )
            if member.file_size > max(_SMALL, _MAX_RATIO * member.compress_size):
                raise SourceProtocolError(
                    f"{name} in {self._where} would grow to more than {_MAX_RATIO} times its size. No roster does. "
                    "District: see what was delivered there."
                )
        if sum(member.file_size for member in chosen.values()) > max_unpacked:
            raise SourceProtocolError(
                f"{self._where} holds more than {max_unpacked} bytes. No roster is that large. District: see what was "
                "delivered there."
            )


def _check_directory(stream: BinaryIO, where: str) -> None:
    """Refuses what is not a ZIP, is cut off, or has a list of files too long to be read into memory."""
    stream.seek(0)
    beginning = stream.read(4)
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _LARGE_END_RECORD.size - _LARGE_LOCATOR_SIZE - _END_RECORD.size - _MAX_COMMENT))
    tail = stream.read()
    at = tail.rfind(_END_SIGNATURE)
    if beginning not in _FIRST_SIGNATURES:
        raise SourceProtocolError(f"{where} is not a ZIP. District: deliver the CSV files in a ZIP there.")
    if at < 0 or len(tail) - at < _END_RECORD.size:
        raise ReadIncomplete(f"{where} is cut off: its end is missing. District: deliver it again.")
    members, directory = _END_RECORD.unpack_from(tail, at)[4:6]
    locator = at - _LARGE_LOCATOR_SIZE
    if locator >= 0 and tail.startswith(_LARGE_LOCATOR, locator):
        record = locator - _LARGE_END_RECORD.size
        if record < 0 or not tail.startswith(_LARGE_END_SIGNATURE, record):
            raise _damaged(where)
        members, directory = _LARGE_END_RECORD.unpack_from(tail, record)[7:9]
    if members > _MAX_MEMBERS or directory > _MAX_DIRECTORY_BYTES:
        raise SourceProtocolError(
            f"{where} holds more than {_MAX_MEMBERS} files. District: deliver a ZIP of the set and nothing else."
        )


def _damaged(where: str) -> ReadIncomplete:
    return ReadIncomplete(f"{where} is damaged. District: deliver it again.")
