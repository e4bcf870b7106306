"""A district as it truly is: schools, terms, courses, classes, people, and who is in which class from when to when.

Nothing of it knows what the operator does. `oracle` says who should have which license; `rows` says how a SIS tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

BOOKS = {
    "algebra": ("Student", "Teacher"),
    "geometry": ("Student", "Teacher"),
    "workbook": ("Student",),
}
"""The publisher's, each with its editions."""
BOOKS_OF_COURSE = {"MA101": ("algebra",), "MA102": ("algebra", "workbook"), "MA103": ("geometry",), "AR201": ()}
"""By code; nobody maps the last one."""
FIRST_DAY = date(2046, 9, 3)
"""Later than any test, as files must not have times in the future."""
FALL, SPRING, YEAR = 1, 2, 3
MARK = "zq"
"""In whatever is personal, so that it is found where it must not be."""


@dataclass(frozen=True)
class Term:
    """From the first day to the day before `end`."""

    id: str
    begin: date
    end: date


@dataclass(frozen=True)
class Person:
    """`role` as the SIS has it: student, teacher or aide. `left`: how the SIS tells that somebody is gone."""

    id: str
    role: str
    login: str
    number: str
    home: str
    left: str = ""


@dataclass(frozen=True)
class Class:
    """A section of a course at a school."""

    id: str
    course: str
    school: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """Somebody's part in a class, from the first day to the day before `end`."""

    id: str
    person: str
    klass: str
    role: str
    begin: date | None
    end: date | None
    deleted: bool = False


@dataclass
class World:
    """The district, and what is chosen of it."""

    rng: Random
    plain: bool = False
    """As PowerSchool has it: one term a class, one teacher who leads it, and staff that is there or is not."""
    live: bool = True
    day: date = FIRST_DAY
    schools: tuple[str, ...] = ("o1", "o2", "o3")
    chosen_schools: set[str] = field(default_factory=lambda: {"o1", "o2"})
    chosen_courses: set[str] = field(default_factory=lambda: {"MA101", "MA102", "MA103"})
    by_name: set[str] = field(default_factory=set)
    """Schools and courses that are chosen by their name, and not by id or code."""
    by_id: set[str] = field(default_factory=set)
    """Courses that are chosen by their id."""
    books: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(BOOKS_OF_COURSE))
    """That go with each course today."""
    terms: dict[str, Term] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    numbered: int = 0

    def new_id(self, kind: str) -> str:
        """One that was never used."""
        self.numbered += 1
        return f"{kind}{self.numbered:05d}"

    def populate(self, students: int) -> None:
        """The first day of school."""
        for year in range(FIRST_DAY.year - 1, FIRST_DAY.year + 6):
            self._add_terms(year)
        for school in self.schools:
            for course in BOOKS_OF_COURSE:
                self.open_class(course, school)
        for _ in range(students):
            self.arrive()

    def _add_terms(self, year: int) -> None:
        for number, begin, end in (
            (FALL, date(year, 8, 12), date(year + 1, 1, 15)),
            (SPRING, date(year + 1, 1, 15), date(year + 1, 6, 5)),
            (YEAR, date(year, 8, 12), date(year + 1, 6, 5)),
        ):
            self.terms[f"t{year}{number}"] = Term(f"t{year}{number}", begin, end)

    @property
    def school_year(self) -> int:
        """The one of today or, in summer, the next."""
        return self.day.year if self.day.month >= 6 else self.day.year - 1

    def open_class(self, course: str, school: str) -> Class:
        """With a teacher."""
        terms = self.rng.choice([(YEAR,), (YEAR,), (FALL,), (SPRING,), (FALL, SPRING)])
        named = tuple(f"t{self.school_year}{term}" for term in terms[: 1 if self.plain else 2])
        opened = Class(self.new_id("c"), course, school, named)
        self.classes[opened.id] = opened
        lead = self.enroll(self.new_person(self.rng.choice(["teacher", "teacher", "aide"])), opened)
        if self.plain:
            self.parts[lead.id] = replace(lead, begin=None, end=None)
        return opened

    def new_person(self, role: str) -> Person:
        """Not in any class yet."""
        name = self.new_id("p")
        person = Person(name, role, f"{MARK}.{name}", f"{MARK}{name[1:]}", self.rng.choice(self.schools))
        self.people[name] = person
        return person

    def arrive(self) -> Person:
        """A student, in two classes of one school."""
        person = self.new_person("student")
        school = self.rng.choice(self.schools)
        offered = [each for each in self.classes.values() if each.school == school]
        for each in self.rng.sample(offered, min(2, len(offered))):
            self.enroll(person, each)
        return person

    def enroll(self, person: Person, klass: Class, role: str = "") -> Part:
        """From today on, from another day, or without dates."""
        end = max(self.terms[term].end for term in klass.terms)
        begin = self.day + timedelta(days=self.rng.choice([0, 0, 0, 0, 3, 20]))
        dates = self.rng.choice([(begin, end), (begin, end), (None, None), (begin, None)])
        if end <= begin:
            dates = (None, None)
        part = Part(self.new_id("e"), person.id, klass.id, role or person.role, *dates)
        self.parts[part.id] = part
        return part

    def parts_of(self, person: str) -> Iterator[Part]:
        """What somebody is in, deleted parts left out."""
        return (part for part in list(self.parts.values()) if part.person == person and not part.deleted)

    def end(self, part: Part, how: str) -> None:
        """Somebody is in a class no more: as of today, marked as deleted, or gone without a word."""
        if how == "gone":
            del self.parts[part.id]
        elif how == "deleted" or (part.begin is not None and part.begin >= self.day):
            self.parts[part.id] = replace(part, deleted=True)
        else:
            self.parts[part.id] = replace(part, end=self.day)
