"""From a route of PowerSchool's API to the rows behind it.

What PowerSchool has and OneRoster hides is generated too: last year's terms and sections, students who left or are yet
to come, graduates, rows of students who re-entered a section or never attended it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from district_simulator.catalogue import GRADES
from district_simulator.directory import Directory
from district_simulator.intervals import Stretches
from district_simulator.overlay import ACTIVE
from district_simulator.people import number_of
from district_simulator.powerschool import keys, records
from district_simulator.powerschool.keys import SectionKey, TermKey
from district_simulator.powerschool.rolls import Rolls, is_taught
from district_simulator.roster import Roster
from district_simulator.school_year import SchoolYear

_DAY = timedelta(days=1)
_FORMER = 500_000_000
_FORMER_PER_SCHOOL = 100_000
_GRADUATES = 700_000_000
_ALSO_ELSEWHERE_EVERY = 7
_PARTS = ("", "S1", "S2", "T1", "T2", "T3", "T4")
_PORTIONS = (1, 2, 2, 4, 4, 4, 4)
_ABBREVIATIONS = ("{}-{}", "S1", "S2", "Q1", "Q2", "Q3", "Q4")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in their order: `numbers` are rendered one by one, with every expansion, when they are asked for."""

    kind: str
    numbers: Sequence[Any]
    render: Callable[[Any], dict[str, Any]]

    def __len__(self) -> int:
        return len(self.numbers)


