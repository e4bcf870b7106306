"""One district's sync: planned, approved, applied; in this order, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice

from sqlalchemy import Connection

from roster_operator.ledger import (
    additive_plan,
    applying,
    counting,
    district_state,
    existing_accounts,
    held_removals,
    known_persons,
    matching,
    overriding,
    planning,
    questions,
    rekeying,
    runs,
    shown_plans,
    staging,
    tombstones,
)
from roster_operator.ledger.applying import Sync
from roster_operator.ledger.failures import translate_db_errors
from roster_operator.ledger.interface.district import DistrictState
from roster_operator.ledger.interface.sync import Changes, MetApproval, Run, Shown, ShownPlan
from roster_operator.licensing.change_set import digest_of
from roster_operator.licensing.models import Applied, Consent, Hold, LedgerCounts, PastRemovals, PersonChange, Plan
from roster_operator.roster.subjects import Subject


def plan(connection: Connection, sync: Sync, changes: Changes, *, live: bool, place: str) -> SqlPlannedSync:
    """Stage and plan in the transaction that has begun. `place`: the store's name for messages.

    While nobody changed there are no temporary tables: they would cost more than all else.
    """
    persons = iter(_not_erased(connection, sync.district.id, changes))
    first = list(islice(persons, 1))
    staged = bool(first) or not planning.replaces_none(connection, sync.district.id, changes.left_alone)
    if staged:
        planned = _plan(connection, sync, replace(changes, persons=chain(first, persons)))
        counts = None
    else:
        counts = changes.counted or counting.count(connection, sync.district.id)
        planned = planning.nothing(connection, sync.claim, sync.district.id, counts)
        planned = replace(
            planned, source_open=changes.other_source and known_persons.any_linked(connection, sync.district.id)
        )
    return SqlPlannedSync(connection, sync, planned, changes, counts, staged=staged, live=live, place=place)


def _not_erased(connection: Connection, district_id: int | None, changes: Changes) -> Iterable[PersonChange]:
    """Where it is open whose ids these are, everybody: who was erased is left out once that is known."""
    is_open = changes.other_source and not changes.only_adds and known_persons.any_linked(connection, district_id)
    return changes.persons if is_open else tombstones.left_out(connection, district_id, changes.persons)


def _plan(connection: Connection, sync: Sync, changes: Changes) -> Plan:
    claim, district_id = sync.claim, sync.district.id
    staging.create_tables(connection)
    unstorable = staging.load(connection, changes.persons)
    recognition = known_persons.recognise(connection, district_id)
    rekey, source_open = rekeying.rekey(connection, district_id, changes, recognition)
    if rekey is not None:
        rekeying.refuse_ambiguous(connection)
    matched = matching.match(connection, district_id, changes.match, rekeyed=False if rekey is not None else None)
    if rekey is not None:
        rekeying.protect_ambiguous(connection)
        recognition = known_persons.recognise(connection, district_id)
    recognition = replace(recognition, confirmed=recognition.confirmed + known_persons.by_login(connection))
    overriding.withhold(connection, district_id)
    if changes.only_adds:
        planned = additive_plan.plan(
            connection,
            claim,
            district_id,
            matched,
            unstorable,
            settled_only=changes.settled_only,
            pools=changes.pools,
        )
    else:
        planned = planning.plan(
            connection, claim, district_id, matched, unstorable, left=changes.left_alone, pools=changes.pools
        )
        planned = replace(planned, existing=existing_accounts.compare(connection, matched))
    digest = shown_plans.unspent(connection, district_id, planned.digest) if planned.revocations else planned.digest
    planned = replace(planned, recognition=recognition, digest=digest, rekey=rekey, source_open=source_open)
    if rekey is None:
        return planned
    moved = rekey.agreement.moved
    return replace(
        planned,
        accounts_linked=planned.accounts_linked + moved,
        accounts_changed=planned.accounts_changed + moved + rekey.retired,
    )


class SqlPlannedSync:
    """`ledger.PlannedSync` on a connection whose transaction has begun."""

    def __init__(
        self,
        connection: Connection,
        sync: Sync,
        planned: Plan,
        changes: Changes,
        counts: LedgerCounts | None,
        *,
        staged: bool,
        live: bool,
        place: str,
    ) -> None:
        """`staged`: whether there are temporary tables."""
        self.plan = planned
        self._connection = connection
        self._sync = sync
        self._left = changes.left_alone
        self._absent_reads = changes.absent_reads
        self._only_adds = changes.only_adds
        self._pools = changes.pools
        self._counts = counts
        self._staged = staged
        self._may_write = live
        self._place = place

    def digest(self, hold: Hold) -> str:
        """See `PlannedSync`."""
        if not hold.grants or not self._staged:
            return self.plan.digest
        with translate_db_errors(self._place):
            version, rekey = self._sync.district.version, self.plan.rekey
            return planning.digest_of_all(
                self._connection, self._sync.claim, version, rekey.digest if rekey is not None else ""
            )

    def shown(self, digest: str) -> ShownPlan | None:
        """See `PlannedSync`."""
        with translate_db_errors(self._place):
            return shown_plans.find(self._connection, self._sync.district.id, digest)

    def removed_since(self, start: datetime) -> Sequence[PastRemovals]:
        """See `PlannedSync`."""
        with translate_db_errors(self._place):
            return runs.removals_since(self._connection, self._sync.district.id, start, self._sync.now)

    def consent(self, approval: str, hold: Hold) -> Consent:
        """See `PlannedSync`."""
        if hold.grants:
            this = approval == self.digest(hold)
            if this and self._staged:
                with translate_db_errors(self._place):
                    shown_plans.load_all(self._connection)
            return Consent(released=self.plan.revocations) if this else Consent(waiting=1)
        if not self._staged:
            return Consent()
        connection, scope = self._connection, (self._sync.claim.owner, self._sync.claim.source)
        with translate_db_errors(self._place):
            held = held_removals.mark(connection, hold)
            if approval == self.plan.digest:
                return Consent(released=held)
            released = shown_plans.load(connection, self._sync.district.id, approval)
            if released in {0, held}:
                return Consent(released=released, waiting=held - released)
            shown_plans.release(connection)
            rest = digest_of(scope, held_removals.in_order(connection))
            digest = shown_plans.unspent(connection, self._sync.district.id, rest)
            return Consent(released=released, waiting=held - released, digest=digest)

    def removals(self) -> bytes:
        """See `PlannedSync`."""
        with translate_db_errors(self._place):
            return shown_plans.removals(self._connection, everything=True) if self._staged else shown_plans.NONE

    def counts(self) -> LedgerCounts:
        """See `PlannedSync`."""
        if self._counts is None:
            with translate_db_errors(self._place):
                self._counts = counting.count(self._connection, self._sync.district.id)
        return self._counts

    def refused(self) -> Sequence[Subject]:
        """See `PlannedSync`."""
        if not self.plan.conflicts or not self._staged:
            return ()
        with translate_db_errors(self._place):
            return questions.refused(self._connection, self._sync.district.id)

    def apply(self, run: Run, hold: Hold, state: DistrictState, approval: MetApproval | None = None) -> Applied:
        """See `PlannedSync`."""
        self._write_once()
        connection, sync, plan = self._connection, self._sync, self.plan
        with translate_db_errors(self._place):
            held = held_removals.mark(connection, hold) if self._staged else 0
            if held and approval is not None and approval.consent.digest:
                held -= shown_plans.release(connection)
                plan = replace(plan, digest=approval.consent.digest)
            written = applying.apply(
                connection,
                sync,
                plan,
                run,
                held,
                left=self._left,
                staged=self._staged,
                approval=approval,
                absent_reads=self._absent_reads,
                only_adds=self._only_adds,
                pools=self._pools,
            )
            kept = replace(state, watermark=None) if held else state
            if written.applied.unconfirmed:
                mark = kept.watermark and kept.watermark.to_confirm(sync.now)
                kept = replace(kept, watermark=mark, memory=None)
            district_state.keep(connection, sync.district, written.district_id, written.version, kept)
            self._keep_questions(run, written.district_id)
            self._commit()
        return written.applied

    def set_aside(self, run: Run, state: DistrictState, digest: str, approval: MetApproval | None = None) -> None:
        """See `PlannedSync`."""
        self._write_once()
        connection, district = self._connection, self._sync.district
        with translate_db_errors(self._place):
            if self.plan.rekey is not None:
                rekeying.take_back(connection)
            if district.id is not None:
                district_state.keep(connection, district, district.id, district.version, replace(state, watermark=None))
                shown_plans.keep(connection, district.id, Shown(digest, None), self._sync.now, approval)
                runs.write(connection, district.id, run, Applied(held=self.plan.revocations), self.plan)
            self._keep_questions(run, district.id)
            self._commit()

    def _keep_questions(self, run: Run, district_id: int | None) -> None:
        if run.questions is not None:
            sync = self._sync
            questions.replace(self._connection, sync.claim.owner, district_id, run.questions, sync.now)

    def _write_once(self) -> None:
        if not self._may_write:
            raise RuntimeError("A sync writes once, and in setup mode nothing.")
        self._may_write = False

    def _commit(self) -> None:
        if self._staged:
            staging.drop_tables(self._connection)
        self._connection.commit()
