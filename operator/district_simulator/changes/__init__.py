"""Changes over time: what can happen to a roster after it was generated.

A change is written NAME[:VALUE][,option=value...], for example `student-leaves:S1000003,how=gone`. Each kind is one
function that edits the overlay. `how` says what becomes of the rows: `ended` gives enrollments an end date (today, or
`on`), `tobedeleted` keeps them with that status, `gone` leaves them out of every answer.
"""

from __future__ import annotations

from collections.abc import Callable

from district_simulator.changes import district, persons
from district_simulator.changes.model import Change, ChangeError, moment_of
from district_simulator.directory import UnknownObjectError
from district_simulator.roster import Roster

__all__ = ["CHANGES", "Change", "ChangeError", "apply_change"]

CHANGES: dict[str, Callable[[Roster, Change], None]] = {
    "class-ends": district.class_ends,
    "course-renamed": district.course_renamed,
    "identities-swap": persons.identities_swap,
    "percent": district.percent,
    "person-is": persons.person_is,
    "person-joins": persons.person_joins,
    "roster-empty": district.roster_empty,
    "school-empty": district.school_empty,
    "sections-reminted": district.sections_reminted,
    "student-arrives": persons.student_arrives,
    "student-leaves": persons.student_leaves,
    "student-moves": persons.student_moves,
    "teaching-ends": persons.teaching_ends,
    "term-ends": district.term_ends,
    "year-rolls": district.year_rolls,
}


def apply_change(roster: Roster, text: str) -> None:
    """Apply a change to the roster; raises ChangeError and leaves the roster as it was where it cannot.

    What it touches was last modified at its option `at`; else now where the roster lives in real time, and a minute
    after the change before, counted from midnight of the roster's day, where it does not.
    """
    change = Change.parse(text)
    overlay = roster.overlay
    if change.name not in CHANGES:
        raise ChangeError(f"no change is called {change.name!r}; there are: {', '.join(sorted(CHANGES))}")
    overlay.revision += 1
    try:
        overlay.moments.append(moment_of(roster, change))
        CHANGES[change.name](roster, change)
    except (ChangeError, UnknownObjectError) as error:
        overlay.revision -= 1
        del overlay.moments[overlay.revision :]
        if isinstance(error, ChangeError):
            raise
        raise ChangeError(f"{change.name}: the roster has no {change.value!r}") from None
    roster.refresh()
