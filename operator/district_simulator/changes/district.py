"""What can happen to classes, courses, schools, the school year, and the district as a whole."""

# ruff: noqa: ARG001 - all changes have one signature, whether or not they need all of it

from __future__ import annotations

from district_simulator.catalogue import SLOTS
from district_simulator.changes.model import Change, ChangeError, day_of, end_enrollments, school_of
from district_simulator.directory import Directory
from district_simulator.overlay import TO_BE_DELETED, CourseEdit, Edit, Wave
from district_simulator.roster import Roster


def class_ends(roster: Roster, change: Change) -> None:
    """A class (sourcedId) ends, and with it its enrollments."""
    directory = Directory(roster)
    _, klass = directory.find("classes", change.needed())
    how, end = change.how("ended"), day_of(roster, change.options.get("on"))
    if how == "gone":
        end_enrollments(roster, directory.members(klass), how, end)
        roster.overlay.gone["class"].add(klass, klass + 1)
    elif how == TO_BE_DELETED:
        roster.overlay.classes[klass] = Edit(roster.overlay.revision, status=TO_BE_DELETED)
    else:
        roster.overlay.classes[klass] = Edit(roster.overlay.revision, end=end.isoformat())


def course_renamed(roster: Roster, change: Change) -> None:
    """A course (its courseCode) gets another `title`, `code` or `id`."""
    code = change.needed()
    for number in range(len(roster.catalogue.courses)):
        if roster.course(number).code == code:
            before = roster.overlay.courses.get(number, CourseEdit(0))
            roster.overlay.courses[number] = CourseEdit(
                roster.overlay.revision,
                change.options.get("title", before.title),
                change.options.get("code", before.code),
                change.options.get("id", before.sourced_id),
            )
            return
    raise ChangeError(f"the catalogue has no course {code!r}")


def sections_reminted(roster: Roster, change: Change) -> None:
    """All classes of a school (sourcedId) get new sourcedIds."""
    school = school_of(roster, change.needed())
    times, _ = roster.overlay.minted.get(school, (0, 0))
    roster.overlay.minted[school] = (times + 1, roster.overlay.revision)


def school_empty(roster: Roster, change: Change) -> None:
    """A school (sourcedId) is still listed, but its students, classes and enrollments are gone."""
    school = school_of(roster, change.needed())
    shape, gone = roster.shape, roster.overlay.gone
    first, last = shape.school_start(school), shape.school_start(school + 1)
    gone["S"].add(first, last)
    gone["class"].add(*shape.class_starts[school : school + 2])
    gone["enrollment"].add(first * SLOTS, last * SLOTS)
    gone["enrollment"].add(*(roster.first_teaching + n for n in shape.teaching_starts[school : school + 2]))
    for offset, extra in enumerate(roster.overlay.extras):
        if extra.school == school:
            number = roster.first_extra + offset
            gone["enrollment"].add(number, number + 1)
    for offset, (peer, _) in enumerate(roster.overlay.arrivals):
        if first <= peer < last:
            gone["S"].add(shape.students + offset, shape.students + offset + 1)


def roster_empty(roster: Roster, change: Change) -> None:
    """Every person, class and enrollment is gone; schools, courses and sessions stay."""
    gone = roster.overlay.gone
    gone["A"].add(0, roster.shape.schools)
    gone["S"].add(0, roster.students)
    gone["T"].add(0, roster.shape.teachers)
    gone["class"].add(0, roster.shape.classes)
    gone["enrollment"].add(0, roster.enrollments)


def percent(roster: Roster, change: Change) -> None:
    """So many percent of the student enrollments change: half flip between active and tobedeleted, half move class."""
    try:
        share = float(change.needed())
    except ValueError:
        raise ChangeError("percent needs a number") from None
    if not 0 <= share <= 100:
        raise ChangeError("percent is between 0 and 100")
    salt = roster.settings.seed + len(roster.overlay.waves)
    roster.overlay.waves.append(Wave(int(share * 10_000), salt, roster.overlay.revision))


def term_ends(roster: Roster, change: Change) -> None:
    """Every enrollment that runs on a day (today, or the value) ends on it."""
    day = day_of(roster, change.value)
    before = roster.overlay.last_day
    roster.overlay.last_day = day if before is None else min(day, before)
    roster.overlay.dates_revision = roster.overlay.revision


def year_rolls(roster: Roster, change: Change) -> None:
    """The SIS switches to the next school year: sessions and dates move on, all sections get new sourcedIds."""
    roster.overlay.years_on += 1
    roster.overlay.year_revision = roster.overlay.revision
