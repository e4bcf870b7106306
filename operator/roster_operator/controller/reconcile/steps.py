"""One reconcile: from a RosterIntegration to its licenses and its new status.

A list of steps; each says which condition it sets. The first error ends the list, and what was found until then is
summarized all the same. Live and setup mode take the same steps up to the apply.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import partial

from roster_operator.api import conditions, reasons
from roster_operator.api.v1alpha1 import SameLogin
from roster_operator.clock import today
from roster_operator.controller.reconcile import mapping, memory, provider, summary
from roster_operator.controller.reconcile.contract import Environment, Outcome, Request, Result
from roster_operator.controller.reconcile.failing import BAD_CREDENTIALS, note_error
from roster_operator.controller.reconcile.observations import Observations, RosterCounts
from roster_operator.controller.reconcile.persons import Persons
from roster_operator.controller.reconcile.reading import (
    ClassCounts,
    Offering,
    read,
)
from roster_operator.controller.reconcile.reads import Reads
from roster_operator.controller.reconcile.settling import Settling
from roster_operator.controller.reconcile.spool import Spool
from roster_operator.controller.reconcile.zone import time_zone
from roster_operator.errors import (
    CredentialsMissing,
    InvalidSpec,
    RosterOperatorError,
    SectionNotShared,
    SourceError,
)
from roster_operator.interruption import Interruption
from roster_operator.ledger.ledger import District, Memory
from roster_operator.licensing.bearings import ClassMemory
from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.licensing.models import Claim, PersonChange
from roster_operator.licensing.records import Revision
from roster_operator.roster.dates import Days, calendar
from roster_operator.roster.models import ClassSection, Person
from roster_operator.roster.quality import Question
from roster_operator.sources.source import Complete, Report, RosterSource, Scope, Section

log = logging.getLogger(__name__)


def reconcile(request: Request, environment: Environment, interruption: Interruption) -> Result:
    """Make the district's licenses what its roster says, or say why not.

    Everything foreseen ends up in the result's status; what is raised is a defect. Until the one commit of the ledger
    nothing has been written, so it may be interrupted at any point and run again.
    """
    started = environment.clock.now()
    observations = Observations(run_id=environment.new_run_id())
    try:
        _Reconcile(request, environment, interruption, observations, started).run()
    except RosterOperatorError as error:
        note_error(error, observations)
    return summary.summarize(request, observations, started=started, finished=environment.clock.now())


class _Reconcile:
    """The steps, and what they share."""

    def __init__(
        self,
        request: Request,
        environment: Environment,
        interruption: Interruption,
        observations: Observations,
        started: datetime,
    ) -> None:
        self.request = request
        self.spec = request.integration.spec
        self.environment = environment
        self.interruption = interruption
        self.observations = observations
        self.started = started
        self.next_changes: tuple[str, ...] = ()
        """Days on which something in the roster that was read begins or ends."""
        self.revision = Revision()
        """What is to be changed in the changes of persons that were kept."""
        self.live_already = False
        self.claim = Claim(owner=request.integration.key, source=mapping.claimed_source(self.spec))

    def run(self) -> None:
        """All steps in order."""
        if isinstance(self.request.credentials, CredentialsMissing):
            raise self.request.credentials
        zone = time_zone(self.spec)
        day = today(self.environment.clock, zone).isoformat()
        district = self.environment.ledger.district(self.claim)
        self.live_already = district.live_since is not None
        source = self.environment.open_source(
            self.spec, self.request.credentials, self.environment.clock, self.interruption
        )
        with contextlib.closing(source), Spool() as changes:
            delta = self.spec.source.delta is not None
            before = self.environment.ledger.watermark(district) if delta else None
            server = provider.Server(source, self.request, self.started)
            if delta:
                self._probe(source, then_read=before is None)
            recalled = not delta and self._recall_or_probe(source, day, district)
            if recalled and self.request.integration.status.provider is None:
                server.leave_alone()
            settle = Settling(
                self.request, self.environment, self.interruption, self.observations, self.started, self.claim
            ).settle
            try:
                reads = Reads(self.request, before, server, day=day, zone=zone, started=self.started)
                if recalled or (delta and not reads.may_be_delta and self._recall(source, day, district)):
                    reads.recalled()
                    settle(district, changes, reads)
                elif self._read(source, day, district, changes.extend, reads):
                    settle(district, self.revision.of(changes), reads, lambda: self._to_remember(source, day))
            finally:
                self.observations.provider = server.known_at_the_end()

    def _recall_or_probe(self, source: RosterSource, day: str, district: District) -> bool:
        """Whether `_recall` does without a probe: who is answered as before has good credentials, and shares the same.

        Raises what keeps a server from being asked, unless the probe finds another way to ask it.
        """
        try:
            recalled = self._recall(source, day, district)
        except SourceError as error:
            may_be_read = isinstance(error, BAD_CREDENTIALS)
            self._probe(source, then_read=may_be_read)
            if not may_be_read:
                raise
            return False
        if not recalled:
            self._probe(source, then_read=True)
        return recalled

    def _probe(self, source: RosterSource, *, then_read: bool) -> None:
        """CredentialsValid, SectionsShared. `then_read`: if all goes well, the whole roster is read next."""
        selected = bool(self.spec.schools and self.spec.courses)
        self._find_access(source.probe(then_read=then_read and selected))

    def _find_access(self, report: Report) -> None:
        observations = self.observations
        observations.access, observations.notices = report.sections, report.notices
        observations.find(conditions.CREDENTIALS_VALID, True, reasons.VALIDATED, "The SIS accepts the credentials.")
        if report.refused:
            refused = report.refused
            names = ", ".join(str(access.section) for access in refused)
            advice = " ".join(dict.fromkeys(access.message for access in refused))
            raise SectionNotShared(names, f"The SIS does not share: {names}. {advice}")
        observations.find(
            conditions.SECTIONS_SHARED, True, reasons.ALL_SHARED, "Every section of the roster can be read."
        )
        self._reserve()

    def _reserve(self) -> None:
        """Whom the district's server lets in has the district before it is live: nobody else is to take it."""
        if not self.request.plan_only and not self.live_already:
            self.environment.ledger.reserve(self.claim, self.environment.clock.now())

    def _recall(self, source: RosterSource, day: str, district: District) -> bool:
        """What a reading finds, as the last sync found it, if the roster is still the same."""
        observations, ledger = self.observations, self.environment.ledger
        if not memory.may_recall(self.request):
            return False
        remembered = ledger.memory(district)
        if remembered is None:
            return False
        census = partial(ledger.census, district)
        if not memory.recall(remembered, source, self.request, day, observations, census=census):
            return False
        assert observations.mappings is not None
        self._find_access(Report(observations.access or (), observations.notices))
        mapping.find_resolved(observations, observations.mappings)
        return True

    def _to_remember(self, source: RosterSource, day: str) -> Memory | None:
        return memory.to_remember(self.request, source, day, self.next_changes, self.observations)

    def _read(
        self,
        source: RosterSource,
        day: str,
        district: District,
        keep: Callable[[Iterable[PersonChange]], None],
        reads: Reads,
    ) -> bool:
        """MappingsResolved, the catalogue, and the persons who changed; False if nothing is selected yet."""
        observations = self.observations
        offering = Offering(source, observations)
        selection = mapping.select(self.spec, offering, self.request.ebooks)
        if any(school.absent for school in selection.mappings.unresolved_schools) and offering.look_beyond(source):
            selection = mapping.select(self.spec, offering, self.request.ebooks)
        observations.mappings = selection.mappings
        mapping.find_resolved(observations, selection.mappings)
        counts = ClassCounts(offering, selection.schools)
        days = Days(day, time_zone(self.spec))
        terms = calendar(offering.sessions, days)
        observations.questions.update(terms.questions)
        names = mapping.selectors(self.spec)
        before = ClassMemory.decode(self.environment.ledger.scope(district)).under(names)
        offer = Offer(selection.ebooks_by_course, selection.editions, selection.schools)
        table = ClassTable(offer, terms, offering.bearings(before, selection.unclear))

        def take(page: Collection[ClassSection]) -> None:
            counts.add(page)
            table.add(page)
            offering.kept.weigh_classes(page, in_scope=len(table.bits))

        read(source.classes(), Section.CLASSES, observations, take)
        counts.look_beyond(source)
        observations.catalog = counts.catalog()
        selection = mapping.looked_for(selection, counts)
        observations.mappings = selection.mappings
        mapping.find_resolved(observations, selection.mappings)
        observations.questions[Question.CLASS_ASTRAY] += counts.astray
        observations.questions[Question.NOT_A_SCHOOL] += counts.at_no_school()
        if not selection.ebooks_by_course or not selection.schools:
            self._nothing_selected()
            return False
        changes_will_do = reads.read_changes(source, table, keep, observations)
        if changes_will_do:
            reads.pass_days((terms.next_change,))
            return True
        with contextlib.ExitStack() as resources:
            scope = Scope(selection.schools, table.bits.keys(), table.unlisted())
            persons = Persons(
                table,
                days,
                keep,
                resources,
                one_person=self.spec.matching.same_login is SameLogin.ONE_PERSON,
                grew=self.environment.grew,
            )
            read(source.enrollments(scope), Section.ENROLLMENTS, observations, persons.enroll)
            persons.compare_with(self.environment.ledger.person_states(district.id) if district.id is not None else ())
            read(source.people(scope), Section.STUDENTS, observations, persons.describe)
            persons.finish(lambda missing, sink: self._look_up(source, missing, sink))
        self.revision = persons.revision
        observations.members |= {
            **offering.members,
            Section.CLASSES: counts.members,
            Section.ENROLLMENTS: persons.fold.members,
            Section.STUDENTS: persons.members,
        }
        observations.questions.update(table.questions + persons.questions)
        in_scope = ClassMemory([*table.bits, *persons.fold.unlisted], names)
        observations.new_scope = in_scope if in_scope != before else None
        roles = (proof.next_change for proof in observations.proofs.values())
        self.next_changes = (*self.next_changes, terms.next_change, persons.fold.next_change, *roles)
        reads.pass_days(self.next_changes)
        reads.pass_day_orders((terms.order, persons.fold.order))
        observations.roster = RosterCounts(
            schools=len(selection.schools),
            courses=len(selection.courses),
            classes=table.in_scope,
            teachers=persons.staff,
            students=persons.students,
            enrollments=persons.fold.enrollments,
            rows=sum(proof.rows for proof in observations.proofs.values()),
        )
        return True

    def _look_up(self, source: RosterSource, missing: set[str], compare: Callable[[Collection[Person]], None]) -> None:
        """Persons who are enrolled but in no list: aides, for one.

        Who cannot be looked up stays unknown, and is left as is; so a failure here is no reason to end the sync.
        """
        reading = source.people_by_id(missing)
        try:
            for page in reading:
                compare(page)
            if isinstance(reading.outcome, Complete):
                self.next_changes = (*self.next_changes, reading.outcome.next_change)
        except SourceError as error:
            log.warning("persons enrolled could not be looked up by id: reason=%s", error.reason)

    def _nothing_selected(self) -> None:
        """In setup mode that is how a district begins; a live one would lose everything."""
        if self.spec.live and not self.request.plan_only:
            mappings = self.observations.mappings
            assert mappings is not None
            raise InvalidSpec(
                f"{mapping.unresolved_names(mappings)} So no license could be kept, and nothing was changed. "
                f"{mapping.remedy(mappings)}"
            )
        self.observations.outcome = Outcome.PLANNED
