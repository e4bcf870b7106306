"""manifest.csv: what each file of a set claims to be (OneRoster 1.1 CSV, section 2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from roster_operator.sources.csv.failures import Flawed
from roster_operator.sources.csv.files import MANIFEST, File
from roster_operator.sources.values.text import told

_MAX_ROWS: Final = 1000
_VERSION: Final = re.compile(r"(?:oneroster ?)?v?1(?:[.,p_ ][012](?!\d).*)?", re.IGNORECASE)
"""With any number of a revision, such as 1.2.1, and whatever else is said of it."""
_NAMES: Final = {f"file.{file}".lower(): file for file in File}


class Mode(StrEnum):
    """What a file holds."""

    BULK = "bulk"
    """Everything."""
    DELTA = "delta"
    """What changed."""
    ABSENT = "absent"
    """It is not part of the set."""


_MODES: Final = frozenset(Mode)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the manifest says; of a set without one, that every file is all there is."""

    modes: Mapping[File, Mode] = field(default_factory=dict)

    def mode(self, file: File) -> Mode | None:
        """What a file claims to be; None if nothing is said."""
        return self.modes.get(file)

    @property
    def is_delta(self) -> bool:
        """Whether any file that a roster is read from holds changes only."""
        return Mode.DELTA in self.modes.values()


def read_manifest(header: list[str], rows: Iterable[list[str]], where: str) -> Manifest:
    """From manifest.csv, its header as `Records` has it; raises `Flawed` if it does not say what it must."""
    if "propertyname" not in header or "value" not in header:
        raise Flawed(
            f"{MANIFEST} of {where} does not begin with the columns propertyName and value. District: correct the "
            "export."
        )
    name_at, value_at = header.index("propertyname"), header.index("value")
    modes: dict[File, Mode] = {}
    version = ""
    for number, row in enumerate(rows, 2):
        if number > _MAX_ROWS:
            raise Flawed(f"{MANIFEST} of {where} is too long. District: correct the export.")
        name, value = row[name_at].strip().lower(), row[value_at].strip().lower()
        if name == "oneroster.version":
            version = told(value)
        elif (file := _NAMES.get(name)) is not None:
            if value not in _MODES:
                raise Flawed(
                    f"{MANIFEST} of {where} does not say whether {file.filename} is bulk, delta or absent. "
                    "District: correct the export."
                )
            if modes.setdefault(file, Mode(value)) != value:
                raise Flawed(f"{MANIFEST} of {where} says two things of {file.filename}. District: correct the export.")
    if version and not _VERSION.fullmatch(version):
        raise Flawed(
            f"{MANIFEST} of {where} is for another version of OneRoster than 1.1 and 1.2. District: export one of "
            "these."
        )
    return Manifest(modes)
