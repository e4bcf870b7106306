"""What is written about people apart from syncs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody looked at a person."""

    district_id: int
    account: int
    verb: str
    """What they asked."""
    actor: str
    """Who it was, as the system knows them."""
    through: str
    """What vouches for that name."""
    at: datetime
    owner: str = ""
    """The RosterIntegration, of a district that has no row of its own yet."""


@dataclass(frozen=True, slots=True)
class ErasureOrder:
    """Whose data are to go, and who says so."""

    district_id: int
    account: int | None
    """None: everybody of the district."""
    run_id: str
    """Under which the journal has the licenses that end."""
    actor: str
    through: str
    reason: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class Erased:
    """How much went."""

    ledger: str
    """Which ledger this is."""
    accounts: int
    licenses: int
    """That had not ended by themselves."""
    overrides: int
    person_states: int
    held_removals: int
    questions: int
    """Of the checklist."""


class PeopleLedger(Protocol):
    """The license store, for what concerns single people. Thread-safe; every method may raise `LedgerError`."""

    def looked(self, *accesses: Access) -> None:
        """Write down that somebody looked at people, before they see anything."""
        ...

    def erase(self, order: ErasureOrder, seal: Callable[[Erased], str], *, dry_run: bool) -> Erased:
        """Erase a person, or everybody of a district, in one transaction; with `dry_run` nothing is changed.

        `seal` makes the digest of the certificate, which is kept. A person of a roster does not come back by a sync.
        """
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
