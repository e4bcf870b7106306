"""Who should have which license, by the district as it truly is. Written from the documentation, not from the code."""

from __future__ import annotations

from datetime import date

from tests.nights.world import BOOKS, Part, World

License = tuple[str, str, str]
"""Person, edition, eBook."""


def due(world: World) -> set[License]:
    """Today."""
    return set(due_by(world))


def due_by(world: World) -> dict[License, set[str]]:
    """The same, and by which parts."""
    found: dict[License, set[str]] = {}
    for part in world.parts.values():
        if (edition := _edition(world, part)) and _counts(world, part):
            for book in world.books[world.classes[part.klass].course]:
                if edition in BOOKS[book]:
                    found.setdefault((part.person, edition, book), set()).add(part.id)
    return found


def is_told(world: World, part: str) -> bool:
    """Whether the SIS says what has become of a part, as it does not of one that is merely no longer there."""
    told = world.parts.get(part)
    return told is not None and told.klass in world.classes and world.people[told.person].left != "unlisted"


def _counts(world: World, part: Part) -> bool:
    klass = world.classes[part.klass]
    return (
        not part.deleted
        and not world.people[part.person].left
        and _is_on(world.day, part.begin, part.end)
        and klass.course in world.chosen_courses
        and klass.school in world.chosen_schools
        and any(_is_on(world.day, world.terms[term].begin, world.terms[term].end) for term in klass.terms)
    )


def _is_on(day: date, begin: date | None, end: date | None) -> bool:
    return (begin is None or begin <= day) and (end is None or day < end)


def _edition(world: World, part: Part) -> str:
    """A student who is enrolled as a teacher does not get the answers."""
    if part.role == "student":
        return "Student"
    return "" if world.people[part.person].role == "student" else "Teacher"
