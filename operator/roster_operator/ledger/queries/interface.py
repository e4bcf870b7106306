"""What can be asked of the license store, and what it answers. Every answer is bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from roster_operator.ledger.queries.records import (
    ChangesWanted,
    EndingLicense,
    KeptDecision,
    KeptPerson,
    KnownAccount,
    KnownDistrict,
    LedgerHealth,
    LicenseHolder,
    RecordedAccess,
    RecordedChange,
    RecordedQuestion,
    RecordedRun,
    SeatsTaken,
    SeatsWaited,
)
from roster_operator.licensing.models import LedgerCounts
from roster_operator.snapshot.format import Header, Kind


class KeptReading(Protocol):
    """The snapshot of a district's last complete reading, as long as the transaction lasts in which it was found."""

    @property
    def run_id(self) -> str:
        """The sync that wrote it."""
        ...

    @property
    def taken(self) -> datetime:
        """When that sync began to read."""
        ...

    @property
    def key_id(self) -> str:
        """By which key people are found in it."""
        ...

    @property
    def header(self) -> Header:
        """What is known of the district as a whole."""
        ...

    def blobs(self, kind: Kind) -> Iterator[bytes]:
        """The chunks of one kind, one after the other."""
        ...


class LedgerQueries(Protocol):
    """The license store, to read. Thread-safe; every method may raise `LedgerError`."""

    def check(self) -> None:
        """Raise `LedgerUnavailable` unless the store answers and has this version's schema."""
        ...

    def districts(self) -> Sequence[KnownDistrict]:
        """All districts, in the order of their sources."""
        ...

    def counts(self, district_id: int) -> LedgerCounts:
        """What a district holds."""
        ...

    def runs(self, district_id: int, *, limit: int, before: str = "") -> Sequence[RecordedRun]:
        """The latest runs of a district, newest first; `before`: of those that ended before this run."""
        ...

    def run(self, district_id: int, run_id: str) -> RecordedRun | None:
        """A run of a district, by its id or an unambiguous beginning of it."""
        ...

    def ending(self, district_id: int, *, before: datetime) -> Sequence[EndingLicense]:
        """Licenses with an end of their own that comes before then, by day, eBook and edition."""
        ...

    def seats_taken(self, district_id: int, *, now: datetime) -> Sequence[SeatsTaken]:
        """Licenses that take a seat, by eBook, edition and schools."""
        ...

    def seats_waited(self, district_id: int) -> Sequence[SeatsWaited]:
        """People who wait for one, by eBook and edition."""
        ...

    def changes(self, district_id: int, wanted: ChangesWanted, *, limit: int) -> Sequence[RecordedChange]:
        """The latest changes of a district, newest first."""
        ...

    def changes_by_no_school(self, district_id: int, wanted: ChangesWanted) -> int:
        """How many changes of all schools, of those wanted, came nobody knows by which."""
        ...

    def schools(self, district_id: int) -> Sequence[str]:
        """The schools by which licenses of the district came or went, by the SIS's ids, sorted."""
        ...

    def ebooks(self, district_id: int) -> Sequence[str]:
        """The eBooks of which the district has licenses, or had some that changed, sorted."""
        ...

    def accounts_named(self, district_id: int, name: str) -> Sequence[int]:
        """Accounts of a district whose id, login, email, sourcedId or number it is; two at most.

        `account:12` is the id of an account and nothing else, `question:34` that of something that the checklist counts
        about a person. In logins and emails upper and lower case are alike.
        """
        ...

    def person(self, district_id: int, account: int) -> KeptPerson:
        """What is kept of the person whose account this is."""
        ...

    def accesses(
        self, district_id: int, *, owner: str = "", account: int | None = None, limit: int
    ) -> Sequence[RecordedAccess]:
        """Who looked at people of a district, or at one of them; the latest first.

        `owner`: its RosterIntegration; then looks count that were before the district had a row of its own.
        """
        ...

    def reserving(self, name: str) -> Sequence[str]:
        """`namespace/name` of the RosterIntegrations of a name that have reserved a district, and are not live yet."""
        ...

    def question_items(self, owner: str) -> Mapping[str, int]:
        """How much of each item of a RosterIntegration's checklist is kept one by one."""
        ...

    def question_schools(self, owner: str, item: str) -> Mapping[str, int]:
        """How much of an item is kept one by one, by school."""
        ...

    def questions(self, owner: str, item: str, *, limit: int, school: str | None = None) -> Sequence[RecordedQuestion]:
        """What an item counts, by person, class and what else; the first, of one school if it is given."""
        ...

    def questions_about(self, owner: str, person: str) -> Sequence[RecordedQuestion]:
        """Everything that is about a person, by the SIS's id."""
        ...

    def person_of_question(self, owner: str, number: str) -> str:
        """The SIS's id of whom a row is about; empty if it is about nobody, or is not there."""
        ...

    def health(self) -> LedgerHealth:
        """Whether it is as the operator needs it; answers of a ledger of another version too."""
        ...

    def decisions(
        self, district_id: int, *, now: datetime, account: int | None = None, limit: int
    ) -> Sequence[KeptDecision]:
        """What was decided by hand in a district, or about one account, and stands; what ends first goes first."""
        ...

    def holder(self, district_id: int, account: int, *, now: datetime) -> LicenseHolder:
        """What an account of the district holds now, by eBook and edition; not what has ended by itself."""
        ...

    def classes_in_scope(self, district_id: int) -> bytes:
        """What the last sync left to know classes by: see `ClassMemory.decode`."""
        ...

    def snapshot(self, district_id: int) -> AbstractContextManager[KeptReading | None]:
        """The snapshot of a district's last complete reading; none if none is kept, or only one of another form."""
        ...

    def known_accounts(self, district_id: int) -> Iterator[KnownAccount]:
        """Every account of a district that has a person of the roster, streamed, in no order."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
