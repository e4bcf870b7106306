"""One district's sync: stage, plan, approve, apply; in this order, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, islice

from sqlalchemy import Connection

from roster_operator.ledger import (
    additive_plan,
    applying,
    counting,
    district_state,
    held_removals,
    known_persons,
    matching,
    planning,
    runs,
    staging,
    sync_cache,
    watermarks,
)
from roster_operator.ledger.applying import Sync
from roster_operator.ledger.failures import translate_db_errors
from roster_operator.ledger.ledger import DistrictState, Memory, Run, Watermark
from roster_operator.licensing.models import Applied, Hold, LedgerCounts, MatchBy, PersonChange, Plan


class SqlSyncSession:
    """`ledger.SyncSession` on a connection whose transaction has begun."""

    def __init__(self, connection: Connection, sync: Sync, match: Sequence[MatchBy], *, live: bool, place: str) -> None:
        """`place`: the store's name for messages."""
        self._connection = connection
        self._sync = sync
        self._match = match
        self._live = live
        self._place = place
        self._district_id = sync.district.id
        self._unstorable: int | None = None
        self._plan: Plan | None = None
        self._nothing: Plan | None = None
        """The plan, if nobody changed."""
        self._counts: LedgerCounts | None = None
        self._memory: Memory | None = None
        self._remembers = False
        self._watermark: Watermark | None = None
        self._state: DistrictState | None = None
        self._left: frozenset[int] | None = None
        self._staged = False
        """Whether there are temporary tables. While nobody changed they would cost more than all else."""

    def leave_alone(self, accounts: frozenset[int]) -> None:
        """See `SyncSession`."""
        self._left = accounts

    def stage(self, changes: Iterable[PersonChange], *, counted: LedgerCounts | None = None) -> int:
        """See `SyncSession`."""
        if self._unstorable is not None:
            raise RuntimeError("A session stages once.")
        remaining = iter(changes)
        first = list(islice(remaining, 1))
        with translate_db_errors(self._place):
            if not first and planning.replaces_none(self._connection, self._district_id, self._left):
                self._counts = counted
                self._nothing = planning.nothing(self._connection, self._sync.claim, self._district_id, self.counts())
                self._unstorable = 0
                return 0
            self._staged = True
            staging.create_tables(self._connection)
            total, self._unstorable = staging.load(self._connection, chain(first, remaining))
        return total

    def plan(self) -> Plan:
        """See `SyncSession`."""
        if self._unstorable is None or self._plan is not None:
            raise RuntimeError("A session plans once, after it has staged.")
        if self._nothing is not None:
            self._plan = self._nothing
            return self._plan
        with translate_db_errors(self._place):
            matched = matching.match(self._connection, self._district_id, self._match)
            recognition = known_persons.recognise(self._connection, self._district_id)
            plan = planning.plan(
                self._connection, self._sync.claim, self._district_id, matched, self._unstorable, left=self._left
            )
            self._plan = replace(plan, recognition=recognition)
        return self._plan

    def plan_additions(self, *, settled_only: bool) -> Plan:
        """See `SyncSession`."""
        if self._unstorable is None or self._plan is not None:
            raise RuntimeError("A session plans once, after it has staged.")
        if self._nothing is not None:
            self._plan = self._nothing
            return self._plan
        with translate_db_errors(self._place):
            matched = matching.match(self._connection, self._district_id, self._match)
            recognition = known_persons.recognise(self._connection, self._district_id)
            plan = additive_plan.plan(
                self._connection,
                self._sync.claim,
                self._district_id,
                matched,
                self._unstorable,
                settled_only=settled_only,
            )
            self._plan = replace(plan, recognition=recognition)
        return self._plan

    def state(self) -> DistrictState:
        """See `SyncSession`."""
        with translate_db_errors(self._place):
            return district_state.find(self._connection, self._district_id)

    def keep(self, state: DistrictState) -> None:
        """See `SyncSession`."""
        self._state = state

    def digest_of_all(self) -> str:
        """See `SyncSession`."""
        if not self._staged:
            return self._planned.digest
        with translate_db_errors(self._place):
            return planning.digest_of_all(self._connection, self._sync.claim, self._sync.district.version)

    def approved(self, digest: str, hold: Hold) -> bool:
        """See `SyncSession`."""
        if digest == self._planned.digest or not self._staged:
            return True
        with translate_db_errors(self._place):
            held_removals.mark(self._connection, hold)
            return held_removals.covered(self._connection, self._district_id, digest)

    def counts(self) -> LedgerCounts:
        """See `SyncSession`."""
        if self._counts is None:
            with translate_db_errors(self._place):
                self._counts = counting.count(self._connection, self._district_id)
        return self._counts

    def remember(self, memory: Memory | None) -> None:
        """See `SyncSession`."""
        self._memory = memory
        self._remembers = True

    def mark(self, watermark: Watermark) -> None:
        """See `SyncSession`."""
        self._watermark = watermark

    def apply(self, run: Run, hold: Hold) -> Applied:
        """See `SyncSession`."""
        plan = self._planned
        self._write_once()
        with translate_db_errors(self._place):
            held = held_removals.mark(self._connection, hold) if self._staged else 0
            written = applying.apply(
                self._connection, self._sync, plan, run, held, left=self._left, staged=self._staged
            )
            self._district_id = written.district_id
            if self._remembers:
                sync_cache.remember(self._connection, written.district_id, written.version, self._memory)
            watermarks.put(self._connection, written.district_id, None if held else self._watermark)
            if self._state is not None:
                district_state.keep(self._connection, written.district_id, self._state)
            self._commit()
        return written.applied

    def set_aside(self, run: Run) -> None:
        """See `SyncSession`."""
        plan = self._planned
        self._write_once()
        with translate_db_errors(self._place):
            if self._district_id is not None:
                watermarks.put(self._connection, self._district_id, None)
                if self._state is not None:
                    district_state.keep(self._connection, self._district_id, self._state)
                runs.write(self._connection, self._district_id, run, Applied(held=plan.revocations), plan)
            self._commit()

    def _write_once(self) -> None:
        if not self._live:
            raise RuntimeError("A session in setup mode writes nothing.")
        self._live = False

    def _commit(self) -> None:
        if self._staged:
            staging.drop_tables(self._connection)
        self._connection.commit()

    @property
    def _planned(self) -> Plan:
        if self._plan is None:
            raise RuntimeError("A session approves and applies what it has planned.")
        return self._plan
