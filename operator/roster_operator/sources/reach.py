"""What the platform lets districts reach: files of a volume, and servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from roster_operator.sources.network import ANYWHERE, Network
from roster_operator.sources.roster_files import RosterFiles


@dataclass(frozen=True, slots=True)
class Reach:
    """The same for all districts that one program reads."""

    files: RosterFiles | None = None
    """Where file:// URLs may point; None: nowhere."""
    network: Network = ANYWHERE
    """Which servers; by default all, as for somebody who reads a district from their own machine."""


UNBOUND: Final = Reach()
"""No files, and every server."""
