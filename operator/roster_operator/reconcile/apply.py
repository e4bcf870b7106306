"""The last steps of a reconcile: plan what is to change, guard it, and apply it if the district is live."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from roster_operator.api import reasons
from roster_operator.errors import LedgerError
from roster_operator.interruption import Interruption
from roster_operator.ledger.interface.district import District, DistrictState, Memory, Watermark
from roster_operator.ledger.interface.sync import Changes, ListedQuestions, MetApproval, PlannedSync, Run, Shown
from roster_operator.licensing.evidence import Evidence
from roster_operator.licensing.guards import Case, Forgotten
from roster_operator.licensing.models import Applied, Claim, LedgerCounts, PersonChange, Plan
from roster_operator.reconcile import approving, canary
from roster_operator.reconcile.canary import LiveFirst
from roster_operator.reconcile.contract import Environment, Outcome, Request
from roster_operator.reconcile.district_state import (
    baseline_of,
    in_doubt_since,
    next_state,
    proofs_as_json,
    undone_before,
)
from roster_operator.reconcile.guard_input import Before, case_of, evidence_of, ids_of_another_source
from roster_operator.reconcile.report import Decision, Offered, Promotion, RosterRead
from roster_operator.reconcile.rules import Item, raised
from roster_operator.reconcile.seats import pools_at
from roster_operator.reconcile.take_snapshot import is_wanted
from roster_operator.reconcile.terms import absent_reads
from roster_operator.roster.time_zone import time_zone
from roster_operator.tracing import span


@dataclass(frozen=True, slots=True)
class TransactionResult:
    """What a sync decided, and what became of it."""

    decision: Decision
    applied: Applied | None
    """None of a plan only, and of one that waits as a whole."""
    licenses: LedgerCounts | None
    watermark: Watermark | None
    """That the ledger keeps now."""
    examples: Mapping[str, Sequence[str]] | None
    """Of whom items of the checklist are about; None if that was not kept now."""
    outcome: Outcome
    canary: str
    """What the next sync is to know of it."""
    approval: MetApproval | None


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
        persons: Iterable[PersonChange],
        *,
        counted: LedgerCounts | None,
        settled_only: bool,
        memory: Callable[[Decision], Memory | None] | None,
        watermark: Callable[[Plan], Watermark | None],
        live_first: LiveFirst | None = None,
    ) -> TransactionResult:
        """Plan, guard, and apply if live, unless all of it waits; then keep what the next sync goes by.

        `counted` and `settled_only`: see `Changes`. `memory`: what is to be remembered of the roster, None if what
        is remembered stays; `watermark`: from where the next sync may go on. `live_first`: whose changes `persons` are,
        if not all schools are live.
        """
        request, ledger = self.request, self.environment.ledger
        changes = self._changes(district, roster, persons, live_first, counted=counted, settled_only=settled_only)
        self.interruption.check()
        now = self.environment.clock.now()
        with (
            span("ledger transaction") as transaction,
            ledger.plan(self.claim, district, changes, live=request.is_live, now=now) as planned,
        ):
            transaction.add({"roster.grants": planned.plan.grants, "roster.revocations": planned.plan.revocations})
            evidence = None if request.recorded else evidence_of(request.integration.spec, roster)
            decision = self._decide(planned, roster, evidence, district.state)
            self.interruption.check()
            applies = self._applies(decision)
            state = next_state(district.state, roster, decision, evidence, started=self.started)
            state = replace(state, canary=self._canary(district.state, decision, live_first), watermark=None)
            if applies and not decision.verdict.hold and not decision.plan.source_open:
                state = replace(state, watermark=watermark(decision.plan))
            if applies and memory is not None and not roster.only_adds:
                state = replace(state, memory=memory(decision))
            count_again = applies and decision.plan.changes_licenses
            licenses = None if count_again else planned.counts()
            approval = approving.noted(decision)
            listed = self._listed(roster, planned)
            applied = None
            if applies:
                with span("apply"):
                    applied = planned.apply(self._run(roster, listed), decision.verdict.hold, state, approval)
            elif request.is_live:
                planned.set_aside(self._run(roster, listed), state, decision.plan.digest, approval)
            shown = _shown(decision, planned) if request.is_setup else None
        if request.is_setup:
            ledger.show(district, shown, self.started, approval)
        if count_again:
            licenses = self._licenses()
        examples = self._keep(district, listed) if listed is not None else None
        mark = state.watermark
        if mark is not None and applied is not None and applied.unconfirmed:
            mark = mark.to_confirm(now)
        outcome = self._outcome(decision)
        return TransactionResult(decision, applied, licenses, mark, examples, outcome, state.canary, approval)

    def promotion(self, roster: RosterRead, live_first: LiveFirst, approval: MetApproval | None) -> Promotion:
        """What would change if all schools went live, after what `settle` did for those that are.

        `approval`: that it met. Where something is written, what this would remove can be approved by its digest.
        """
        clock, ledger = self.environment.clock, self.environment.ledger
        disputed = 0

        def others() -> Iterator[PersonChange]:
            nonlocal disputed
            for other in live_first.others():
                disputed += live_first.is_disputed(other)
                yield other

        matching = self.request.integration.spec.matching
        changes = Changes(
            self._interruptible(others()),
            match=matching.by,
            left_alone=roster.bystanders,
            unconfirmed=matching.unconfirmed,
            pools=pools_at(self.request.integration.spec, self.started),
        )
        district = ledger.district(self.claim)
        with ledger.plan(self.claim, district, changes, live=False, now=clock.now()) as planned:
            case = self._case(planned, roster, None, district.state)
            decision = approving.decide_with(case, planned, (), self.started, live=False)
            shown = _shown(decision, planned)
        if self.request.is_live:
            ledger.show(district, shown, self.started, approval)
        plan = decision.plan
        return Promotion(plan.grants, plan.revocations, decision.waiting, plan.digest, disputed)

    def _changes(
        self,
        district: District,
        roster: RosterRead,
        persons: Iterable[PersonChange],
        live_first: LiveFirst | None,
        *,
        counted: LedgerCounts | None,
        settled_only: bool,
    ) -> Changes:
        spec = self.request.integration.spec
        return Changes(
            self._interruptible(persons),
            match=spec.matching.by,
            left_alone=live_first.accounts if live_first is not None else roster.bystanders,
            counted=counted,
            only_adds=roster.only_adds,
            settled_only=settled_only,
            absent_reads=absent_reads(spec, self.started),
            other_source=ids_of_another_source(self.request, district.state),
            pools=pools_at(spec, self.started),
            unconfirmed=spec.matching.unconfirmed,
        )

    def _decide(
        self, planned: PlannedSync, roster: RosterRead, evidence: Evidence | None, before: DistrictState
    ) -> Decision:
        """An approval is spent by what is applied; not by a delta read, which removes nothing."""
        case = self._case(planned, roster, evidence, before)
        approvals, live = self.request.integration.approvals, self.request.is_live
        decision = approving.decide_with(case, planned, approvals, self.started, live=live)
        spends = self._applies(decision) and not roster.only_adds and approving.spends(decision)
        return approving.spent(decision) if spends else decision

    def _applies(self, decision: Decision) -> bool:
        return self.request.is_live and not decision.frozen

    def _outcome(self, decision: Decision) -> Outcome:
        if not self.request.is_live:
            return Outcome.PLANNED
        return Outcome.HELD if decision.verdict.hold else Outcome.SYNCED

    def _canary(self, before: DistrictState, decision: Decision, live_first: LiveFirst | None) -> str:
        """In setup mode it is not kept."""
        spec = self.request.integration.spec
        return canary.following(
            spec.canary,
            before.canary,
            live_first.schools if live_first is not None else frozenset(),
            self.started.astimezone(time_zone(spec.time_zone)).date().isoformat(),
            applied=self._applies(decision),
            waits=bool(decision.verdict.hold) or not self.offered.mappings.resolved,
            turned_back=decision.frozen and decision.verdict.reason == reasons.UNDONE,
        )

    def _case(self, planned: PlannedSync, roster: RosterRead, evidence: Evidence | None, before: DistrictState) -> Case:
        plan = planned.plan
        baseline = baseline_of(before)
        earlier = Before(
            baseline.questions,
            baseline.rejected,
            in_doubt_since(before),
            Evidence.decode(before.evidence),
            self.started,
            undone_before(before),
        )
        return case_of(
            plan,
            self.request.integration.spec.guard,
            self.offered,
            roster,
            before=earlier,
            evidence=evidence,
            forgotten=self.forgotten,
            lately=planned.removed_since(self.started - timedelta(days=7)) if plan.revocations else (),
        )

    def _licenses(self) -> LedgerCounts | None:
        """What the district holds after the apply; the sync is done even if the ledger goes away just now."""
        ledger = self.environment.ledger
        with contextlib.suppress(LedgerError):
            district = ledger.district(self.claim)
            return ledger.counts(district.id) if district.id is not None else None
        return None

    def _listed(self, roster: RosterRead, planned: PlannedSync) -> ListedQuestions | None:
        """What the checklist counts, one by one; None if this sync does not see all of it, or is to write nothing."""
        if self.request.plan_only or roster.unchanged or roster.only_adds:
            return None
        asked = {str(question): roster.questions.listed(question) for question in raised(roster.questions)}
        return {**asked, Item.MATCHING: planned.refused()}

    def _keep(self, district: District, listed: ListedQuestions) -> Mapping[str, Sequence[str]] | None:
        """In setup mode nobody else keeps it. The sync is done even if the ledger goes away just now."""
        ledger = self.environment.ledger
        with contextlib.suppress(LedgerError):
            if not self.request.is_live:
                ledger.keep_questions(self.claim, district, listed, self.environment.clock.now())
            return ledger.examples(self.claim.owner)
        return None

    def _run(self, roster: RosterRead, listed: ListedQuestions | None) -> Run:
        return Run(
            id=self.run_id,
            started=self.started,
            finished=self.environment.clock.now(),
            proof=proofs_as_json(roster),
            snapshot=roster.snapshot,
            drops_snapshot=not is_wanted(self.request.integration.spec),
            questions=listed,
        )

    def _interruptible(self, changes: Iterable[PersonChange]) -> Iterator[PersonChange]:
        for number, change in enumerate(changes):
            if number % 1000 == 0:
                self.interruption.check()
            yield change


def _shown(decision: Decision, planned: PlannedSync) -> Shown | None:
    """What setup mode shows that an approval may name."""
    plan = decision.plan
    if decision.frozen:
        return Shown(plan.digest, None)
    return Shown(plan.digest, planned.removals()) if plan.revocations else None
