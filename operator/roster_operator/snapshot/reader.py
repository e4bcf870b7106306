"""Finds some persons in a snapshot, without keeping more of it in memory than a chunk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import compress, count
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from roster_operator.licensing.class_scope import ClassMemory, ClassNames, KnownReferences
from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.licensing.explanation import Explainer, Explanation
from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import Days
from roster_operator.roster.models import ClassSection, Part, Standing, Status
from roster_operator.roster.terms import NO_RULES, TermRules
from roster_operator.snapshot import format as form
from roster_operator.snapshot.format import Header, Kind

_ANY_NAMES: Final = ClassNames.of((), ())
Blobs = Callable[[Kind], Iterable[bytes]]
"""The chunks of a kind, one after the other."""


class Selected(NamedTuple):
    """What a spec selects of what a reading offers."""

    offer: Offer
    unclear: frozenset[str]
    """Ids of selected schools and courses whose status is a word that is not known."""
    before: ClassMemory
    """The classes that were in scope at the last sync, and that the spec still selects."""
    terms: TermRules = NO_RULES
    """What it says of terms."""


@dataclass(frozen=True, slots=True)
class Found:
    """Some persons of a snapshot, by their hashes, and the classes that they are in."""

    header: Header
    enrollments: Mapping[int, list[tuple[str, Part]]]
    standings: Mapping[int, Standing]
    classes: Mapping[str, list[ClassSection]]
    """By id, all rows; none of a class that is not listed."""
    were_in_scope: frozenset[str]
    """Ids of those classes that were in scope at the sync before."""

    def explainer(self, day: str = "", selected: Selected | None = None) -> Explainer:
        """Explains these persons as of the day of the snapshot, or of another one.

        `selected`: by what a spec selects; None: by what was selected then.
        """
        header = self.header
        days = Days(day or header.day, ZoneInfo(header.zone))
        chosen = selected or Selected(
            Offer(header.ebooks_by_course, header.editions, header.selected_schools),
            frozenset(header.unclear),
            ClassMemory(dict.fromkeys(self.were_in_scope, _ANY_NAMES)),
            header.terms,
        )
        terms = calendar(header.sessions, days, chosen.terms)
        offer = chosen.offer
        courses, schools = {course.id for course in header.courses}, {school.id for school in header.schools}
        known = KnownReferences(courses, schools, chosen.before, chosen.unclear)
        ordered = Days(days.today, days.zone, header.order)
        return Explainer(ClassTable(offer, terms, known), terms, ordered)

    def explain(self, person: int, explainer: Explainer, among: Container[str] | None = None) -> Explanation:
        """One of them, by what they are in; `among`: by what they are in of these classes."""
        rows = self.enrollments.get(person, ())
        chosen = rows if among is None else [row for row in rows if row[0] in among]
        return explainer.explain(chosen, self.classes, self.standings.get(person))

    def leading_to(self, ebook: str) -> frozenset[str]:
        """Of the classes, those with a course that leads to an eBook."""
        courses = {course for course, ebooks in self.header.ebooks_by_course.items() if ebook in ebooks}
        return frozenset(one for one, rows in self.classes.items() if any(row.course_id in courses for row in rows))


def find(header: Header, blobs: Blobs, wanted: Collection[int], class_ids: frozenset[str] = frozenset()) -> Found:
    """Look for persons by their hashes, and for classes beside those that they are in."""
    persons = frozenset(wanted)
    rows = [row for blob in blobs(Kind.ENROLLMENTS) for row in _enrollments(blob, persons)]
    standings: dict[int, Standing] = {}
    for blob in blobs(Kind.PERSONS):
        _describe(blob, persons, standings)
    numbers = {number for _, number, _ in rows}
    names: dict[int, str] = {}
    classes: dict[str, list[ClassSection]] = {}
    were_in_scope: set[str] = set()
    for blob in blobs(Kind.CLASSES) if numbers or class_ids else ():
        if not class_ids and numbers.isdisjoint(form.numbers_in(blob)):
            continue
        for row in [row for row in form.decode_classes(blob) if row.number in numbers or row.id in class_ids]:
            names[row.number] = row.id
            if row.listed:
                classes.setdefault(row.id, []).append(row.section)
            if row.was_in_scope:
                were_in_scope.add(row.id)
    enrollments: dict[int, list[tuple[str, Part]]] = {}
    for person, number, said in rows:
        enrollments.setdefault(person, []).append((names[number], said))
    return Found(header, enrollments, standings, classes, frozenset(were_in_scope))


def _enrollments(blob: bytes, wanted: frozenset[int]) -> list[tuple[int, int, Part]]:
    """Person, class number and part of each row of these persons."""
    if not form.may_hold(blob, wanted):
        return []
    columns = form.decode_enrollments(blob)
    persons, classes, parts, said = columns.persons, columns.classes, columns.parts, columns.said
    hashes = columns.hashes
    mine = {place: hashes[place] for place in compress(count(), map(wanted.__contains__, hashes))}
    rows = compress(count(), map(mine.__contains__, persons))
    return [(mine[persons[row]], classes[row], parts[said[row]]) for row in rows]


def _describe(blob: bytes, wanted: frozenset[int], found: dict[int, Standing]) -> None:
    """As `Comparison` does it: the first record that counts, or else one that does not."""
    if not form.may_hold(blob, wanted):
        return
    columns = form.decode_persons(blob)
    for row in compress(count(), map(wanted.__contains__, columns.hashes)):
        hashed = columns.hashes[row]
        if hashed not in found or found[hashed][1] is Status.GONE:
            found[hashed] = columns.standings[columns.stands[row]]
