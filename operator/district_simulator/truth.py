"""What a roster says, worked out from the generator and its changes and not over HTTP: what tests compare with.

Every function here walks over the whole district: meant for small ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from district_simulator.directory import Directory
from district_simulator.facts import EnrollmentFacts
from district_simulator.overlay import ACTIVE
from district_simulator.people import Person
from district_simulator.roster import Roster

License = tuple[str, str, str]
_EDITIONS = {"student": "Student", "teacher": "Teacher"}


def enrollments(roster: Roster) -> Iterator[EnrollmentFacts]:
    """Every enrollment that is listed, whatever its status."""
    for _, numbers in Directory(roster).listing(("enrollments",)).pieces:
        for number in numbers:
            yield roster.enrollment(number)


def persons(roster: Roster) -> Iterator[Person]:
    """Everybody who is listed: administrators, students and teachers."""
    for kind, numbers in Directory(roster).listing(("users",)).pieces:
        for number in numbers:
            yield roster.person(kind, number)


def personal_strings(people: Iterable[Person]) -> set[str]:
    """Everything that would give somebody away: names, usernames, addresses, ids and numbers."""
    return {text for person in people for text in person}


def expected_licenses(
    roster: Roster,
    school_ids: Collection[str],
    course_codes: Collection[str],
    on: date | None = None,
) -> set[License]:
    """Who is due what on a day: (sourcedId of the person, "Student" or "Teacher", course code).

    An enrollment counts where its own status, its class's and its person's are active and the day lies in
    beginDate <= day < endDate. Co-teachers count like leading teachers.
    """
    day = (on or roster.settings.today).isoformat()
    away = {
        roster.people.person(kind, number).sourced_id
        for (kind, number), edit in roster.overlay.persons.items()
        if edit.status is not None and edit.status != ACTIVE
    }
    gone = roster.overlay.gone["class"]
    due = set()
    for facts in enrollments(roster):
        if facts.status != ACTIVE or facts.school_id not in school_ids or facts.person_id in away:
            continue
        if not facts.begin <= day < facts.end:
            continue
        number = roster.shape.class_starts[facts.school] + facts.local_class
        code = roster.course(roster.course_of_class(facts.school, facts.local_class)).code
        if code in course_codes and number not in gone and roster.klass(number).status == ACTIVE:
            due.add((facts.person_id, _EDITIONS[facts.role], code))
    return due


def students_in(roster: Roster, school_id: str, course_code: str) -> list[str]:
    """The sourcedIds of the students who are due a course in a school today, in order."""
    due = expected_licenses(roster, [school_id], [course_code])
    return sorted(person for person, edition, _ in due if edition == "Student")


def classes_of(roster: Roster, school_id: str, course_code: str) -> list[str]:
    """The sourcedIds of the classes of a course in a school, as they are today."""
    directory = Directory(roster)
    found = []
    for _, numbers in directory.listing(("schools", school_id, "classes")).pieces:
        for number in numbers:
            school = roster.shape.school_of_class(number)
            course = roster.course_of_class(school, number - roster.shape.class_starts[school])
            if roster.course(course).code == course_code:
                found.append(roster.klass(number).sourced_id)
    return found
