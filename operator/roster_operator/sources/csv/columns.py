"""Which cells of a row are needed, whatever the order of the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Final

from roster_operator.sources.csv.failures import Flawed, Renamed, shown
from roster_operator.sources.csv.files import File
from roster_operator.sources.csv.identifiers import unmarked
from roster_operator.sources.csv.official import OFFICIAL
from roster_operator.sources.csv.records import Records
from roster_operator.sources.values.lookalikes import folded, lookalike

_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "courseSourcedId": ("courseId",),
    "schoolSourcedId": ("schoolId", "orgSourcedId"),
    "termSourcedIds": ("termSourcedId", "terms"),
    "classSourcedId": ("classId",),
    "userSourcedId": ("userId",),
}
"""Of older exports, some of which follow OneRoster 1.0."""


_NAMES: Final = frozenset({"name", "title"})
"""What people wrote, who may begin with an apostrophe."""


class Columns:
    """Picks the cells of some columns out of rows."""

    def __init__(self, records: Records, file: File, required: Sequence[str], optional: Sequence[str]) -> None:
        """Raises `Flawed` if a required column is not there, or one that is read twice, or goes by another name."""
        self._records = records
        names, label = [*required, *optional], records.label
        twice = [name for name in names if records.header.count(folded(name)) > 1]
        if twice:
            raise Flawed(
                f"{label} has the column {' and the column '.join(twice)} more than once, and nobody can say which one "
                "counts. District: export it with each column once."
            )
        places = {name: place for place, name in enumerate(records.header)}
        self._places = [_place(places, name) for name in names]
        missing = [name for name, place in zip(names, self._places, strict=True) if place is None]
        taken = {records.names[place] for place in self._places if place is not None}
        for name in missing:
            if other := lookalike(name, set(records.names) - taken, OFFICIAL[file]):
                raise Renamed(
                    f"{label} has no column {name}, but one that is called {shown(other)}, which may hold the same: "
                    f"nobody can say what {name} is. District: export it under the name {name}, or leave "
                    f"{shown(other)} out if it is something else."
                )
        if lacking := [name for name in missing if name in required]:
            raise Flawed(
                f"{label} has no column {' and no column '.join(lacking)}. District: export it with all columns."
            )
        self._missing = missing
        self._unnamed = [place for place, name in enumerate(records.header) if place and not name] if missing else []
        """Columns that may be missing ones; the first may also hold the numbers of rows."""
        self._texts = [name not in _NAMES for name in names]

    def of(self, rows: Sequence[Sequence[str]]) -> list[list[str]]:
        """The cells column by column, first the required ones; a missing optional one is empty throughout."""
        if self._unnamed:
            self._check_unnamed(rows)
        cells = [[""] * len(rows) if place is None else list(map(itemgetter(place), rows)) for place in self._places]
        if not self._records.may_be_marked:
            return cells
        return [unmarked(column) if is_text else column for column, is_text in zip(cells, self._texts, strict=True)]

    def _check_unnamed(self, rows: Sequence[Sequence[str]]) -> None:
        for place in self._unnamed:
            if any(len(row) > place and row[place].strip() for row in rows):
                raise Renamed(
                    f"{self._records.label} has no column {' and no column '.join(self._missing)}, but column "
                    f"{place + 1} holds values and has no name. District: export it with the header of OneRoster."
                )


def _place(places: Mapping[str, int], name: str) -> int | None:
    for spelling in (name, *_ALIASES.get(name, ())):
        if (place := places.get(folded(spelling))) is not None:
            return place
    return None
