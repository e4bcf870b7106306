"""A member that no row holds any more is seen, whatever it would have meant."""

from __future__ import annotations

from roster_operator.roster.members import held_by
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


def test_rows_are_counted_by_the_members_that_they_hold() -> None:
    assert held_by([School("1", "North", "01"), School("2", "South")]) == {"name": 2, "identifier": 1}
    assert held_by([Session("t", "2026-08-12"), Session("u", status=Status.GONE)]) == {"startDate": 1, "status": 1}
    assert held_by([Course("m", "MA1", "Algebra")]) == {"courseCode": 1, "title": 1}
    assert held_by([ClassSection("c", "m", "1", ("t",))]) == {"course": 1, "school": 1, "terms": 1}


def test_persons_are_counted_by_what_is_told_of_them_and_not_by_what_it_means() -> None:
    people = People(
        ["a", "b", "c"],
        [
            (Role.STUDENT, Status.ACTIVE, STATUS_TOLD | ENABLED_TOLD),
            (Role.STUDENT, Status.ACTIVE, STATUS_TOLD),
            (Role.UNKNOWN, Status.GONE, 0),
        ],
        ["ann", "", "cy"],
        ["", "", ""],
        ["1", "2", "3"],
    )
    assert held_by(people) == {"username": 2, "identifier": 3, "role": 2, "status": 2, "enabledUser": 1}
