"""Files of a volume that is mounted into the operator's pod.

Whoever writes a RosterIntegration must not thereby read the pod's other files. So only what really lies below the
namespace's folder is opened: symbolic links are followed first, and must end below it; the path that they lead to is
then walked without following any.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from roster_operator.errors import InvalidSpec, ReadIncomplete, SourceUnreachable, WrongURL
from roster_operator.interruption import Interruption
from roster_operator.sources.csv.addresses import LocalAddress
from roster_operator.sources.csv.failures import shown
from roster_operator.sources.csv.locations.location import (
    MAX_ENTRIES,
    Delivery,
    Listed,
    Write,
    in_folder,
    is_wanted,
    is_zip,
    loose,
)
from roster_operator.sources.roster_files import RosterFolder

_CHUNK: Final = 1024 * 1024
_FIELD: Final = "spec.source.baseURL"


class LocalLocation:
    """A ZIP or a folder on a mounted volume."""

    def __init__(self, address: LocalAddress, folder: RosterFolder | None, interruption: Interruption) -> None:
        """`folder`: what may be read; raises `InvalidSpec` if the address is not there."""
        if folder is None:
            raise InvalidSpec(
                f"{_FIELD} begins with file://, but this operator has no folder of rosters. Platform: mount a volume "
                "and name it (value rosterFiles of the chart, option --roster-files)."
            )
        self._interruption = interruption
        self._address = address
        self._root = folder.real
        if not address.path.is_relative_to(folder.path):
            raise InvalidSpec(
                f"{_FIELD} is not below {folder.path}, the only folder that rosters may be read from here. Publisher: "
                "correct it. Platform: have the district's files delivered there."
            )

    @property
    def where(self) -> str:
        """What messages call it."""
        return self._address.where

    def deliveries(self) -> tuple[Delivery, ...]:
        """What lies there."""
        target = self._resolved(self._address.path)
        if not target.is_dir():
            return (Delivery(target.name, (self._listed(target, target.name),), zipped=True),)
        own: list[Listed] = []
        below: list[Delivery] = []
        for name in self._names(target):
            path = target / name
            if path.is_dir():
                if (found := self._loose(name, path)) is not None:
                    below.append(found)
            elif is_zip(name) or is_wanted(name):
                own.append(self._listed(path, name))
            else:
                own.append(Listed(str(path), name, 0, None))
        return in_folder(own, below, self.where)

    def copy(self, file: Listed, restart: Callable[[], Write]) -> None:
        """Copy a file; raises `ReadIncomplete` if it changes while it is read."""
        write = restart()
        with self._opened(self._resolved(Path(file.path))) as descriptor:
            self._check_unchanged(file, descriptor)
            left = file.size
            try:
                # Never more than was there: a file that grows as fast as it is read has no end.
                while left > 0 and (chunk := os.read(descriptor, min(left, _CHUNK))):
                    self._interruption.check()
                    write(chunk)
                    left -= len(chunk)
            except OSError as error:
                raise SourceUnreachable(
                    f"{shown(file.name)} in {self.where} cannot be read ({error.strerror}). Platform: look at the "
                    "volume."
                ) from None
            self._check_unchanged(file, descriptor)

    def close(self) -> None:
        """Nothing is kept open."""

    def _loose(self, name: str, folder: Path) -> Delivery | None:
        names = [inner for inner in self._names(self._resolved(folder)) if is_wanted(inner)]
        return loose(name, [self._listed(folder / inner, inner) for inner in names])

    def _names(self, folder: Path) -> list[str]:
        names: list[str] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if not entry.name.startswith("."):
                        names.append(entry.name)
                    if len(names) > MAX_ENTRIES:
                        raise WrongURL(
                            f"{self.where} holds more than {MAX_ENTRIES} files. District: deliver to a folder of your "
                            "own."
                        )
        except PermissionError:
            raise self._forbidden() from None
        except OSError as error:
            raise SourceUnreachable(
                f"{self.where} cannot be listed ({error.strerror}). Platform: look at it."
            ) from None
        return names

    def _listed(self, path: Path, name: str) -> Listed:
        with self._opened(self._resolved(path)) as descriptor:
            return _listed(path, name, os.fstat(descriptor))

    def _resolved(self, path: Path) -> Path:
        """Where links lead to in the end, which must be below the root."""
        try:
            # Where a link leads out, nobody is told whether anything is there.
            self._check_inside(path.resolve())
            target = path.resolve(strict=True)
        except PermissionError:
            raise self._forbidden() from None
        except (OSError, RuntimeError):
            raise WrongURL(
                f"{self.where} does not exist, or a part of it was just removed. Publisher: check {_FIELD}. "
                "District: see that the files are delivered there."
            ) from None
        self._check_inside(target)
        return target

    def _check_inside(self, target: Path) -> None:
        if not target.is_relative_to(self._root):
            raise InvalidSpec(
                f"{self.where} leads by a symbolic link out of the folder of rosters. Platform: remove the link."
            )

    @contextlib.contextmanager
    def _opened(self, target: Path) -> Iterator[int]:
        """A descriptor of a regular file, opened a folder at a time so that no link is followed on the way."""
        with contextlib.ExitStack() as stack:
            try:
                folder = _open(stack, str(self._root), os.O_DIRECTORY | os.O_PATH | os.O_NOFOLLOW)
                *parents, name = target.relative_to(self._root).parts
                for parent in parents:
                    folder = _open(stack, parent, os.O_DIRECTORY | os.O_PATH | os.O_NOFOLLOW, at=folder)
                descriptor = _open(stack, name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, at=folder)
            except PermissionError:
                raise self._forbidden() from None
            except (OSError, ValueError):
                raise ReadIncomplete(
                    f"A file in {self.where} was replaced while it was looked for; it will be tried again."
                ) from None
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise WrongURL(f"{shown(target.name)} in {self.where} is not a file. District: deliver a file.")
            yield descriptor

    def _check_unchanged(self, file: Listed, descriptor: int) -> None:
        now = _listed(Path(file.path), file.name, os.fstat(descriptor))
        if now != file:
            raise ReadIncomplete(
                f"{shown(file.name)} in {self.where} changed while it was read: it is being delivered just now. It "
                "will be read when it has been left alone for a while."
            )

    def _forbidden(self) -> SourceUnreachable:
        return SourceUnreachable(
            f"{self.where} may not be read by the operator. Platform: let its user or group read the files of the "
            "volume."
        )


def _open(stack: contextlib.ExitStack, name: str, flags: int, *, at: int | None = None) -> int:
    descriptor = os.open(name, flags | os.O_CLOEXEC, dir_fd=at)
    stack.callback(os.close, descriptor)
    return descriptor


def _listed(path: Path, name: str, status: os.stat_result) -> Listed:
    """The later of the times of content and of name: a copy may keep the time that its original had."""
    return Listed(str(path), name, status.st_size, max(status.st_mtime, status.st_ctime))
