"""`LedgerQueries` on a database: each question is one transaction that only reads, of one state of the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from roster_operator.errors import InputError
from roster_operator.ledger import counting, engine, snapshots
from roster_operator.ledger.connected import SqlConnected
from roster_operator.ledger.failures import translate_db_errors
from roster_operator.ledger.queries import (
    changes,
    decisions,
    districts,
    health,
    holders,
    people,
    questions,
    runs,
    seats,
)
from roster_operator.ledger.queries.interface import LedgerQueries
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
from roster_operator.ledger.snapshots import StoredSnapshot
from roster_operator.licensing.models import LedgerCounts


def open_queries(url: str) -> LedgerQueries:
    """The license store at `url`, to read. Nothing is connected yet.

    Raises `InputError` for a URL that names no store, or a SQLite file that is not there: it would be made.
    """
    return SqlQueries(*connections_to(url))


def connections_to(url: str) -> tuple[Engine, str]:
    """Connections to a store that is there, and its name for messages; raises `InputError`."""
    parsed = engine.parse_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise InputError(f"There is no ledger at {url}. Platform: correct its URL.")
    return engine.create(parsed, pool_size=2, patience=15.0), engine.place_of(parsed)


class SqlQueries(SqlConnected):
    """`interface.LedgerQueries` on PostgreSQL or SQLite."""

    def __init__(self, connections: Engine, place: str) -> None:
        """`place`: the store's name for messages."""
        super().__init__(connections, place)
        if connections.dialect.name == "sqlite":
            event.listen(connections, "connect", _only_read)

    def check(self) -> None:
        """See `LedgerQueries`."""
        with self._reading():
            pass

    def districts(self) -> Sequence[KnownDistrict]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return districts.all_of(connection)

    def counts(self, district_id: int) -> LedgerCounts:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return counting.count(connection, district_id)

    def runs(self, district_id: int, *, limit: int, before: str = "") -> Sequence[RecordedRun]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return runs.latest(connection, district_id, limit=limit, before=before)

    def run(self, district_id: int, run_id: str) -> RecordedRun | None:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return runs.find(connection, district_id, run_id)

    def ending(self, district_id: int, *, before: datetime) -> Sequence[EndingLicense]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return districts.ending(connection, district_id, before=before)

    def seats_taken(self, district_id: int, *, now: datetime) -> Sequence[SeatsTaken]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return seats.taken(connection, district_id, now)

    def seats_waited(self, district_id: int) -> Sequence[SeatsWaited]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return seats.waited(connection, district_id)

    def changes(self, district_id: int, wanted: ChangesWanted, *, limit: int) -> Sequence[RecordedChange]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return changes.latest(connection, district_id, wanted, limit=limit)

    def changes_by_no_school(self, district_id: int, wanted: ChangesWanted) -> int:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return changes.by_no_school(connection, district_id, wanted)

    def schools(self, district_id: int) -> Sequence[str]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return changes.schools(connection, district_id)

    def ebooks(self, district_id: int) -> Sequence[str]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return changes.ebooks(connection, district_id)

    def accounts_named(self, district_id: int, name: str) -> Sequence[int]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return people.named(connection, district_id, name)

    def person(self, district_id: int, account: int) -> KeptPerson:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return people.kept(connection, district_id, account)

    def accesses(
        self, district_id: int, *, owner: str = "", account: int | None = None, limit: int
    ) -> Sequence[RecordedAccess]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return people.accesses(connection, district_id, owner, account, limit)

    def reserving(self, name: str) -> Sequence[str]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return questions.reserving(connection, name)

    def question_items(self, owner: str) -> Mapping[str, int]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return questions.items(connection, owner)

    def question_schools(self, owner: str, item: str) -> Mapping[str, int]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return questions.schools(connection, owner, item)

    def questions(self, owner: str, item: str, *, limit: int, school: str | None = None) -> Sequence[RecordedQuestion]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return questions.of_item(connection, owner, item, limit, school)

    def questions_about(self, owner: str, person: str) -> Sequence[RecordedQuestion]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return questions.about(connection, owner, person)

    def person_of_question(self, owner: str, number: str) -> str:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return questions.person_of(connection, owner, number)

    def health(self) -> LedgerHealth:
        """See `LedgerQueries`."""
        with translate_db_errors(self._place), self._engine.connect() as connection:
            return health.look(connection, self._place)

    def decisions(
        self, district_id: int, *, now: datetime, account: int | None = None, limit: int
    ) -> Sequence[KeptDecision]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return decisions.standing(connection, district_id, now=now, account=account, limit=limit)

    def holder(self, district_id: int, account: int, *, now: datetime) -> LicenseHolder:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return holders.known(connection, district_id, account, now)

    def classes_in_scope(self, district_id: int) -> bytes:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            return districts.classes(connection, district_id)

    @contextmanager
    def snapshot(self, district_id: int) -> Iterator[StoredSnapshot | None]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            yield snapshots.find(connection, district_id)

    def known_accounts(self, district_id: int) -> Iterator[KnownAccount]:
        """See `LedgerQueries`."""
        with self._reading() as connection:
            yield from people.known(connection, district_id)


def _only_read(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON")
