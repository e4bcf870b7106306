"""Which classes were in scope before, to tell a class that lost its way from one that is out of scope.

A class leads to eBooks by the course and the school that it names. If one of these is no longer listed, nobody can say
whether the class still does: the reference may have broken. So who is in such a class keeps what they have, and only
they; where a district never shared all its courses, nothing waits for the classes of the others.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import xxhash

from roster_operator.roster.models import ClassSection

_HASH = "I"
"""32 bits each: were two classes ever taken for one, somebody would keep a license for a while."""
_FORM = 0xFFFF_FF01
"""At the beginning of what is kept; an earlier form began with a count, which is less."""
_NUMBERS = 1 << 31
"""An id that is a number below this is known again by itself, and can be asked for; all others by a hash above it."""
_NUMBER = re.compile(r"0|[1-9]\d{0,9}", re.ASCII)


class ClassMemory:
    """Classes, known again by a hash of their ids, and by which names in the spec they came into scope."""

    def __init__(self, class_ids: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        """Of these classes; `names`: of all schools and courses that the spec selects."""
        self._classes = frozenset(map(_hashed, class_ids))
        self._names = frozenset(map(_hashed, names))

    def __contains__(self, class_id: str) -> bool:
        """Whether a class is among them."""
        return _hashed(class_id) in self._classes

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._classes)

    def __eq__(self, other: object) -> bool:
        """Whether they are the same classes, by the same names."""
        return isinstance(other, ClassMemory) and (self._classes, self._names) == (other._classes, other._names)

    def __hash__(self) -> int:
        """Of all of them."""
        return hash((self._classes, self._names))

    def under(self, names: Iterable[str]) -> ClassMemory:
        """These classes, if the spec still has all names that it had; else none: it was meant to lose some."""
        return self if self._names.issubset(map(_hashed, names)) else ClassMemory()

    def numbered(self) -> frozenset[str]:
        """The ids of those classes that have a number for an id, as PowerSchool's do."""
        return frozenset(str(one) for one in self._classes if one < _NUMBERS)

    def encode(self) -> bytes:
        """Four bytes a class, and a name; `decode` reads it."""
        return array(_HASH, [_FORM, len(self._classes), *sorted(self._classes), *sorted(self._names)]).tobytes()

    @classmethod
    def decode(cls, encoded: bytes) -> ClassMemory:
        """What `encode` wrote; no classes if it is something else."""
        hashes = array(_HASH)
        try:
            hashes.frombytes(encoded)
        except ValueError:
            return cls()
        memory = cls()
        if len(hashes) > 1 and hashes[0] == _FORM:
            names = 2 + hashes[1]
            memory._classes = frozenset(hashes[2:names])
            memory._names = frozenset(hashes[names:])
        return memory


@dataclass(frozen=True, slots=True)
class KnownReferences:
    """What a class can be told by."""

    courses: Collection[str] = frozenset()
    """Ids of all courses that the SIS lists, selected or not."""
    schools: Collection[str] = frozenset()
    before: ClassMemory = field(default_factory=ClassMemory)
    """Classes that were in scope at the last sync by which nothing waited, or had lost their way by then."""
    unclear: Collection[str] = frozenset()
    """Ids of selected courses and schools whose status is a word that is not known."""

    def is_unclear(self, section: ClassSection) -> bool:
        """Whether nobody can say if its course, or its school, still counts."""
        return section.course_id in self.unclear or section.school_id in self.unclear

    def lost(self, section: ClassSection) -> bool:
        """Whether a class that was in scope names a course or a school that is not listed, or none."""
        listed = section.course_id in self.courses and section.school_id in self.schools
        return not listed and section.id in self.before


def _hashed(text: str) -> int:
    if _NUMBER.fullmatch(text) and int(text) < _NUMBERS:
        return int(text)
    return xxhash.xxh32_intdigest(text.encode()) | _NUMBERS
