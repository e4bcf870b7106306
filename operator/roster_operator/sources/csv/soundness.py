"""Whether the cells of a row are in the columns where they belong, as far as that shows.

Asked of rows that are shorter or longer than the header, and of all rows of a file in which some are shorter: if a
comma is missing or one too many, cells have slipped, and a word, a date or a reference stands where none can be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Final

from roster_operator.roster.dates import UNREADABLE
from roster_operator.roster.models import Role, Status
from roster_operator.sources.csv.files import File
from roster_operator.sources.csv.official import OFFICIAL, REQUIRED
from roster_operator.sources.values.dates import iso_date
from roster_operator.sources.values.lookalikes import folded
from roster_operator.sources.values.text import told
from roster_operator.sources.values.words import enabled, role, status

_ORG_TYPES: Final = frozenset(("department", "school", "district", "local", "state", "national"))
_SESSION_TYPES: Final = frozenset(("gradingperiod", "semester", "schoolyear", "term"))
_CLASS_TYPES: Final = frozenset(("homeroom", "scheduled"))
_ROLE_TYPES: Final = frozenset(("primary", "secondary"))
_LONGEST_REMEMBERED: Final = 64
"""Characters of a cell."""


def _among(words: frozenset[str]) -> Callable[[str], bool]:
    return lambda cell: told(cell).replace(" ", "").lower() in words | {""}


def _remembering(is_kind: Callable[[str], bool]) -> Callable[[str], bool]:
    """The same, quicker: there are few words and dates in a column, and none of them is long."""
    known = lru_cache(1024)(is_kind)
    return lambda cell: known(cell) if len(cell) <= _LONGEST_REMEMBERED else is_kind(cell)


def _is_date(cell: str) -> bool:
    return iso_date(cell) != UNREADABLE


def _is_status(cell: str) -> bool:
    return status(cell) is not Status.UNRECOGNIZED


_KINDS: Final[Mapping[str, Callable[[str], bool]]] = {
    "status": _is_status,
    "enableduser": lambda cell: enabled(cell) is not Status.UNRECOGNIZED,
    "role": lambda cell: role(cell) is not Role.UNRECOGNIZED,
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
_TEXTS: Final = frozenset(
    ("title", "name", "givenname", "familyname", "middlename", "username", "location", "classcode")
)
"""Columns in which people write commas, mostly with a blank behind them."""
_EMAIL: Final = "email"
_GRADE: Final = re.compile(
    r"(?:(?:grades?|gr|year|yr)[. ]*)?(?:\d{1,2}|pre-?k\d?|[ptk]k\d?|k\d?)(?:st|nd|rd|th)?(?: ?- ?\d{1,2})?(?: grade)?"
    r"|it|pr|kg|ps|ug|kindergarten|other|all|adult|[hme]s",
    re.IGNORECASE,
)
_BETWEEN_GRADES: Final = re.compile(r"[,;|/]")
_DIGITS: Final = re.compile(r"\d+")
_LETTER: Final = re.compile(r"[a-z]", re.IGNORECASE)


class Soundness:
    """Judges the rows of one file."""

    def __init__(
        self, file: File, header: Sequence[str], needed: Sequence[str], known: Mapping[File, Collection[str]]
    ) -> None:
        """`header` as `Records` has it; `needed`: columns that no row lacks; `known`: ids of files read before."""
        places = {name: place for place, name in enumerate(header)}
        kinds = {**_KINDS, **({"type": _among(_TYPES[file])} if file in _TYPES else {})}
        self._width = max((place for place, name in enumerate(header) if name), default=-1) + 1
        self._whole = max((places[name] for name in map(folded, REQUIRED[file]) if name in places), default=0) + 1
        self._needed = max((places[name.lower()] for name in needed if name.lower() in places), default=0)
        self._status = places.get("status")
        self._kinds = [(places[name], _remembering(is_kind)) for name, is_kind in kinds.items() if name in places]
        self._references, self._lists = (
            [(places[name], known[other]) for name, other in columns.items() if name in places and other in known]
            for columns in (_REFERENCES, _LISTS)
        )
        self._texts = [place for place, name in enumerate(header) if name in _TEXTS]
        official = frozenset(map(folded, OFFICIAL[file])) - {_EMAIL}
        self._email_at = places.get(_EMAIL, -1)
        is_followed = 0 <= self._email_at < len(header) - 1 and header[self._email_at + 1] in official
        self._behind_email = self._email_at + 1 if is_followed else None
        self._grades = places.get("grades") if file is File.COURSES else None

    def __call__(self, row: Sequence[str]) -> bool:
        """Whether the row may be read."""
        if self._status is not None and self._status < len(row) and status(row[self._status]) is Status.GONE:
            return True
        if len(row) == self._width:
            return not self._has_slipped(row)
        if not all(is_kind(row[place]) for place, is_kind in self._kinds if place < len(row)):
            return False
        if len(row) > self._width:
            return self._refers_rightly(row)
        return len(row) > self._needed and not self._has_slipped(row)

    def is_whole(self, row: Sequence[str]) -> bool:
        """Whether a row that is shorter than the header lacks nothing that each row has."""
        is_half_an_address = len(row) - 1 == self._email_at and "@" not in row[-1]
        return len(row) >= self._whole and not is_half_an_address

    def _refers_rightly(self, row: Sequence[str]) -> bool:
        """Whether no reference of a longer row has slipped into another column."""
        for place, known in self._references:
            named, behind = told(row[place]), told(row[place + 1])
            if (named not in known) if named else (behind in known):
                return False
        return not any(told(row[place + 1]) in known for place, known in self._lists)

    def _has_slipped(self, row: Sequence[str]) -> bool:
        """Whether a cell of a row that is no longer than the header shows that it belongs one column before."""
        last = len(row) - 1
        for place, known in self._references:
            if place < last and row[place] not in known and _is_behind(row, place, known):
                return True
        for place, known in self._lists:
            if place < last and (told(row[place + 1]) in known or _are_alike(told(row[place]), told(row[place + 1]))):
                return True
        if self._behind_email is not None and self._behind_email <= last and "@" in row[self._behind_email]:
            return True
        if self._grades is not None and self._grades <= last and not _are_grades(told(row[self._grades])):
            return True
        return any(place < last and told(row[place]) and _continues(row, place + 1) for place in self._texts)


def _is_behind(row: Sequence[str], place: int, known: Collection[str]) -> bool:
    return told(row[place + 1]) in known and told(row[place]) not in known


def _are_alike(listed: str, behind: str) -> bool:
    """Whether what stands behind a list is written as an item of it, such as S2 behind S1."""
    form = _form(listed)
    return form == _form(behind) and "9" in form


def _form(written: str) -> str:
    return _LETTER.sub("a", _DIGITS.sub("9", written))


def _are_grades(cell: str) -> bool:
    return all(_GRADE.fullmatch(one.strip()) for one in _BETWEEN_GRADES.split(cell) if one.strip())


def _continues(row: Sequence[str], place: int) -> bool:
    """Whether a cell begins with a blank, as what stands behind a comma in prose does, and not all others do."""
    return row[place][:1] == " " and row[place].strip() != "" and any(cell[:1] not in {"", " "} for cell in row[1:])
