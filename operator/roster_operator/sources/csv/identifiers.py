"""Cells as spreadsheets and exports leave them: marks of a text, fillers, and numbers that were rounded."""

from __future__ import annotations

import re
from typing import Final

from roster_operator.sources.csv.failures import Flawed
from roster_operator.sources.values.columns import texts
from roster_operator.sources.values.identifiers import NO_IDS, ROUNDED

_MARKS: Final = ("'", '"', *"\u2018\u2019\u201c\u201d\u201e")
"""What holds one of them may be marked."""
_MARKED: Final = re.compile(
    r"""\s*(?:['\u2018\u2019](?P<apostrophe>.*?)['\u2018\u2019]?|=?["\u201c-\u201e](?P<quoted>.*)["\u201c\u201d])\s*""",
    re.DOTALL,
)
_BETWEEN: Final = re.compile(r"[;|,] ?")
"""What separates several identifiers in a cell; the comma may also be a decimal one."""
_ROUNDED: Final = re.compile(rf"^(?:{ROUNDED})$", re.MULTILINE)
_SIGNS: Final = ("E+", "e+", ".", ",")
"""Without any of them there is none."""


def unmarked(column: list[str]) -> list[str]:
    """Cells without what spreadsheets mark texts with: '00123, ="00123", and quotation marks that are curly, or
    do not begin the cell."""
    together = "".join(column)
    if not any(mark in together for mark in _MARKS):
        return column
    return [_unmarked(cell) for cell in column]


def _unmarked(cell: str) -> str:
    found = _MARKED.fullmatch(cell)
    return next((kept for kept in found.groups() if kept is not None), cell) if found else cell


def identifiers(column: list[str]) -> list[str]:
    """Identifiers, trimmed; empty for whatever stands for none."""
    cleaned = texts(column)
    if NO_IDS.isdisjoint(cleaned):
        return cleaned
    return ["" if cell in NO_IDS else cell for cell in cleaned]


def check_exact(column: list[str], name: str, label: str) -> None:
    """Raises `Flawed` if a spreadsheet has made numbers of identifiers, and so one of many."""
    together = "\n".join(column)
    if not any(sign in together for sign in _SIGNS):
        return
    if _ROUNDED.search(together) or _ROUNDED.search(_BETWEEN.sub("\n", together)):
        raise Flawed(
            f"In {label} a spreadsheet has turned long numbers in the column {name} into ones such as 1E+11, and "
            "nobody can say which they were. District: deliver the file as the SIS exports it, without opening and "
            "saving it in a spreadsheet, or format that column as text there."
        )
