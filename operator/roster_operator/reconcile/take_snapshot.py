"""Begins the roster snapshot of a sync: what the district offers, and what of it the spec selects."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from roster_operator.api.v1alpha1 import RosterIntegrationSpec, Snapshot
from roster_operator.licensing.entitlements import ClassTable
from roster_operator.reconcile.mapping import Selection
from roster_operator.reconcile.offering import Offering
from roster_operator.roster.dates import DayOrder, Days
from roster_operator.snapshot.format import Header
from roster_operator.snapshot.key import SnapshotKey
from roster_operator.snapshot.taking import SnapshotInTheMaking
from roster_operator.snapshot.writer import SnapshotWriter


@dataclass(frozen=True, slots=True)
class TakeSnapshot:
    """By which key, and what closes its file."""

    key: SnapshotKey
    resources: ExitStack
    left_out: Callable[[str], bool] | None
    """Of whom nothing is to be kept; None: of nobody."""

    def begin(self, offering: Offering, selection: Selection, table: ClassTable, days: Days) -> SnapshotInTheMaking:
        """Before classes are read, which it is to be given."""
        listed = {school.id for school in offering.schools}
        writer = SnapshotWriter(self.key, table, selected=selection.schools, listed=listed, left_out=self.left_out)
        header = Header(
            day=days.today,
            zone=str(days.zone),
            order=DayOrder.UNKNOWN,
            schools=list(offering.schools),
            courses=list(offering.courses),
            sessions=list(offering.sessions),
            selected_schools=sorted(selection.schools),
            ebooks_by_course={course: list(ebooks) for course, ebooks in selection.ebooks_by_course.items()},
            editions={ebook: list(editions) for ebook, editions in selection.editions.items()},
            unclear=sorted(selection.unclear),
            enrollments=0,
            persons=0,
            terms=table.rules,
        )
        return SnapshotInTheMaking(self.key, header, self.resources.enter_context(writer))


def is_wanted(spec: RosterIntegrationSpec) -> bool:
    """Whether the district's readings are to be kept."""
    return spec.snapshot is Snapshot.KEEP
