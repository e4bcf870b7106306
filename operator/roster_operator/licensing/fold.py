"""Folds enrollments, as they come, to one word a person, and compares persons with the state of the last sync.

Enrollments are not kept. Dates are judged here, so a day that passes is a change like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import xxhash

from roster_operator.licensing.entitlements import ClassTable
from roster_operator.licensing.models import PersonChange
from roster_operator.roster.dates import is_current
from roster_operator.roster.models import Enrollment, Enrollments, Part, Person, Role
from roster_operator.roster.quality import Question, Questions

_STAFF = frozenset({Role.TEACHER, Role.AIDE})
_STUDENT_BITS, _STAFF_BITS, _EITHER_BITS = range(3)
"""Which of `ClassBits` an enrollment gives."""
_NO_BITS = -1
_NEVER_ON = -2
"""None either, because it ends before it begins."""
_MAX_PARTS = 100_000
"""Remembered; a roster has a few hundred."""


class Fold:
    """The persons in scope, and what each is entitled to on one day."""

    def __init__(self, table: ClassTable, today: str) -> None:
        """`today` is an ISO date in the district's time zone."""
        self.enrollments = 0
        """Enrollments in scope that are on today."""
        self.questions: Questions = Questions()
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
                if gives == _NEVER_ON:
                    self.questions[Question.END_BEFORE_BEGIN] += 1
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

    def _question_classes(self, page: Enrollments) -> None:
        if strange := set(page.classes).difference(self._table.bits, self._table.elsewhere):
            strays = sum(
                said.active and section in strange for section, said in zip(page.classes, page.parts, strict=True)
            )
            self.questions[Question.UNKNOWN_CLASS] += strays

    def _judge(self, said: Part) -> int:
        """Which bits an enrollment gives."""
        if len(self._given) >= _MAX_PARTS:
            self._given.clear()
        if not said.active:
            gives = _NO_BITS
        elif not is_current(said.begin, said.end, self._today):
            gives = _NEVER_ON if said.begin and said.end and said.end < said.begin else _NO_BITS
        elif said.role is Role.STUDENT:
            gives = _STUDENT_BITS
        elif said.role in _STAFF:
            gives = _STAFF_BITS
        else:
            gives = _EITHER_BITS if said.role is Role.UNKNOWN else _NO_BITS
        self._given[said] = gives
        return gives

    @property
    def persons(self) -> Iterator[str]:
        """Ids of all persons who are enrolled in scope today."""
        yield from self._words
        yield from (person for person in self._undecided if person not in self._words)

    def word(self, person: Person) -> int:
        """What a person is entitled to, and through which schools."""
        word = self._words.get(person.id, 0)
        undecided = self._undecided.get(person.id, 0)
        offer = self._table.offer
        if undecided:
            if person.role is Role.STUDENT:
                word |= undecided & offer.student_mask
            elif person.role in _STAFF:
                word |= undecided & offer.staff_mask
        if person.role is Role.STUDENT and word & ~offer.student_mask:
            self.questions[Question.STUDENT_AS_TEACHER] += 1
            word &= offer.student_mask
        return word

    def __contains__(self, person_id: str) -> bool:
        """Whether a person is enrolled in scope today."""
        return person_id in self._words or person_id in self._undecided


class Comparison:
    """Compares persons, as they come, with the ledger's state; yields those who changed."""

    def __init__(self, fold: Fold, table: ClassTable, states: Iterable[tuple[str, int]]) -> None:
        """`states`: key and digest of each person as of the last applied sync."""
        self.students = 0
        self.staff = 0
        self.questions: Questions = Questions()
        self._fold = fold
        self._offer = table.offer
        self._states = dict(states)
        self._seen: dict[str, int] = {}
        """Id to identity of everyone in scope whom the SIS describes as active."""
        self._inactive: set[str] = set()
        self._several: set[str] = set()
        """Ids that stand for more than one person."""

    def changes(self, people: Iterable[Person]) -> Iterator[PersonChange]:
        """Those of `people` who are in scope and are not as the state has them. Each person once."""
        for person in people:
            if person.id not in self._fold:
                continue
            if not person.active:
                self._inactive.add(person.id)
                continue
            if person.id in self._seen:
                if self._seen[person.id] != _identity(person):
                    self._several.add(person.id)
                    self.questions[Question.SAME_ID_TWICE] = len(self._several)
                continue
            self._seen[person.id] = _identity(person)
            word = self._fold.word(person)
            if not self._offer.entitles(word):
                continue
            change = self._change(person, word)
            if self._states.pop(person.id, None) != change.digest:
                yield change

    def missing(self) -> set[str]:
        """Persons enrolled in scope whom nobody has described yet."""
        return {person for person in self._fold.persons if person not in self._seen and person not in self._inactive}

    def gone(self, unknown: Iterable[str]) -> Iterator[PersonChange]:
        """Those whom the state has and the roster does not; `unknown` persons are left as they are."""
        left_alone = set(unknown)
        self.questions[Question.UNKNOWN_PERSON] += len(left_alone)
        for key in self._states:
            if key not in left_alone:
                yield PersonChange(key=key, gone=True)

    def _change(self, person: Person, word: int) -> PersonChange:
        entitlements, schools = self._offer.decode(word)
        student = person.role is Role.STUDENT or not word & ~self._offer.student_mask
        if student:
            self.students += 1
        else:
            self.staff += 1
        if not person.username and not person.email:
            self.questions[Question.NO_LOGIN] += 1
        facts = (
            "Student" if student else "Staff",
            person.username,
            person.email,
            person.identifier,
            schools,
            entitlements,
        )
        return PersonChange(person.id, _digest(facts), facts[0], *facts[1:4], schools, entitlements)


def _identity(person: Person) -> int:
    return _digest((person.username, person.email, person.identifier))


def _digest(facts: tuple[object, ...]) -> int:
    return xxhash.xxh3_64_intdigest(msgspec.msgpack.encode(facts))
