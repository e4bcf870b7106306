"""Schools and courses as they are chosen: what is on offer, what a draft has of it, and what a choice makes of it.

An entry of the spec that stands for what is chosen stays as somebody wrote it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from roster_operator.operations.wizard.draft import Draft, Step
from roster_operator.operations.wizard.offer import Offer, OfferedCourse, OfferedSchool, Size
from roster_operator.roster.scope import folded


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the entries of a draft stand for."""

    keys: tuple[str, ...]
    """Of what is on offer: ids of schools, keys of courses."""
    missing: tuple[str, ...]
    """Entries that stand for nothing on offer, as they are written."""


@dataclass(frozen=True, slots=True)
class CourseChoice:
    """A course to choose, as seen from the chosen schools."""

    course: OfferedCourse
    size: Size
    """At the chosen schools."""

    @property
    def taught(self) -> bool:
        """Whether the chosen schools teach it."""
        return self.size.classes > 0


def chosen_schools(draft: Draft, offer: Offer) -> Chosen:
    """Ids of schools."""
    keys, missing = [], []
    for entry in draft.spec.get("schools", ()):
        found = _school_of(entry, offer.schools)
        keys.append(found) if found else missing.append(_written(entry))
    return Chosen(tuple(dict.fromkeys(keys)), tuple(missing))


def with_schools(draft: Draft, offer: Offer, ids: Sequence[str]) -> Draft:
    """These schools, in the order of the offer. If they are others, the courses are to be looked at again."""
    before = {_school_of(entry, offer.schools): entry for entry in draft.spec.get("schools", ())}
    entries = [before.get(each.id, {"id": each.id}) for each in offer.schools if each.id in ids]
    taken = draft.taken(Step.SCHOOLS, schools=entries)
    same = set(ids) == set(chosen_schools(draft, offer).keys)
    return taken if same else taken.again([Step.COURSES, Step.EBOOKS, Step.REVIEW, Step.GO_LIVE])


def courses_to_choose(draft: Draft, offer: Offer) -> tuple[CourseChoice, ...]:
    """All courses: those that the chosen schools teach come first."""
    schools = frozenset(chosen_schools(draft, offer).keys)
    choices = [CourseChoice(course, course.at(schools)) for course in offer.courses]
    return tuple(sorted(choices, key=lambda choice: not choice.taught))


def chosen_courses(draft: Draft, offer: Offer) -> Chosen:
    """Keys of courses."""
    keys, missing, courses = [], [], _ByName(offer.courses)
    for entry in draft.spec.get("courses", ()):
        found = courses.of(entry)
        keys.extend(found)
        if not found:
            missing.append(_written(entry))
    return Chosen(tuple(dict.fromkeys(keys)), tuple(missing))


def with_courses(draft: Draft, offer: Offer, keys: Collection[str]) -> Draft:
    """These courses, in the order of the offer, each with the eBooks that it had."""
    before = _entries_by_key(draft, offer)
    entries: list[Mapping[str, Any]] = []
    for course in offer.courses:
        if course.key in keys:
            kept = before.get(course.key) or [{course.by: course.value, "ebooks": []}]
            entries += [entry for entry in kept if entry not in entries]
    taken = draft.taken(Step.COURSES, courses=entries)
    same = set(keys) == set(chosen_courses(draft, offer).keys)
    return taken if same else taken.again([Step.EBOOKS, Step.REVIEW, Step.GO_LIVE])


def ebooks_of(draft: Draft, offer: Offer) -> dict[str, tuple[str, ...]]:
    """By the key of each chosen course, the names of its eBooks."""
    return {
        key: tuple(dict.fromkeys(book for entry in entries for book in entry.get("ebooks", ())))
        for key, entries in _entries_by_key(draft, offer).items()
    }


def with_ebooks(draft: Draft, offer: Offer, ebooks: Mapping[str, Sequence[str]]) -> Draft:
    """The eBooks of each chosen course, by its key. A course without any is left out of what is made."""
    before, named = _entries_by_key(draft, offer), _ByName(offer.courses)
    courses = {course.key: course for course in offer.courses}
    entries = []
    for key, books in ebooks.items():
        names = list(dict.fromkeys(books))
        written = [entry for entry in before.get(key, ()) if len(named.of(entry)) == 1]
        selector = {name: value for name, value in written[0].items() if name != "ebooks"} if written else None
        course = courses[key]
        entries.append({**(selector or {course.by: course.value}), "ebooks": names})
    done = draft.taken(Step.EBOOKS, courses=entries)
    return done if ebooks == ebooks_of(draft, offer) else done.again([Step.REVIEW, Step.GO_LIVE])


def _entries_by_key(draft: Draft, offer: Offer) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    courses = _ByName(offer.courses)
    for entry in draft.spec.get("courses", ()):
        for key in courses.of(entry):
            found.setdefault(key, []).append(entry)
    return found


def _school_of(entry: Mapping[str, Any], schools: Sequence[OfferedSchool]) -> str:
    """The id of the one school that an entry stands for; empty if it does not stand for one."""
    found = [
        each.id for each in schools if all(_same(name, value, getattr(each, name)) for name, value in entry.items())
    ]
    return found[0] if len(found) == 1 else ""


class _ByName:
    """Courses by all that an entry may select them by."""

    def __init__(self, courses: Sequence[OfferedCourse]) -> None:
        self._keys: dict[tuple[str, str], list[str]] = {}
        for course in courses:
            for row in course.ids:
                self._keys.setdefault(("id", row), []).append(course.key)
            if course.by == "code":
                self._keys.setdefault(("code", folded(course.value)), []).append(course.key)
            for title in dict.fromkeys(map(folded, (course.title, *course.more_titles))):
                self._keys.setdefault(("name", title), []).append(course.key)

    def of(self, entry: Mapping[str, Any]) -> list[str]:
        """Keys of the courses that an entry stands for."""
        for by, value in entry.items():
            if by != "ebooks":
                return self._keys.get((by, value.strip() if by == "id" else folded(value)), [])
        return []


def _same(name: str, wanted: str, value: str) -> bool:
    return wanted.strip() == value if name == "id" else bool(value) and folded(wanted) == folded(value)


def _written(entry: Mapping[str, Any]) -> str:
    return ", ".join(f'{name} "{value}"' for name, value in entry.items() if name != "ebooks")
