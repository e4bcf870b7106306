"""A question about people: who asks, when, and the ledger that answers and writes down that they asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roster_operator.ledger.by_hand.interface import ByHandLedger
from roster_operator.ledger.cleanup.interface import CleanupLedger
from roster_operator.ledger.imports.interface import ImportLedger
from roster_operator.ledger.ledger import Ledger
from roster_operator.ledger.people.interface import Access, PeopleLedger
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.queries.records import KnownDistrict
from roster_operator.ledger.undo.interface import UndoLedger
from roster_operator.operations.naming import known_as, person_of
from roster_operator.operations.ports import Caller
from roster_operator.snapshot.key import SnapshotKey

NO_ACCOUNT: Final = 0
"""In the access log, for a person who never had a license."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Of one caller."""

    queries: LedgerQueries
    people: PeopleLedger
    caller: Caller
    now: datetime
    key: SnapshotKey | None = None
    """By which people are found in roster snapshots, where that is known."""
    undoing: UndoLedger | None = None
    importing: ImportLedger | None = None
    planning: Ledger | None = None
    """The ledger as a sync has it, to plan and not to write."""
    by_hand: ByHandLedger | None = None
    cleaning: CleanupLedger | None = None

    def look_at(self, district: KnownDistrict, person: str, verb: str) -> int:
        """The account of a person whom the caller named; the access log is told before anybody sees anything.

        Raises `UnknownName`.
        """
        account = person_of(self.queries, district, person)
        self.people.looked(self._access(district, account, verb))
        return account

    def look_for(self, district: KnownDistrict, person: str, verb: str) -> int | None:
        """The same; None if nobody has an account by that name."""
        account = known_as(self.queries, district, person)
        if account is not None:
            self.people.looked(self._access(district, account, verb))
        return account

    def look_at_several(self, district: KnownDistrict, accounts: Iterable[int | None], verb: str) -> None:
        """The same of people who are listed, each by their account, if they have one."""
        seen = sorted({account or NO_ACCOUNT for account in accounts})
        self.people.looked(*(self._access(district, account, verb) for account in seen))

    def look_at_newcomer(self, district: KnownDistrict, person: str, verb: str, *, there: bool) -> None:
        """The same of somebody who has no account, if the last reading has them; else raises `UnknownName`."""
        account = NO_ACCOUNT if there else person_of(self.queries, district, person)
        self.people.looked(self._access(district, account, verb))

    def _access(self, district: KnownDistrict, account: int, verb: str) -> Access:
        owner = "" if district.id else district.owner
        return Access(district.id, account, verb, self.caller.name, self.caller.through, self.now, owner)
