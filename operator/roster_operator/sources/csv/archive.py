"""Opening a ZIP that somebody else made. Nothing is ever unpacked to a disk."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Final, cast

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
_MAX_READ: Final = 1024 * 1024
"""Bytes that are ever read at once; the library reads a ZIP's whole list of files at once."""
_MAX_COMMENT: Final = 65_535
_END_SIGNATURE: Final = b"PK\x05\x06"
_END_RECORD_SIZE: Final = 22
_FIRST_SIGNATURES: Final = (b"PK\x03\x04", _END_SIGNATURE)
_ENCRYPTED: Final = 1
_MAX_RATIO: Final = 400
_SMALL: Final = 64 * 1024 * 1024
"""Bytes below which it does not matter how well something is compressed. Rosters shrink to a tenth or twentieth."""
_PADDING: Final = 64 * 1024
"""Bytes that a file may have more in the ZIP than unpacked; more can only be there to be unpacked to nothing."""
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class Archive:
    """The CSV files of a set in a ZIP, by their names in lower case."""

    def __init__(self, stream: BinaryIO, where: str, max_unpacked: int) -> None:
        """`where` names the ZIP; raises `ReadIncomplete` or `SourceProtocolError` for what is not a sound ZIP of a
        set."""
        self._where = where
        _check_whole(stream, where)
        try:
            self._zip = zipfile.ZipFile(cast("IO[bytes]", _Sparing(stream, where)))
        except DAMAGED:
            raise _damaged(where) from None
        if len(self._zip.filelist) > _MAX_MEMBERS:
            raise _too_many_files(where)
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
            if member.compress_size > member.file_size + _PADDING:
                raise SourceProtocolError(
                    f"{name} is larger in {self._where} than unpacked. District: pack the CSV files anew."
                )
        if sum(member.file_size for member in chosen.values()) > max_unpacked:
            raise SourceProtocolError(
                f"{self._where} holds more than {max_unpacked} bytes. No roster is that large. District: see what was "
                "delivered there."
            )


class _Sparing:
    """The file of a ZIP, of which little is read at once.

    A ZIP has several records that say how long its list of files is, and the library's versions differ in which they
    believe. So it is not looked at what they say, but at what the library asks for.
    """

    def __init__(self, stream: BinaryIO, where: str) -> None:
        self._stream = stream
        self._where = where
        self.seek = stream.seek
        self.tell = stream.tell
        self.seekable = stream.seekable

    def read(self, size: int = -1) -> bytes:
        """At most what a sound ZIP needs; raises `SourceProtocolError` if more is wanted."""
        found = self._stream.read(_MAX_READ + 1 if size < 0 or size > _MAX_READ else size)
        if len(found) > _MAX_READ:
            raise _too_many_files(self._where)
        return found


def _check_whole(stream: BinaryIO, where: str) -> None:
    """Refuses what is not a ZIP, or is cut off."""
    stream.seek(0)
    beginning = stream.read(4)
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_RECORD_SIZE - _MAX_COMMENT))
    tail = stream.read()
    if beginning not in _FIRST_SIGNATURES:
        raise SourceProtocolError(f"{where} is not a ZIP. District: deliver the CSV files in a ZIP there.")
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) - at < _END_RECORD_SIZE:
        raise ReadIncomplete(f"{where} is cut off: its end is missing. District: deliver it again.")


def _too_many_files(where: str) -> SourceProtocolError:
    return SourceProtocolError(
        f"{where} holds more than {_MAX_MEMBERS} files. District: deliver a ZIP of the set and nothing else."
    )


def _damaged(where: str) -> ReadIncomplete:
    return ReadIncomplete(f"{where} is damaged. District: deliver it again.")
