"""What a question is about, one by one; of many, as many as somebody works off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

MOST_LISTED: Final = 500
"""Of one question; how many there are in all is counted beside."""


class Subject(NamedTuple):
    """A person, a class, an enrollment (both), or something else; by ids of the SIS, and empty where it has no part."""

    person: str = ""
    class_id: str = ""
    what: str = ""
    """Something else, in words that hold nothing of a person: a term, a section of the roster, a cause."""
    school: str = ""
    """Where it is put right: of somebody at several schools, the first; empty where no one school is known."""

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return "Subject(...)"


class Listed:
    """The first of many subjects by their order, in whatever order they come; memory does not grow with them."""

    __slots__ = ("_bound", "_some")

    def __init__(self) -> None:
        """None so far."""
        self._some: set[Subject] = set()
        self._bound: Subject | None = None
        """What comes after it is not among the first."""

    def add(self, subject: Subject) -> None:
        """Take one; those given twice count once."""
        if self._bound is not None and subject > self._bound:
            return
        self._some.add(subject)
        if len(self._some) >= 2 * MOST_LISTED:
            first = sorted(self._some)[:MOST_LISTED]
            self._some, self._bound = set(first), first[-1]

    def update(self, subjects: Iterable[Subject]) -> None:
        """Take several."""
        for subject in subjects:
            self.add(subject)

    def discard(self, subject: Subject) -> None:
        """Drop one, if it is there."""
        self._some.discard(subject)

    def __iter__(self) -> Iterator[Subject]:
        """In their order."""
        return iter(sorted(self._some)[:MOST_LISTED])
