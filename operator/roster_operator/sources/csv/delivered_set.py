"""One set as it was delivered: its files, and what its manifest says of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import IO

from roster_operator.interruption import Interruption
from roster_operator.sources.csv.archive import DAMAGED, Archive
from roster_operator.sources.csv.failures import Flawed, shown
from roster_operator.sources.csv.files import BY_FILENAME, MANIFEST, File
from roster_operator.sources.csv.manifest import Manifest, Mode, read_manifest
from roster_operator.sources.csv.records import Records
from roster_operator.sources.csv.snapshots import Copy

_CHUNK = 256 * 1024
_TAIL = 16
"""Bytes of a file by which its end is known."""
_END_OF_FILE = re.compile(rb"(?:\x1a\0?|\0\x1a)+(?=[\r\n\0]*\Z)")
_LINE_ENDS = (b"\n", b"\r", b"\n\0", b"\r\0", b"\0\n", b"\0\r")


class DeliveredSet:
    """The files of a ZIP or of a folder."""

    def __init__(
        self, name: str, copies: Sequence[Copy], *, zipped: bool, interruption: Interruption, max_unpacked: int
    ) -> None:
        """`copies`: the ZIP, or the CSV files; closed by whoever made them.

        Raises `SourceError` for a bad ZIP, `Flawed` for a bad manifest.
        """
        self.name = shown(name)
        self.zipped = zipped
        self._interruption = interruption
        self._archive = Archive(copies[0].stream, self.name, max_unpacked) if zipped else None
        self._loose = {} if zipped else {copy.name.lower(): copy for copy in copies}
        if len(self._loose) < len(copies) and not zipped:
            raise Flawed(f"{self._where} holds a file twice, in different spellings. District: remove one of them.")
        self.digest = "+".join(copy.digest for copy in copies)
        self.manifest = self._read_manifest()

    @property
    def has_manifest(self) -> bool:
        """Whether the set says what it is."""
        return MANIFEST in self._names

    @property
    def _where(self) -> str:
        return self.name or "the folder"

    def has(self, file: File) -> bool:
        """Whether a file was delivered."""
        return file.filename.lower() in self._names

    def mode(self, file: File) -> Mode:
        """What a file of this set holds."""
        said = self.manifest.mode(file)
        if said is not None:
            return said
        if self.manifest.is_delta and self.has(file):
            raise Flawed(
                f"{MANIFEST} of {self._where} does not say whether {file.filename} is bulk or delta. District: correct "
                "the export."
            )
        return Mode.BULK if self.has(file) else Mode.ABSENT

    def lack(self, file: File) -> str:
        """What is wrong, if a file that is needed is not in this set; else empty."""
        said = self.manifest.mode(file)
        if said is Mode.ABSENT:
            beside = " although it is there" if self.has(file) else ""
            return f"{MANIFEST} of {self._where} says that {file.filename} is absent{beside}."
        if not self.has(file):
            return f"{file.filename} is missing in {self._where}."
        return ""

    def label(self, file: File) -> str:
        """What messages call a file of this set."""
        return f"{file.filename} of {self.name}" if self.name else file.filename

    def read(self, file: File) -> Records:
        """The rows of a file; raises `Flawed`."""
        if not self.has(file):
            raise Flawed(f"{self.label(file)} is missing, though {MANIFEST} lists it. District: deliver the set again.")
        return Records(
            self._open(file.filename.lower()),
            self.label(file),
            self._interruption,
            others_end_bare=partial(self._others_end_bare, file),
            proved=self.zipped,
        )

    def check_ends(self) -> None:
        """Raises `Flawed` if one file lacks the end of its last line while others have it: it may be cut off there.

        The files of a ZIP have checksums that tell.
        """
        ends = {file: end for name in self._loose if (file := BY_FILENAME.get(name)) and (end := self._end(name))}
        ended = {file for file, end in ends.items() if end.endswith(_LINE_ENDS)}
        if ended and (cut := sorted(ends.keys() - ended)):
            raise Flawed(
                f"{self.label(cut[0])} ends without the end of a line, unlike the other files: it may be cut off. "
                "District: deliver it again, whole; best of all as a ZIP."
            )

    def _others_end_bare(self, file: File) -> bool:
        """Whether no other file of the set has the end of its last line: then none has it, and nothing was cut off."""
        others = self._names & (BY_FILENAME.keys() - {file.filename.lower()})
        try:
            return len(others) > 1 and not any(self._end(name).endswith(_LINE_ENDS) for name in others)
        except DAMAGED:
            return False

    def _end(self, name: str) -> bytes:
        """The last bytes of a file, without the marks that DOS ends a text with."""
        stream = self._open(name)
        if not self.zipped:
            stream.seek(max(0, stream.seek(0, 2) - _TAIL))
        end = b""
        while chunk := stream.read(_CHUNK):
            end = (end + chunk)[-_TAIL:]
        return _END_OF_FILE.sub(b"", end)

    @property
    def _names(self) -> frozenset[str]:
        return self._archive.names if self._archive is not None else frozenset(self._loose)

    def _open(self, name: str) -> IO[bytes]:
        if self._archive is not None:
            return self._archive.open(name)
        stream = self._loose[name].stream
        stream.seek(0)
        return stream

    def _read_manifest(self) -> Manifest:
        if not self.has_manifest:
            return Manifest()
        records = Records(self._open(MANIFEST), f"{MANIFEST} of {self._where}", self._interruption)
        manifest = read_manifest(records.header, chain.from_iterable(records.batches()), self._where)
        if records.rejected:
            raise Flawed(f"{MANIFEST} of {self._where} has lines that cannot be read. District: correct the export.")
        return manifest
