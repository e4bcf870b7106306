"""Case codes, as the license store keeps them for an hour."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class CaseLedger(Protocol):
    """What each code stands for, sealed by whoever made it. Thread-safe; every method may raise `LedgerError`."""

    def keep(self, code: str, told: str, *, now: datetime, until: datetime) -> bool:
        """Keep `told` under a code, and forget what has ended; false if the code is taken."""

    def find(self, code: str, now: datetime) -> str | None:
        """What a code stands for; None if for nothing, or no longer."""

    def close(self) -> None:
        """Give back connections."""
