"""Folds enrollments, as they come, to one entitlement mask a person. They are not kept.

Dates are judged here, so a day that passes is a change like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from typing import Final, Literal

from roster_operator.licensing.eligibility import QUESTIONS, STAFF, UNCLEAR, Eligibility, eligibility
from roster_operator.licensing.entitlements import ClassBits, ClassTable
from roster_operator.roster.dates import DayOrder, Days, certain, days_after, earliest_after, order_of
from roster_operator.roster.models import STATUS_TOLD, Enrollment, Enrollments, Part, Role, Status
from roster_operator.roster.quality import Question, Questions
from roster_operator.roster.subjects import Subject
from roster_operator.roster.terms import Reach

_NOT_TOLD = frozenset({Role.UNKNOWN, Role.UNRECOGNIZED, Role.UNCLEAR})
_NO_ANSWERS = {
    Role.STUDENT: Question.STUDENT_AS_TEACHER,
    Role.FORMER: Question.NO_CURRENT_ROLE,
    Role.UNCLEAR: Question.UNREADABLE_DATE,
}
"""Whose role, whatever an enrollment says, keeps them from the edition that holds the answers."""
_Bits = Literal[0, 1, 2]
_BITS: Final[Mapping[Eligibility, _Bits]] = {Eligibility.STUDENT: 0, Eligibility.STAFF: 1, Eligibility.BY_PERSON: 2}
"""Which of a class's bits an enrollment gives, by their place in `ClassBits`; none otherwise."""
_EITHER = _BITS[Eligibility.BY_PERSON]
_GIVES_NOTHING = frozenset(Eligibility) - UNCLEAR - _BITS.keys()
_NOT_TODAY = frozenset({Eligibility.NOT_BEGUN, Eligibility.ENDED})
_DROPPED: Final = 14
"""So many days lasts, at most, an enrollment that was made and taken back before the term began."""
_MAX_PARTS = 100_000
"""Remembered; a roster has a few hundred."""
_MAX_WAITING = 300_000
"""Enrollments that wait for the order of day and month; then the rows so far must show it."""

_Judgement = tuple[_Bits | None, Eligibility]
_Judgements = dict[Part, _Judgement]
Entry = tuple[str, int, int]
"""A person's id, mask, and mask of which it is undecided whether it is a student's or a teacher's."""


