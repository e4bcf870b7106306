"""From a sourcedId back to the number of its row; nothing is looked up, the id is taken apart."""

from __future__ import annotations

from district_simulator.catalogue import SLOTS
from district_simulator.people import number_of
from district_simulator.roster import DISTRICT_ID, FIRST_SCHOOL, FIRST_SECTION, Roster

Found = tuple[str, int] | None


def find_org(roster: Roster, sourced_id: str) -> Found:
    """The district or a school."""
    return ("org", 0) if sourced_id == DISTRICT_ID else find_school(roster, sourced_id)


def find_school(roster: Roster, sourced_id: str) -> Found:
    """A school."""
    if sourced_id.isascii() and sourced_id.isdigit():
        number = int(sourced_id) - FIRST_SCHOOL + 1
        if 1 <= number <= roster.shape.schools and roster.org(number).sourced_id == sourced_id:
            return "org", number
    return None


def find_session(roster: Roster, sourced_id: str) -> Found:
    """An academic session of any type."""
    for number, session in enumerate(roster.sessions):
        if session.sourced_id == sourced_id:
            return "session", number
    return None


def find_course(roster: Roster, sourced_id: str) -> Found:
    """A course, by the id that it has today."""
    for number in range(len(roster.catalogue.courses)):
        if roster.course(number).sourced_id == sourced_id:
            return "course", number
    return None


def find_class(roster: Roster, sourced_id: str) -> Found:
    """A class, by the id that it has today: an id from before a re-minting is unknown."""
    school_id, _, rest = sourced_id.partition("_")
    section = rest.rpartition("_")[2]
    org = find_school(roster, school_id)
    if org is None or not (section.isascii() and section.isdigit()):
        return None
    school, local = org[1] - 1, int(section) - FIRST_SECTION
    if 0 <= local < roster.shape.layouts[school].classes and roster.class_id(school, local) == sourced_id:
        return "class", roster.shape.class_starts[school] + local
    return None


def find_person(roster: Roster, sourced_id: str) -> Found:
    """A user of any role."""
    kind, number = sourced_id[:1], number_of(sourced_id)
    counts = {"A": roster.shape.schools, "S": roster.students, "T": roster.shape.teachers}
    if number is None or number >= counts.get(kind, 0):
        return None
    return kind, number


def find_student(roster: Roster, sourced_id: str) -> Found:
    """A student."""
    return find_person(roster, sourced_id) if sourced_id.startswith("S") else None


def find_teacher(roster: Roster, sourced_id: str) -> Found:
    """A teacher."""
    return find_person(roster, sourced_id) if sourced_id.startswith("T") else None


def find_administrator(roster: Roster, sourced_id: str) -> Found:
    """An administrator."""
    return find_person(roster, sourced_id) if sourced_id.startswith("A") else None


def find_enrollment(roster: Roster, sourced_id: str) -> Found:
    """An enrollment: E of a student, F of a teacher, X one that a change has added."""
    if sourced_id.startswith("E"):
        head, _, slot = sourced_id.partition("-")
        student = number_of(head)
        if student is not None and student < roster.shape.students and slot in _SLOT_NAMES:
            return "enrollment", student * SLOTS + int(slot)
        return None
    number = number_of(sourced_id)
    if number is None:
        return None
    if sourced_id.startswith("F") and number < roster.shape.teachings:
        return "enrollment", roster.first_teaching + number
    if sourced_id.startswith("X") and number < len(roster.overlay.extras):
        return "enrollment", roster.first_extra + number
    return None


_SLOT_NAMES = {str(slot) for slot in range(SLOTS)}
FINDERS = {
    "orgs": find_org,
    "schools": find_school,
    "academicSessions": find_session,
    "terms": find_session,
    "gradingPeriods": find_session,
    "courses": find_course,
    "classes": find_class,
    "users": find_person,
    "students": find_student,
    "teachers": find_teacher,
    "administrators": find_administrator,
    "demographics": find_student,
    "enrollments": find_enrollment,
}
