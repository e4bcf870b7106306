"""From classes to bits: what being in a class entitles to.

Every eBook and edition on offer has a bit, and every selected school has one above them; the topmost bit says that it
is unclear what a class, or a person's part in it, entitles to. A class has one mask for its students and one for its
staff; a person's masks are or-ed together over all their classes. So however many classes lead to an eBook, there is
one license, and the fold of a million enrollments is one dictionary look-up each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from functools import cache
from typing import Final, NamedTuple

from roster_operator.licensing.class_scope import ClassMemory, KnownReferences
from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.roster.calendar import Calendar
from roster_operator.roster.models import ClassSection, Status
from roster_operator.roster.quality import Question, Questions
from roster_operator.roster.subjects import Subject
from roster_operator.roster.terms import Reach, TermRules


class ClassBits(NamedTuple):
    """What a class in scope gives."""

    student: int
    staff: int
    either: int
    """Both: for an enrollment that does not say a role, until the person is known."""
    course_id: str
    school_id: str
    """What the class says, listed or not."""


class Decoded(NamedTuple):
    """A person's mask, spelled out."""

    entitlements: tuple[Entitlement, ...]
    """Sorted."""
    schools: tuple[str, ...]
    """Ids, sorted."""


class Offer:
    """The eBooks that the selected courses lead to, at the selected schools."""

    def __init__(
        self,
        ebooks_by_course: Mapping[str, Sequence[str]],
        editions: Mapping[str, Sequence[Edition]],
        schools: Iterable[str],
    ) -> None:
        """Course ids to eBook names; eBook names to the editions that exist; ids of the selected schools."""
        self.entitlements = tuple(
            sorted(
                Entitlement(ebook, edition)
                for ebook in {name for names in ebooks_by_course.values() for name in names}
                for edition in editions.get(ebook, ())
            )
        )
        self.schools = tuple(sorted(schools))
        self.ebooks_by_course = ebooks_by_course
        bit = {entitlement: 1 << index for index, entitlement in enumerate(self.entitlements)}
        width = len(self.entitlements)
        self._school_bit = {school: 1 << (width + index) for index, school in enumerate(self.schools)}
        self.unclear = 1 << (width + len(self.schools))
        shared = self.unclear | sum(self._school_bit.values())
        self.student_mask = shared | sum(b for e, b in bit.items() if e.edition is Edition.STUDENT)
        self.staff_mask = shared | sum(b for e, b in bit.items() if e.edition is Edition.TEACHER)
        self._entitlement_mask = (1 << width) - 1
        self._by_course: dict[str, tuple[int, int]] = {}
        for course, names in ebooks_by_course.items():
            student = sum(bit.get(Entitlement(ebook, Edition.STUDENT), 0) for ebook in set(names))
            staff = sum(bit.get(Entitlement(ebook, Edition.TEACHER), 0) for ebook in set(names))
            self._by_course[course] = student, staff
        self.decode = cache(self._decode)
        self._bits = cache(self._give)

    def bits(self, section: ClassSection) -> ClassBits | None:
        """What `section` gives its students and staff; None if its school or course is not selected."""
        course, school = section.course_id, section.school_id
        return self._bits(course, school) if course in self._by_course and school in self._school_bit else None

    def _give(self, course_id: str, school_id: str) -> ClassBits:
        (student, staff), school = self._by_course[course_id], self._school_bit[school_id]
        return ClassBits(student | school, staff | school, student | staff | school, course_id, school_id)

    def entitles(self, mask: int) -> bool:
        """Whether the mask holds any entitlement, and not only schools."""
        return bool(mask & self._entitlement_mask)

    def _decode(self, mask: int) -> Decoded:
        return Decoded(
            tuple(e for index, e in enumerate(self.entitlements) if mask >> index & 1),
            tuple(school for school in self.schools if mask & self._school_bit[school]),
        )


class ClassStanding(Enum):
    """What becomes of a class today."""

    IN_SCOPE = auto()
    NOT_SELECTED = auto()
    """Its school or its course is not."""
    DELETED = auto()
    NOT_ON = auto()
    """Its terms are over, or have not begun."""
    LOST = auto()
    """It was in scope, and names a course or a school that is not listed any more."""
    UNCLEAR_REFERENCE = auto()
    """Nobody can say whether its course or its school still counts."""
    UNCLEAR_STATUS = auto()
    UNCLEAR_TERM = auto()


ORPHANED: Final = frozenset(
    {
        ClassStanding.LOST,
        ClassStanding.UNCLEAR_REFERENCE,
        ClassStanding.UNCLEAR_STATUS,
        ClassStanding.UNCLEAR_TERM,
    }
)
"""Classes of which nobody can say what they lead to, or whether they are on."""


