"""What the spec selects of what the district offers, and the classes that come of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from roster_operator.api.v1alpha1 import RosterIntegrationSpec
from roster_operator.licensing.bystanders import Bystanders, KnownAccount
from roster_operator.licensing.class_scope import ClassMemory
from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.reconcile import mapping
from roster_operator.reconcile.mapping import Selection
from roster_operator.reconcile.offering import ClassCounts, Offering
from roster_operator.reconcile.read_section import read
from roster_operator.reconcile.report import Offered
from roster_operator.reconcile.take_snapshot import TakeSnapshot
from roster_operator.reconcile.terms import rules_of
from roster_operator.roster.calendar import Calendar, calendar
from roster_operator.roster.dates import Days
from roster_operator.roster.models import SCHOOL, ClassSection
from roster_operator.roster.quality import Question, Questions
from roster_operator.roster.subjects import Subject
from roster_operator.snapshot.taking import SnapshotInTheMaking
from roster_operator.sources.source import Complete, ListsSelectedSchools, RosterSource, Section


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of the selected courses at the selected schools, and how they were read."""

    selection: Selection
    offered: Offered
    table: ClassTable
    terms: Calendar
    proofs: Mapping[Section, Complete]
    members: Mapping[Section, Mapping[str, int]]
    questions: Questions
    """Without those of `table`, which grow with what enrollments show."""
    before: ClassMemory
    """The classes that were in scope at the last sync, by whatever names."""
    bystanders: Bystanders | None
    """None if there is no license from before go-live."""
    snapshot: SnapshotInTheMaking | None
    """None if this reading is not to be kept."""

    @property
    def any_selected(self) -> bool:
        """Whether any class could lead to a license."""
        return bool(self.selection.ebooks_by_course and self.selection.schools)

    @property
    def settling(self) -> bool:
        """Whether most of the classes in scope began a few weeks ago."""
        return 2 * self.table.young > self.table.in_scope


def read_classes(
    source: RosterSource,
    spec: RosterIntegrationSpec,
    offering: Offering,
    selection: Selection,
    days: Days,
    *,
    before: ClassMemory,
    former: Sequence[KnownAccount] = (),
    take_snapshot: TakeSnapshot | None = None,
) -> Classes:
    """Read the classes; `before`: those that were in scope; `former`: accounts with a license from before go-live."""
    counts = ClassCounts(offering, selection.schools)
    terms = calendar(offering.sessions, days, rules_of(spec.terms))
    offer = Offer(selection.ebooks_by_course, selection.editions, selection.schools)
    bearings = offering.bearings(
        before.under(mapping.names(spec)),
        courses=selection.ebooks_by_course.keys(),
        schools=selection.schools,
        unclear=selection.unclear,
    )
    table = ClassTable(offer, terms, bearings)
    bystanders = _bystanders(source, offering, selection, former) if former else None
    snapshot = take_snapshot.begin(offering, selection, table, days) if take_snapshot is not None else None

    def take(page: Collection[ClassSection]) -> None:
        if bystanders is not None:
            bystanders.see_classes(page)
        counts.add(page)
        table.add(page)
        if snapshot is not None:
            snapshot.writer.add_classes(page)
        offering.kept.weigh_classes(page, in_scope=len(table.bits))

    proof = read(source.classes(), Section.CLASSES, take)
    counts.look_beyond(source)
    selection = mapping.looked_for(selection, counts)
    taught_at = {bits.school_id for bits in table.bits.values()}
    selection = replace(selection, mappings=mapping.beside(selection, offering, counts, taught_at))
    return Classes(
        selection=selection,
        offered=Offered(counts.catalog(), selection.mappings),
        table=table,
        terms=terms,
        proofs={**offering.proofs, Section.CLASSES: proof},
        members={**offering.members, Section.CLASSES: counts.members},
        questions=terms.questions + counts.questions + _unclear(selection),
        before=before,
        bystanders=bystanders,
        snapshot=snapshot,
    )


def _unclear(selection: Selection) -> Questions:
    questions = Questions()
    for selected in selection.unclear:
        questions.add(Question.UNKNOWN_STATUS, Subject(what=f"school or course {selected}"))
    return questions


def _bystanders(
    source: RosterSource, offering: Offering, selection: Selection, former: Sequence[KnownAccount]
) -> Bystanders:
    """Where every school is selected, nobody is one."""
    others = any(school.kind == SCHOOL and school.id not in selection.schools for school in offering.schools)
    selected_only = isinstance(source, ListsSelectedSchools)
    return Bystanders(former if others else (), selection.schools, lists_selected_only=selected_only)
