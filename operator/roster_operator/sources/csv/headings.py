"""Headers in the midst of a file, as when several files were written one behind the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from roster_operator.sources.csv.failures import Flawed
from roster_operator.sources.csv.official import OFFICIAL
from roster_operator.sources.values.lookalikes import folded

_NAMES: Final = frozenset(name for names in OFFICIAL.values() for name in names)
_FOLDED: Final = frozenset(map(folded, _NAMES))
_SPELLINGS: Final = _NAMES | _FOLDED | {name.upper() for name in _NAMES}


def without_headings(cells: list[list[str]], names: Sequence[str], label: str) -> list[list[str]]:
    """Columns without the rows that repeat the header; raises `Flawed` for a header with other columns."""
    if _SPELLINGS.isdisjoint(cells[0]):
        return cells
    is_row = [not _is_heading(row, names, label) for row in zip(*cells, strict=True)]
    return [[cell for cell, keep in zip(column, is_row, strict=True) if keep] for column in cells]


def _is_heading(row: Sequence[str], names: Sequence[str], label: str) -> bool:
    said = [(folded(cell), folded(name)) for cell, name in zip(row, names, strict=True) if cell]
    if not said or said[0][0] not in _FOLDED or sum(cell in _FOLDED for cell, _ in said) < min(2, len(said)):
        return False
    if any(cell != name for cell, name in said):
        raise Flawed(
            f"{label} has a second line of column names, with other columns than the first. District: export it as one "
            "file with one header."
        )
    return True
