"""One person as the SIS tells them now: by their id where it can be asked so, else by a reading of everybody.

Nothing is written, and what was read is judged as what a sync reads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from roster_operator.errors import SourceError
from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.operations.judging import SpecOfToday
from roster_operator.operations.ports import Progress
from roster_operator.reconcile.offering import Offering
from roster_operator.reconcile.read_section import read
from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import DayOrder, Days
from roster_operator.roster.models import ClassSection, Enrollment, Enrollments, Part, People, Person, PersonRow
from roster_operator.roster.time_zone import time_zone
from roster_operator.snapshot.format import Header
from roster_operator.snapshot.reader import Found
from roster_operator.sources.source import Reading, ReadsOnePerson, RosterSource, RowT, Scope, Section

PERSON = 0
"""Stands for the one person in what was found."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is looked for: by the id in the SIS, if it is known, or else by what somebody typed."""

    sourced_id: str
    names: frozenset[str]
    """Case-folded: a login, an email, a number."""

    def is_(self, row: PersonRow) -> bool:
        """Whether it is this person."""
        own, _, *names = row
        return own == self.sourced_id if self.sourced_id else not self.names.isdisjoint(map(str.casefold, names))

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return "Whom(...)"


@dataclass(frozen=True, slots=True)
class Told:
    """What the SIS tells."""

    found: Found
    """With the person as `PERSON`."""
    known: bool
    """Whether the SIS has the person."""
    sourced_id: str
    logins: tuple[str, ...]

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return "Told(...)"


def read_person(
    source: RosterSource, spec: SpecOfToday, whom: Whom, *, now: datetime, order: DayOrder, progress: Progress
) -> Told:
    """Ask the SIS for this one person. Raises `SourceError`.

    `order`: in which the enrollments of this district show day and month, if an earlier reading showed it.
    """
    zone = time_zone(spec.integration.spec.time_zone)
    days = Days(now.astimezone(zone).date().isoformat(), zone, order)
    header = _header(Offering(source), spec, days)
    asked = _Asking(source, progress)
    table = ClassTable(
        Offer(header.ebooks_by_course, header.editions, header.selected_schools),
        calendar(header.sessions, days, header.terms),
    )
    classes: dict[str, list[ClassSection]] = {}

    def keep(page: Collection[ClassSection]) -> None:
        table.add(page)
        for row in page:
            classes.setdefault(row.id, []).append(row)

    read(source.classes(), Section.CLASSES, asked.counting(Section.CLASSES, keep))
    scope = Scope(frozenset(header.selected_schools), table.bits.keys())
    rows = [] if whom.sourced_id else asked.everybody(scope, whom)
    sourced_id = whom.sourced_id or (rows[0][0] if rows else "")
    enrolled = asked.enrollments(scope, sourced_id) if sourced_id else []
    if sourced_id and not rows:
        by_id = Whom(sourced_id, frozenset())
        rows = asked.by_id(by_id) or asked.everybody(scope, by_id)
    standing = next((row[1] for row in rows), None)
    mine = {class_id for class_id, _ in enrolled}
    found = Found(
        header,
        {PERSON: enrolled} if enrolled else {},
        {PERSON: standing} if standing is not None else {},
        {one: classes[one] for one in mine if one in classes},
        frozenset(),
    )
    logins = tuple(filter(None, rows[0][2:4])) if rows else ()
    return Told(found, bool(rows or enrolled), sourced_id, logins)


def _header(offering: Offering, spec: SpecOfToday, days: Days) -> Header:
    bare = Header(
        day=days.today,
        zone=str(days.zone),
        order=days.order,
        schools=offering.schools,
        courses=offering.courses,
        sessions=offering.sessions,
        selected_schools=[],
        ebooks_by_course={},
        editions={},
        unclear=[],
        enrollments=0,
        persons=0,
    )
    return spec.header(bare)


@dataclass(slots=True)
class _Asking:
    """Reads sections for the rows of one person, and tells how far it is."""

    source: RosterSource
    progress: Progress
    rows: dict[Section, int] = field(default_factory=dict)

    def counting(
        self, section: Section, take: Callable[[Collection[RowT]], None]
    ) -> Callable[[Collection[RowT]], None]:
        """Gives each page on, and tells how many rows there were."""

        def took(page: Collection[RowT]) -> None:
            self.rows[section] = self.rows.get(section, 0) + len(page)
            self.progress(str(section), self.rows[section])
            take(page)

        return took

    def enrollments(self, scope: Scope, person: str) -> list[tuple[str, Part]]:
        """Theirs; a server that says it has none may not have understood, so then everybody's are read."""
        if isinstance(self.source, ReadsOnePerson):
            try:
                if found := self._enrolled(self.source.enrollments_of(person), person):
                    return found
            except SourceError:
                self.rows.pop(Section.ENROLLMENTS, None)
        return self._enrolled(self.source.enrollments(scope), person)

    def _enrolled(self, reading: Reading[Enrollment], person: str) -> list[tuple[str, Part]]:
        found: list[tuple[str, Part]] = []

        def take(page: Collection[Enrollment]) -> None:
            found.extend(_of(person, Enrollments.of(page)))

        read(reading, Section.ENROLLMENTS, self.counting(Section.ENROLLMENTS, take), may_be_empty=True)
        return found

    def by_id(self, whom: Whom) -> list[PersonRow]:
        """By the route that has one person."""
        return self._people(self.source.people_by_id([whom.sourced_id]), whom)

    def everybody(self, scope: Scope, whom: Whom) -> list[PersonRow]:
        """By a look at everybody."""
        return self._people(self.source.people(scope), whom)

    def _people(self, reading: Reading[Person], whom: Whom) -> list[PersonRow]:
        found: list[PersonRow] = []

        def take(page: Collection[Person]) -> None:
            found.extend(filter(whom.is_, People.of(page).columns))

        read(reading, Section.STUDENTS, self.counting(Section.STUDENTS, take), may_be_empty=True)
        return found


def _of(person: str, page: Enrollments) -> Iterator[tuple[str, Part]]:
    rows = zip(page.persons, page.classes, page.parts, strict=True)
    return ((class_id, said) for one, class_id, said in rows if one == person)
