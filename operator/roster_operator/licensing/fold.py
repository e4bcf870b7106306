"""Folds enrollments, as they come, to one word a person. They are not kept.

Dates are judged here, so a day that passes is a change like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from roster_operator.licensing.entitlements import ClassBits, ClassTable
from roster_operator.roster.dates import EITHER, DayOrder, Days, earliest_after, ends_before_it_begins, order_of
from roster_operator.roster.models import STATUS_TOLD, Enrollment, Enrollments, Part, Role, Status
from roster_operator.roster.quality import Question, Questions

_STAFF = frozenset({Role.TEACHER, Role.AIDE})
_NOT_TOLD = frozenset({Role.UNKNOWN, Role.STRANGE})
_NO_ANSWERS = {
    Role.STUDENT: Question.STUDENT_AS_TEACHER,
    Role.FORMER: Question.NO_CURRENT_ROLE,
    Role.UNCLEAR: Question.UNREADABLE_DATE,
}
"""Whose role, whatever an enrollment says, keeps them from the edition that holds the answers."""
_STUDENT_BITS, _STAFF_BITS, _EITHER_BITS = range(3)
"""Which of `ClassBits` an enrollment gives."""
_NO_BITS = -1
_NEVER_ON = -2
"""None either, because it ends before it begins."""
_TURNED = -3
"""The same, but today lies between: it may be on, with its dates the wrong way round."""
_STRANGE = -4
"""Its role is a word that OneRoster does not have."""
_UNREADABLE = -5
"""Nobody can say whether it is on, by a date that cannot be read."""
_UNKNOWN_STATUS = -6
"""Its status is a word that is not known."""
_WAITS = -7
"""It depends on whether day or month comes first, which the section as a whole may show."""
_QUESTIONS = {
    _NEVER_ON: Question.END_BEFORE_BEGIN,
    _TURNED: Question.END_BEFORE_BEGIN,
    _STRANGE: Question.STRANGE_ROLE,
    _UNREADABLE: Question.UNREADABLE_DATE,
    _UNKNOWN_STATUS: Question.UNKNOWN_STATUS,
}
"""What an enrollment raises that gives no bits."""
_UNCLEAR = frozenset({_TURNED, _STRANGE, _UNREADABLE, _UNKNOWN_STATUS})
_MAX_PARTS = 100_000
"""Remembered; a roster has a few hundred."""
_MAX_WAITING = 300_000
"""Enrollments that wait for the order of day and month; then the rows so far must show it."""

Entry = tuple[str, int, int]
"""A person's id, word, and word of which it is undecided whether it is a student's or a teacher's."""


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
        self._table = table
        self._days = days
        self._counted: Counter[Part] = Counter()
        """All enrollments, in scope or not, by what they say."""
        self._members: Counter[str] = Counter()
        self._marks = 0
        self._waiting: list[tuple[str, ClassBits, Part]] = []
        self._concluded = False
        self._words: dict[str, int] = {}
        self._undecided: dict[str, int] = {}
        """Words from enrollments without a role, of both editions: the person's own role decides."""
        self._shared: dict[int, int] = {}
        """One object for each distinct word: there are few."""
        self._given: dict[Part, int] = {}
        """Which bits of its class an enrollment gives, by what it says."""

    def add(self, enrollments: Iterable[Enrollment]) -> None:
        """Take enrollments as they come; those given twice change nothing."""
        page = Enrollments.of(enrollments)
        words, shared, given = self._words, self._shared, self._given
        counted = 0
        for person, bits, said in zip(page.persons, map(self._table.bits.get, page.classes), page.parts, strict=True):
            if bits is None:
                continue
            gives = given.get(said)
            if gives is None:
                gives = self._judge(said)
            if gives < 0:
                if gives == _WAITS:
                    self._waiting.append((person, bits, said))
                elif gives != _NO_BITS:
                    self._question(person, gives)
                continue
            word = bits[gives]
            if gives == _EITHER_BITS:
                self._leave_undecided(person, word)
                continue
            counted += 1
            known = words.get(person)
            if known is None:
                words[person] = word
            elif known | word != known:
                word |= known
                words[person] = shared.setdefault(word, word)
        self.enrollments += counted
        self._question_classes(page)
        self._counted.update(page.parts)
        if len(self._counted) > _MAX_PARTS:
            self._add_up()
        if len(self._waiting) > _MAX_WAITING:
            self.conclude()

    def conclude(self) -> None:
        """All enrollments were given: who waits for the order of day and month is judged by what all of them show."""
        self._add_up()
        self._days = replace(self._days, order=order_of(self._marks))
        self._concluded = True
        self._given.clear()
        waiting, self._waiting = self._waiting, []
        for person, bits, said in waiting:
            self._take(person, bits, said)

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

    def _take(self, person: str, bits: ClassBits, said: Part) -> None:
        """One enrollment in scope, as `add` takes many."""
        gives = self._judge(said)
        if gives < 0:
            if gives != _NO_BITS:
                self._question(person, gives)
        elif gives == _EITHER_BITS:
            self._leave_undecided(person, bits[gives])
        else:
            self.enrollments += 1
            word = bits[gives] | self._words.get(person, 0)
            self._words[person] = self._shared.setdefault(word, word)

    def _leave_undecided(self, person: str, word: int) -> None:
        self.questions[Question.UNKNOWN_ROLE] += 1
        self._undecided[person] = self._undecided.get(person, 0) | word

    def _question(self, person: str, gives: int) -> None:
        self.questions[_QUESTIONS[gives]] += 1
        if gives in _UNCLEAR:
            self._leave_unclear(person)

    def _leave_unclear(self, person: str) -> None:
        """Nobody can say what all this person is entitled to."""
        word = self._words.get(person, 0) | self._table.offer.unclear
        self._words[person] = self._shared.setdefault(word, word)

    def _question_classes(self, page: Enrollments) -> None:
        if strange := set(page.classes).difference(self._table.bits, self._table.elsewhere):
            strays = sum(
                said.status is not Status.GONE and section in strange
                for section, said in zip(page.classes, page.parts, strict=True)
            )
            self.questions[Question.UNKNOWN_CLASS] += strays
            if lost := {section for section in strange if section in self._table.bearings.before}:
                self._find_lost(page, lost)

    def _find_lost(self, page: Enrollments, lost: set[str]) -> None:
        for person, section, said in zip(page.persons, page.classes, page.parts, strict=True):
            if section in lost and self._judge(said) not in {_NO_BITS, _NEVER_ON}:
                self.unlisted.add(section)
                self._leave_unclear(person)

    def _judge(self, said: Part) -> int:
        """Which bits an enrollment gives."""
        if len(self._given) >= _MAX_PARTS:
            self._given.clear()
        gives = self._given[said] = _NO_BITS if said.status is Status.GONE else self._judge_dates(said)
        return gives

    def _judge_dates(self, said: Part) -> int:
        days = self._days
        begin, end = days.begin(said.begin), days.end(said.end)
        self.next_change = earliest_after(days.today, (self.next_change, begin, end))
        if ends_before_it_begins(begin, end):
            return _TURNED if days.is_on(end, begin) else _NEVER_ON
        is_on = days.is_on(begin, end)
        if is_on is False:
            return _NO_BITS
        if is_on is None:
            may_be_told = EITHER in begin + end and not self._concluded
            return _WAITS if may_be_told else _UNREADABLE
        return _UNKNOWN_STATUS if said.status is Status.UNRECOGNIZED else _judge_role(said.role)

    @property
    def size_bound(self) -> int:
        """At least as many as there are persons enrolled in scope today, at most twice as many."""
        return len(self._words) + len(self._undecided)

    @property
    def persons(self) -> Iterator[str]:
        """Ids of all persons who are enrolled in scope today."""
        yield from self._words
        yield from (person for person in self._undecided if person not in self._words)

    def entries(self) -> Iterator[Entry]:
        """What is known of each person; `merge` takes it in again."""
        for person in self.persons:
            yield person, self._words.get(person, 0), self._undecided.get(person, 0)

    def merge(self, entries: Iterable[Entry]) -> None:
        """Take in what another fold of the same classes and day knows."""
        words, shared = self._words, self._shared
        for person, word, undecided in entries:
            if word:
                merged = word | words.get(person, 0)
                words[person] = shared.setdefault(merged, merged)
            if undecided:
                self._undecided[person] = self._undecided.get(person, 0) | undecided

    def among(self, persons: Collection[str]) -> Fold:
        """A fold of these persons only, of those that this one knows."""
        part = Fold(self._table, self._days)
        part.merge((person, self._words.get(person, 0), self._undecided.get(person, 0)) for person in persons)
        return part

    def clear(self) -> None:
        """Forget every person, and not what was counted."""
        self._words.clear()
        self._undecided.clear()

    def word(self, person_id: str, role: Role, *, again: bool = False) -> int:
        """What a person of this role is entitled to, and through which schools; and whether that may not be all.

        `again`: what it raises was counted before.
        """
        word = self._words.get(person_id, 0)
        offer = self._table.offer
        if self._undecided and (undecided := self._undecided.get(person_id, 0)):
            if role is Role.STUDENT:
                word |= undecided & offer.student_mask
            elif role in _STAFF:
                word |= undecided & offer.staff_mask
            elif role in _NOT_TOLD:
                word |= offer.unclear
        if word & ~offer.student_mask and role in _NO_ANSWERS:
            self.questions[_NO_ANSWERS[role]] += not again
            word = word | offer.unclear if role is Role.UNCLEAR else word & offer.student_mask
        return word

    @property
    def holds(self) -> Callable[[str], bool]:
        """Tells quickly whether a person is enrolled in scope today; good until enrollments are added."""
        return self.__contains__ if self._undecided else self._words.__contains__

    def __contains__(self, person_id: str) -> bool:
        """Whether a person is enrolled in scope today."""
        return person_id in self._words or person_id in self._undecided


def _judge_role(role: Role) -> int:
    if role is Role.STUDENT:
        return _STUDENT_BITS
    if role in _STAFF:
        return _STAFF_BITS
    if role is Role.STRANGE:
        return _STRANGE
    return _EITHER_BITS if role is Role.UNKNOWN else _NO_BITS