class Fold:
    """The persons in scope, and what each is entitled to on one day."""

    def __init__(self, table: ClassTable, days: Days) -> None:
        """`days`: what the dates of enrollments mean today in the district."""
        self.enrollments = 0
        """Enrollments in scope that are on today."""
        self.questions: Questions = Questions()
        self.next_change = ""
        """The first day after today on which an enrollment in scope begins or ends; empty if none does."""
        self.unlisted: set[str] = set()
        """Ids of classes that were in scope and are not listed any more, though somebody is enrolled in them."""
        self.places: Final[Sequence[set[str]]] = (set(), set())
        """Ids of classes in scope that have a student today, and of those that have staff."""
        self._table = table
        self._days = days
        self._counted: Counter[Part] = Counter()
        """All enrollments, in scope or not, by what they say."""
        self._members: Counter[str] = Counter()
        self._marks = 0
        self._waiting: list[tuple[str, str, ClassBits, Part]] = []
        self._lost: list[tuple[str, str, Part]] = []
        """Enrollments in classes that are not listed any more, which wait for the same."""
        self._concluded = False
        self._masks: dict[str, int] = {}
        self._undecided: dict[str, int] = {}
        """Words from enrollments without a role, of both editions: the person's own role decides."""
        self._shared: dict[int, int] = {}
        """One object for each distinct mask: there are few."""
        self._judged: _Judgements = {}
        """Which bits of its class an enrollment gives, and what it comes to, by what it says."""
        by_reach: dict[Reach, _Judgements] = {reach: {} for reach in table.reaches.values()}
        self._within: Mapping[str, _Judgements] = {one: by_reach[reach] for one, reach in table.reaches.items()}
        """The same of classes where the district's rules decide too."""

    def add(self, enrollments: Iterable[Enrollment]) -> None:
        """Take enrollments as they come; those given twice change nothing."""
        page = Enrollments.of(enrollments)
        masks, shared, judged, places = self._masks, self._shared, self._judged, self.places
        counted = 0
        in_scope = map(self._table.bits.get, page.classes)
        alike = repeat(judged, len(page.persons))
        known_by = map(self._within.get, page.classes, alike) if self._within else alike
        rows = zip(page.persons, page.classes, in_scope, page.parts, known_by, strict=True)
        for person, section, bits, said, known_of in rows:
            if bits is None:
                continue
            gives, eligible = known_of.get(said) or self._judge(said, section)
            if gives is None or gives == _EITHER:
                self._set_aside(person, section, bits, said, eligible)
                continue
            mask = bits[gives]
            places[gives].add(section)
            counted += 1
            known = masks.get(person)
            if known is None:
                masks[person] = mask
            elif known | mask != known:
                mask |= known
                masks[person] = shared.setdefault(mask, mask)
        self.enrollments += counted
        self._question_classes(page)
        self._counted.update(page.parts)
        if len(self._counted) > _MAX_PARTS:
            self._add_up()
        if len(self._waiting) + len(self._lost) > _MAX_WAITING:
            self.conclude()

    def conclude(self) -> None:
        """All enrollments were given: who waits for the order of day and month is judged by what all of them show."""
        self._add_up()
        self._days = replace(self._days, order=order_of(self._marks))
        self._concluded = True
        for judged in (self._judged, *self._within.values()):
            judged.clear()
        waiting, self._waiting = self._waiting, []
        for person, section, bits, said in waiting:
            self._take(person, section, bits, said)
        lost, self._lost = self._lost, []
        for person, section, said in lost:
            self._leave_lost(person, section, said)

    @property
    def order(self) -> DayOrder:
        """Whether day or month comes first, as far as the enrollments show it."""
        return order_of(self._marks)

    @property
    def members(self) -> Mapping[str, int]:
        """How many enrollments, in scope or not, hold each member; once concluded."""
        return self._members

    def _add_up(self) -> None:
        for said, count in self._counted.items():
            self._marks |= said.marks
            held = {
                "role": said.role is not Role.UNKNOWN,
                "beginDate": bool(said.begin),
                "endDate": bool(said.end),
                "status": bool(said.marks & STATUS_TOLD),
            }
            self._members.update({member: count for member, holds in held.items() if holds})
        self._counted.clear()

    def _take(self, person: str, section: str, bits: ClassBits, said: Part) -> None:
        """One enrollment in scope, as `add` takes many."""
        gives, eligible = self._judge(said, section)
        if gives is None or gives == _EITHER:
            self._set_aside(person, section, bits, said, eligible)
        else:
            self.enrollments += 1
            self.places[gives].add(section)
            mask = bits[gives] | self._masks.get(person, 0)
            self._masks[person] = self._shared.setdefault(mask, mask)

    def _set_aside(self, person: str, section: str, bits: ClassBits, said: Part, eligible: Eligibility) -> None:
        """An enrollment that does not simply give the bits of its class."""
        if eligible is Eligibility.UNCLEAR_DAY_ORDER:
            self._waiting.append((person, section, bits, said))
            return
        if (question := QUESTIONS.get(eligible)) is not None:
            self.questions.add(question, Subject(person, section, school=bits.school_id))
        if eligible in UNCLEAR:
            self._leave_unclear(person)
        elif eligible is Eligibility.BY_PERSON:
            self._undecided[person] = self._undecided.get(person, 0) | bits.either
        elif eligible in _NOT_TODAY and self._is_outside_term(section, said):
            self.questions.add(Question.OUTSIDE_TERM, Subject(person, section, school=bits.school_id))
        if eligible in UNCLEAR or eligible is Eligibility.BY_PERSON:
            for place in self.places:
                place.add(section)

    def _is_outside_term(self, section: str, said: Part) -> bool:
        """Whether no day of an enrollment is in the terms of its class; of one that was dropped in time, it is not."""
        span = self._table.spans.get(section)
        if span is None:
            return False
        (opens, closes), begin, end = span, self._days.begin(said.begin), self._days.end(said.end)
        if certain(begin) and begin >= closes:
            return True
        return certain(end) and end <= opens and certain(begin) and end > days_after(begin, _DROPPED)

    def _leave_unclear(self, person: str) -> None:
        """Nobody can say what all this person is entitled to."""
        mask = self._masks.get(person, 0) | self._table.offer.unclear
        self._masks[person] = self._shared.setdefault(mask, mask)

    def _question_classes(self, page: Enrollments) -> None:
        if strange := set(page.classes).difference(self._table.bits, self._table.elsewhere):
            for person, section, said in zip(page.persons, page.classes, page.parts, strict=True):
                if section in strange and said.status is not Status.GONE:
                    self.questions.add(Question.UNKNOWN_CLASS, Subject(person, section))
            if lost := {section for section in strange if section in self._table.bearings.before}:
                self._find_lost(page, lost)

    def _find_lost(self, page: Enrollments, lost: set[str]) -> None:
        for person, section, said in zip(page.persons, page.classes, page.parts, strict=True):
            if section in lost:
                self._leave_lost(person, section, said)

    def _leave_lost(self, person: str, section: str, said: Part) -> None:
        eligible = self._judge(said, section)[1]
        if eligible is Eligibility.UNCLEAR_DAY_ORDER:
            self._lost.append((person, section, said))
        elif eligible not in _GIVES_NOTHING:
            self.unlisted.add(section)
            self._leave_unclear(person)

    def _judge(self, said: Part, section: str) -> _Judgement:
        reach, known = self._table.reaches.get(section), self._within.get(section, self._judged)
        if len(known) >= _MAX_PARTS:
            known.clear()
        if said.status is not Status.GONE:
            bounds = self._days.begin(said.begin), self._days.end(said.end)
            reached = (reach.begin(bounds[0]), reach.end(bounds[1])) if reach is not None else ()
            self.next_change = earliest_after(self._days.today, (self.next_change, *bounds, *reached))
        eligible = eligibility(said, self._days, reach, order_is_final=self._concluded)
        judged = known[said] = _BITS.get(eligible), eligible
        return judged

    @property
    def size_bound(self) -> int:
        """At least as many as there are persons enrolled in scope today, at most twice as many."""
        return len(self._masks) + len(self._undecided)

    @property
    def persons(self) -> Iterator[str]:
        """Ids of all persons who are enrolled in scope today."""
        yield from self._masks
        yield from (person for person in self._undecided if person not in self._masks)

    def entries(self) -> Iterator[Entry]:
        """What is known of each person; `merge` takes it in again."""
        for person in self.persons:
            yield person, self._masks.get(person, 0), self._undecided.get(person, 0)

    def merge(self, entries: Iterable[Entry]) -> None:
        """Take in what another fold of the same classes and day knows."""
        masks, shared = self._masks, self._shared
        for person, mask, undecided in entries:
            if mask:
                merged = mask | masks.get(person, 0)
                masks[person] = shared.setdefault(merged, merged)
            if undecided:
                self._undecided[person] = self._undecided.get(person, 0) | undecided

    def among(self, persons: Collection[str]) -> Fold:
        """A fold of these persons only, of those that this one knows."""
        part = Fold(self._table, self._days)
        part.merge((person, self._masks.get(person, 0), self._undecided.get(person, 0)) for person in persons)
        return part

    def clear(self) -> None:
        """Forget every person, and not what was counted."""
        self._masks.clear()
        self._undecided.clear()

    def mask(self, person_id: str, role: Role, *, again: bool = False) -> int:
        """What a person of this role is entitled to, and through which schools; and whether that may not be all.

        `again`: what it raises was counted before.
        """
        mask = self._masks.get(person_id, 0)
        offer = self._table.offer
        if self._undecided and (undecided := self._undecided.get(person_id, 0)):
            if role is Role.STUDENT:
                mask |= undecided & offer.student_mask
            elif role in STAFF:
                mask |= undecided & offer.staff_mask
            elif role in _NOT_TOLD:
                mask |= offer.unclear
        if mask & ~offer.student_mask and role in _NO_ANSWERS:
            if not again:
                self.questions.add(_NO_ANSWERS[role], Subject(person_id))
            mask &= offer.student_mask
            if role is Role.UNCLEAR:
                mask |= offer.unclear
        return mask

    @property
    def holds(self) -> Callable[[str], bool]:
        """Tells quickly whether a person is enrolled in scope today; good until enrollments are added."""
        return self.__contains__ if self._undecided else self._masks.__contains__

    def __contains__(self, person_id: str) -> bool:
        """Whether a person is enrolled in scope today."""
        return person_id in self._masks or person_id in self._undecided
