"""What every location offers: a list of what lies there, and copies of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Protocol

from roster_operator.errors import ReadIncomplete
from roster_operator.sources.csv.failures import shown
from roster_operator.sources.csv.files import WANTED

MAX_ENTRIES: Final = 5000
"""Of a folder; more is not a folder for one district's rosters."""
_UNDER_WAY: Final = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".uploading", ".inprogress")
"""What programs that transfer files put behind a name until all of the file is there."""

Write = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Listed:
    """One file, as the location lists it."""

    path: str
    """How the location finds it again."""
    name: str
    size: int
    changed: float | None
    """POSIX time of its last change; None if the location does not say."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a district delivered at once: a ZIP, or a folder of CSV files."""

    name: str
    files: tuple[Listed, ...]
    zipped: bool

    @property
    def changed(self) -> float | None:
        """When its last file was changed."""
        return max((file.changed for file in self.files if file.changed is not None), default=None)


class Location(Protocol):
    """Driven by one thread. Every method may raise `SourceError` or `Interrupted`."""

    @property
    def where(self) -> str:
        """What messages call it."""
        ...

    def deliveries(self) -> tuple[Delivery, ...]:
        """What lies there, in any order."""
        ...

    def copy(self, file: Listed, restart: Callable[[], Write]) -> None:
        """Write a file's bytes, all of them as they are at one time.

        `restart` gives where to write to, from the beginning; it is called again for another try.
        """
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


def is_zip(name: str) -> bool:
    """Whether a file is a ZIP, by its name."""
    return name.lower().endswith(".zip")


def is_wanted(name: str) -> bool:
    """Whether a file of a folder is part of a set."""
    return name.lower() in WANTED


def check_uploads(names: Collection[str], where: str) -> None:
    """Raises `ReadIncomplete` while the name of a file says that its transfer is under way."""
    for name in names:
        stem = name.lower()
        if stem.endswith(_UNDER_WAY) and (is_zip(PurePosixPath(stem).stem) or is_wanted(PurePosixPath(stem).stem)):
            raise ReadIncomplete(
                f"{shown(name)} in {where} is still being delivered, as its name says. It will be read when it has its "
                "final name. District: if nothing is being delivered, remove this file and deliver the set again."
            )


def loose(name: str, files: Collection[Listed]) -> Delivery | None:
    """The CSV files of a folder as a delivery; None if it holds none. `name` is the folder's."""
    wanted = tuple(sorted((file for file in files if is_wanted(file.name)), key=lambda file: file.name.lower()))
    return Delivery(name, wanted, zipped=False) if wanted else None


def in_folder(own: Collection[Listed], below: Collection[Delivery], where: str) -> tuple[Delivery, ...]:
    """What a folder holds: one set as CSV files, or ZIPs and folders that are sets.

    `own`: its files; `below`: the sets in its own folders. Raises `ReadIncomplete` if it holds both, or nothing.
    """
    check_uploads([file.name for file in own], where)
    here = loose("", own)
    others = [Delivery(file.name, (file,), zipped=True) for file in own if is_zip(file.name)]
    others += below
    if here is not None and others:
        raise ReadIncomplete(
            f"{where} holds CSV files beside {shown(others[0].name)}, and nobody can say which of them is the roster. "
            "District: deliver either CSV files or ZIPs there, and remove the others."
        )
    found = (here,) if here is not None else tuple(others)
    if not found:
        raise ReadIncomplete(
            f"{where} holds no OneRoster CSV set yet. District: deliver a ZIP there, or the files manifest.csv, "
            "orgs.csv, academicSessions.csv, courses.csv, classes.csv, users.csv and enrollments.csv."
        )
    return found
