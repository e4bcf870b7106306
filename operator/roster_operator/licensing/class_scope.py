"""Which classes were in scope before, to tell a class that lost its way from one that is out of scope.

A class leads to eBooks by the course and the school that it names. If one of these is no longer listed, nobody can say
whether the class still does: the reference may have broken. So who is in such a class keeps what they have, and only
they; where a district never shared all its courses, nothing waits for the classes of the others.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple

import xxhash

from roster_operator.roster.models import ClassSection

_HASH = "I"
"""32 bits each: were two classes ever taken for one, somebody would keep a license for a while."""
_FORM = 0xFFFF_FF02
"""At the beginning of what is kept."""
_FORMER_FORM = 0xFFFF_FF01
"""It kept the names of the whole spec, and not which class came by which; the form before began with a count."""
_NUMBERS = 1 << 31
"""An id that is a number below this is known again by itself, and can be asked for; all others by a hash above it."""
_NUMBER = re.compile(r"0|[1-9]\d{0,9}", re.ASCII)


class ClassNames(NamedTuple):
    """All that a spec may call a class by: hashes of `names_of` its course, and of its school."""

    course: frozenset[int]
    school: frozenset[int]

    @classmethod
    def of(cls, course: Iterable[str], school: Iterable[str]) -> ClassNames:
        """Of their names."""
        return cls(frozenset(map(_hashed, course)), frozenset(map(_hashed, school)))


class ClassMemory:
    """Classes, known again by a hash of their ids, and by which names in a spec each is in scope."""

    def __init__(self, classes: Mapping[str, ClassNames] | None = None) -> None:
        """By their ids."""
        self._classes = {_hashed(class_id): names for class_id, names in (classes or {}).items()}

    def __contains__(self, class_id: str) -> bool:
        """Whether a class is among them."""
        return _hashed(class_id) in self._classes

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._classes)

    def __eq__(self, other: object) -> bool:
        """Whether they are the same classes, by the same names."""
        return isinstance(other, ClassMemory) and self._classes == other._classes

    def __hash__(self) -> int:
        """Of all of them."""
        return hash(frozenset(self._classes.items()))

    def __or__(self, other: ClassMemory) -> ClassMemory:
        """The classes of both, by the names of the other where both know one."""
        return _of(self._classes | other._classes)

    def under(self, selectors: Iterable[str]) -> ClassMemory:
        """Those of them whose course and whose school are still selected; the others were meant to go."""
        said = frozenset(map(_hashed, selectors))
        selected = {names for names in set(self._classes.values()) if names.course & said and names.school & said}
        return _of({one: names for one, names in self._classes.items() if names in selected})

    def among(self, class_ids: Iterable[str]) -> ClassMemory:
        """Those of them with these ids."""
        return _of({one: self._classes[one] for one in map(_hashed, class_ids) if one in self._classes})

    def numbered(self) -> frozenset[str]:
        """The ids of those classes that have a number for an id, as PowerSchool's do."""
        return frozenset(str(one) for one in self._classes if one < _NUMBERS)

    def encode(self) -> bytes:
        """Four bytes a class, and some for each course at each school; `decode` reads it.

        For each pair of them: how many names the course has, how many the school, how many classes; then all of these.
        """
        groups: dict[ClassNames, list[int]] = {}
        for one, names in sorted(self._classes.items()):
            groups.setdefault(names, []).append(one)
        words = array(_HASH, [_FORM])
        for (course, school), classes in groups.items():
            words.extend((len(course), len(school), len(classes), *sorted(course), *sorted(school), *classes))
        return words.tobytes()

    @classmethod
    def decode(cls, encoded: bytes) -> ClassMemory:
        """What `encode` wrote; no classes if it is something else."""
        words = array(_HASH)
        try:
            words.frombytes(encoded)
            remaining = iter(words)
            read = _FORMS.get(next(remaining, 0))
            return _of(dict(read(remaining))) if read is not None else cls()
        except ValueError:
            return cls()


def _of(classes: dict[int, ClassNames]) -> ClassMemory:
    memory = ClassMemory()
    memory._classes = classes
    return memory


def _grouped(words: Iterator[int]) -> Iterator[tuple[int, ClassNames]]:
    while sizes := tuple(islice(words, 3)):
        course, school, classes = (tuple(islice(words, size)) for size in sizes)
        names = ClassNames(frozenset(course), frozenset(school))
        yield from ((one, names) for one in classes)


def _ungrouped(words: Iterator[int]) -> Iterator[tuple[int, ClassNames]]:
    """By which name a class came is not known: each may have come by any that is left."""
    classes = tuple(islice(words, next(words, 0)))
    names = frozenset(words)
    yield from ((one, ClassNames(names, names)) for one in classes)


_FORMS: Final = {_FORM: _grouped, _FORMER_FORM: _ungrouped}


@dataclass(frozen=True, slots=True)
class KnownReferences:
    """What a class can be told by."""

    courses: Collection[str] = frozenset()
    """Ids of all courses that the SIS lists, selected or not."""
    schools: Collection[str] = frozenset()
    before: ClassMemory = field(default_factory=ClassMemory)
    """Classes that were in scope at the last sync by which nothing waited, or had lost their way by then, and that the
    spec still selects."""
    unclear: Collection[str] = frozenset()
    """Ids of selected courses and schools whose status is a word that is not known."""
    course_names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By what a spec may select each of the selected courses, by their ids."""
    school_names: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_unclear(self, section: ClassSection) -> bool:
        """Whether nobody can say if its course, or its school, still counts."""
        return section.course_id in self.unclear or section.school_id in self.unclear

    def lost(self, section: ClassSection) -> bool:
        """Whether a class that was in scope names a course or a school that is not listed, or none."""
        listed = section.course_id in self.courses and section.school_id in self.schools
        return not listed and section.id in self.before

    def remember(self, classes: Mapping[str, tuple[str, str]], unlisted: Iterable[str]) -> ClassMemory:
        """What the next sync is to know of classes in scope: each id with those of its course and its school.

        Those that lost their way, and the `unlisted`, stay as they were known before.
        """
        names = {at: self._names(*at) for at in set(classes.values())}
        found = {one: known for one, at in classes.items() if (known := names[at]) is not None}
        return self.before.among([*(one for one in classes if one not in found), *unlisted]) | ClassMemory(found)

    def _names(self, course_id: str, school_id: str) -> ClassNames | None:
        course, school = self.course_names.get(course_id), self.school_names.get(school_id)
        return ClassNames.of(course, school) if course and school else None


def _hashed(text: str) -> int:
    if _NUMBER.fullmatch(text) and int(text) < _NUMBERS:
        return int(text)
    return xxhash.xxh32_intdigest(text.encode()) | _NUMBERS
