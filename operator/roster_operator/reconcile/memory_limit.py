"""What a sync keeps of a roster in memory until it ends: its schools, academic sessions, courses, and ids of classes.

They are few in any district, but a server may send anything. So they are weighed together as they come: a limit on
rows would say nothing of rows that are long.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import chain
from operator import attrgetter
from sys import getsizeof
from typing import Any, Final

from roster_operator.errors import SourceProtocolError
from roster_operator.roster.models import ClassSection, Course, School, Session

MEBIBYTE: Final = 2**20
MOST_KEPT: Final = 112 * MEBIBYTE
"""A district of a million students with 40,000 courses and 400,000 classes, 60,000 of them in scope, takes 95 MiB."""

_TEXTS: Final[Mapping[type, Callable[[Any], tuple[str, ...]]]] = {
    School: attrgetter("id", "name", "identifier", "kind"),
    Session: attrgetter("id", "start", "end"),
    Course: attrgetter("id", "code", "title"),
    ClassSection: lambda section: (section.id,),
}
"""What is kept of a row."""
_BESIDE: Final[Mapping[type, int]] = {School: 450, Session: 450, Course: 350, ClassSection: 110}
"""Bytes that a row takes beside its texts: itself, and its places in lists, sets and what is made of it."""
_IN_SCOPE: Final = 120
"""Bytes that a class takes beside that if somebody's enrollment in it may count."""


class MemoryLimit:
    """Weighs what is kept."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        """`most`: bytes."""
        self._most = most
        self._weight = 0
        self._classes_in_scope = 0

    def weigh(self, rows: Collection[Any]) -> None:
        """Rows are about to be kept; raises `SourceProtocolError` if there is no room for them."""
        kind = type(next(iter(rows), None))
        if kind in _TEXTS:
            texts = chain.from_iterable(map(_TEXTS[kind], rows))
            self._add(_BESIDE[kind] * len(rows) + sum(map(getsizeof, texts)))

    def weigh_classes(self, page: Collection[ClassSection], *, in_scope: int) -> None:
        """A page of classes is kept, and as many of all classes are now in scope; likewise."""
        self.weigh(page)
        self._add(_IN_SCOPE * (in_scope - self._classes_in_scope))
        self._classes_in_scope = in_scope

    def _add(self, weight: int) -> None:
        self._weight += weight
        if self._weight > self._most:
            raise SourceProtocolError(
                f"The SIS sends more than any district has: its schools, sessions, courses and classes would take more "
                f"than {self._most // MEBIBYTE} MiB. Nothing was changed. District: see what is shared with these "
                "credentials, and why it is so much."
            )
