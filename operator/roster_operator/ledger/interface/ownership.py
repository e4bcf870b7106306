"""What others than syncs need to say whose a district is: released with its resource, or given by the platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roster_operator.ledger.interface.sync import LedgerIdentity, Run


@dataclass(frozen=True, slots=True)
class Holding:
    """A district, and whose it is; for the platform only."""

    source: str
    namespace: str
    """To which it belongs; empty: to the first that names it."""
    owner: str
    """The RosterIntegration by which it is live; empty if there is none, as where it is only reserved."""
    live_since: datetime | None
    licenses: int


class OwnershipLedger(LedgerIdentity, Protocol):
    """The license store, for who holds districts. Thread-safe; every method may raise `LedgerError`."""

    def release(self, owner: str, *, revoke: bool, run: Run, at_most: int | None = None) -> int:
        """The RosterIntegration is gone: free its district for another owner; with `revoke` end what the roster gave.

        Sticky licenses stay, and those from before go-live. How many were revoked. Does nothing for an unknown owner;
        raises `RevocationHeld`, and does nothing either, if more than `at_most` would end.
        """
        ...

    def transfer(self, source: str, namespace: str, now: datetime) -> bool:
        """Give a district, with all that it has, to another namespace; whether it was there already.

        Whoever held it does so no longer. Asked for by the platform, never by a resource.
        """
        ...

    def holdings(self) -> Sequence[Holding]:
        """All districts, in the order of their sources, reserved ones included."""
        ...
