"""Whose files lie where: on one volume, each namespace has a folder of its own.

Whoever writes a RosterIntegration in one namespace must not read what districts of another one delivered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from roster_operator.errors import InvalidSpec

_NAMESPACE: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class RosterFiles:
    """The volume of rosters, as the platform mounted it."""

    root: Path
    shared: bool = False
    """Whether each namespace may read all of it."""

    def of(self, namespace: str) -> RosterFolder:
        """What one namespace may read; raises `InvalidSpec` for what is no namespace."""
        real = self.root.resolve()
        if self.shared:
            return RosterFolder(self.root, real)
        if not _NAMESPACE.fullmatch(namespace):
            raise InvalidSpec("metadata.namespace is no name of a namespace. Publisher: correct it.")
        return RosterFolder(self.root / namespace, real / namespace)


@dataclass(frozen=True, slots=True)
class RosterFolder:
    """A folder, everything below which may be read."""

    path: Path
    """As it stands in URLs."""
    real: Path
    """Where it lies. If a link lies there, it leads out."""
