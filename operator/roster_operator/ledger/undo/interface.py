"""What turns back a sync."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Obstacle(StrEnum):
    """Why a change is left as it is."""

    CHANGED_SINCE = "ChangedSince"
    """The same license came or went again since."""
    NOT_AS_GRANTED = "NotAsGranted"
    """What was granted is not there any more as it was."""
    NOT_KNOWN = "NotKnown"
    """It was removed by a version that did not write down what it was."""
    ACCOUNT_GONE = "AccountGone"
    """The account was erased."""
    THERE_ALREADY = "ThereAlready"
    """The account has such a license by other means."""
    SCHOOL_NOT_KNOWN = "SchoolNotKnown"
    """One school's changes are asked for, and by which school this one came nobody wrote down."""
    BY_HAND = "ByHand"
    """Somebody decided it by hand: take that back instead (`--end`)."""
    BLOCKED = "Blocked"
    """The person is blocked from it by hand."""
    ENDED = "Ended"
    """It would have ended by itself by now."""
    MERGED = "Merged"
    """It came of accounts that were merged, or parted again, and goes with them only."""


@dataclass(frozen=True, slots=True)
class UndoOrder:
    """Which sync is to be turned back, and who says so."""

    district_id: int
    run_id: str
    """The one that is undone."""
    by_run: str
    """Under which the journal has what comes of it."""
    actor: str
    reason: str = field(repr=False)
    at: datetime
    hold: str = field(repr=False)
    """What the district holds until somebody lifts it, if a sync would do the same again: `DistrictState.undone`."""
    ebook: str = ""
    """Of this eBook alone; empty: of all."""
    school: str = ""
    """By this school alone, by the SIS's id of it; empty: by all."""


@dataclass(frozen=True, slots=True)
class EBookUndone:
    """How many licenses of one eBook and edition come back and go."""

    ebook: str
    edition: str
    granted: int
    removed: int


@dataclass(frozen=True, slots=True)
class Undone:
    """What was, or would be, turned back."""

    digest: str
    """Of exactly this."""
    granted: int
    """Licenses that come back."""
    removed: int
    """Licenses that go."""
    by_ebook: tuple[EBookUndone, ...]
    left: Mapping[Obstacle, int]
    """Changes of the sync that stay as they are, by why."""
    accounts_left: Sequence[int]
    """Some accounts of those changes."""
    holds: bool
    """Whether the district holds from then on: no sync would do again what an import or a clean-up did."""
    accounts: int = 0
    """Of a clean-up: accounts that are as they were before."""

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to turn back."""
        return not (self.granted or self.removed or self.accounts)


class UndoLedger(Protocol):
    """The license store, for what turns back a sync. Thread-safe; every method may raise `LedgerError`."""

    def undo(self, order: UndoOrder, *, digest: str) -> Undone:
        """Turn back what a sync granted and removed, but for what was changed since, in one transaction.

        Whoever is concerned is looked at again by the next sync, which would do the same again; so the district holds.
        Of an import, the accounts that came by it go too, if nothing else was done with them. A clean-up is turned back
        as a whole, with its accounts, but for accounts of which anything was changed since.
        Does nothing, but tells what it would do, unless `digest` is that of exactly this, and there is something to do.
        """
        ...

    def lift(self, district_id: int) -> bool:
        """Let the district's syncs apply again what they plan; whether they were held."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
