"""What can happen to students and teachers."""

from __future__ import annotations

from district_simulator.catalogue import GRADES, MATHEMATICS, SLOTS
from district_simulator.changes.model import Change, ChangeError, day_of, end_enrollments, school_of
from district_simulator.directory import Directory
from district_simulator.overlay import TO_BE_DELETED, Edit, ExtraEnrollment
from district_simulator.roster import Roster


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
    how, end = change.how(TO_BE_DELETED), day_of(roster, change.options.get("on"))
    end_enrollments(roster, old, how, end)
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
    how, end = change.how(TO_BE_DELETED), day_of(roster, change.options.get("on"))
    for student in range(first, min(first + change.count(), roster.students)):
        end_enrollments(roster, directory.enrollments_of("S", student), how, end)
        if how == "gone":
            roster.overlay.gone["S"].add(student, student + 1)
        elif how == TO_BE_DELETED:
            roster.overlay.persons["S", student] = Edit(roster.overlay.revision, status=TO_BE_DELETED)


def student_arrives(roster: Roster, change: Change) -> None:
    """A new student (`count` of them) arrives in a school (by default the first), in `grade` if that is given."""
    shape, overlay = roster.shape, roster.overlay
    school = school_of(roster, change.value) if change.value is not None else 0
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


def person_joins(roster: Roster, change: Change) -> None:
    """A student or teacher (sourcedId) also takes or helps to teach the class `to`, in whatever school."""
    directory = Directory(roster)
    kind, number = directory.find("users", change.needed())
    if kind == "A" or "to" not in change.options:
        raise ChangeError("a student or a teacher joins the class that `to` names")
    _, klass = directory.find("classes", change.options["to"])
    school = roster.shape.school_of_class(klass)
    local = klass - roster.shape.class_starts[school]
    at_home = roster.user(kind, number).school_id == roster.org(school + 1).sourced_id
    extra = ExtraEnrollment(kind, number, school, local, roster.overlay.revision, not at_home)
    roster.overlay.extras.append(extra)


def person_is(roster: Roster, change: Change) -> None:
    """A person (sourcedId) is the one whom `also` names, under a second id: one person, two rows."""
    directory = Directory(roster)
    person, other = directory.find("users", change.needed()), directory.find("users", change.options.get("also", ""))
    roster.overlay.identities[person] = (*other, roster.overlay.revision)


def identities_swap(roster: Roster, change: Change) -> None:
    """Two persons (sourcedId, and `with`) swap names, addresses and numbers; their ids and classes stay."""
    directory = Directory(roster)
    first, second = directory.find("users", change.needed()), directory.find("users", change.options.get("with", ""))
    identities, revision = roster.overlay.identities, roster.overlay.revision
    before = {person: identities.get(person, (*person, 0))[:2] for person in (first, second)}
    identities[first] = (*before[second], revision)
    identities[second] = (*before[first], revision)


def teaching_ends(roster: Roster, change: Change) -> None:
    """A teacher (sourcedId) teaches no class any more and stays listed."""
    directory = Directory(roster)
    kind, teacher = directory.find("teachers", change.needed())
    how, end = change.how(TO_BE_DELETED), day_of(roster, change.options.get("on"))
    end_enrollments(roster, directory.enrollments_of(kind, teacher), how, end)
