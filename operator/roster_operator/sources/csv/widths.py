"""Which rows of a file can be read, by how many cells they have.

A row may lack its last cells, as programs leave out what is blank there. One too many shifts every cell behind it: it
comes of a comma that is not in quotation marks, and mostly there is a blank cell at the end to hide it. So blank cells
that the header has no names for are right only where every row has as many of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from roster_operator.sources.csv.failures import Flawed

Row = list[str]


class Sound(Protocol):
    """What a row shows of its cells."""

    def __call__(self, row: Row) -> bool:
        """Whether the cells of a row of another width are in their columns, as far as they show it."""
        ...

    def is_whole(self, row: Row) -> bool:
        """Whether a row that is shorter than the header lacks nothing that each row has."""
        ...


@dataclass(frozen=True, slots=True)
class _Last:
    """What shows of the last row whether it is whole."""

    is_short: bool = False
    is_sound: bool = True
    is_usual: bool = False
    """It lacks no more cells than a row before it."""
    lacks_nothing: bool = False
    """It has all that each row has, lacks only what is blank in a row before it, too, and none of its last cells is
    blank: who leaves out blank cells leaves out all of them."""


class Widths:
    """Of one file, whose rows come in batches; what is right is learned from the first."""

    def __init__(self, names: Sequence[str], label: str) -> None:
        """`names` of the header as they are; those at its end may be blank. `label` names the file."""
        self.named = next((place for place in range(len(names), 0, -1) if names[place - 1].strip()), 0)
        """Cells up to the last one that has a name."""
        self.rejected = 0
        """Rows that cannot be read."""
        self._header = len(names)
        self._label = label
        self._full = 0
        """Cells of the rows that lack none; 0 as long as none was seen."""
        self._shortest = self.named
        """Cells of the shortest row that could be read."""
        self._least_said = self.named
        """Cells of a row up to the last one that is not blank, of the one with the fewest."""
        self._some_short = False
        """Whether any row left out its last cells."""
        self._last = _Last()

    def fitting(self, rows: list[Row], is_sound: Sound) -> list[Row]:
        """The rows that can be read, each at least as wide as the header has names."""
        widths = set(map(len, rows))
        if not self._full:
            self._least_said = min([*map(_said, rows[:-1]), self._least_said])
            self._full = self.named if widths == {self.named} else self._usual(rows)
        if widths == {self._full} and self._full <= self._header and all(map(any, rows)):
            self._last = _Last()
            return rows
        self._some_short = self._some_short or any(len(row) < self.named and any(map(str.strip, row)) for row in rows)
        kept: list[Row] = []
        before = self.named + 1
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            is_short = len(row) < self.named
            fits = self._fits(row, is_sound)
            if fits:
                kept.append(row + [""] * (self.named - len(row)) if is_short else row)
            elif before + len(row) - 1 <= self.named:
                # A line break that is not in quotation marks makes two rows of one.
                kept.pop()
                self.rejected += 2
            else:
                self.rejected += 1
            before = len(row) if fits and is_short else self.named + 1
            lacks_nothing = len(row) == _said(row) >= self._least_said and is_sound.is_whole(row)
            self._last = _Last(is_short, fits, len(row) >= self._shortest, lacks_nothing)
            if fits:
                self._shortest = min(self._shortest, len(row))
                self._least_said = min(self._least_said, _said(row))
        return kept

    def end_cut_off(self, others_end_bare: Callable[[], bool], *, proved: bool) -> bool:
        """Whether the last row, behind which no line ends, may lack cells because the file was cut off there.

        It may also be as short as rows before it, or of a set none of whose files ends with the end of a line.
        `proved`: a checksum says that nothing is missing; then it is a row if it lacks nothing that each row has.
        """
        last = self._last
        if not last.is_short:
            return False
        may_end_so = last.is_usual or (proved and last.lacks_nothing) or others_end_bare()
        return not (last.is_sound and may_end_so)

    def _fits(self, row: Row, is_sound: Sound) -> bool:
        cells = len(row)
        if self._full <= self._header:
            if cells < self.named or (cells == self.named and self._some_short):
                return is_sound(row)
            return cells <= self._full
        if cells < self._full:
            raise Flawed(
                f"Some rows of {self._label} have more cells than its header has names, and others have not, so nobody "
                "can say what is in which column. District: export it with as many cells in each row as in the header, "
                "and with quotation marks around cells that hold a comma."
            )
        return cells == self._full and not any(cell.strip() for cell in row[self.named :]) and is_sound(row)

    def _usual(self, rows: list[Row]) -> int:
        """How wide rows are that lack no cell."""
        widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
        if not widths:
            return 0
        if min(widths) > self._header:
            return min(widths)
        as_named = {width: count for width, count in widths.items() if self.named <= width <= self._header}
        return max(as_named, key=lambda width: (as_named[width], -width), default=self.named)


def _said(row: Row) -> int:
    """The place behind the last cell that is not blank."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1].strip()), 0)