_QUESTIONS: Final = {
    ClassStanding.UNCLEAR_STATUS: Question.UNKNOWN_STATUS,
    ClassStanding.UNCLEAR_TERM: Question.UNCLEAR_TERM,
}


class ClassTable:
    """The classes in scope that are on today, and what each gives."""

    def __init__(self, offer: Offer, calendar: Calendar, bearings: KnownReferences | None = None) -> None:
        """An empty table; `add` classes to it. Without `bearings`, no class is taken for one that lost its way."""
        self.offer = offer
        self.bearings = bearings or KnownReferences()
        self.bits: dict[str, ClassBits] = {}
        self.elsewhere: set[str] = set()
        """Ids of classes that exist but are out of scope or not on."""
        self.orphaned: set[str] = set()
        """Ids of classes of which nobody can say what they lead to, or whether they are on; their bits say so."""
        self.spans: dict[str, tuple[str, str]] = {}
        """Of classes in scope whose terms are sure: the first day, and the day after the last."""
        self.reaches: dict[str, Reach] = {}
        """Of classes in `bits` whose enrollments do not stand today as their own dates alone say."""
        self.in_scope = 0
        self.young = 0
        """Of those in scope, classes that began a few weeks ago."""
        self.questions: Questions = Questions()
        self._calendar = calendar

    def add(self, sections: Iterable[ClassSection]) -> None:
        """Take classes as they come; deleted ones are passed over, and a class given twice counts once."""
        for section in sections:
            if section.id in self.bits and section.id not in self.orphaned:
                continue
            stands = self.standing(section)
            nowhere = not section.course_id and stands is not ClassStanding.DELETED
            if nowhere and section.id not in self.elsewhere:
                self.questions.add(Question.CLASS_WITHOUT_COURSE, Subject(class_id=section.id))
            if stands in ORPHANED:
                self._leave_unclear(section, stands)
            elif stands is ClassStanding.IN_SCOPE:
                self._take(section)
            elif section.id not in self.orphaned:
                self.elsewhere.add(section.id)

    def standing(self, section: ClassSection) -> ClassStanding:
        """What becomes of one row of a class; what is certain goes before what is not."""
        if section.status is Status.GONE:
            return ClassStanding.DELETED
        is_on = self._calendar.is_on(section.session_ids)
        if is_on is False:
            return ClassStanding.NOT_ON
        if self.offer.bits(section) is None:
            if self.bearings.lost(section):
                return ClassStanding.LOST
            unclear = self.bearings.is_unclear(section)
            return ClassStanding.UNCLEAR_REFERENCE if unclear else ClassStanding.NOT_SELECTED
        if section.status is Status.UNRECOGNIZED:
            return ClassStanding.UNCLEAR_STATUS
        return ClassStanding.UNCLEAR_TERM if is_on is None else ClassStanding.IN_SCOPE

    @property
    def rules(self) -> TermRules:
        """By what else than the SIS terms are judged."""
        return self._calendar.rules

    def unlisted(self) -> frozenset[str]:
        """Ids of classes that were in scope and did not come, as far as they are numbers; once all were added."""
        return self.bearings.before.numbered() - self.bits.keys() - self.elsewhere

    def remember(self, unlisted: Iterable[str]) -> ClassMemory:
        """The classes in scope, for the next sync; `unlisted`: ids of others in which somebody is enrolled."""
        classes = {one: (bits.course_id, bits.school_id) for one, bits in self.bits.items()}
        return self.bearings.remember(classes, unlisted)

    def _take(self, section: ClassSection) -> None:
        bits = self.offer.bits(section)
        assert bits is not None
        if not self._calendar.knows(section.session_ids):
            self.questions.add(Question.CLASS_WITHOUT_SESSION, Subject(class_id=section.id, school=section.school_id))
        self.elsewhere.discard(section.id)
        self.orphaned.discard(section.id)
        self.bits[section.id] = bits
        self._reach(section)
        if (span := self._calendar.span(section.session_ids)) is not None:
            self.spans[section.id] = span
        self.in_scope += 1
        self.young += self._calendar.is_young(section.session_ids)

    def _leave_unclear(self, section: ClassSection, why: ClassStanding) -> None:
        if question := _QUESTIONS.get(why):
            self.questions.add(question, Subject(class_id=section.id, school=section.school_id))
        if section.id not in self.elsewhere:
            self.orphaned.add(section.id)
            unclear = self.offer.unclear
            if section.id not in self.bits:
                self._reach(section)
            self.bits[section.id] = ClassBits(unclear, unclear, unclear, section.course_id, section.school_id)

    def _reach(self, section: ClassSection) -> None:
        reach = self._calendar.reach(section.session_ids)
        if reach is not None and reach.matters_on(self._calendar.today):
            self.reaches[section.id] = reach
        else:
            self.reaches.pop(section.id, None)
