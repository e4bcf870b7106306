"""What cleans up the accounts of a district."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from roster_operator.licensing.clean_logins import CleanRules
from roster_operator.licensing.login_formats import Logins


class Objection(StrEnum):
    """Why an account is left as it is."""

    ON_ROSTER = "OnRoster"
    """The roster has its person today, under another login than the rules would give; the SIS's counts."""
    BOTH_ON_ROSTER = "BothOnRoster"
    """Two people of the roster have one login."""
    SEVERAL_ACCOUNTS = "SeveralAccounts"
    """It could be merged with several accounts, or another one with the same as it."""
    OTHER_PERSON = "OtherPerson"
    """Another account has its login, and another email or number beside it."""
    FORMER_PERSON = "FormerPerson"
    """One of the two was somebody's who has left the roster, and no number says that both are the same person."""
    COLLIDES = "Collides"
    """By the rules it would have another account's login, and no email and no number says that both are one person."""
    DECISIONS = "Decisions"
    """Somebody decided by hand about the same eBook of both."""
    BLOCKED = "Blocked"
    """One of the two is blocked by hand from what the other has."""


@dataclass(frozen=True, slots=True)
class CleanupOrder:
    """What is to be cleaned up, and who says so."""

    district_id: int
    rules: CleanRules
    by_run: str
    """Under which the journal has what comes of it."""
    actor: str
    through: str
    reason: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class EBookMoved:
    """How many licenses of one eBook and edition change hands."""

    ebook: str
    edition: str
    granted: int
    """That the account which stays gets, or has otherwise from then on."""
    removed: int
    """Of accounts that go."""


@dataclass(frozen=True, slots=True)
class CleanedUp:
    """What was, or would be, cleaned up."""

    digest: str
    """Of exactly this."""
    accounts: int
    """Of the district."""
    rewritten: int
    """Accounts that stay, and whose logins are others."""
    merged: int
    """Accounts that go into another one."""
    by_rule: Mapping[str, int]
    """Accounts that stay, by what changes of them; some are there several times."""
    by_ebook: tuple[EBookMoved, ...]
    left_out: Mapping[Objection, int]
    """Accounts, by why."""

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.rewritten or self.merged)


@dataclass(frozen=True, slots=True)
class AccountCleaned:
    """What becomes of one account."""

    account: int
    into: int | None
    """The account that it goes into, or stands against."""
    objection: Objection | None
    before: Logins
    after: Logins


@dataclass(frozen=True, slots=True)
class CleanupOneByOne:
    """Some accounts of a plan."""

    digest: str
    listed: Sequence[AccountCleaned]
    """Those that are left out first, then those that are merged, each by their numbers."""
    total: int


class CleanupLedger(Protocol):
    """The license store, for what cleans up accounts. Thread-safe; every method may raise `LedgerError`."""

    def clean_up(self, order: CleanupOrder, *, digest: str) -> CleanedUp:
        """Rewrite logins and merge accounts in one transaction.

        Does nothing, but tells what it would do, unless `digest` is that of exactly this, and there is something to do.
        `undo` turns it back.
        """
        ...

    def one_by_one(self, order: CleanupOrder, *, limit: int, offset: int) -> CleanupOneByOne:
        """What would become of single accounts."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
