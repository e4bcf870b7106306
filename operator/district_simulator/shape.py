"""Who sits where: schools, cohorts, sections and teachers of a district as pure arithmetic.

Nothing is stored for a student, a class or an enrollment; each answer is computed from its number. What is stored
grows with the number of schools only. Numbers start at 0 and run through the whole district; `local` ones run
within a school.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from district_simulator.catalogue import SLOTS

_MIDDLE = (0, 3)
_HIGH = (3, 4)
_COTEACHER_EVERY = 10
_COTEACHER_AT = 3


def default_schools(students: int) -> int:
    """About 600 students a school; a small district still has up to three schools of forty."""
    return max(students // 600, min(3, students // 40), 1)


@dataclass(frozen=True, slots=True)
class SchoolLayout:
    """How one school divides its students: a cohort a grade, and about 23 students in each section.

    Classes are numbered slot by slot, within a slot grade by grade, within a grade section by section.
    """

    first_grade: int
    cohort_starts: tuple[int, ...]
    cohort_sizes: tuple[int, ...]
    sections: tuple[int, ...]
    section_starts: tuple[int, ...]
    classes_per_slot: int

    @property
    def classes(self) -> int:
        """The number of classes of the school."""
        return self.classes_per_slot * SLOTS

    def cohort_of(self, student: int) -> int:
        """The cohort (0 is the school's lowest grade) of a local student."""
        return bisect_right(self.cohort_starts, student) - 1

    def class_of(self, student: int, slot: int) -> int:
        """The local class in which a local student sits in a slot.

        Even slots deal the cohort out like cards, odd ones cut it into blocks, so that classmates differ.
        """
        cohort = bisect_right(self.cohort_starts, student) - 1
        position = student - self.cohort_starts[cohort]
        sections = self.sections[cohort]
        section = position * sections // self.cohort_sizes[cohort] if slot & 1 else position % sections
        return slot * self.classes_per_slot + self.section_starts[cohort] + section

    def spot_of(self, local_class: int) -> tuple[int, int, int]:
        """The slot, the cohort and the section of a local class."""
        slot, rest = divmod(local_class, self.classes_per_slot)
        cohort = bisect_right(self.section_starts, rest) - 1
        return slot, cohort, rest - self.section_starts[cohort]


@lru_cache(maxsize=64)
def _layout(students: int, first_grade: int, grades: int) -> SchoolLayout:
    bounds = [grade * students // grades for grade in range(grades + 1)]
    sizes = tuple(bounds[grade + 1] - bounds[grade] for grade in range(grades))
    sections = tuple(max(1, (size * 3 + 35) // 70) for size in sizes)
    starts = (0, *accumulate(sections))
    return SchoolLayout(first_grade, tuple(bounds[:-1]), sizes, sections, starts[:-1], starts[-1])


class DistrictShape:
    """The arithmetic of one district; middle and high schools alternate."""

    def __init__(self, students: int, schools: int | None = None) -> None:
        if students < 1:
            raise ValueError("a district has at least one student")
        self.students = students
        self.schools = min(schools if schools is not None else default_schools(students), students)
        if self.schools < 1:
            raise ValueError("a district has at least one school")
        sizes = [self.school_start(s + 1) - self.school_start(s) for s in range(self.schools)]
        self.layouts = [_layout(size, *(_HIGH if s % 2 else _MIDDLE)) for s, size in enumerate(sizes)]
        teachers = [max(2, (size * 6 + 50) // 100 - 1) for size in sizes]
        self.class_starts = [0, *accumulate(layout.classes for layout in self.layouts)]
        self.teacher_starts = [0, *accumulate(teachers)]
        self.teaching_starts = [0, *accumulate(_teachings(layout.classes) for layout in self.layouts)]
        self.classes = self.class_starts[-1]
        self.teachers = self.teacher_starts[-1]
        self.teachings = self.teaching_starts[-1]

    def school_start(self, school: int) -> int:
        """The first student of a school; the start of the next one is its end."""
        return school * self.students // self.schools

    def school_of_student(self, student: int) -> int:
        """The school of a student."""
        return ((student + 1) * self.schools - 1) // self.students

    def school_of_class(self, klass: int) -> int:
        """The school of a class."""
        return bisect_right(self.class_starts, klass) - 1

    def seat(self, student: int, slot: int) -> tuple[int, int]:
        """The school and the local class of a student in a slot."""
        school = ((student + 1) * self.schools - 1) // self.students
        start = school * self.students // self.schools
        return school, self.layouts[school].class_of(student - start, slot)

    def teacher_of(self, school: int, local_class: int) -> int:
        """The teacher (number in the district) who leads a class: neighbours in the numbering share one."""
        first = self.teacher_starts[school]
        count = self.teacher_starts[school + 1] - first
        return first + local_class * count // self.layouts[school].classes

    def teaching(self, number: int) -> tuple[int, int, int, bool]:
        """A teacher's enrollment: school, local class, teacher, and whether that teacher leads the class.

        Each school lists its leading teachers class by class first, then its co-teachers.
        """
        school = bisect_right(self.teaching_starts, number) - 1
        local = number - self.teaching_starts[school]
        classes = self.layouts[school].classes
        if local < classes:
            return school, local, self.teacher_of(school, local), True
        local_class = (local - classes) * _COTEACHER_EVERY + _COTEACHER_AT
        first = self.teacher_starts[school]
        count = self.teacher_starts[school + 1] - first
        leader = self.teacher_of(school, local_class)
        return school, local_class, first + (leader - first + 1) % count, False


def _teachings(classes: int) -> int:
    coteachers = (classes - _COTEACHER_AT + _COTEACHER_EVERY - 1) // _COTEACHER_EVERY
    return classes + max(0, coteachers)
