"""PowerSchool's numbers: every row has a DCID, unique in its table, and each is computed from the roster's numbers.

Students and users share their digits with the sourcedIds of the OneRoster side: student 1000003 is S1000003 there,
user 1000003 is T1000003. So both tables have the same numbers, as they may.
"""

from __future__ import annotations

from dataclasses import dataclass

from district_simulator.people import FIRST_NUMBER
from district_simulator.roster import FIRST_SCHOOL, Roster

GRADUATED = 999_999
_FIRST_SCHOOL_DCID = 11
_GRADUATED_DCID = 10
_FIRST_COURSE = 501
_RENUMBERED = 10_000
_FIRST_STAFF = 2_000_001
_FIRST_ADMINISTRATOR = 900_000_001
_FIRST_SECTION = 1001
_SECTIONS = 10_000_000
_GENERATIONS = 100
_TERMS = 8
_SCHOOLS = 100_000
_ROWS = 1_000_000_000
_VARIANTS = 4


@dataclass(frozen=True, slots=True)
class SectionKey:
    """A section in a school year: `klass` is the class's number in the district, `ends_in` names the year."""

    ends_in: int
    generation: int
    klass: int


@dataclass(frozen=True, slots=True)
class TermKey:
    """A term of a school in a school year; position 0 is the year, 1 and 2 its semesters, 3 to 6 its quarters."""

    ends_in: int
    position: int
    school: int


def school_dcid(school: int) -> int:
    """A school's DCID, which is not its school number; -1 is where PowerSchool keeps graduates."""
    return _FIRST_SCHOOL_DCID + school if school >= 0 else _GRADUATED_DCID


def school_number(school: int) -> int:
    """A school's number, which is its sourcedId on the OneRoster side."""
    return FIRST_SCHOOL + school if school >= 0 else GRADUATED


def school_of(dcid: int) -> int:
    """The school behind a DCID; it may not exist."""
    return dcid - _FIRST_SCHOOL_DCID


def student_dcid(number: int) -> int:
    """A student's DCID."""
    return FIRST_NUMBER + number


def user_dcid(kind: str, number: int) -> int:
    """The DCID of a teacher or administrator as a person, whatever the school."""
    return FIRST_NUMBER + number if kind == "T" else _FIRST_ADMINISTRATOR + number


def staff_dcid(roster: Roster, kind: str, number: int, school: int) -> int:
    """The DCID of a person's row in one school: PowerSchool has one for each school that the person works at."""
    if kind == "A":
        return _FIRST_ADMINISTRATOR + number
    return _FIRST_STAFF + school * roster.shape.teachers + number


def staff_of(roster: Roster, dcid: int) -> tuple[str, int, int]:
    """Kind, number and school of a person's row in a school; they may not exist."""
    if dcid >= _FIRST_ADMINISTRATOR:
        return "A", dcid - _FIRST_ADMINISTRATOR, dcid - _FIRST_ADMINISTRATOR
    school, number = divmod(dcid - _FIRST_STAFF, roster.shape.teachers)
    return "T", number, school


def course_dcid(roster: Roster, number: int) -> int:
    """A course's DCID, the same in every school; a course that was given another id is another row."""
    edit = roster.overlay.courses.get(number)
    moved = edit is not None and edit.sourced_id is not None
    return _FIRST_COURSE + number + (_RENUMBERED if moved else 0)


def course_of(dcid: int) -> int:
    """The course behind a DCID; it may not exist."""
    number = dcid - _FIRST_COURSE
    return number - _RENUMBERED if number >= _RENUMBERED else number


def section_dcid(key: SectionKey) -> int:
    """A section's DCID; it changes with the school year and when a school's sections are minted anew."""
    return ((key.ends_in - 2000) * _GENERATIONS + key.generation) * _SECTIONS + _FIRST_SECTION + key.klass


def section_of(dcid: int) -> SectionKey:
    """The section behind a DCID; it may not exist."""
    head, rest = divmod(dcid - _FIRST_SECTION, _SECTIONS)
    year, generation = divmod(head, _GENERATIONS)
    return SectionKey(year + 2000, generation, rest)


def term_dcid(key: TermKey) -> int:
    """A term's DCID: each school has rows of its own."""
    return ((key.ends_in - 2000) * _TERMS + key.position) * _SCHOOLS + key.school + 1


def term_of(dcid: int) -> TermKey:
    """The term behind a DCID; it may not exist."""
    head, school = divmod(dcid - 1, _SCHOOLS)
    year, position = divmod(head, _TERMS)
    return TermKey(year + 2000, position, school)


def enrollment_dcid(ends_in: int, variant: int, number: int) -> int:
    """The DCID of a row of a student in a section; a student may have several in one."""
    return ((ends_in - 2000) * _VARIANTS + variant) * _ROWS + number + 1


def enrollment_of(dcid: int) -> tuple[int, int, int]:
    """Year, variant and enrollment behind a row of a student in a section; it may not exist."""
    head, number = divmod(dcid - 1, _ROWS)
    year, variant = divmod(head, _VARIANTS)
    return year + 2000, variant, number