class Tables:
    """Finds the rows of one roster."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._roster: Roster = directory.roster
        self.rolls = Rolls(directory)

    def schools(self, *, with_graduates: bool) -> Table:
        """The schools; counting leaves out the one of the graduates."""
        count = self._roster.shape.schools
        return Table("school", [*range(count), -1] if with_graduates else range(count), self.school)

    def school(self, school: int) -> dict[str, Any]:
        """A school by its index."""
        facts = self._roster.org(school + 1) if school >= 0 else None
        return records.school(keys.school_dcid(school), keys.school_number(school), facts)

    def terms(self, school: int) -> Table:
        """Last year's, this year's and next year's terms of a school, by portion and start."""
        years = range(self._roster.year.ends_in - 1, self._roster.year.ends_in + 2)
        found = [TermKey(year, position, school) for position in range(len(_PARTS)) for year in years]
        found.sort(key=lambda key: (_PORTIONS[key.position], _session(key).start))
        return Table("term", found, self.term)

    def term(self, key: TermKey) -> dict[str, Any]:
        """A term by its key."""
        return records.term(_term_facts(key))

    def courses(self, school: int) -> Table:
        """The courses that are taught in a school, by their numbers."""
        roster = self._roster
        classes = range(roster.shape.layouts[school].classes)
        found = {roster.course_of_class(school, local) for local in classes}
        return Table("course", sorted(found, key=lambda number: roster.course(number).code), self.course)

    def course(self, number: int) -> dict[str, Any]:
        """A course by its number in the catalogue."""
        return records.course(keys.course_dcid(self._roster, number), self._roster.course(number))

    def sections(self, school: int) -> Table:
        """Last year's and this year's sections of a school."""
        roster, starts = self._roster, self._roster.shape.class_starts
        year, minted = roster.year.ends_in, roster.overlay.minted.get(school, (0, 0))[0]
        classes = range(*starts[school : school + 2])
        now = [SectionKey(year, minted, klass) for klass in classes if is_taught(self._roster, klass)]
        return Table("section", [*(SectionKey(year - 1, 0, klass) for klass in classes), *now], self.section)

    def section(self, key: SectionKey) -> dict[str, Any]:
        """A section by its key."""
        roster, shape = self._roster, self._roster.shape
        school = shape.school_of_class(key.klass)
        local = key.klass - shape.class_starts[school]
        slot = local // shape.layouts[school].classes_per_slot
        sessions = roster.catalogue.subjects[slot].sessions
        term = _term_facts(TermKey(key.ends_in, _PARTS.index(sessions[0]) if len(sessions) == 1 else 0, school))
        staff = self._lead(school, local)
        course = keys.course_dcid(roster, roster.course_of_class(school, local))
        facts = roster.klass(key.klass)
        return {
            **records.section(keys.section_dcid(key), facts, term),
            "school_id": keys.school_dcid(school),
            "course_id": course,
            **({} if staff is None else {"staff_id": staff}),
        }

    def _lead(self, school: int, local_class: int) -> int | None:
        """The DCID of the row of whoever leads a class today; None where nobody does."""
        roster = self._roster
        number = roster.first_teaching + roster.shape.teaching_starts[school] + local_class
        leads = roster.enrollment(number)
        teacher = number_of(leads.person_id)
        here = leads.status == ACTIVE and leads.end > roster.settings.today.isoformat()
        if teacher is None or not here or number in roster.overlay.gone["enrollment"]:
            return None
        return keys.staff_dcid(roster, "T", teacher, school)

    def staff(self, school: int) -> Table:
        """Who works at a school; some of them have a row at another one too."""
        roster, shape = self._roster, self._roster.shape
        before = (school - 1) % shape.schools
        near = {*range(*shape.teacher_starts[school : school + 2])}
        near |= {*range(*shape.teacher_starts[before : before + 2])}
        near |= {extra.person for extra in roster.overlay.extras if extra.kind == "T"}
        here = [number for number in sorted(near) if school in self._schools_of_teacher(number)]
        active = [("T", number, school) for number in here if not self._is_away("T", number)]
        office = [("A", school, school)] if school not in roster.overlay.gone["A"] else []
        return Table("staff", [*active, *office], self.staff_member)

    def staff_member(self, key: tuple[str, int, int]) -> dict[str, Any]:
        """A person's row in one school."""
        kind, number, school = key
        schools = self._schools_of_teacher(number) if kind == "T" else [school]
        person = self._roster.person(kind, number)
        dcid = keys.staff_dcid(self._roster, kind, number, school)
        return records.staff(dcid, keys.user_dcid(kind, number), person, [keys.school_dcid(s) for s in schools])

    def students(self, school: int | None) -> Table:
        """The students of a school, or of the district and its graduates, whatever their status."""
        roster, shape = self._roster, self._roster.shape
        gone = roster.overlay.gone["S"]
        parts: list[Sequence[int]] = []
        for one in range(shape.schools) if school is None else (school,):
            first, last = shape.school_start(one), shape.school_start(one + 1)
            arrivals = enumerate(roster.overlay.arrivals, shape.students)
            former = _FORMER + one * _FORMER_PER_SCHOOL
            parts += gone.without(range(first, last))
            parts.append([number for number, (peer, _) in arrivals if first <= peer < last and number not in gone])
            parts.append(range(former, former + _former(last - first)))
        if school is None:
            parts.append(range(_GRADUATES, _GRADUATES + _graduates(shape.students)))
        return Table("student", Stretches(parts), self.student)

    def student(self, number: int) -> dict[str, Any]:
        """A student by number; those that OneRoster does not list have numbers of their own."""
        return records.student(self._student_facts(number))

    def enrollments(self, key: SectionKey) -> Table:
        """The rows of students in a section: by student, then by entry."""
        return Table("section_enrollment", self.rolls.rows(key), dict)

    def render(self, kind: str, key: Any) -> dict[str, Any]:
        """A row by its kind and key."""
        return _RENDERERS[kind](self, key)

    def find(self, kind: str, dcid: int) -> Any | None:
        """The key of a row by its DCID; None where there is none."""
        return _FINDERS[kind](self, dcid)

    def _find_enrollment(self, dcid: int) -> dict[str, Any] | None:
        section = self.rolls.section_of(dcid)
        rows = (
            []
            if section is None or self._find_section(keys.section_dcid(section)) is None
            else self.rolls.rows(section)
        )
        return next((row for row in rows if row["id"] == dcid), None)

    def _find_school(self, dcid: int) -> int | None:
        school = keys.school_of(dcid)
        return school if -1 <= school < self._roster.shape.schools else None

    def _find_term(self, dcid: int) -> TermKey | None:
        key = keys.term_of(dcid)
        known = key.position < len(_PARTS) and 0 <= key.school < self._roster.shape.schools
        return key if known and abs(key.ends_in - self._roster.year.ends_in) <= 1 else None

    def _find_course(self, dcid: int) -> int | None:
        number = keys.course_of(dcid)
        known = 0 <= number < len(self._roster.catalogue.courses)
        return number if known and keys.course_dcid(self._roster, number) == dcid else None

    def _find_section(self, dcid: int) -> SectionKey | None:
        key, year, shape = keys.section_of(dcid), self._roster.year.ends_in, self._roster.shape
        if not 0 <= key.klass < shape.classes:
            return None
        if key.ends_in == year - 1:
            return key if key.generation == 0 else None
        minted = self._roster.overlay.minted.get(shape.school_of_class(key.klass), (0, 0))[0]
        return key if (key.ends_in, key.generation) == (year, minted) and is_taught(self._roster, key.klass) else None

    def _find_staff(self, dcid: int) -> tuple[str, int, int] | None:
        kind, number, school = keys.staff_of(self._roster, dcid)
        if kind == "A":
            return (kind, number, school) if 0 <= number < self._roster.shape.schools else None
        known = 0 <= number < self._roster.shape.teachers and school in self._schools_of_teacher(number)
        return (kind, number, school) if known else None

    def _find_student(self, dcid: int) -> int | None:
        number = dcid - keys.student_dcid(0)
        if not 0 <= number < self._roster.students:
            return number if self._is_former(number) else None
        return None if number in self._roster.overlay.gone["S"] else number

    def _is_former(self, number: int) -> bool:
        shape = self._roster.shape
        if number >= _GRADUATES:
            return number - _GRADUATES < _graduates(shape.students)
        school, k = divmod(number - _FORMER, _FORMER_PER_SCHOOL)
        return 0 <= school < shape.schools and k < _former(shape.school_start(school + 1) - shape.school_start(school))

    def _is_away(self, kind: str, number: int) -> bool:
        edit = self._roster.overlay.persons.get((kind, number))
        return number in self._roster.overlay.gone[kind] or (edit is not None and edit.status not in (None, ACTIVE))

    def _schools_of_teacher(self, number: int) -> list[int]:
        roster, shape = self._roster, self._roster.shape
        home = int(roster.user("T", number).school_id) - keys.school_number(0)
        found = {home}
        if number % _ALSO_ELSEWHERE_EVERY == 0:
            found.add((home + 1) % shape.schools)
        found |= {extra.school for extra in roster.overlay.extras if (extra.kind, extra.person) == ("T", number)}
        return sorted(found)

    def _student_facts(self, number: int) -> records.StudentFacts:
        roster, shape = self._roster, self._roster.shape
        person = roster.person("S", number)
        first, last = f"{roster.year.ends_in - 1}-07-01", f"{roster.year.ends_in}-07-01"
        if number >= _GRADUATES:
            school, status, grade = -1, "G", GRADES[-1]
        elif number >= _FORMER:
            school, k = divmod(number - _FORMER, _FORMER_PER_SCHOOL)
            status, grade = ("T", "P")[k % 2], GRADES[shape.layouts[school].first_grade]
        else:
            facts = roster.user("S", number)
            school, grade = int(facts.school_id) - keys.school_number(0), facts.grade
            status = "A" if facts.status == ACTIVE else "T"
        dcid = keys.student_dcid(number)
        return records.StudentFacts(
            dcid, person, status, grade, keys.school_dcid(school), keys.school_number(school), first, last
        )


