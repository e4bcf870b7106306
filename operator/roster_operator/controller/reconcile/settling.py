"""The last steps of a reconcile: plan what is to change, guard it, and apply it if the district is live."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from roster_operator.controller.reconcile.contract import Environment, Outcome, Request
from roster_operator.controller.reconcile.guarding import Before, judged, names_unresolved
from roster_operator.controller.reconcile.observations import Observations
from roster_operator.controller.reconcile.reading import (
    QUESTIONS,
    QUESTIONS_IN_DOUBT,
    proofs_as_json,
    questions_of,
    rejected_of,
)
from roster_operator.controller.reconcile.reads import Reads
from roster_operator.errors import LedgerError
from roster_operator.interruption import Interruption
from roster_operator.ledger.ledger import District, Memory, Run, SyncSession
from roster_operator.licensing.guards import Verdict
from roster_operator.licensing.models import Claim, Hold, LedgerCounts, MatchBy, PersonChange


@dataclass(frozen=True, slots=True)
class Settling:
    """Of one district, in one transaction of the ledger."""

    request: Request
    environment: Environment
    interruption: Interruption
    observations: Observations
    started: datetime
    claim: Claim

    def settle(
        self,
        district: District,
        changes: Iterable[PersonChange],
        reads: Reads,
        to_remember: Callable[[], Memory | None] | None = None,
    ) -> None:
        """Plan, guard, and apply if live; then remember what was read, if it was. Sets Held."""
        spec = self.request.integration.spec
        live = spec.live and not self.request.plan_only
        match = [MatchBy(str(by)) for by in spec.matching.by]
        self.interruption.check()
        with self.environment.ledger.sync(
            self.claim, district, match, live=live, now=self.environment.clock.now()
        ) as session:
            observations = self.observations
            session.stage(self._interruptible(changes), counted=observations.licenses)
            if observations.only_added:
                observations.plan = session.plan_additions(settled_only=reads.settled_only)
            else:
                observations.plan = session.plan()
            observations.verdict = self._guard(session)
            self.interruption.check()
            watermark = reads.watermark(observations.plan) if live and not observations.verdict.hold else None
            if live:
                if to_remember is not None and not observations.only_added:
                    session.remember(to_remember())
                if watermark is not None:
                    session.mark(watermark)
                if observations.new_scope is not None:
                    session.keep_scope(observations.new_scope.encode())
            count_again = live and observations.plan.changes_licenses
            if not count_again:
                observations.licenses = session.counts()
            if live:
                observations.applied = session.apply(self._run(), observations.verdict.hold)
        if count_again:
            observations.licenses = self._licenses()
        observations.reads = reads.status(watermark)
        held = bool(observations.verdict.hold)
        observations.outcome = Outcome.PLANNED if not live else Outcome.HELD if held else Outcome.SYNCED

    def _guard(self, session: SyncSession) -> Verdict:
        """What must wait, unless it was approved."""
        observations, spec = self.observations, self.request.integration.spec
        assert observations.plan is not None
        if not observations.plan.revocations:
            return Verdict(Hold())
        proof = session.proof_before(QUESTIONS)
        in_doubt_since = session.since(QUESTIONS_IN_DOUBT)
        before = Before(questions_of(proof), rejected_of(proof), in_doubt_since, self.started)
        verdict = judged(observations.plan, spec.guard, observations, before)
        approvable = verdict.hold and not names_unresolved(observations)
        if approvable and spec.approval and session.approved(spec.approval.plan, verdict.hold):
            observations.released = True
            return Verdict(Hold())
        return verdict

    def _licenses(self) -> LedgerCounts | None:
        """What the district holds after the apply; the sync is done even if the ledger goes away just now."""
        ledger = self.environment.ledger
        with contextlib.suppress(LedgerError):
            district = ledger.district(self.claim)
            return ledger.counts(district.id) if district.id is not None else None
        return None

    def _run(self) -> Run:
        return Run(
            id=self.observations.run_id,
            started=self.started,
            finished=self.environment.clock.now(),
            proof=proofs_as_json(self.observations),
        )

    def _interruptible(self, changes: Iterable[PersonChange]) -> Iterator[PersonChange]:
        for number, change in enumerate(changes):
            if number % 1000 == 0:
                self.interruption.check()
            yield change
