"""The license store as a whole, as who runs it has it; the parts of it that others need are in `interface`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from roster_operator.ledger.interface.ownership import OwnershipLedger
from roster_operator.ledger.interface.sync import SyncLedger


@dataclass(frozen=True, slots=True)
class Retention:
    """For how long history is kept; None: for ever."""

    runs: timedelta | None = None
    changes: timedelta | None = None
    """What came and went, which the eBook platform follows; and who looked at whom."""
    logins: timedelta | None = None
    """Logins, emails and numbers of people who have no license and are on no roster, from then on."""


class Ledger(SyncLedger, OwnershipLedger, Protocol):
    """The license store. Thread-safe; every method may raise `LedgerError`."""

    def migrate(self) -> None:
        """Bring the schema to this version; does nothing if it is. Safe to run from several processes at once.

        Who writes as a leader takes over from the one before.
        """
        ...

    def check(self) -> None:
        """Raise `LedgerUnavailable` unless the store answers, has this version's schema, and can be written; for who
        writes as a leader, `Superseded` if another one has taken over.
        """
        ...

    def ends_by_hand(self) -> Mapping[str, datetime]:
        """By RosterIntegration (`namespace/name`), when the first of its decisions by hand ends that stand."""
        ...

    def prune(self, kept: Retention, now: datetime) -> bool:
        """Drop some of the history that is kept no longer; whether there was any, and so may be more."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