_RENDERERS: dict[str, Callable[[Tables, Any], dict[str, Any]]] = {
    "school": Tables.school,
    "term": Tables.term,
    "course": Tables.course,
    "section": Tables.section,
    "section_enrollment": lambda _tables, row: dict(row),
    "staff": Tables.staff_member,
    "student": Tables.student,
}
_FINDERS: dict[str, Callable[[Tables, int], Any | None]] = {
    "school": Tables._find_school,
    "term": Tables._find_term,
    "course": Tables._find_course,
    "section": Tables._find_section,
    "section_enrollment": Tables._find_enrollment,
    "staff": Tables._find_staff,
    "student": Tables._find_student,
}


def _former(students: int) -> int:
    """How many students of a school left or are yet to come."""
    return max(2, students // 20)


def _graduates(students: int) -> int:
    """How many graduates a district keeps."""
    return max(1, students // 10)


def _session(key: TermKey) -> Any:
    year = SchoolYear(key.ends_in)
    part = _PARTS[key.position]
    wanted = year.session_id(part) if part else year.sourced_id
    return next(session for session in year.sessions() if session.sourced_id == wanted)


def _term_facts(key: TermKey) -> records.TermFacts:
    session, start_year = _session(key), key.ends_in - 1
    abbreviation = _ABBREVIATIONS[key.position].format(start_year % 100, key.ends_in % 100)
    return records.TermFacts(
        keys.term_dcid(key), (start_year - 1990) * 100 + key.position, keys.school_dcid(key.school), start_year,
        _PORTIONS[key.position], session.start, session.end - _DAY, abbreviation, session.title,
    )  # fmt: skip
