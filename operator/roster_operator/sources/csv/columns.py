"""Which cells of a row are needed, whatever the order of the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Final

from roster_operator.sources.csv.failures import Flawed

_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "courseSourcedId": ("courseId",),
    "schoolSourcedId": ("schoolId", "orgSourcedId"),
    "termSourcedIds": ("termSourcedId", "terms"),
    "classSourcedId": ("classId",),
    "userSourcedId": ("userId",),
}
"""Of older exports, some of which follow OneRoster 1.0."""


class Columns:
    """Picks the cells of some columns out of rows."""

    def __init__(self, header: Sequence[str], required: Sequence[str], optional: Sequence[str], label: str) -> None:
        """`header` in lower case; raises `Flawed` if a required column is not in it, or one that is read twice."""
        twice = [name for name in (*required, *optional) if header.count(name.lower()) > 1]
        if twice:
            raise Flawed(
                f"{label} has the column {' and the column '.join(twice)} more than once, and nobody can say which one "
                "counts. District: export it with each column once."
            )
        places = {name: place for place, name in enumerate(header)}
        self._places = [_place(places, name) for name in (*required, *optional)]
        missing = [name for name, place in zip(required, self._places, strict=False) if place is None]
        if missing:
            raise Flawed(
                f"{label} has no column {' and no column '.join(missing)}. District: export it with all columns."
            )

    def of(self, rows: Sequence[Sequence[str]]) -> list[list[str]]:
        """The cells column by column, first the required ones; a missing optional one is empty throughout."""
        return [[""] * len(rows) if place is None else list(map(itemgetter(place), rows)) for place in self._places]


def _place(places: Mapping[str, int], name: str) -> int | None:
    for spelling in (name, *_ALIASES.get(name, ())):
        if (place := places.get(spelling.lower())) is not None:
            return place
    return None
