"""What is written about people apart from syncs."""

from __future__ import annotations

from dataclasses import dataclass
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


class PeopleLedger(Protocol):
    """The license store, for what concerns single people. Thread-safe; every method may raise `LedgerError`."""

    def looked(self, access: Access) -> None:
        """Write down that somebody looked at a person, before they see anything."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
