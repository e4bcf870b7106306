"""What happens by day in a district: people come, go, come back, move and get other names; classes open and close."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tests.nights.world import BOOKS_OF_COURSE, World

Event = Callable[[World], None]
COURSES = ("MA101", "MA102", "MA103")
"""That may be chosen."""
LEAVING = ("tobedeleted", "disabled")
"""What a SIS says of somebody who is gone and whom it still lists."""


def somebody_comes(world: World) -> None:
    world.arrive()


def somebody_leaves(world: World) -> None:
    """Marked as deleted, disabled, or no longer listed, and out of all classes with that."""
    here = [person for person in world.people.values() if not person.left]
    person = world.rng.choice(here)
    ways = ["unlisted", "parts"] if world.plain and person.role != "student" else [*LEAVING, "unlisted", "parts"]
    how = world.rng.choice(ways)
    if how in {"unlisted", "parts"}:
        for part in world.parts_of(person.id):
            world.end(part, world.rng.choice(["gone", "deleted", "ended"]) if how == "parts" else "gone")
    if how != "parts":
        world.people[person.id] = replace(person, left=how)


def somebody_comes_back(world: World) -> None:
    gone = [person for person in world.people.values() if person.left]
    if gone:
        person = world.rng.choice(gone)
        world.people[person.id] = replace(person, left="")
        world.enroll(person, world.rng.choice(list(world.classes.values())))


def somebody_moves(world: World) -> None:
    """To the classes of another school."""
    person = world.rng.choice([person for person in world.people.values() if not person.left])
    for part in world.parts_of(person.id):
        world.end(part, world.rng.choice(["gone", "deleted", "ended"]))
    school = world.rng.choice(world.schools)
    for klass in [each for each in world.classes.values() if each.school == school][:2]:
        world.enroll(person, klass)


def somebody_gets_another_name(world: World) -> None:
    person = world.rng.choice(list(world.people.values()))
    world.people[person.id] = replace(person, login=f"{person.login}.{world.rng.choice('xyz')}")


def a_part_begins(world: World) -> None:
    """Of a student who helps to teach, too."""
    person = world.rng.choice([person for person in world.people.values() if not person.left])
    role = world.rng.choice(["", "", "", "teacher"]) if person.role == "student" else ""
    world.enroll(person, world.rng.choice(list(world.classes.values())), role)


def a_part_ends(world: World) -> None:
    parts = [part for part in world.parts.values() if not part.deleted]
    if parts:
        world.end(world.rng.choice(parts), world.rng.choice(["gone", "deleted", "ended"]))


def a_part_is_given_dates(world: World) -> None:
    parts = [part for part in world.parts.values() if not part.deleted and (part.begin or not world.plain)]
    if parts:
        part = world.rng.choice(parts)
        begin = world.day + timedelta(days=world.rng.randint(-40, 10))
        world.parts[part.id] = replace(part, begin=begin, end=begin + timedelta(days=world.rng.randint(1, 60)))


def a_class_opens(world: World) -> None:
    klass = world.open_class(world.rng.choice(list(BOOKS_OF_COURSE)), world.rng.choice(world.schools))
    students = [person for person in world.people.values() if person.role == "student" and not person.left]
    for person in world.rng.sample(students, min(6, len(students))):
        world.enroll(person, klass)


def a_class_closes(world: World) -> None:
    """With everybody in it."""
    if len(world.classes) > len(world.schools):
        klass = world.rng.choice(list(world.classes))
        how = world.rng.choice(["gone", "deleted"])
        for part in [part for part in world.parts.values() if part.klass == klass]:
            world.end(part, how)
        if how == "gone":
            del world.classes[klass]


def a_class_gets_another_course(world: World) -> None:
    klass = world.rng.choice(list(world.classes.values()))
    world.classes[klass.id] = replace(klass, course=world.rng.choice(list(BOOKS_OF_COURSE)))


def a_term_moves(world: World) -> None:
    """Its end, by some weeks."""
    term = world.rng.choice([term for term in world.terms.values() if term.end > world.day])
    world.terms[term.id] = replace(term, end=term.end + timedelta(days=world.rng.randint(-30, 30)))


def a_class_moves(world: World) -> None:
    """To another school, with everybody in it."""
    klass = world.rng.choice(list(world.classes.values()))
    world.classes[klass.id] = replace(klass, school=world.rng.choice(world.schools))


def the_spec_changes(world: World) -> None:
    """A school or a course is chosen, or no longer; some always are."""
    chosen, all_of_them = world.rng.choice([(world.chosen_schools, world.schools), (world.chosen_courses, COURSES)])
    one = world.rng.choice(all_of_them)
    if one not in chosen:
        chosen.add(one)
    elif len(chosen) > 1:
        chosen.remove(one)


def the_spec_says_it_otherwise(world: World) -> None:
    """The same school or course, by its name or its id."""
    one = world.rng.choice([*world.schools, *COURSES])
    world.by_name ^= {one}
    world.by_id ^= {world.rng.choice(COURSES)}


def one_school_or_course_takes_the_place_of_another(world: World) -> None:
    """In the spec."""
    chosen, all_of_them = world.rng.choice(
        [(world.chosen_schools, world.schools), (world.chosen_courses, COURSES)],
    )
    others = sorted(set(all_of_them) - chosen)
    if others:
        chosen.remove(world.rng.choice(sorted(chosen)))
        chosen.add(world.rng.choice(others))


def a_course_gets_another_book(world: World) -> None:
    """In the spec."""
    world.books[world.rng.choice(COURSES)] = world.rng.choice([("algebra",), ("geometry",), ("algebra", "workbook")])


EVENTS: tuple[tuple[Event, int], ...] = (
    (somebody_comes, 6),
    (somebody_leaves, 5),
    (somebody_comes_back, 3),
    (somebody_moves, 4),
    (somebody_gets_another_name, 4),
    (a_part_begins, 5),
    (a_part_ends, 5),
    (a_part_is_given_dates, 3),
    (a_class_opens, 2),
    (a_class_closes, 1),
    (a_class_gets_another_course, 1),
    (a_class_moves, 1),
    (a_term_moves, 1),
    (the_spec_changes, 2),
    (the_spec_says_it_otherwise, 1),
    (one_school_or_course_takes_the_place_of_another, 1),
    (a_course_gets_another_book, 1),
)
"""Each with how often it happens beside the others."""


def pass_a_day(world: World) -> list[str]:
    """Or some weeks; the names of what happened."""
    world.day += timedelta(days=world.rng.choice([1] * 12 + [3, 7, 30]))
    events, weights = zip(*EVENTS, strict=True)
    world.live = world.rng.random() < (0.97 if world.live else 0.5)
    happened = world.rng.choices(events, weights, k=world.rng.choice([0, 1, 1, 2, 3, 6]))
    for event in happened:
        event(world)
    return [event.__name__ for event in happened]
