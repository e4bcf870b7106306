"""The license store on a database: `open_ledger`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from roster_operator.errors import DistrictBusy
from roster_operator.ledger import (
    bystanding,
    counting,
    district_state,
    districts,
    ending,
    engine,
    identity,
    migrating,
    overriding,
    ownership,
    planned_sync,
    pruning,
    questions,
    releasing,
    runs,
    shown_plans,
    snapshots,
    staging,
    tombstones,
)
from roster_operator.ledger.applying import Sync
from roster_operator.ledger.failures import translate_db_errors
from roster_operator.ledger.interface.district import District
from roster_operator.ledger.interface.ownership import Holding
from roster_operator.ledger.interface.sync import (
    Changes,
    LicenseCheck,
    ListedQuestions,
    MetApproval,
    PlannedSync,
    Run,
    Shown,
)
from roster_operator.ledger.leading import Leader
from roster_operator.ledger.ledger import Ledger, Retention
from roster_operator.ledger.schema import person_states
from roster_operator.licensing.bystanders import KnownAccount
from roster_operator.licensing.models import Claim, LedgerCounts

_STREAMED = 10_000


def open_ledger(url: str, *, pool_size: int = 10, patience: float = 15.0, leader: Leader | None = None) -> Ledger:
    """The license store at `url`: `postgresql://...`, `sqlite:///PATH`, or `sqlite://`, which forgets all at the end.

    Nothing is connected yet. Raises `InputError` for a URL that names no store. `pool_size`: connections at most; a
    sync takes one, and one more while states of persons are read. `patience`: seconds that a writer of SQLite, which
    has one at a time, waits for another. `leader`: as whom alone it is written; from `migrate` on.
    """
    parsed = engine.parse_url(url)
    engine.make_private(parsed)
    return SqlLedger(engine.create(parsed, pool_size, patience), engine.place_of(parsed), leader)


class SqlLedger:
    """`ledger.Ledger` on PostgreSQL or SQLite."""

    def __init__(self, connections: Engine, place: str, leader: Leader | None) -> None:
        """`place`: the store's name for messages."""
        self._engine = connections
        self._place = place
        self._leader = leader

    def migrate(self) -> None:
        """See `Ledger`."""
        with translate_db_errors(self._place):
            if self._leader is not None:
                self._leader.clear(self._engine)
            migrating.migrate(self._engine, self._place)
            if self._leader is not None:
                self._leader.take_over(self._engine)

    def check(self) -> None:
        """See `Ledger`."""
        with translate_db_errors(self._place):
            migrating.check(self._engine, self._place)
            if self._leader is not None:
                self._leader.check(self._engine)
        # Whoever finds it busy knows that it is written.
        with suppress(DistrictBusy), translate_db_errors(self._place):
            migrating.expect_writable(self._engine)

    def district(self, claim: Claim) -> District:
        """See `Ledger`."""
        with self._reading() as connection:
            found = districts.find(connection, claim)
            return replace(found, state=district_state.find(connection, found)) if found.id is not None else found

    def identity(self) -> str:
        """See `Ledger`."""
        with self._reading() as connection:
            return identity.of_ledger(connection)

    def forgot(self, district: District, since: datetime) -> bool:
        """See `Ledger`."""
        if district.id is None:
            return True
        with self._reading() as connection:
            return not identity.has_licenses(connection, district.id) and not runs.removed_some(
                connection, district.id, since
            )

    def reserve(self, claim: Claim, now: datetime) -> None:
        """See `Ledger`."""
        with self._reading() as connection:
            if ownership.is_kept(connection, claim):
                return
        with self._writing() as connection:
            engine.lock_district(connection, *_lock_names(claim, District()))
            ownership.reserve(connection, claim, now)

    def transfer(self, source: str, namespace: str, now: datetime) -> bool:
        """See `Ledger`."""
        with self._writing() as connection:
            return ownership.transfer(connection, source, namespace, now)

    def holdings(self) -> Sequence[Holding]:
        """See `Ledger`."""
        with self._reading() as connection:
            return ownership.holdings(connection)

    def person_states(self, district_id: int) -> Iterator[tuple[str, int]]:
        """See `Ledger`."""
        states = select(person_states.c.key, person_states.c.digest).where(person_states.c.district_id == district_id)
        with self._reading() as connection:
            to_look_at = ending.persons_concerned(connection, district_id)
            for key, digest in connection.execute(states, execution_options={"yield_per": _STREAMED}):
                yield key, 0 if key in to_look_at else staging.unsigned(digest)

    def former_accounts(self, district: District) -> Sequence[KnownAccount]:
        """See `Ledger`."""
        if district.id is None:
            return ()
        with self._reading() as connection:
            return bystanding.former_accounts(connection, district.id)

    def unlinked_accounts(self, district: District) -> Sequence[KnownAccount]:
        """See `Ledger`."""
        if district.id is None:
            return ()
        with self._reading() as connection:
            return bystanding.unlinked_accounts(connection, district.id)

    def served_accounts(self, district: District) -> Sequence[KnownAccount]:
        """See `Ledger`."""
        if district.id is None:
            return ()
        with self._reading() as connection:
            return bystanding.served_accounts(connection, district.id)

    def snapshot_key(self, district: District) -> str:
        """See `Ledger`."""
        if district.id is None:
            return ""
        with self._reading() as connection:
            return snapshots.key_of(connection, district.id)

    def erased(self, district: District) -> Callable[[str], bool] | None:
        """See `Ledger`."""
        with self._reading() as connection:
            return tombstones.erased_in(connection, district.id)

    def show(self, district: District, shown: Shown | None, at: datetime, approval: MetApproval | None) -> None:
        """See `Ledger`."""
        if district.id is None:
            return
        with self._writing() as connection:
            engine.lock_district(connection, f"id {district.id}")
            shown_plans.keep(connection, district.id, shown, at, approval)

    def check_licenses(self, district: District) -> LicenseCheck:
        """See `Ledger`."""
        assert district.id is not None
        with self._reading() as connection:
            undisturbed = district_state.is_undisturbed(connection, district.id)
            return LicenseCheck(counting.count(connection, district.id), undisturbed)

    @contextmanager
    def plan(
        self, claim: Claim, district: District, changes: Changes, *, live: bool, now: datetime
    ) -> Iterator[PlannedSync]:
        """See `Ledger`."""
        with translate_db_errors(self._place), self._engine.connect() as connection:
            if live:
                self._begin(connection)
                engine.lock_district(connection, *_lock_names(claim, district))
            else:
                engine.begin_reading(connection)
                migrating.expect_version(connection, self._place)
            _expect(connection, claim, district, live=live)
            try:
                yield planned_sync.plan(connection, Sync(claim, district, now), changes, live=live, place=self._place)
            finally:
                _leave(connection)

    def release(self, owner: str, *, revoke: bool, run: Run, at_most: int | None = None) -> int:
        """See `Ledger`."""
        with self._writing() as connection:
            return releasing.release(connection, owner, revoke=revoke, run=run, at_most=at_most)

    def ends_by_hand(self) -> Mapping[str, datetime]:
        """See `Ledger`."""
        with self._reading() as connection:
            return overriding.first_ends(connection)

    def prune(self, kept: Retention, now: datetime) -> bool:
        """See `Ledger`."""
        with self._reading() as connection:
            old = pruning.find(connection, kept, now)
        if old is None:
            return False
        with self._writing() as connection:
            pruning.drop(connection, old)
        return True

    def keep_questions(self, claim: Claim, district: District, listed: ListedQuestions, now: datetime) -> None:
        """See `Ledger`."""
        with self._reading() as connection:
            if questions.are_kept(connection, claim.owner, district.id, listed):
                return
        with self._writing() as connection:
            engine.lock_district(connection, *_lock_names(claim, district))
            questions.replace(connection, claim.owner, district.id, listed, now)

    def examples(self, owner: str) -> Mapping[str, Sequence[str]]:
        """See `Ledger`."""
        with self._reading() as connection:
            return questions.examples(connection, owner)

    def counts(self, district_id: int) -> LedgerCounts:
        """See `Ledger`."""
        with self._reading() as connection:
            return counting.count(connection, district_id)

    def close(self) -> None:
        """See `Ledger`."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction of its own."""
        with translate_db_errors(self._place), self._engine.connect() as connection:
            self._begin(connection)
            yield connection
            connection.commit()

    def _begin(self, connection: Connection) -> None:
        """A transaction that writes: in this version's schema, and as the leader if there is one."""
        engine.begin_writing(connection)
        migrating.keep_version(connection, self._place)
        if self._leader is not None:
            self._leader.expect(connection)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translate_db_errors(self._place), self._engine.connect() as connection:
            yield connection


def _leave(connection: Connection) -> None:
    """Roll back what was not committed. On a broken connection the database has done so."""
    with suppress(SQLAlchemyError):
        if not connection.invalidated:
            connection.rollback()


def _lock_names(claim: Claim, district: District) -> list[str]:
    """Both what the district is called now and what it will be: a district can change its source."""
    names = [f"source {claim.source}"]
    return names if district.id is None else [*names, f"id {district.id}"]


def _expect(connection: Connection, claim: Claim, district: District, *, live: bool) -> None:
    found = districts.find(connection, claim)
    if (found.id, found.version) != (district.id, district.version) or (live and found.last_sync != district.last_sync):
        raise DistrictBusy("Another sync of this district has just finished. It will be tried again.")
