"""What an enrollment leads to on each day, for the license calendar: as numbers, so that a row is a look-up.

A way is what holds from which day on: it begins on the day of the reading, and each further day brings another word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress
from typing import Final, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from roster_operator.licensing.class_scope import ClassMemory, ClassNames, KnownReferences
from roster_operator.licensing.eligibility import UNCLEAR, Eligibility, eligibility
from roster_operator.licensing.entitlements import ClassBits, ClassTable, Offer
from roster_operator.licensing.explanation import Explainer
from roster_operator.licensing.fold import Fold
from roster_operator.roster.calendar import Calendar, calendar
from roster_operator.roster.dates import Days, earliest_after
from roster_operator.roster.models import ClassSection, Part, Status
from roster_operator.roster.terms import NO_RULES, Reach
from roster_operator.snapshot import format as form
from roster_operator.snapshot.format import ClassRow, Header, Kind
from roster_operator.snapshot.reader import Blobs

NOTHING: Final = 0
"""The number of what leads nowhere on any day."""
_LIVE: Final = frozenset({Eligibility.STUDENT, Eligibility.STAFF, Eligibility.BY_PERSON}) | UNCLEAR
_OVER: Final = Eligibility.OTHER_ROLE
"""Stands for all that gives nothing."""
_ID: Final = "class"
"""Stands for the ids of all classes: those that are alike are judged once."""


class Word(NamedTuple):
    """What is told of a person on one day, as `Fold` keeps it, but for schools."""

    mask: int = 0
    undecided: int = 0
    here: bool = False
    """Whether they are enrolled in scope."""


ValueT = TypeVar("ValueT")
KeyT = TypeVar("KeyT")
_Days = tuple[tuple[str, ValueT], ...]
"""From which day on which value."""
Way = _Days[Word]


class _Class(NamedTuple):
    """What becomes of a class on a day."""

    bits: ClassBits | None = None
    orphaned: bool = False
    lost: bool = False
    """Nobody lists it, and a sync knows that it was in scope."""
    reach: Reach | None = None
    """What the district's rules make of enrollments in it."""


class _Row(NamedTuple):
    """All of a row of a class that decides on it."""

    section: ClassSection | None
    """None if it is out of scope whatever the day; or, if the class is known, not listed."""
    known: bool
    """Whether it was in scope."""


class _Said(NamedTuple):
    """What an enrollment comes to by its own dates."""

    days: _Days[Eligibility]
    part: Part | None = None
    """What it says, where that may come to something else in some classes."""


_ELSEWHERE: Final = (_Row(None, known=False),)
_UNLISTED: Final = (_Row(None, known=True),)


class _Numbers(Generic[ValueT]):
    """Numbers values, from `NOTHING` on; what is the same has the same number."""

    def __init__(self, nothing: ValueT) -> None:
        self.values = [nothing]
        self._numbers = {nothing: NOTHING}

    def of(self, value: ValueT) -> int:
        """The number of a value."""
        number = self._numbers.setdefault(value, len(self.values))
        if number == len(self.values):
            self.values.append(value)
        return number


class _Memo(dict[KeyT, int], Generic[KeyT]):
    """Finds a number once."""

    def __init__(self, find: Callable[[KeyT], int]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: KeyT) -> int:
        number = self[key] = self._find(key)
        return number


