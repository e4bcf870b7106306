"""Whether the cells of a row are in the columns where they belong, as far as that shows.

Asked of rows that are shorter or longer than the header: if a comma is missing or one too many, cells have slipped, and
a word, a date or a reference stands where none can be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from roster_operator.roster.dates import UNREADABLE
from roster_operator.roster.models import Role, Status
from roster_operator.sources.csv.files import File
from roster_operator.sources.values.dates import iso_date
from roster_operator.sources.values.text import told
from roster_operator.sources.values.words import enabled, role, status

_ORG_TYPES: Final = frozenset(("department", "school", "district", "local", "state", "national"))
_SESSION_TYPES: Final = frozenset(("gradingperiod", "semester", "schoolyear", "term"))
_CLASS_TYPES: Final = frozenset(("homeroom", "scheduled"))
_ROLE_TYPES: Final = frozenset(("primary", "secondary"))


def _among(words: frozenset[str]) -> Callable[[str], bool]:
    return lambda cell: told(cell).replace(" ", "").lower() in words | {""}


def _is_date(cell: str) -> bool:
    return iso_date(cell) != UNREADABLE


def _is_status(cell: str) -> bool:
    return status(cell) is not Status.UNRECOGNIZED


_KINDS: Final[Mapping[str, Callable[[str], bool]]] = {
    "status": _is_status,
    "enableduser": lambda cell: enabled(cell) is not Status.UNRECOGNIZED,
    "role": lambda cell: role(cell) is not Role.STRANGE,
    "primary": lambda cell: enabled(cell) is not Status.UNRECOGNIZED,
    "begindate": _is_date,
    "startdate": _is_date,
    "enddate": _is_date,
    "classtype": _among(_CLASS_TYPES),
    "roletype": _among(_ROLE_TYPES),
}
_TYPES: Final = {File.ORGS: _ORG_TYPES, File.SESSIONS: _SESSION_TYPES}
"""What `type` may be."""
_REFERENCES: Final = {
    "orgsourcedid": File.ORGS,
    "schoolsourcedid": File.ORGS,
    "primaryorgsourcedid": File.ORGS,
    "coursesourcedid": File.COURSES,
    "classsourcedid": File.CLASSES,
}
"""Columns that name one row of another file."""
_LISTS: Final = {"termsourcedids": File.SESSIONS, "orgsourcedids": File.ORGS}
"""Columns that name several: without quotation marks, all but the first are in the columns behind it."""


class Soundness:
    """Judges the rows of one file."""

    def __init__(
        self, file: File, header: Sequence[str], needed: Sequence[str], known: Mapping[File, Collection[str]]
    ) -> None:
        """`header` as `Records` has it; `needed`: columns that no row lacks; `known`: ids of files read before."""
        places = {name: place for place, name in enumerate(header)}
        kinds = {**_KINDS, **({"type": _among(_TYPES[file])} if file in _TYPES else {})}
        self._width = len(header)
        self._needed = max((places[name.lower()] for name in needed if name.lower() in places), default=0)
        self._status = places.get("status")
        self._kinds = [(places[name], is_kind) for name, is_kind in kinds.items() if name in places]
        self._references, self._lists = (
            [(places[name], known[other]) for name, other in columns.items() if name in places and other in known]
            for columns in (_REFERENCES, _LISTS)
        )

    def __call__(self, row: Sequence[str]) -> bool:
        """Whether the row may be read."""
        if self._status is not None and self._status < len(row) and status(row[self._status]) is Status.GONE:
            return True
        if not all(is_kind(row[place]) for place, is_kind in self._kinds if place < len(row)):
            return False
        return len(row) > self._needed if len(row) < self._width else self._refers_rightly(row)

    def _refers_rightly(self, row: Sequence[str]) -> bool:
        """Whether no reference of a longer row has slipped into another column."""
        for place, known in self._references:
            named, behind = told(row[place]), told(row[place + 1])
            if (named not in known) if named else (behind in known):
                return False
        return not any(told(row[place + 1]) in known for place, known in self._lists)
