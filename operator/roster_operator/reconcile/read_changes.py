"""Reading what changed instead of everything.

A delta read only ever adds. It sees enrollments that began, and those that ended if the server tells of them; but an
absence is judged on a full read alone, and so is an end. What would change the meaning of enrollments that it does not
see (the spec, the day, the classes in scope) makes the next read a full one, and so does anything that went wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from typing import Final

from roster_operator.errors import ReadIncomplete, SectionNotShared, SourceProtocolError, SourceUnreachable, WrongURL
from roster_operator.ledger.interface.district import Watermark
from roster_operator.licensing.comparison import Comparison
from roster_operator.licensing.entitlements import ClassTable
from roster_operator.licensing.fold import Fold
from roster_operator.licensing.models import PersonChange
from roster_operator.reconcile.persons import MAX_IN_MEMORY
from roster_operator.reconcile.read_mode import FullReadReason
from roster_operator.reconcile.read_section import read
from roster_operator.reconcile.report import RosterRead, questions_of
from roster_operator.roster.dates import Days
from roster_operator.roster.models import Enrollment, Person, Role
from roster_operator.sources.capabilities import ChangesNotTold, Dates, FilterSupport, TellsChanges
from roster_operator.sources.source import Complete, Scope, Section

log = logging.getLogger(__name__)

OVERLAP: Final = timedelta(hours=24)
"""Asked for beyond the last sync: clocks and time zones of servers are off."""
_FEW: Final = 100
"""Changed enrollments that are never too many."""
FAILURES: Final = (ReadIncomplete, SectionNotShared, SourceProtocolError, SourceUnreachable, WrongURL)
"""After these a full read is worth a try at once; it may be only the question that the server cannot answer."""


class _TooManyChanges(Exception):
    """A full read costs little more, sees more, and does not need all that is concerned in memory."""


class NotRead(Exception):
    """What changed was not read; nothing was kept, and everything must be read."""

    def __init__(self, why: FullReadReason, observed: FilterSupport | Dates | None = None) -> None:
        """`observed`: what an answer has shown of the server."""
        super().__init__(str(why))
        self.why = why
        self.observed = observed


def read_changes(
    source: TellsChanges,
    table: ClassTable,
    days: Days,
    watermark: Watermark,
    keep: Callable[[Iterable[PersonChange]], None],
    *,
    enrollments: int,
) -> RosterRead:
    """What changed since the watermark, as changes of persons that only add; raises `NotRead`.

    `table` is of today; `enrollments`: how many the last full read found in scope.
    """
    try:
        return _DeltaRead(source, table, days, watermark, enrollments=enrollments).run(keep)
    except ChangesNotTold as untold:
        log.info("the server does not tell what changed: %s", untold.observed)
        raise NotRead(FullReadReason.NOT_TOLD, untold.observed) from None
    except FAILURES as failure:
        log.info("what changed could not be read: reason=%s", failure.reason)
        raise NotRead(FullReadReason.INCOMPLETE) from None
    except _TooManyChanges:
        raise NotRead(FullReadReason.MANY_CHANGES) from None


class _DeltaRead:
    def __init__(
        self, source: TellsChanges, table: ClassTable, days: Days, watermark: Watermark, *, enrollments: int
    ) -> None:
        self._source = source
        self._table = table
        self._since = watermark.since - OVERLAP
        self._most = max(_FEW, enrollments // 2)
        self._fold = Fold(table, days)

    def run(self, keep: Callable[[Iterable[PersonChange]], None]) -> RosterRead:
        """Give everybody who may gain to `keep`; raises `ChangesNotTold`, `_TooManyChanges` or one of `FAILURES`."""
        changes = self._source.changed_enrollments(self._since)
        proofs: Mapping[Section, Complete] = {
            Section.ENROLLMENTS: read(changes, Section.ENROLLMENTS, self._enroll, may_be_empty=True)
        }
        questions, roles_change = questions_of(proofs), ""
        persons = set(self._fold.persons)
        if persons:
            comparison = Comparison(self._fold, self._table, {})
            changed: list[PersonChange] = []
            described = self._describe(persons, lambda page: changed.extend(comparison.changes(_of_known_part(page))))
            roles_change = described.next_change
            questions.update(self._fold.questions)
            keep(changed)
        return RosterRead(
            proofs=proofs,
            questions=questions,
            changed_since=self._since,
            next_changes=(self._fold.next_change, roles_change),
        )

    def _enroll(self, page: Collection[Enrollment]) -> None:
        self._fold.add(page)
        if self._fold.enrollments > self._most or self._fold.size_bound > MAX_IN_MEMORY:
            raise _TooManyChanges

    def _describe(self, persons: Collection[str], take: Callable[[Collection[Person]], None]) -> Complete:
        """One by one if they are few; from the lists of teachers and students where users cannot be asked for."""
        try:
            return read(self._source.people_by_id(persons), Section.STUDENTS, take, may_be_empty=True)
        except (SectionNotShared, WrongURL):
            scope = Scope(schools=set(self._table.offer.schools), classes=self._table.bits.keys())
            return read(self._source.people(scope), Section.STUDENTS, take)


def _of_known_part(page: Collection[Person]) -> list[Person]:
    """Without those of whom the server does not say what they are: a student must not get what holds the answers."""
    return [person for person in page if person.role not in {Role.UNKNOWN, Role.UNRECOGNIZED}]
