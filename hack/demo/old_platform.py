"""What the simulated district had before: licenses of an old platform, with the flaws that such exports have."""

from __future__ import annotations

import csv
import io

from district_simulator.library import SimulatedDistrict

_DOMAIN = "old.example"
_FORMER = 3
_TWICE = range(2)


def export(students: int, schools: int, ebooks: dict[str, str]) -> str:
    """The licenses of a district's students as the old platform exports them, as CSV.

    `ebooks`: by the code of a course. The usernames are emails of a former domain, some in upper case; two students
    have two accounts each with one number, and three have left since.
    """
    roster = SimulatedDistrict(students, schools=schools).service.roster
    of_course = {f"CRS-{code}": ebook for code, ebook in ebooks.items()}
    known = [roster.user("S", number).person for number in range(students)]
    people = {person.sourced_id: person for person in known}
    classes = [roster.klass(number) for number in range(roster.shape.classes)]
    of_class = {klass.sourced_id: of_course.get(klass.course_id) for klass in classes}
    licenses = {
        people[row.person_id]: ebook
        for row in map(roster.enrollment, range(roster.enrollments))
        if row.person_id in people and (ebook := of_class[row.class_id])
    }
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["username", "number", "ebook", "edition"])
    for position, (person, ebook) in enumerate(licenses.items()):
        login = f"{person.username}@{_DOMAIN}"
        number = person.identifier if position in _TWICE else ""
        writer.writerow([login.upper() if position % 9 == 0 else login, number, ebook, "Student"])
        if number:
            writer.writerow([person.username.upper(), number, ebook, "Student"])
    anything = next(iter(ebooks.values()))
    writer.writerows([f"former.student{number}@{_DOMAIN}", "", anything, "Student"] for number in range(_FORMER))
    return text.getvalue()
