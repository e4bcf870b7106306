"""One reconcile: from a RosterIntegration to its licenses and its new status.

A list of steps, each of which adds what it found to one report. The first error ends the list, and what was found until
then is summarized all the same. Live and setup mode take the same steps up to the apply.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from roster_operator.api.v1alpha1 import ReadsStatus
from roster_operator.clock import today
from roster_operator.errors import (
    CredentialsMissing,
    InvalidSpec,
    RosterOperatorError,
    SectionNotShared,
    SourceError,
)
from roster_operator.interruption import Interruption
from roster_operator.ledger.interface.district import Memory, Watermark
from roster_operator.licensing.models import Claim, LedgerCounts, PersonChange, Plan
from roster_operator.reconcile import canary, capabilities, mapping, reading, summary, unchanged
from roster_operator.reconcile.apply import PlanAndApply
from roster_operator.reconcile.canary import LiveFirst
from roster_operator.reconcile.contract import Environment, Outcome, Request, Result
from roster_operator.reconcile.failures import BAD_CREDENTIALS, failure_of
from roster_operator.reconcile.open_district import OpenDistrict, open_district
from roster_operator.reconcile.read_changes import NotRead
from roster_operator.reconcile.read_classes import Classes
from roster_operator.reconcile.read_mode import FullReadReason, next_watermark, reads_status
from roster_operator.reconcile.report import Decision, Mappings, Offered, ReconcileReport, RosterRead
from roster_operator.reconcile.seats import seats_told
from roster_operator.reconcile.standing import with_actor
from roster_operator.reconcile.terms import frozen_until
from roster_operator.reconcile.unchanged import LastResult
from roster_operator.roster.dates import Days
from roster_operator.roster.time_zone import time_zone
from roster_operator.sources.source import Report
from roster_operator.tracing import span, traced


def reconcile(request: Request, environment: Environment, interruption: Interruption) -> Result:
    """Make the district's licenses what its roster says, or say why not.

    Everything foreseen ends up in the result's status; what is raised is a defect. Until the one commit of the ledger
    nothing has been written, so it may be interrupted at any point and run again.
    """
    started = environment.clock.now()
    steps = _Reconcile(request, environment, interruption, started)
    told = {
        "k8s.namespace.name": request.integration.namespace,
        "roster.integration": request.integration.name,
        "roster.run_id": steps.report.run_id,
    }
    with span("reconcile", told) as it:
        try:
            steps.run()
            report = steps.report
        except RosterOperatorError as error:
            report = steps.report
            failure = failure_of(error, report.access.sections if report.access is not None else ())
            report = replace(report, failure=failure, outcome=failure.outcome)
            it.add({"error.type": type(error).__name__})
        it.add({"roster.outcome": str(report.outcome)})
    attempt = summary.attempt_of(request, started=started, finished=environment.clock.now())
    status = with_actor(summary.summarize(attempt, report), request.integration)
    return Result(status, report.outcome, report.catalog)


class _Reconcile:
    """The steps, and what they share."""

    def __init__(
        self, request: Request, environment: Environment, interruption: Interruption, started: datetime
    ) -> None:
        self.request = request
        self.spec = request.integration.spec
        self.environment = environment
        self.interruption = interruption
        self.started = started
        self.report = ReconcileReport(run_id=environment.new_run_id())
        self.why = FullReadReason.UNCHANGED
        """Why the roster is read whole, where the spec wants delta reads."""
        self.claim = Claim(owner=request.integration.key, source=mapping.claimed_source(self.spec))

    def run(self) -> None:
        """All steps in order."""
        credentials, ledger = self.request.credentials, self.environment.ledger
        if isinstance(credentials, CredentialsMissing):
            raise credentials
        zone = time_zone(self.spec.time_zone)
        days = Days(today(self.environment.clock, zone).isoformat(), zone)
        district, ledger_id = ledger.district(self.claim), ledger.identity()
        self._found(seats=seats_told(self.spec, self.request.ebooks))
        self._found(ledger_id=ledger_id, frozen_until=frozen_until(self.spec, self.started))
        with open_district(
            self.request,
            credentials,
            self.environment,
            self.interruption,
            self.started,
            district=district,
            ledger_id=ledger_id,
            days=days,
        ) as opened:
            reused = self._open_access(opened)
            try:
                self._read_and_settle(opened, reused)
            finally:
                orders = self.report.roster.day_orders if self.report.roster is not None else None
                self._found(provider=opened.server.known_at_the_end(orders))

    def _read_and_settle(self, opened: OpenDistrict, reused: LastResult | None) -> None:
        """As little as will do: nothing if the roster is the same, else what changed, else everything."""
        if reused is None and self.spec.source.delta is not None:
            self.why = opened.full_read_reason()
            reused = self._reuse(opened) if self.why is not FullReadReason.UNCHANGED else None
        if reused is not None:
            self._settle(opened, reused.offered, reused.roster, opened.changes, counted=reused.licenses)
            return
        classes = self._read_classes(opened)
        if not classes.any_selected:
            self._nothing_selected(classes.offered.mappings)
        elif (changed := self._read_changes(opened, classes)) is not None:
            self._settle(opened, classes.offered, changed, opened.changes)
        else:
            with span("read people"):
                roster, persons = reading.everything_of(opened, classes, self.environment.grew)
            self._found(roster=roster)
            first = reading.live_first(opened, classes, persons)
            changes = first.live() if first is not None else persons()
            self._settle(opened, classes.offered, roster, changes, remember=first is None, first=first)

    def _open_access(self, opened: OpenDistrict) -> LastResult | None:
        """CredentialsValid, SectionsShared. And, if it was recognized on the way, the roster of the last sync.

        Who is answered as before has good credentials, and shares the same: then no probe is needed. Raises what keeps
        a server from being asked, unless the probe finds another way to ask it.
        """
        if self.spec.source.delta is not None:
            self._probe(opened, then_read=opened.watermark is None)
            return None
        try:
            reused = self._reuse(opened)
        except SourceError as error:
            may_be_read = isinstance(error, BAD_CREDENTIALS)
            self._probe(opened, then_read=may_be_read)
            if not may_be_read:
                raise
            return None
        if reused is None:
            self._probe(opened, then_read=True)
        elif self.request.integration.status.provider is None:
            opened.server.leave_alone()
        return reused

    @traced("probe")
    def _probe(self, opened: OpenDistrict, *, then_read: bool) -> None:
        """`then_read`: if all goes well, the whole roster is read next."""
        selected = bool(self.spec.schools and self.spec.courses)
        self._accept(opened, opened.source.probe(then_read=then_read and selected))

    def _accept(self, opened: OpenDistrict, access: Report) -> None:
        """Whom the district's server lets in has the district before it is live: nobody else is to take it."""
        self._found(access=access)
        if refused := access.refused:
            names = ", ".join(str(each.section) for each in refused)
            advice = " ".join(dict.fromkeys(each.message for each in refused))
            raise SectionNotShared(f"The SIS does not share: {names}. {advice}", section=names)
        if not self.request.plan_only and opened.district.live_since is None:
            self.environment.ledger.reserve(self.claim, self.environment.clock.now())

    @traced("compare with the last roster")
    def _reuse(self, opened: OpenDistrict) -> LastResult | None:
        """All phases up to the roster at once, if that is still the same."""
        reused = opened.last_result()
        if reused is not None:
            self._accept(opened, reused.access)
            self._found(
                mappings=reused.offered.mappings,
                catalog=reused.offered.catalog,
                roster=reused.roster,
                licenses=reused.licenses,
            )
        return reused

    @traced("read classes")
    def _read_classes(self, opened: OpenDistrict) -> Classes:
        """MappingsResolved, and the catalog."""
        offering, selection = reading.selection_of(opened)
        self._found(mappings=selection.mappings)
        classes = reading.classes_of(opened, offering, selection)
        self._found(mappings=classes.offered.mappings, catalog=classes.offered.catalog)
        return classes

    def _nothing_selected(self, mappings: Mappings) -> None:
        """In setup mode that is how a district begins; a live one would lose everything."""
        if self.request.is_live:
            raise InvalidSpec(
                f"{mapping.unresolved_names(mappings)} So no license could be kept, and nothing was changed. "
                f"{mapping.remedy(mappings)}"
            )
        self._found(outcome=Outcome.PLANNED)

    @traced("read changes")
    def _read_changes(self, opened: OpenDistrict, classes: Classes) -> RosterRead | None:
        """What changed, if that will do; None if everything must be read. No change was kept then."""
        if self.why is not FullReadReason.UNCHANGED:
            return None
        try:
            roster = reading.changes_of(opened, classes)
        except NotRead as not_read:
            self.why = not_read.why
            if not_read.observed is not None:
                opened.server.learn(not_read.observed)
            return None
        if roster is not None:
            self._found(roster=roster)
        return roster

    def _settle(
        self,
        opened: OpenDistrict,
        offered: Offered,
        roster: RosterRead,
        changes: Iterable[PersonChange],
        *,
        counted: LedgerCounts | None = None,
        remember: bool = False,
        first: LiveFirst | None = None,
    ) -> None:
        """Plan, guard and apply. Synced, DataClean, Held."""
        before, day, request = opened.watermark, opened.days.today, self.request
        report = self.report

        def memory(decision: Decision) -> Memory | None:
            return unchanged.to_remember(request, opened.source, day, report, decision)

        def watermark(plan: Plan) -> Watermark | None:
            return (
                None
                if first is not None
                else next_watermark(request, before, roster, plan, day=day, started=self.started)
            )

        settling = PlanAndApply(
            request,
            self.environment,
            self.interruption,
            report.run_id,
            self.started,
            self.claim,
            offered,
            opened.forgotten,
        )
        settled = settling.settle(
            opened.district,
            roster,
            changes,
            counted=counted,
            settled_only=before is not None and before.conflicts > 0,
            memory=memory if remember else None,
            watermark=watermark,
            live_first=first,
        )
        self._found(
            decision=settled.decision,
            applied=settled.applied,
            licenses=settled.licenses,
            examples=settled.examples,
            outcome=settled.outcome,
        )
        if self.spec.canary is not None:
            promotion = settling.promotion(roster, first, settled.approval) if first is not None else None
            told = canary.status_of(self.spec.canary, settled.canary, promotion, live=self.spec.live)
            self._found(canary=told)
        self._found(reads=self._reads(opened, roster, settled.watermark))

    def _reads(self, opened: OpenDistrict, roster: RosterRead, left: Watermark | None) -> ReadsStatus | None:
        known = opened.server.known() if left is not None else None
        return reads_status(
            self.request,
            roster,
            self.why,
            left,
            tells_changes=known is not None and capabilities.from_status(known).tells_changes,
            zone=opened.days.zone,
            started=self.started,
        )

    def _found(self, **phases: Any) -> None:
        """Add what a step found."""
        self.report = replace(self.report, **phases)
