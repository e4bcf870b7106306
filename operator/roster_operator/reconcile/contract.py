"""What goes into a reconcile and what comes out; the same with and without a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from roster_operator.clock import Clock
from roster_operator.errors import CredentialsMissing
from roster_operator.interruption import Interruption
from roster_operator.ledger.interface.sync import SyncLedger
from roster_operator.snapshot.key import SnapshotKey
from roster_operator.sources.source import RosterSource

if TYPE_CHECKING:
    from roster_operator.api.v1alpha1 import EBook, RosterIntegration, RosterIntegrationStatus
    from roster_operator.sources.credentials import Credentials


class Trigger(StrEnum):
    """Why a reconcile runs, the most urgent first."""

    SPEC_CHANGED = "SpecChanged"
    REQUESTED = "Requested"
    SECRET_CHANGED = "SecretChanged"  # noqa: S105 - a cause, not a secret
    EBOOK_CHANGED = "EBookChanged"
    RETRY = "Retry"
    SCHEDULE = "Schedule"
    COMMAND_LINE = "CommandLine"


class Outcome(StrEnum):
    """How a reconcile ended."""

    SYNCED = "Synced"
    PLANNED = "Planned"
    """Setup mode: checked and planned, nothing written."""
    HELD = "Held"
    """Applied but for removals that wait."""
    INCOMPLETE = "Incomplete"
    """The roster could not be read whole; nothing was changed."""
    INVALID_INPUT = "InvalidInput"
    """The resource, the Secret or the credentials are wrong."""
    FAILED = "Failed"
    """The ledger or the operator failed; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Request:
    """One RosterIntegration, with all that it refers to, as of now."""

    integration: RosterIntegration
    credentials: Credentials | CredentialsMissing
    """From its Secret; or what is wrong with it."""
    secret_version: str
    """Opaque; changes when the Secret changes."""
    ebooks: Mapping[str, EBook]
    """The publisher's catalogue by name."""
    trigger: Trigger
    plan_only: bool = False
    """Treat as `live: false`, whatever the spec says."""
    recorded: bool = False
    """The roster is that of an earlier reading, and nothing is known of how the SIS tells it now; with `plan_only`."""

    @property
    def is_live(self) -> bool:
        """Whether what it comes to is written."""
        return self.integration.spec.live and not self.plan_only

    @property
    def is_setup(self) -> bool:
        """Whether it is a sync in setup mode, whose plan people look at."""
        return not self.integration.spec.live and not self.plan_only


@dataclass(frozen=True, slots=True)
class CatalogSchool:
    """A school on offer."""

    id: str
    name: str
    identifier: str
    classes: int


@dataclass(frozen=True, slots=True)
class CatalogCourse:
    """A course on offer, with its classes in the selected schools (in all, if none is selected)."""

    id: str
    code: str
    title: str
    classes: int


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the SIS offers, for the author of the YAML to choose from. No record of a person is in it."""

    schools: tuple[CatalogSchool, ...] = ()
    courses: tuple[CatalogCourse, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The whole new status, and how it ended."""

    status: RosterIntegrationStatus
    outcome: Outcome
    catalog: Catalog | None = None
    """None if it was not read this time: an existing one stays."""


def ignored(_persons: int, _rows: int) -> None:
    """Nobody asks how large the district is."""


OpenSource = Callable[["RosterIntegration", "Credentials", Clock, Interruption], RosterSource]


@dataclass(frozen=True, slots=True)
class Environment:
    """The effects that a reconcile may have."""

    clock: Clock
    ledger: SyncLedger
    open_source: OpenSource
    new_run_id: Callable[[], str]
    snapshot_key: SnapshotKey | None = None
    """By which persons are found in roster snapshots; without one, none is kept."""
    grew: Callable[[int, int], None] = ignored
    """Told, while a roster is read, how many persons in scope it has so far, and how many rows were read for them."""
