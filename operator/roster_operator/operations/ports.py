"""What operations are handed: where RosterIntegrations are, and who asks. The ledger's port is `ledger/queries`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from roster_operator.api.v1alpha1 import RosterIntegration

TakenT = TypeVar("TakenT")


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

    def each(self, take: Callable[[RosterIntegration], TakenT]) -> Sequence[TakenT]:
        """What is taken of each that whoever asks may see, and no more than that is kept."""
        ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for what is written down of it."""

    name: str
    """As the system knows them: the user of the kubeconfig, or of the machine."""
    through: str
    """What vouches for the name: `kubernetes`, `kubeconfig` or `os`."""
