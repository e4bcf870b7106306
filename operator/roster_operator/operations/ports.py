"""What operations are handed: where RosterIntegrations are, and who asks. The ledger's port is `ledger/queries`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.operations.fleet import FleetRow
from roster_operator.sources.source import RosterSource


@dataclass(frozen=True, slots=True)
class DistrictName:
    """What somebody calls a district: the name of its RosterIntegration, and the namespace if they said it."""

    name: str
    namespace: str = ""

    def __str__(self) -> str:
        """As it is written in messages."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class Resources(Protocol):
    """Where RosterIntegrations are: a cluster, or files."""

    def one(self, district: DistrictName) -> RosterIntegration:
        """The RosterIntegration of a name; raises `UnknownName` with what is there instead."""
        ...

    def ebooks(self, names: Collection[str]) -> Mapping[str, EBook]:
        """Those of these names that there are; raises `RosterOperatorError` if whoever asks may not see them."""
        ...

    def rows(self, now: datetime) -> Sequence[FleetRow]:
        """What the fleet table tells of each that whoever asks may list."""
        ...


OpenRoster = Callable[[RosterIntegration], RosterSource]
"""Opens a district's SIS with its credentials; raises `RosterOperatorError`."""
Progress = Callable[[str, int], None]
"""Is told what is being read, and how many rows of it there are so far."""


@dataclass(frozen=True, slots=True)
class Sis:
    """How to ask a SIS, if whoever asks may."""

    open: OpenRoster
    progress: Progress


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for what is written down of it."""

    name: str
    """As the system knows them: the user of the kubeconfig, or of the machine."""
    through: str
    """What vouches for the name: `kubernetes`, `kubeconfig` or `os`."""
