"""Folds enrollments, as they come, to one word a person. They are not kept.

Dates are judged here, so a day that passes is a change like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from roster_operator.licensing.entitlements import ClassTable
from roster_operator.roster.dates import earliest_after, is_current
from roster_operator.roster.models import Enrollment, Enrollments, Part, Role
from roster_operator.roster.quality import Question, Questions

_STAFF = frozenset({Role.TEACHER, Role.AIDE})
_NOT_TOLD = frozenset({Role.UNKNOWN, Role.STRANGE})
_STUDENT_BITS, _STAFF_BITS, _EITHER_BITS = range(3)
"""Which of `ClassBits` an enrollment gives."""
_NO_BITS = -1
_NEVER_ON = -2
"""None either, because it ends before it begins."""
_TURNED = -3
"""The same, but today lies between: it may be on, with its dates the wrong way round."""
_STRANGE = -4
"""Its role is a word that OneRoster does not have."""
_QUESTIONS = {
    _NEVER_ON: Question.END_BEFORE_BEGIN,
    _TURNED: Question.END_BEFORE_BEGIN,
    _STRANGE: Question.STRANGE_ROLE,
}
"""What an enrollment raises that gives no bits."""
_UNCLEAR = frozenset({_TURNED, _STRANGE})
_MAX_PARTS = 100_000
"""Remembered; a roster has a few hundred."""

Entry = tuple[str, int, int]
"""A person's id, word, and word of which it is undecided whether it is a student's or a teacher's."""


class Fold:
    """The persons in scope, and what each is entitled to on one day."""

    def __init__(self, table: ClassTable, today: str) -> None:
        """`today` is an ISO date in the district's time zone."""
        self.enrollments = 0
        """Enrollments in scope that are on today."""
        self.questions: Questions = Questions()
        self.next_change = ""
        """The first day after today on which an enrollment in scope begins or ends; empty if none does."""
        self.unlisted: set[str] = set()
        """Ids of classes that were in scope and are not listed any more, though somebody is enrolled in them."""
        self._table = table
        self._today = today
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
                if gives != _NO_BITS:
                    self._question(person, gives)
                continue
            word = bits[gives]
            if gives == _EITHER_BITS:
                self.questions[Question.UNKNOWN_ROLE] += 1
                self._undecided[person] = self._undecided.get(person, 0) | word
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
                said.active and section in strange for section, said in zip(page.classes, page.parts, strict=True)
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
        if said.active:
            self.next_change = earliest_after(self._today, (self.next_change, said.begin, said.end))
        if not said.active:
            gives = _NO_BITS
        elif said.begin and said.end and said.end < said.begin:
            gives = _TURNED if is_current(said.end, said.begin, self._today) else _NEVER_ON
        elif not is_current(said.begin, said.end, self._today):
            gives = _NO_BITS
        elif said.role is Role.STUDENT:
            gives = _STUDENT_BITS
        elif said.role in _STAFF:
            gives = _STAFF_BITS
        elif said.role is Role.STRANGE:
            gives = _STRANGE
        else:
            gives = _EITHER_BITS if said.role is Role.UNKNOWN else _NO_BITS
        self._given[said] = gives
        return gives

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
        part = Fold(self._table, self._today)
        part.merge((person, self._words.get(person, 0), self._undecided.get(person, 0)) for person in persons)
        return part

    def clear(self) -> None:
        """Forget every person, and not what was counted."""
        self._words.clear()
        self._undecided.clear()

    def word(self, person_id: str, role: Role) -> int:
        """What a person of this role is entitled to, and through which schools; and whether that may not be all."""
        word = self._words.get(person_id, 0)
        offer = self._table.offer
        if self._undecided and (undecided := self._undecided.get(person_id, 0)):
            if role is Role.STUDENT:
                word |= undecided & offer.student_mask
            elif role in _STAFF:
                word |= undecided & offer.staff_mask
            elif role in _NOT_TOLD:
                word |= offer.unclear
        if role is Role.STUDENT and word & ~offer.student_mask:
            self.questions[Question.STUDENT_AS_TEACHER] += 1
            word &= offer.student_mask
        return word

    @property
    def holds(self) -> Callable[[str], bool]:
        """Tells quickly whether a person is enrolled in scope today; good until enrollments are added."""
        return self.__contains__ if self._undecided else self._words.__contains__

    def __contains__(self, person_id: str) -> bool:
        """Whether a person is enrolled in scope today."""
        return person_id in self._words or person_id in self._undecided
