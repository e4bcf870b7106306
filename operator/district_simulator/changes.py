"""Changes over time: what can happen to a roster after it was generated.

A change is written NAME[:VALUE][,option=value...], for example `student-leaves:S1000003,how=gone`. Each kind is one
function that edits the overlay. `how` says what becomes of the rows: `ended` gives enrollments an end date (today, or
`on`), `tobedeleted` keeps them with that status, `gone` leaves them out of every answer.
"""

# ruff: noqa: ARG001 - all changes have one signature, whether or not they need all of it

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from district_simulator import clock
from district_simulator.catalogue import GRADES, MATHEMATICS, SLOTS
from district_simulator.directory import Directory, UnknownObjectError
from district_simulator.overlay import TO_BE_DELETED, CourseEdit, Edit, ExtraEnrollment, Wave
from district_simulator.roster import Roster


class ChangeError(ValueError):
    """A change cannot be read, or names something that the roster does not have."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change as it was asked for."""

    name: str
    value: str | None = None
    options: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Change:
        """Read NAME[:VALUE][,option=value...]."""
        head, *rest = text.split(",")
        name, _, value = head.partition(":")
        options = {}
        for part in rest:
            key, equals, option = part.partition("=")
            if not equals:
                raise ChangeError(f"{part!r} is not option=value")
            options[key] = option
        return cls(name, value or None, options)

    def needed(self) -> str:
        """The value, where the change makes no sense without one."""
        if self.value is None:
            raise ChangeError(f"{self.name} needs a value")
        return self.value

    def how(self, default: str) -> str:
        """What becomes of the rows: ended, tobedeleted or gone."""
        how = self.options.get("how", default)
        if how not in ("ended", TO_BE_DELETED, "gone"):
            raise ChangeError("how is one of: ended, tobedeleted, gone")
        return how

    def count(self) -> int:
        """How many times it happens."""
        text = self.options.get("count", "1")
        if not (text.isascii() and text.isdigit()):
            raise ChangeError("count is a whole number")
        return int(text)


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
        overlay.moments.append(_moment(roster, change))
        CHANGES[change.name](roster, change)
    except (ChangeError, UnknownObjectError) as error:
        overlay.revision -= 1
        del overlay.moments[overlay.revision :]
        if isinstance(error, ChangeError):
            raise
        raise ChangeError(f"{change.name}: the roster has no {change.value!r}") from None
    roster.refresh()


def _moment(roster: Roster, change: Change) -> str:
    """When a change was made, as a dateLastModified."""
    text = change.options.get("at")
    if text is None:
        if roster.settings.real_time:
            return clock.stamp()
        minute = roster.overlay.revision % 1440
        return f"{roster.settings.today}T{minute // 60:02d}:{minute % 60:02d}:00.000Z"
    try:
        return clock.stamp(datetime.fromisoformat(text))
    except ValueError:
        raise ChangeError("at is a moment such as 2026-11-24T10:00:00Z") from None


def _day(roster: Roster, text: str | None) -> date:
    if text is None:
        return roster.settings.today
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ChangeError("a date is written YYYY-MM-DD") from None


def _school(roster: Roster, school_id: str) -> int:
    return Directory(roster).find("schools", school_id)[1] - 1


def _end_enrollments(roster: Roster, numbers: Iterable[int], how: str, end: date) -> None:
    overlay = roster.overlay
    for number in numbers:
        if how == "gone":
            overlay.gone["enrollment"].add(number, number + 1)
        else:
            edit = Edit(overlay.revision, status=TO_BE_DELETED)
            if how != TO_BE_DELETED:
                edit = Edit(overlay.revision, end=end.isoformat())
            overlay.enrollments[number] = edit


def student_moves(roster: Roster, change: Change) -> None:
    """A student (sourcedId) changes to another mathematics class, or class `to`; the old row ends (`how`)."""
    directory = Directory(roster)
    _, student = directory.find("students", change.needed())
    target = directory.find("classes", change.options["to"])[1] if "to" in change.options else None
    slot = MATHEMATICS if target is None else _slot_of(roster, target)
    old = [
        number
        for number in directory.enrollments_of("S", student)
        if _slot_of_local(roster, *roster.seat_of(number)[1:]) == slot and number not in roster.overlay.enrollments
    ]
    if not old:
        raise ChangeError("the student has no class in that slot")
    facts = roster.enrollment(old[-1])
    school, local = facts.school, facts.local_class
    if target is None:
        size = roster.shape.layouts[school].classes_per_slot
        local = slot * size + (local - slot * size + 1) % size
    else:
        school = roster.shape.school_of_class(target)
        local = target - roster.shape.class_starts[school]
    how, end = change.how(TO_BE_DELETED), _day(roster, change.options.get("on"))
    _end_enrollments(roster, old, how, end)
    roster.overlay.extras.append(ExtraEnrollment("S", student, school, local, roster.overlay.revision))


