"""Which members of a section's rows held a value, and in how many rows: a column that is gone is empty in all of them.

A status of schools, sessions, courses and classes counts where it is anything but active, as there is no more to see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from roster_operator.roster.models import (
    ENABLED_TOLD,
    STATUS_TOLD,
    ClassSection,
    Course,
    People,
    Role,
    School,
    Session,
    Status,
)


def held_by(
    rows: Iterable[School] | Iterable[Session] | Iterable[Course] | Iterable[ClassSection] | People,
) -> Counter[str]:
    """Rows by the members that they hold, named as in OneRoster 1.1; enrollments are counted where they are folded."""
    if isinstance(rows, People):
        return _held_by_people(rows)
    held: Counter[str] = Counter()
    for row in rows:
        held.update(member for member, value in _members(row).items() if value)
    return held


def _members(row: School | Session | Course | ClassSection) -> dict[str, object]:
    status = {"status": row.status is not Status.ACTIVE}
    if isinstance(row, School):
        return {"name": row.name, "identifier": row.identifier, **status}
    if isinstance(row, Session):
        return {"startDate": row.start, "endDate": row.end, **status}
    if isinstance(row, Course):
        return {"courseCode": row.code, "title": row.title, **status}
    return {"course": row.course_id, "school": row.school_id, "terms": row.session_ids, **status}


def _held_by_people(people: People) -> Counter[str]:
    held = {
        member: len(column) - column.count("")
        for member, column in (
            ("username", people.usernames),
            ("email", people.emails),
            ("identifier", people.identifiers),
        )
    }
    for (role, _, marks), count in Counter(people.standings).items():
        for member, value in (
            ("role", role is not Role.UNKNOWN),
            ("status", marks & STATUS_TOLD),
            ("enabledUser", marks & ENABLED_TOLD),
        ):
            held[member] = held.get(member, 0) + (count if value else 0)
    return Counter({member: count for member, count in held.items() if count})
