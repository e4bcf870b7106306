"""The last steps of a reconcile: plan what is to change, guard it, and apply it if the district is live."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from roster_operator.errors import LedgerError
from roster_operator.interruption import Interruption
from roster_operator.ledger.ledger import District, DistrictState, Memory, Run, SyncSession, Watermark
from roster_operator.licensing.evidence import Evidence
from roster_operator.licensing.guards import Case, Forgotten, decide
from roster_operator.licensing.models import Applied, Claim, Hold, LedgerCounts, MatchBy, PersonChange, Plan
from roster_operator.reconcile.contract import Environment, Outcome, Request
from roster_operator.reconcile.district_state import baseline_of, next_state, proofs_as_json
from roster_operator.reconcile.guard_input import Before, case_of, evidence_of
from roster_operator.reconcile.report import Decision, Offered, RosterRead
from roster_operator.reconcile.take_snapshot import is_wanted


@dataclass(frozen=True, slots=True)
class TransactionResult:
    """What a sync decided, and what became of it."""

    decision: Decision
    applied: Applied | None
    """None of a plan only, and of one that waits as a whole."""
    licenses: LedgerCounts | None
    watermark: Watermark | None
    """That the ledger keeps now."""
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class PlanAndApply:
    """Of one district, in one transaction of the ledger."""

    request: Request
    environment: Environment
    interruption: Interruption
    run_id: str
    started: datetime
    claim: Claim
    offered: Offered
    forgotten: Forgotten | None

    def settle(
        self,
        district: District,
        roster: RosterRead,
        changes: Iterable[PersonChange],
        *,
        counted: LedgerCounts | None,
        settled_only: bool,
        memory: Callable[[Decision], Memory | None] | None,
        watermark: Callable[[Plan], Watermark | None],
    ) -> TransactionResult:
        """Plan, guard, and apply if live, unless all of it waits; then keep what the next sync goes by.

        `counted` and `settled_only`: see `SyncSession`. `memory`: what is to be remembered of the roster, None if what
        is remembered stays; `watermark`: from where the next sync may go on.
        """
        spec = self.request.integration.spec
        live = spec.live and not self.request.plan_only
        match = [MatchBy(str(by)) for by in spec.matching.by]
        self.interruption.check()
        with self.environment.ledger.sync(
            self.claim, district, match, live=live, now=self.environment.clock.now()
        ) as session:
            if roster.bystanders is not None:
                session.leave_alone(roster.bystanders)
            session.stage(self._interruptible(changes), counted=counted)
            plan = session.plan_additions(settled_only=settled_only) if roster.only_adds else session.plan()
            evidence, before = evidence_of(spec, roster), session.state()
            decision = self._decide(session, plan, roster, evidence, before)
            self.interruption.check()
            hold = decision.verdict.hold
            apply = live and not decision.frozen
            left = watermark(decision.plan) if live and not hold else None
            if live:
                session.keep(next_state(before, roster, decision, evidence, started=self.started))
            if apply:
                if memory is not None and not roster.only_adds:
                    session.remember(memory(decision))
                if left is not None:
                    session.mark(left)
            count_again = apply and decision.plan.changes_licenses
            licenses = None if count_again else session.counts()
            applied = None
            if apply:
                applied = session.apply(self._run(roster), hold)
            elif live:
                session.set_aside(self._run(roster))
        if count_again:
            licenses = self._licenses()
        outcome = Outcome.PLANNED if not live else Outcome.HELD if hold else Outcome.SYNCED
        return TransactionResult(decision, applied, licenses, left, outcome)

    def _decide(
        self,
        session: SyncSession,
        plan: Plan,
        roster: RosterRead,
        evidence: Evidence | None,
        before: DistrictState,
    ) -> Decision:
        """What must wait, unless it was approved. What waits as a whole has a digest of all that would change."""
        approval = self.request.integration.spec.approval
        case = self._case(plan, roster, evidence, before)
        verdict = decide(case)
        if verdict.hold.grants:
            plan = replace(plan, digest=session.digest_of_all())
        if approval is None or not verdict.hold or not _approved(session, plan, approval.plan, verdict.hold):
            return Decision(plan, verdict, approval_of_another=approval is not None)
        remaining = decide(case, approved=True)
        return Decision(plan, remaining, released=remaining != verdict)

    def _case(self, plan: Plan, roster: RosterRead, evidence: Evidence | None, before: DistrictState) -> Case:
        baseline = baseline_of(before)
        earlier = Before(
            baseline.questions,
            baseline.rejected,
            before.in_doubt_since,
            Evidence.decode(before.evidence),
            self.started,
        )
        return case_of(
            plan,
            self.request.integration.spec.guard,
            self.offered,
            roster,
            before=earlier,
            evidence=evidence,
            forgotten=self.forgotten,
        )

    def _licenses(self) -> LedgerCounts | None:
        """What the district holds after the apply; the sync is done even if the ledger goes away just now."""
        ledger = self.environment.ledger
        with contextlib.suppress(LedgerError):
            district = ledger.district(self.claim)
            return ledger.counts(district.id) if district.id is not None else None
        return None

    def _run(self, roster: RosterRead) -> Run:
        return Run(
            id=self.run_id,
            started=self.started,
            finished=self.environment.clock.now(),
            proof=proofs_as_json(roster),
            snapshot=roster.snapshot,
            drops_snapshot=not is_wanted(self.request.integration.spec),
        )

    def _interruptible(self, changes: Iterable[PersonChange]) -> Iterator[PersonChange]:
        for number, change in enumerate(changes):
            if number % 1000 == 0:
                self.interruption.check()
            yield change


def _approved(session: SyncSession, plan: Plan, digest: str, hold: Hold) -> bool:
    """Whether the approval of `digest` covers what `hold` makes wait; all of a plan only if it is that very one."""
    return digest == plan.digest if hold.grants else session.approved(digest, hold)
