"""Which classes were in scope before, to tell a class that lost its way from one that is out of scope.

A class leads to eBooks by the course and the school that it names. If one of these is no longer listed, nobody can say
whether the class still does: the reference may have broken. So who is in such a class keeps what they have, and only
they; where a district never shared all its courses, nothing waits for the classes of the others.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import xxhash

from roster_operator.roster.models import ClassSection

_HASH = "I"
"""32 bits a class: were two classes ever taken for one, somebody would keep a license for a while."""


class ClassMemory:
    """Classes, known again by a hash of their ids."""

    def __init__(self, class_ids: Iterable[str] = ()) -> None:
        """Of these classes."""
        self._hashes = frozenset(map(_hashed, class_ids))

    def __contains__(self, class_id: str) -> bool:
        """Whether a class is among them."""
        return _hashed(class_id) in self._hashes

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._hashes)

    def __eq__(self, other: object) -> bool:
        """Whether they are the same classes."""
        return isinstance(other, ClassMemory) and self._hashes == other._hashes

    def __hash__(self) -> int:
        """Of all of them."""
        return hash(self._hashes)

    def encode(self) -> bytes:
        """Four bytes a class; `decode` reads it."""
        return array(_HASH, sorted(self._hashes)).tobytes()

    @classmethod
    def decode(cls, encoded: bytes) -> ClassMemory:
        """What `encode` wrote; no classes if it is something else."""
        hashes = array(_HASH)
        try:
            hashes.frombytes(encoded)
        except ValueError:
            return cls()
        memory = cls()
        memory._hashes = frozenset(hashes)
        return memory


@dataclass(frozen=True, slots=True)
class Bearings:
    """What a class can be told by."""

    courses: Collection[str] = frozenset()
    """Ids of all courses that the SIS lists, selected or not."""
    schools: Collection[str] = frozenset()
    before: ClassMemory = field(default_factory=ClassMemory)
    """Classes that were in scope at the last sync by which nothing waited, or had lost their way by then."""

    def lost(self, section: ClassSection) -> bool:
        """Whether a class that was in scope names a course or a school that is not listed, or none."""
        listed = section.course_id in self.courses and section.school_id in self.schools
        return not listed and section.id in self.before


def _hashed(class_id: str) -> int:
    return xxhash.xxh32_intdigest(class_id.encode())
