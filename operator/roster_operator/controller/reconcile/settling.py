"""The last steps of a reconcile: plan what is to change, guard it, and apply it if the district is live."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from roster_operator.controller.reconcile.contract import Environment, Outcome, Request
from roster_operator.controller.reconcile.guarding import Before, case_of, evidence_of
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
from roster_operator.licensing.evidence import Evidence, succeeding
from roster_operator.licensing.guards import Case, Verdict, decide
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
        """Plan, guard, and apply if live, unless all of it waits; then remember what was read, if it was. Sets Held."""
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
            evidence = evidence_of(spec, observations)
            evidence_before = Evidence.decode(session.evidence())
            observations.verdict = self._guard(session, evidence, evidence_before)
            self.interruption.check()
            watermark = reads.watermark(observations.plan) if live and not observations.verdict.hold else None
            apply = live and not observations.frozen
            if apply:
                if to_remember is not None and not observations.only_added:
                    session.remember(to_remember())
                if watermark is not None:
                    session.mark(watermark)
                if observations.new_scope is not None:
                    session.keep_scope(observations.new_scope.encode())
                if evidence is not None:
                    session.keep_evidence(self._succeeding(evidence_before, evidence).encode())
            count_again = apply and observations.plan.changes_licenses
            if not count_again:
                observations.licenses = session.counts()
            if apply:
                observations.applied = session.apply(self._run(), observations.verdict.hold)
            elif live:
                session.set_aside(self._run())
        if count_again:
            observations.licenses = self._licenses()
        observations.reads = reads.status(watermark)
        held = bool(observations.verdict.hold)
        observations.outcome = Outcome.PLANNED if not live else Outcome.HELD if held else Outcome.SYNCED

    def _guard(self, session: SyncSession, evidence: Evidence | None, evidence_before: Evidence | None) -> Verdict:
        """What must wait, unless it was approved. What waits as a whole has a digest of all that would change."""
        observations, spec = self.observations, self.request.integration.spec
        assert observations.plan is not None
        if not observations.plan.changes_anything:
            return Verdict(Hold())
        case = self._case(session, evidence, evidence_before)
        verdict = decide(case)
        if verdict.hold.grants:
            observations.plan = replace(observations.plan, digest=session.digest_of_all())
        if spec.approval is None or not verdict.hold or not self._approved(session, spec.approval.plan, verdict.hold):
            return verdict
        remaining = decide(case, approved=True)
        observations.released = remaining != verdict
        return remaining

    def _approved(self, session: SyncSession, digest: str, hold: Hold) -> bool:
        """Whether the approval of `digest` covers what `hold` makes wait; all of a plan only if it is that very one."""
        assert self.observations.plan is not None
        return digest == self.observations.plan.digest if hold.grants else session.approved(digest, hold)

    def _case(self, session: SyncSession, evidence: Evidence | None, evidence_before: Evidence | None) -> Case:
        observations = self.observations
        assert observations.plan is not None
        proof, in_doubt_since = "", None
        if observations.plan.revocations:
            proof = session.proof_before(QUESTIONS)
            in_doubt_since = session.since(QUESTIONS_IN_DOUBT)
        before = Before(questions_of(proof), rejected_of(proof), in_doubt_since, evidence_before, self.started)
        guard = self.request.integration.spec.guard
        return case_of(observations.plan, guard, observations, before, evidence)

    def _succeeding(self, before: Evidence | None, now: Evidence) -> Evidence:
        """What the next sync is held against."""
        observations = self.observations
        assert observations.verdict is not None
        settled = not observations.verdict.hold.in_question
        day = self.started.date().isoformat()
        return succeeding(before, now, settled=settled, approved=observations.released, day=day)

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
