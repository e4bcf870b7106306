"""Columns of texts, cleaned at once where that is possible: a roster has a million of them, and most are clean."""

from __future__ import annotations

from typing import Any

from roster_operator.sources.values.identifiers import NO_IDS, may_be_rounded
from roster_operator.sources.values.text import FILLERS, MAX_TEXT, SAYS_NOTHING, is_filler, text


class NeedsLenientDecoding(Exception):
    """A row that a fast path would read wrongly."""


def texts(column: list[Any]) -> list[str]:
    """What `text` makes of each value."""
    try:
        clean = _clean("".join(column))
    except TypeError:  # something that is no string is among them
        if None in column:
            return texts(["" if value is None else value for value in column])
        return list(map(text, column))
    if clean and max(map(len, column), default=0) <= MAX_TEXT:
        return column
    return list(map(text, column))


def logins(column: list[Any]) -> list[str]:
    """What `login` makes of each value."""
    cleaned = texts(column)
    if SAYS_NOTHING.search("\n".join(filter(None, cleaned))):
        return ["" if is_filler(value) else value for value in cleaned]
    if FILLERS.isdisjoint(map(str.lower, cleaned)):
        return cleaned
    return ["" if value.lower() in FILLERS else value for value in cleaned]


def identifiers(column: list[str]) -> list[str]:
    """What `identifier` makes of strings, none of them long or empty; raises `NeedsLenientDecoding` if one is no id."""
    together = "".join(column)
    if not _clean(together):
        column = list(map(text, column))
    if not NO_IDS.isdisjoint(column) or may_be_rounded(together):
        raise NeedsLenientDecoding
    return column


def _clean(together: str) -> bool:
    """Whether no string holds what `text` removes, by a look at all of them, one after the other.

    Of all that Python takes for blank, the space is the only character that is printable.
    """
    return together.isprintable() and " " not in together
