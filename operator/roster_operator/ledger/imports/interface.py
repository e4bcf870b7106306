"""What takes in licenses that a roster did not give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from roster_operator.licensing.models import Claim


class Problem(StrEnum):
    """Why a row is left out."""

    CELLS = "Cells"
    """It has more or fewer cells than the first line."""
    NO_LOGIN = "NoLogin"
    """It has neither a username nor an email."""
    LOGIN = "Login"
    """A login cannot be stored, or an email has no @."""
    EBOOK = "EBook"
    """It is no name of an `EBook`."""
    EDITION = "Edition"
    """It is neither `Student` nor `Teacher`."""
    STAYS = "Stays"
    """It is neither `true` nor `false`."""
    UNTIL = "Until"
    """It is no date."""
    ENDED = "Ended"
    """It is over."""
    PURCHASE = "Purchase"
    """What it was bought by is no reference."""
    PURCHASE_END = "PurchaseEnd"
    """It was bought, and has no end."""
    SEVERAL_PEOPLE = "SeveralPeople"
    """Its username stands in another row with another email or number."""
    USERNAME_MISSING = "UsernameMissing"
    """It has an email alone, which stands in another row with a username."""
    OTHER_LOGIN = "OtherLogin"
    """An account of the ledger has its username or email, and another email or number beside it."""
    SEVERAL_ACCOUNTS = "SeveralAccounts"
    """Several accounts of the ledger have its username or email."""
    BLOCKED = "Blocked"
    """Somebody blocked the person from it by hand."""
    ERASED = "Erased"
    """It would make an account again for somebody who was erased."""
    LIVE = "Live"
    """The district is live: what its roster gives is the roster's, and only a license that stays can be added."""


class GivenLicense(NamedTuple):
    """A license that somebody has elsewhere."""

    row: int
    """Of the file, from 1; what is said of it is said by that."""
    username: str
    email: str
    identifier: str
    """The number that the SIS has for the person; empty if that is not known."""
    ebook: str
    edition: str
    stays: bool
    """No sync may remove it."""
    until: datetime | None
    """It ends by itself."""
    purchase: str = ""
    """The reference of who bought it, which leads to nobody here; empty: it was not bought."""

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return f"GivenLicense(row={self.row})"


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """For which district licenses are taken in, and who says so."""

    claim: Claim
    by_run: str
    """Under which the journal has what comes of it."""
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EBookImported:
    """How many licenses of one eBook and edition come."""

    ebook: str
    edition: str
    licenses: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What was, or would be, taken in."""

    digest: str
    """Of exactly this."""
    accounts: int
    """That come."""
    accounts_there: int
    """That have got, or have, licenses of the file, and were in the ledger before."""
    by_ebook: tuple[EBookImported, ...]
    licenses_there: int
    """That are in the ledger; they stay as they are there."""
    repeated: int
    """Rows that name a license which an earlier row names."""
    left_out: Mapping[Problem, int]
    """Rows, by why."""
    rows_left_out: Sequence[tuple[int, Problem]]
    """Some of them, by their numbers."""

    @property
    def licenses(self) -> int:
        """That come."""
        return sum(each.licenses for each in self.by_ebook)


class ImportLedger(Protocol):
    """The license store, for what takes in licenses. Thread-safe; every method may raise `LedgerError`."""

    def take_in(self, order: ImportOrder, given: Iterable[GivenLicense], *, digest: str) -> Imported:
        """Take in licenses, and accounts for those who have none, in one transaction.

        Does nothing, but tells what it would do, unless `digest` is that of exactly this, and some come. Raises
        `DistrictConflict` if the district is not the namespace's, and `DistrictBusy`.
        """
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
