"""The district's course catalogue, and which course a class of a grade teaches.

A school day has seven slots; each slot is one subject. A subject has a row of courses that runs from grade 6 to grade
12; the grade picks the course, and where a grade has several courses, the section does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

GRADES = ("06", "07", "08", "09", "10", "11", "12")
SLOTS = 7
MATHEMATICS = 0

_MATHEMATICS_TITLES = (
    "Mathematics Course 1",
    "Mathematics Course 2",
    "Mathematics Course 3",
    "Algebra 1",
    "Geometry",
    "Algebra 2",
    "Precalculus",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What one slot of the day teaches; `sessions` are the parts of the year in which it is taught."""

    name: str
    prefix: str
    code: str
    courses: int
    sessions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A course as it stands in the catalogue before any change."""

    code: str
    title: str
    slot: int
    grades: tuple[str, ...]


def _subjects(mathematics_courses: int) -> tuple[Subject, ...]:
    whole = ("S1", "S2")
    return (
        Subject("Mathematics", "MA", "02052", mathematics_courses, whole),
        Subject("English Language Arts", "EN", "01001", 7, whole),
        Subject("Science", "SC", "03001", 7, whole),
        Subject("Social Studies", "SS", "04001", 7, whole),
        Subject("Physical Education", "PE", "08001", 2, ("S1",)),
        Subject("World Language", "WL", "06101", 3, ("",)),
        Subject("Arts", "AR", "05101", 3, ("S2",)),
    )


class Catalogue:
    """All courses of the district, numbered from 0; the mathematics courses come first (MA101, MA102, ...)."""

    def __init__(self, mathematics_courses: int = 7) -> None:
        self.subjects = _subjects(mathematics_courses)
        courses: list[Course] = []
        self._first: list[int] = []
        for slot, subject in enumerate(self.subjects):
            self._first.append(len(courses))
            courses += [self._course(slot, subject, number) for number in range(subject.courses)]
        self.courses = tuple(courses)

    def number(self, slot: int, grade: int, section: int) -> int:
        """Which course a section of a grade (0 is grade 6) has in a slot."""
        count = self.subjects[slot].courses
        lowest = grade * count // len(GRADES)
        choices = max(1, (grade + 1) * count // len(GRADES) - lowest)
        return self._first[slot] + lowest + section % choices

    def _course(self, slot: int, subject: Subject, number: int) -> Course:
        grades = tuple(
            name
            for grade, name in enumerate(GRADES)
            if grade * subject.courses // len(GRADES)
            <= number
            < max(
                (grade + 1) * subject.courses // len(GRADES),
                grade * subject.courses // len(GRADES) + 1,
            )
        )
        return Course(f"{subject.prefix}{101 + number}", _title(slot, subject, number), slot, grades)


@lru_cache(maxsize=8)
def catalogue_of(mathematics_courses: int) -> Catalogue:
    """The catalogue with so many mathematics courses; districts share it, for it never changes."""
    return Catalogue(mathematics_courses)


def _title(slot: int, subject: Subject, number: int) -> str:
    if slot == MATHEMATICS and subject.courses <= len(_MATHEMATICS_TITLES):
        return _MATHEMATICS_TITLES[number * len(_MATHEMATICS_TITLES) // subject.courses]
    return f"{subject.name} {number + 1}"
