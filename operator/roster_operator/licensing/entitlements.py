"""From classes to bits: what being in a class entitles to.

Every eBook and edition on offer has a bit, and every selected school has one above them; the topmost bit says that it
is unclear what a class, or a person's part in it, entitles to. A class has one word for its students and one for its
staff; a person's words are or-ed together over all their classes. So however many classes lead to an eBook, there is
one license, and the fold of a million enrollments is one dictionary look-up each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from roster_operator.licensing.class_scope import KnownReferences
from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.roster.dates import Calendar
from roster_operator.roster.models import ClassSection, Status
from roster_operator.roster.quality import Question, Questions


class ClassBits(NamedTuple):
    """What a class in scope gives."""

    student: int
    staff: int
    either: int
    """Both: for an enrollment that does not say a role, until the person is known."""


class Decoded(NamedTuple):
    """A person's word, spelled out."""

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
        bit = {entitlement: 1 << index for index, entitlement in enumerate(self.entitlements)}
        width = len(self.entitlements)
        self._school_bit = {school: 1 << (width + index) for index, school in enumerate(self.schools)}
        self.unclear = 1 << (width + len(self.schools))
        shared = self.unclear | sum(self._school_bit.values())
        self.student_mask = shared | sum(b for e, b in bit.items() if e.edition is Edition.STUDENT)
        self.staff_mask = shared | sum(b for e, b in bit.items() if e.edition is Edition.TEACHER)
        self._entitlement_mask = (1 << width) - 1
        self._by_course = {}
        for course, names in ebooks_by_course.items():
            student = sum(bit.get(Entitlement(ebook, Edition.STUDENT), 0) for ebook in set(names))
            staff = sum(bit.get(Entitlement(ebook, Edition.TEACHER), 0) for ebook in set(names))
            self._by_course[course] = ClassBits(student, staff, student | staff)
        self.decode = cache(self._decode)
        self._bits = cache(self._give)

    def bits(self, section: ClassSection) -> ClassBits | None:
        """What `section` gives its students and staff; None if its school or course is not selected."""
        course, school = section.course_id, section.school_id
        return self._bits(course, school) if course in self._by_course and school in self._school_bit else None

    def _give(self, course_id: str, school_id: str) -> ClassBits:
        course, school = self._by_course[course_id], self._school_bit[school_id]
        return ClassBits(course.student | school, course.staff | school, course.either | school)

    def entitles(self, word: int) -> bool:
        """Whether the word holds any entitlement, and not only schools."""
        return bool(word & self._entitlement_mask)

    def _decode(self, word: int) -> Decoded:
        return Decoded(
            tuple(e for index, e in enumerate(self.entitlements) if word >> index & 1),
            tuple(school for school in self.schools if word & self._school_bit[school]),
        )


class ClassTable:
    """The classes in scope that are on today, and what each gives."""

    def __init__(self, offer: Offer, calendar: Calendar, bearings: KnownReferences | None = None) -> None:
        """An empty table; `add` classes to it. Without `bearings`, no class is taken for one that lost its way."""
        self.offer = offer
        self.bearings = bearings or KnownReferences()
        self.bits: dict[str, ClassBits] = {}
        self.elsewhere: set[str] = set()
        """Ids of classes that exist but are out of scope or not on."""
        self.adrift: set[str] = set()
        """Ids of classes of which nobody can say what they lead to, or whether they are on; their bits say so."""
        self.in_scope = 0
        self.young = 0
        """Of those in scope, classes that began a few weeks ago."""
        self.questions: Questions = Questions()
        self._calendar = calendar

    def add(self, sections: Iterable[ClassSection]) -> None:
        """Take classes as they come; deleted ones are passed over, and a class given twice counts once."""
        for section in sections:
            if section.id in self.bits and section.id not in self.adrift:
                continue
            gone = section.status is Status.GONE
            bits = None if gone else self.offer.bits(section)
            if not gone and not section.course_id and section.id not in self.elsewhere:
                self.questions[Question.CLASS_WITHOUT_COURSE] += 1
            is_on = False if gone else self._calendar.is_on(section.session_ids)
            if is_on is False:
                self._pass_over(section)
                continue
            if self._is_unclear(section, bits, is_on):
                self._leave_unclear(section)
                continue
            if bits is None:
                self._pass_over(section)
                continue
            if not self._calendar.knows(section.session_ids):
                self.questions[Question.CLASS_WITHOUT_SESSION] += 1
            self.elsewhere.discard(section.id)
            self.adrift.discard(section.id)
            self.bits[section.id] = bits
            self.in_scope += 1
            self.young += self._calendar.is_young(section.session_ids)

    def unlisted(self) -> frozenset[str]:
        """Ids of classes that were in scope and did not come, as far as they are numbers; once all were added."""
        return self.bearings.before.numbered() - self.bits.keys() - self.elsewhere

    def _is_unclear(self, section: ClassSection, bits: ClassBits | None, is_on: bool | None) -> bool:
        """Whether a class that is not known to be over may be in scope and on, or may be not."""
        if bits is None:
            return self.bearings.lost(section) or self.bearings.is_unclear(section)
        if section.status is Status.UNRECOGNIZED:
            self.questions[Question.UNKNOWN_STATUS] += 1
        elif is_on is None:
            self.questions[Question.UNCLEAR_TERM] += 1
        return section.status is Status.UNRECOGNIZED or is_on is None

    def _leave_unclear(self, section: ClassSection) -> None:
        if section.id not in self.elsewhere:
            self.adrift.add(section.id)
            unclear = self.offer.unclear
            self.bits[section.id] = ClassBits(unclear, unclear, unclear)

    def _pass_over(self, section: ClassSection) -> None:
        if section.id not in self.adrift:
            self.elsewhere.add(section.id)