class Ways:
    """Of one reading, up to a day."""

    def __init__(self, header: Header, blobs: Blobs, until: str) -> None:
        self.offer = Offer(header.ebooks_by_course, header.editions, header.selected_schools)
        self._first, self._until, self._rules = header.day, until, header.terms
        self._days = Days(header.day, ZoneInfo(header.zone), header.order)
        self._kept = (1 << len(self.offer.entitlements)) - 1 | self.offer.unclear
        self._terms = list(self._terms_by_day(header))
        self._explainers = {known: [*self._explainers_of(header, known=known)] for known in (False, True)}
        self._ways: _Numbers[Way] = _Numbers(((header.day, Word()),))
        self._classes: _Numbers[_Days[_Class]] = _Numbers(((header.day, _Class()),))
        self._said: _Numbers[_Said] = _Numbers(_Said(((header.day, _OVER),)))
        self.of_part: _Memo[Part] = _Memo(lambda said: self._said.of(self._judge_part(said)))
        """The number of what an enrollment comes to by what it says."""
        self._reached: dict[tuple[Part, Reach], _Days[Eligibility]] = {}
        self.led_by: _Memo[tuple[int, int]] = _Memo(lambda of: self._ways.of(self._lead(*of)))
        """The number of the way, by those of a class and of a part."""
        self.joined: _Memo[tuple[int, int]] = _Memo(lambda of: self._ways.of(self._join(*of)))
        """Of two ways together, by their numbers."""
        self.of_class = self._judge_classes(header, blobs)
        """The number of what becomes of a class, by its own."""

    def way(self, number: int) -> Way:
        """The one of a number."""
        return self._ways.values[number]

    def fold(self) -> Fold:
        """An empty one, which knows what the offer's bits mean."""
        return Fold(ClassTable(self.offer, self._terms[0][1]), self._days)

    def _terms_by_day(self, header: Header) -> Iterator[tuple[str, Calendar]]:
        """From each day on which a term begins or ends."""
        day = header.day
        while day and day <= self._until:
            terms = calendar(header.sessions, Days(day, self._days.zone), header.terms)
            yield day, terms
            day = terms.next_change

    def _explainers_of(self, header: Header, *, known: bool) -> Iterator[tuple[str, Explainer]]:
        """By day, for classes that a sync knows to have been in scope, or for the others."""
        before = ClassMemory({_ID: ClassNames.of((), ())} if known else {})
        courses, schools = {course.id for course in header.courses}, {school.id for school in header.schools}
        told_by = KnownReferences(courses, schools, before, frozenset(header.unclear))
        for day, terms in self._terms:
            yield day, Explainer(ClassTable(self.offer, terms, told_by), terms, self._days)

    def _judge_part(self, said: Part) -> _Said:
        """Where the district's rules say something, classes that do not share a reach judge it each for itself."""
        if said.status is Status.GONE:
            return self._said.values[NOTHING]
        return _Said(self._judge_days(said, None), said if self._rules != NO_RULES else None)

    def _judge_days(self, said: Part, reach: Reach | None) -> _Days[Eligibility]:
        begin, end = self._days.begin(said.begin), self._days.end(said.end)
        bounds = (begin, end) if reach is None else (begin, end, reach.begin(begin), reach.end(end))
        found, day = [], self._first
        while day and day <= self._until:
            comes_to = eligibility(said, Days(day, self._days.zone, self._days.order), reach, order_is_final=True)
            found.append((day, comes_to if comes_to in _LIVE else _OVER))
            day = earliest_after(day, bounds)
        return _without_repeats(found)

    def _within(self, said: _Said, reach: Reach | None) -> _Days[Eligibility]:
        if reach is None or said.part is None:
            return said.days
        known = self._reached.get((said.part, reach))
        if known is None:
            known = self._reached[said.part, reach] = self._judge_days(said.part, reach)
        return known

    def _lead(self, of_class: int, of_part: int) -> Way:
        judged, said = self._classes.values[of_class], self._said.values[of_part]
        by_reach = {reach: self._within(said, reach) for reach in {each.reach for _, each in judged}}
        days = sorted({day for some in (judged, *by_reach.values()) for day, _ in some})
        standing = ((day, _at(judged, day)) for day in days)
        return _without_repeats((day, self._word(each, _at(by_reach[each.reach], day))) for day, each in standing)

    def _word(self, judged: _Class, comes_to: Eligibility) -> Word:
        """As `Fold.add` takes a row."""
        unclear = self.offer.unclear
        in_scope = judged.bits is not None or judged.orphaned or judged.lost
        if comes_to is _OVER or not in_scope:
            return Word()
        if judged.lost or comes_to in UNCLEAR:
            return Word(unclear, here=True)
        bits = judged.bits or ClassBits(unclear, unclear, unclear, "", "")
        if comes_to is Eligibility.BY_PERSON:
            return Word(undecided=bits.either, here=True)
        return Word(bits.student if comes_to is Eligibility.STUDENT else bits.staff, here=True)

    def _join(self, one: int, other: int) -> Way:
        together = _together(self._ways.values[one], self._ways.values[other])
        return _without_repeats(
            (day, Word(a.mask | b.mask, a.undecided | b.undecided, a.here or b.here)) for day, (a, b) in together
        )

    def _judge_classes(self, header: Header, blobs: Blobs) -> Sequence[int]:
        signatures: dict[int, tuple[_Row, ...]] = {}
        alike: dict[object, ClassSection] = {}
        for blob in blobs(Kind.CLASSES):
            for row in form.decode_classes(blob):
                told = self._signature(row, header.unclear, alike)
                signatures[row.number] = (*signatures.get(row.number, ()), *told)
        judged: _Memo[tuple[_Row, ...]] = _Memo(lambda rows: self._classes.of(self._judge_class(rows)))
        found = [NOTHING] * (max(signatures, default=0) + 1)
        unlisted = {number for number, rows in signatures.items() if rows == _UNLISTED}
        for number, rows in signatures.items():
            if number not in unlisted and rows != _ELSEWHERE:
                found[number] = judged[rows]
        if unlisted:
            for number, days in self._judge_unlisted(blobs, unlisted):
                found[number] = self._classes.of(days)
        return found

    def _signature(self, row: ClassRow, unclear: Sequence[str], alike: dict[object, ClassSection]) -> tuple[_Row, ...]:
        if not row.listed:
            return _UNLISTED if row.was_in_scope else _ELSEWHERE
        bits = self.offer.bits(row.section)
        if bits is None and not row.was_in_scope and row.course_id not in unclear and row.school_id not in unclear:
            return _ELSEWHERE
        section = ClassSection(_ID, row.course_id, row.school_id, row.session_ids, row.status)
        if bits is not None:
            leads = bits.student & self._kept, bits.staff & self._kept
            section = alike.setdefault((leads, row.session_ids, row.status), section)
        return (_Row(section, row.was_in_scope),)

    def _judge_class(self, rows: Sequence[_Row]) -> _Days[_Class]:
        """From day to day, as a sync knows a class that was in scope on the day before."""
        sections = [row.section or ClassSection("") for row in rows]
        known = any(row.known for row in rows)
        found: list[tuple[str, _Class]] = []
        for at, (day, _) in enumerate(self._terms):
            judged = self._explainers[known][at][1].judge(_ID, sections)
            bits = judged.bits
            if bits is not None:
                bits = ClassBits(bits.student & self._kept, bits.staff & self._kept, bits.either & self._kept, "", "")
            found.append((day, _Class(bits, judged.orphaned, reach=judged.reach)))
            known = bits is not None or judged.orphaned
        return _without_repeats(found)

    def _judge_unlisted(self, blobs: Blobs, numbers: set[int]) -> Iterator[tuple[int, _Days[_Class]]]:
        """A class that is not listed is known for as long as an enrollment in it may give something."""
        parts: dict[int, set[int]] = {number: set() for number in numbers}
        for blob in blobs(Kind.ENROLLMENTS):
            columns = form.decode_enrollments(blob)
            mine = map(numbers.__contains__, columns.classes)
            for number, said in compress(zip(columns.classes, columns.said, strict=True), mine):
                parts[number].add(self.of_part[columns.parts[said]])
        for number, some in parts.items():
            days = [self._said.values[part].days for part in some]
            changes = sorted({self._first, *(day for each in days for day, _ in each)})
            over = next((day for day in changes if all(_at(each, day) is _OVER for each in days)), "")
            lost = ((self._first, _Class(lost=True)),) if over != self._first else ()
            yield number, (*lost, (over, _Class())) if over else lost


def _together(one: _Days[KeyT], other: _Days[ValueT]) -> Iterator[tuple[str, tuple[KeyT, ValueT]]]:
    for day in sorted({day for days in (one, other) for day, _ in days}):
        yield day, (_at(one, day), _at(other, day))


def _at(days: _Days[ValueT], day: str) -> ValueT:
    """What holds on a day, none before the first."""
    return next(value for since, value in reversed(days) if since <= day)


def _without_repeats(days: Iterable[tuple[str, ValueT]]) -> _Days[ValueT]:
    found: list[tuple[str, ValueT]] = []
    for day, value in days:
        if not found or found[-1][1] != value:
            found.append((day, value))
    return tuple(found)
