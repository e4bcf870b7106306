"""One reconcile: from a RosterIntegration to its licenses and its new status.

A list of steps, each of which adds what it found to one report. The first error ends the list, and what was found until
then is summarized all the same. Live and setup mode take the same steps up to the apply.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from roster_operator.api.v1alpha1 import ReadsStatus, SameLogin
from roster_operator.clock import today
from roster_operator.errors import (
    CredentialsMissing,
    InvalidSpec,
    RosterOperatorError,
    SectionNotShared,
    SourceError,
)
from roster_operator.interruption import Interruption
from roster_operator.ledger.interface.district import District, Memory, Watermark
from roster_operator.licensing.class_scope import ClassMemory
from roster_operator.licensing.guards import Forgotten
from roster_operator.licensing.models import Claim, LedgerCounts, PersonChange, Plan
from roster_operator.reconcile import canary, capabilities, mapping, summary, unchanged
from roster_operator.reconcile.apply import PlanAndApply
from roster_operator.reconcile.canary import LiveFirst
from roster_operator.reconcile.contract import Environment, Outcome, Request, Result
from roster_operator.reconcile.declared_logins import declared_login
from roster_operator.reconcile.failures import BAD_CREDENTIALS, failure_of
from roster_operator.reconcile.forgetting import forgotten
from roster_operator.reconcile.guard_input import ids_of_another_source
from roster_operator.reconcile.offering import Offering
from roster_operator.reconcile.persons import State
from roster_operator.reconcile.read_changes import NotRead, read_changes
from roster_operator.reconcile.read_classes import Classes, read_classes
from roster_operator.reconcile.read_everything import read_everything
from roster_operator.reconcile.read_mode import FullReadReason, full_read_reason, next_watermark, reads_status, scope_of
from roster_operator.reconcile.report import Decision, Mappings, Offered, ReconcileReport, RosterRead
from roster_operator.reconcile.rows_on_disk import Rows, changed_persons
from roster_operator.reconcile.take_snapshot import TakeSnapshot, is_wanted
from roster_operator.reconcile.terms import frozen_until
from roster_operator.reconcile.unchanged import LastResult
from roster_operator.roster.dates import Days
from roster_operator.roster.time_zone import time_zone
from roster_operator.sources.capabilities import TellsChanges
from roster_operator.sources.source import Report, RosterSource


def reconcile(request: Request, environment: Environment, interruption: Interruption) -> Result:
    """Make the district's licenses what its roster says, or say why not.

    Everything foreseen ends up in the result's status; what is raised is a defect. Until the one commit of the ledger
    nothing has been written, so it may be interrupted at any point and run again.
    """
    started = environment.clock.now()
    steps = _Reconcile(request, environment, interruption, started)
    try:
        steps.run()
        report = steps.report
    except RosterOperatorError as error:
        report = steps.report
        failure = failure_of(error, report.access.sections if report.access is not None else ())
        report = replace(report, failure=failure, outcome=failure.outcome)
    attempt = summary.attempt_of(request, started=started, finished=environment.clock.now())
    return Result(summary.summarize(attempt, report), report.outcome, report.catalog)


@dataclass(frozen=True, slots=True)
class _Opened:
    """The district's roster and its part of the ledger, as of one day."""

    source: RosterSource
    district: District
    forgotten: Forgotten | None
    """What the ledger has lost of it; then everybody is looked at anew."""
    days: Days
    zone: ZoneInfo
    watermark: Watermark | None
    """From where the last sync lets this one go on, if the spec wants delta reads."""
    server: capabilities.Server
    changes: Rows[PersonChange]
    """Persons who changed."""
    take_snapshot: TakeSnapshot | None
    """None if this reading is not to be kept."""


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
        if isinstance(self.request.credentials, CredentialsMissing):
            raise self.request.credentials
        zone = time_zone(self.spec.time_zone)
        days = Days(today(self.environment.clock, zone).isoformat(), zone)
        ledger, clock = self.environment.ledger, self.environment.clock
        district, identity = ledger.district(self.claim), ledger.identity()
        self._found(ledger_id=identity, frozen_until=frozen_until(self.spec, self.started))
        lost = forgotten(ledger, identity, district, self.request.integration.status)
        integration, credentials = self.request.integration, self.request.credentials
        source = self.environment.open_source(integration, credentials, clock, self.interruption)
        with contextlib.closing(source), contextlib.ExitStack() as resources:
            changes = changed_persons(resources)
            builds = self.spec.source.delta is not None and lost is None and not self._restricted(district)
            watermark = district.state.watermark if builds else None
            server = capabilities.Server(source, self.request, self.started)
            take = self._take_snapshot(district, resources)
            opened = _Opened(source, district, lost, days, zone, watermark, server, changes, take)
            reused = self._open_access(opened)
            try:
                self._read_and_settle(opened, reused)
            finally:
                orders = self.report.roster.day_orders if self.report.roster is not None else None
                self._found(provider=server.known_at_the_end(orders))

    def _take_snapshot(self, district: District, resources: contextlib.ExitStack) -> TakeSnapshot | None:
        """Setup mode writes nothing; and without a key a snapshot would name people, or nobody ever."""
        key = self.environment.snapshot_key
        writes = self.spec.live and not self.request.plan_only
        if key is None or not writes or not is_wanted(self.spec):
            return None
        return TakeSnapshot(key, resources, self.environment.ledger.erased(district))

    def _read_and_settle(self, opened: _Opened, reused: LastResult | None) -> None:
        """As little as will do: nothing if the roster is the same, else what changed, else everything."""
        if reused is None and self.spec.source.delta is not None:
            self.why = self._why_full(opened)
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
            roster, persons = self._read_everything(opened, classes)
            first = self._live_first(opened, classes, persons)
            changes = first.live() if first is not None else persons()
            self._settle(opened, classes.offered, roster, changes, remember=first is None, first=first)

    def _restricted(self, district: District) -> bool:
        """Whether some schools are live before the others."""
        return canary.restricts(self.spec.canary, district.state.canary)

    def _live_first(self, opened: _Opened, classes: Classes, persons: canary.Persons) -> LiveFirst | None:
        district, ledger = opened.district, self.environment.ledger
        if not self._restricted(district):
            return None
        other_source = ids_of_another_source(self.request, district.state)
        known = ledger.person_states(district.id) if district.id is not None and opened.forgotten is None else ()
        return LiveFirst(
            schools=classes.selection.canary,
            known=frozenset(key for key, _ in known),
            persons=persons,
            accounts=frozenset(each.id for each in ledger.former_accounts(district)),
            unlinked=tuple(ledger.unlinked_accounts(district)),
            match=self.spec.matching.by,
            served=tuple(ledger.served_accounts(district)) if other_source else (),
        )

    def _open_access(self, opened: _Opened) -> LastResult | None:
        """CredentialsValid, SectionsShared. And, if it was recognised on the way, the roster of the last sync.

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

    def _probe(self, opened: _Opened, *, then_read: bool) -> None:
        """`then_read`: if all goes well, the whole roster is read next."""
        selected = bool(self.spec.schools and self.spec.courses)
        self._accept(opened, opened.source.probe(then_read=then_read and selected))

    def _accept(self, opened: _Opened, access: Report) -> None:
        """Whom the district's server lets in has the district before it is live: nobody else is to take it."""
        self._found(access=access)
        if refused := access.refused:
            names = ", ".join(str(each.section) for each in refused)
            advice = " ".join(dict.fromkeys(each.message for each in refused))
            raise SectionNotShared(f"The SIS does not share: {names}. {advice}", section=names)
        if not self.request.plan_only and opened.district.live_since is None:
            self.environment.ledger.reserve(self.claim, self.environment.clock.now())

    def _reuse(self, opened: _Opened) -> LastResult | None:
        """All that a reading finds, as the last sync found it, if the roster is still the same."""
        if opened.forgotten is not None or not unchanged.may_reuse(self.request) or self._restricted(opened.district):
            return None
        district, take = opened.district, opened.take_snapshot
        if take is not None and self.environment.ledger.snapshot_key(district) != take.key.id:
            return None
        remembered = district.state.memory
        if remembered is None:
            return None
        check_licenses = partial(self.environment.ledger.check_licenses, district)
        reused = unchanged.reuse(
            remembered, opened.source, self.request, opened.days.today, check_licenses=check_licenses
        )
        if reused is not None:
            self._accept(opened, reused.access)
            self._found(
                mappings=reused.offered.mappings,
                catalog=reused.offered.catalog,
                roster=reused.roster,
                licenses=reused.licenses,
            )
        return reused

    def _why_full(self, opened: _Opened) -> FullReadReason:
        """What is known of the server is waited for only if the watermark lets a delta read be thought of."""
        delta, before = self.spec.source.delta, opened.watermark
        if delta is None:
            return FullReadReason.UNCHANGED
        known = opened.server.known() if before is not None else None
        found = capabilities.from_status(known) if known is not None else None
        return full_read_reason(self.request, delta, before, found, day=opened.days.today, now=self.started)

    def _read_classes(self, opened: _Opened) -> Classes:
        """MappingsResolved, and the catalog."""
        source, ebooks = opened.source, self.request.ebooks
        offering = Offering(source)
        selection = mapping.select(self.spec, offering, ebooks)
        if any(school.absent for school in selection.mappings.unresolved_schools) and offering.look_beyond(source):
            selection = mapping.select(self.spec, offering, ebooks)
        self._found(mappings=selection.mappings)
        before = ClassMemory.decode(opened.district.state.classes)
        former = self.environment.ledger.former_accounts(opened.district)
        classes = read_classes(
            source,
            self.spec,
            offering,
            selection,
            opened.days,
            before=before,
            former=former,
            take_snapshot=opened.take_snapshot,
        )
        self._found(mappings=classes.offered.mappings, catalog=classes.offered.catalog)
        return classes

    def _nothing_selected(self, mappings: Mappings) -> None:
        """In setup mode that is how a district begins; a live one would lose everything."""
        if self.spec.live and not self.request.plan_only:
            raise InvalidSpec(
                f"{mapping.unresolved_names(mappings)} So no license could be kept, and nothing was changed. "
                f"{mapping.remedy(mappings)}"
            )
        self._found(outcome=Outcome.PLANNED)

    def _read_changes(self, opened: _Opened, classes: Classes) -> RosterRead | None:
        """What changed, if that will do; None if everything must be read. No change was kept then."""
        source, watermark = opened.source, opened.watermark
        if watermark is None or self.why is not FullReadReason.UNCHANGED or not isinstance(source, TellsChanges):
            return None
        if scope_of(classes.table) != watermark.scope:
            self.why = FullReadReason.SCOPE_CHANGED
            return None
        known = self.request.integration.status.roster
        enrollments = known.enrollments if known is not None else 0
        keep = opened.changes.extend
        try:
            found = read_changes(source, classes.table, opened.days, watermark, keep, enrollments=enrollments)
        except NotRead as not_read:
            self.why = not_read.why
            if not_read.observed is not None:
                opened.server.learn(not_read.observed)
            return None
        roster = replace(
            found,
            proofs={**classes.proofs, **found.proofs},
            next_changes=(*found.next_changes, classes.terms.next_change),
            settling=classes.settling,
        )
        self._found(roster=roster)
        return roster

    def _read_everything(self, opened: _Opened, classes: Classes) -> tuple[RosterRead, canary.Persons]:
        """The roster in full, and what gives the persons who changed."""
        ledger, known = self.environment.ledger, opened.district.id if opened.forgotten is None else None
        states: Callable[[int], Iterable[State]] = ledger.person_states
        if ids_of_another_source(self.request, opened.district.state):
            states = partial(_all_to_look_at, ledger.person_states)
        roster, revision = read_everything(
            opened.source,
            classes,
            opened.days,
            lambda: states(known) if known is not None else (),
            opened.changes.extend,
            one_person=self.spec.matching.same_login is SameLogin.ONE_PERSON,
            declared=declared_login(self.spec.matching),
            grew=self.environment.grew,
        )
        if self.spec.source.delta is not None:
            roster = replace(roster, classes=scope_of(classes.table))
        self._found(roster=roster)
        return roster, partial(revision.of, opened.changes)

    def _settle(
        self,
        opened: _Opened,
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

    def _reads(self, opened: _Opened, roster: RosterRead, left: Watermark | None) -> ReadsStatus | None:
        known = opened.server.known() if left is not None else None
        return reads_status(
            self.request,
            roster,
            self.why,
            left,
            tells_changes=known is not None and capabilities.from_status(known).tells_changes,
            zone=opened.zone,
            started=self.started,
        )

    def _found(self, **phases: Any) -> None:
        """Add what a step found."""
        self.report = replace(self.report, **phases)


def _all_to_look_at(states: Callable[[int], Iterable[State]], district_id: int) -> Iterator[State]:
    """As if everybody had changed."""
    return ((key, 0) for key, _ in states(district_id))
