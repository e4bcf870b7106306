"""Which rows of a file can be read, by how many cells they have.

A row may lack its last cells, as programs leave out what is blank there. One too many shifts every cell behind it: it
comes of a comma that is not in quotation marks, and mostly there is a blank cell at the end to hide it. So blank cells
that the header has no names for are right only where every row has as many of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from roster_operator.sources.csv.failures import Flawed

Row = list[str]
Sound = Callable[[Row], bool]
"""Whether the cells of a row of another width are in their columns, as far as they show it."""


@dataclass(frozen=True, slots=True)
class _Last:
    """What shows of the last row whether it is whole."""

    is_short: bool = False
    is_sound: bool = True
    is_usual: bool = False
    """It lacks no more cells than a row before it."""


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
        self._last = _Last()

    def fitting(self, rows: list[Row], is_sound: Sound) -> list[Row]:
        """The rows that can be read, each at least as wide as the header has names."""
        widths = set(map(len, rows))
        if not self._full:
            self._full = self.named if widths == {self.named} else self._usual(rows)
        if widths == {self._full} and self._full <= self._header and all(map(any, rows)):
            self._last = _Last()
            return rows
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
            self._last = _Last(is_short, fits, len(row) >= self._shortest)
            if fits:
                self._shortest = min(self._shortest, len(row))
        return kept

    def end_cut_off(self, others_end_bare: Callable[[], bool]) -> bool:
        """Whether the last row, behind which no line ends, may lack cells because the file was cut off there.

        It may also be as short as rows before it, or of a set none of whose files ends with the end of a line.
        """
        last = self._last
        return last.is_short and not (last.is_sound and (last.is_usual or others_end_bare()))

    def _fits(self, row: Row, is_sound: Sound) -> bool:
        cells = len(row)
        if self._full <= self._header:
            return is_sound(row) if cells < self.named else cells <= self._full
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
