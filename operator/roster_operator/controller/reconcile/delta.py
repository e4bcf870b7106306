"""Reading what changed instead of everything: when that will do, and what it gives.

A delta read only ever adds. It sees enrollments that began, and those that ended if the server tells of them; but an
absence is judged on a full read alone, and so is an end. What would change the meaning of enrollments that it does not
see (the spec, the day, the classes in scope) makes the next read a full one, and so does anything that went wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec
import xxhash

import roster_operator
from roster_operator.controller.reconcile.contract import Request, Trigger
from roster_operator.controller.reconcile.observations import Observations
from roster_operator.controller.reconcile.persons import MAX_IN_MEMORY
from roster_operator.controller.reconcile.reading import read
from roster_operator.errors import ReadIncomplete, SectionNotShared, SourceProtocolError, SourceUnreachable, WrongURL
from roster_operator.ledger.ledger import Watermark
from roster_operator.licensing.comparison import Comparison
from roster_operator.licensing.entitlements import ClassTable
from roster_operator.licensing.fold import Fold
from roster_operator.licensing.models import PersonChange
from roster_operator.roster.dates import Days, earliest_after
from roster_operator.roster.models import Enrollment, Person, Role
from roster_operator.sources.provider import Provider, TellsChanges
from roster_operator.sources.source import Scope, Section

if TYPE_CHECKING:
    from roster_operator.api.v1alpha1 import DeltaReads

OVERLAP: Final = timedelta(hours=24)
"""Asked for beyond the last sync: clocks and time zones of servers are off."""
_FEW: Final = 100
"""Changed enrollments that are never too many."""
FAILURES: Final = (ReadIncomplete, SectionNotShared, SourceProtocolError, SourceUnreachable, WrongURL)
"""After these a full read is worth a try at once; it may be only the question that the server cannot answer."""


class Kind(StrEnum):
    """How a sync reads the roster."""

    FULL = "Full"
    DELTA = "Delta"


class Why(StrEnum):
    """Why a read is full; UNCHANGED: nothing calls for it."""

    UNCHANGED = "Unchanged"
    SETUP_MODE = "SetupMode"
    ASKED = "Asked"
    AFTER_FAILURE = "AfterFailure"
    NO_BASIS = "NoBasis"
    CHANGED = "Changed"
    DUE = "Due"
    NEW_DAY = "NewDay"
    SCOPE_CHANGED = "ScopeChanged"
    NOT_TOLD = "NotTold"
    INCOMPLETE = "Incomplete"
    MANY_CHANGES = "ManyChanges"


class TooManyChanges(Exception):
    """A full read costs little more, sees more, and does not need all that is concerned in memory."""


def why_full(
    request: Request,
    delta: DeltaReads,
    watermark: Watermark | None,
    provider: Provider | None,
    *,
    day: str,
    now: datetime,
) -> Why:
    """What calls for a full read, as far as is known before anything is read; `UNCHANGED` if nothing does."""
    integration = request.integration
    if not integration.spec.live or request.plan_only:
        return Why.SETUP_MODE
    if integration.status.consecutive_failures:
        return Why.AFTER_FAILURE
    if request.trigger is not Trigger.SCHEDULE:
        return Why.ASKED
    if watermark is None:
        return Why.NO_BASIS
    if watermark.inputs != inputs_of(request):
        return Why.CHANGED
    if not watermark.whole_since <= now < watermark.whole_since + delta.full_interval:
        return Why.DUE
    if watermark.until and day >= watermark.until:
        return Why.NEW_DAY
    if provider is None or not provider.tells_changes:
        return Why.NOT_TOLD
    return Why.UNCHANGED


def inputs_of(request: Request) -> str:
    """A digest of all that decides beside the roster and the day, but for what `scope_of` holds."""
    metadata = request.integration.metadata
    inputs = (roster_operator.__version__, metadata.uid, metadata.generation, request.secret_version)
    return xxhash.xxh3_128_hexdigest(msgspec.json.encode(inputs))


def scope_of(table: ClassTable) -> str:
    """A digest of the classes in scope that are on, and of what each gives: names, mapping, eBooks, terms are in it."""
    digest = xxhash.xxh3_128(repr((table.offer.entitlements, table.offer.schools)).encode())
    for key, bits in sorted(table.bits.items()):
        digest.update(f"{key}\0{bits.student:x}\0{bits.staff:x}\n".encode())
    return digest.hexdigest()


class DeltaRead:
    """What changed since the watermark, as changes of persons that only add."""

    def __init__(
        self, source: TellsChanges, table: ClassTable, days: Days, watermark: Watermark, *, enrollments: int
    ) -> None:
        """`table` is of today; `enrollments`: how many the last full read found in scope."""
        self.found = Observations(run_id="")
        """Proofs and questions, to be taken over once all was read."""
        self._source = source
        self._table = table
        self._days = days
        self._watermark = watermark
        self._most = max(_FEW, enrollments // 2)
        self._fold = Fold(table, days)
        self._roles_change = ""

    @property
    def since(self) -> datetime:
        """What is asked for."""
        return self._watermark.since - OVERLAP

    def run(self, keep: Callable[[Iterable[PersonChange]], None]) -> None:
        """Give everybody who may gain to `keep`; raises `ChangesNotTold`, `TooManyChanges` or one of `FAILURES`."""
        changes = self._source.changed_enrollments(self.since)
        read(changes, Section.ENROLLMENTS, self.found, self._enroll, may_be_empty=True)
        persons = set(self._fold.persons)
        if not persons:
            return
        comparison = Comparison(self._fold, self._table, {})
        changed: list[PersonChange] = []
        self._describe(persons, lambda page: changed.extend(comparison.changes(_of_known_part(page))))
        self.found.questions.update(self._fold.questions)
        keep(changed)

    def next_watermark(self, started: datetime, conflicts: int, days: Iterable[str]) -> Watermark:
        """From where the next delta read goes on; `days`: on which terms begin or end."""
        before, fold = self._watermark, self._fold
        changes = (before.until, fold.next_change, self._roles_change, *days)
        return replace(
            before,
            since=started,
            until=earliest_after(self._days.today, changes),
            conflicts=before.conflicts + conflicts,
        )

    def _enroll(self, page: Collection[Enrollment]) -> None:
        self._fold.add(page)
        if self._fold.enrollments > self._most or self._fold.size_bound > MAX_IN_MEMORY:
            raise TooManyChanges

    def _describe(self, persons: Collection[str], take: Callable[[Collection[Person]], None]) -> None:
        """One by one if they are few; from the lists of teachers and students where users cannot be asked for."""
        scratch = Observations(run_id="")
        try:
            read(self._source.people_by_id(persons), Section.STUDENTS, scratch, take, may_be_empty=True)
        except (SectionNotShared, WrongURL):
            scope = Scope(schools=set(self._table.offer.schools), classes=self._table.bits.keys())
            read(self._source.people(scope), Section.STUDENTS, scratch, take)
        self._roles_change = scratch.proofs[Section.STUDENTS].next_change


def _of_known_part(page: Collection[Person]) -> list[Person]:
    """Without those of whom the server does not say what they are: a student must not get what holds the answers."""
    return [person for person in page if person.role not in {Role.UNKNOWN, Role.STRANGE}]
