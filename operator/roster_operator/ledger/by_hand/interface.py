"""What people decide by hand about one person: a license that stays, or a block that nothing gets past."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from roster_operator.licensing.seats import Pool


class Kind(StrEnum):
    """What is decided."""

    GRANT = "Grant"
    BLOCK = "Block"


class Obstacle(StrEnum):
    """Why it cannot be done."""

    BLOCKED = "Blocked"
    """The person is blocked from it, and a block goes first."""
    NO_END = "NoEnd"
    """They have it by hand already, and it never ends."""
    NOTHING_TO_END = "NothingToEnd"
    """Nothing of this kind was decided."""
    ERASED = "Erased"
    """It would make an account again for somebody who was erased."""
    LOGIN_TAKEN = "LoginTaken"
    """An account of the district has this username or email."""
    NO_SEAT = "NoSeat"
    """No seat is free, and no pool permits more licenses."""
    ACCOUNT_GONE = "AccountGone"
    """The account was erased."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who has no account yet."""

    username: str
    email: str

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return "Newcomer(...)"


@dataclass(frozen=True, slots=True)
class DecisionOrder:
    """What is to be decided, or taken back, and who says so."""

    district_id: int
    kind: Kind
    whom: int | Newcomer = field(repr=False)
    """An account, or somebody who gets one; only of a grant."""
    ebook: str
    """Empty: every eBook; only of a block."""
    editions: tuple[str, ...]
    until: datetime | None
    """From when on it counts no more; None: it has no end."""
    takes_back: bool
    by_run: str
    """Under which the journal has what comes of it."""
    actor: str
    through: str
    reason: str = field(repr=False)
    at: datetime
    pools: tuple[Pool, ...] = ()
    """Of seats; none: there is no limit."""


@dataclass(frozen=True, slots=True, order=True)
class LicenseNamed:
    """A license of the person."""

    ebook: str
    edition: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What was, or would be, done."""

    digest: str
    """Of exactly this."""
    account: int | None
    """None: one would be made."""
    granted: tuple[LicenseNamed, ...]
    """Licenses that come, or whose end is another now."""
    removed: tuple[LicenseNamed, ...]
    """Licenses that go."""
    obstacle: Obstacle | None = None
    """Why nothing can be done."""


class ByHandLedger(Protocol):
    """The license store, for what people decide. Thread-safe; every method may raise `LedgerError`."""

    def decide(self, order: DecisionOrder, *, digest: str) -> Decided:
        """Carry out a decision in one transaction, and let the next sync look at the person again.

        Does nothing, but tells what it would do, unless `digest` is that of exactly this.
        """
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