def _slot_of_local(roster: Roster, school: int, local: int) -> int:
    return local // roster.shape.layouts[school].classes_per_slot


def _slot_of(roster: Roster, klass: int) -> int:
    school = roster.shape.school_of_class(klass)
    return _slot_of_local(roster, school, klass - roster.shape.class_starts[school])


def student_leaves(roster: Roster, change: Change) -> None:
    """A student (sourcedId; with `count`, also the following ones) leaves the district."""
    directory = Directory(roster)
    _, first = directory.find("students", change.needed())
    how, end = change.how(TO_BE_DELETED), _day(roster, change.options.get("on"))
    for student in range(first, min(first + change.count(), roster.students)):
        _end_enrollments(roster, directory.enrollments_of("S", student), how, end)
        if how == "gone":
            roster.overlay.gone["S"].add(student, student + 1)
        elif how == TO_BE_DELETED:
            roster.overlay.persons["S", student] = Edit(roster.overlay.revision, status=TO_BE_DELETED)


def student_arrives(roster: Roster, change: Change) -> None:
    """A new student (`count` of them) arrives in a school (by default the first), in `grade` if that is given."""
    shape, overlay = roster.shape, roster.overlay
    school = _school(roster, change.value) if change.value is not None else 0
    layout = shape.layouts[school]
    cohort = 0
    if "grade" in change.options:
        if change.options["grade"] not in GRADES:
            raise ChangeError(f"grade is one of: {', '.join(GRADES)}")
        cohort = GRADES.index(change.options["grade"]) - layout.first_grade
    if not (0 <= cohort < len(layout.cohort_sizes) and layout.cohort_sizes[cohort]):
        raise ChangeError("the school does not have that grade")
    for turn in range(change.count()):
        position = (len(overlay.arrivals) + turn) % layout.cohort_sizes[cohort]
        peer = shape.school_start(school) + layout.cohort_starts[cohort] + position
        student = roster.students
        overlay.arrivals.append((peer, overlay.revision))
        for slot in range(SLOTS):
            overlay.extras.append(ExtraEnrollment("S", student, *shape.seat(peer, slot), overlay.revision))


def class_ends(roster: Roster, change: Change) -> None:
    """A class (sourcedId) ends, and with it its enrollments."""
    directory = Directory(roster)
    _, klass = directory.find("classes", change.needed())
    how, end = change.how("ended"), _day(roster, change.options.get("on"))
    if how == "gone":
        _end_enrollments(roster, directory.members(klass), how, end)
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
    school = _school(roster, change.needed())
    times, _ = roster.overlay.minted.get(school, (0, 0))
    roster.overlay.minted[school] = (times + 1, roster.overlay.revision)


def school_empty(roster: Roster, change: Change) -> None:
    """A school (sourcedId) is still listed, but its students, classes and enrollments are gone."""
    school = _school(roster, change.needed())
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
    day = _day(roster, change.value)
    before = roster.overlay.last_day
    roster.overlay.last_day = day if before is None else min(day, before)
    roster.overlay.dates_revision = roster.overlay.revision


def year_rolls(roster: Roster, change: Change) -> None:
    """The SIS switches to the next school year: sessions and dates move on, all sections get new sourcedIds."""
    roster.overlay.years_on += 1
    roster.overlay.year_revision = roster.overlay.revision


CHANGES: dict[str, Callable[[Roster, Change], None]] = {
    "class-ends": class_ends,
    "course-renamed": course_renamed,
    "percent": percent,
    "roster-empty": roster_empty,
    "school-empty": school_empty,
    "sections-reminted": sections_reminted,
    "student-arrives": student_arrives,
    "student-leaves": student_leaves,
    "student-moves": student_moves,
    "term-ends": term_ends,
    "year-rolls": year_rolls,
}
