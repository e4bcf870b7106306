"""What somebody may have meant who named a school, a course or an eBook that there is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, TypeVar

from roster_operator.roster.scope import Selector, folded

RowT = TypeVar("RowT")

_ALIKE: Final = 0.7
"""Of 1. Of two words that only share their first letters nobody meant the other."""
_NUMBERS: Final = frozenset({"id", "identifier"})
"""One that is like another is not more probable than any."""
_MOST: Final = 20_000
"""Names that are compared one by one, which takes some 10 microseconds each."""


def meant_by(wanted: Selector, rows: Sequence[RowT], fields: Mapping[str, Callable[[RowT], str]]) -> Selector | None:
    """The selector that finds something: the same value in another field, or else one like it in the same field."""
    value = folded(wanted.value)
    for by, field in fields.items():
        found = next((field(row) for row in rows if folded(field(row)) == value), None) if by != wanted.by else None
        if found:
            return Selector(by, found)
    if wanted.by in _NUMBERS:
        return None
    close = alike(wanted.value, map(fields[wanted.by], rows))
    return None if close is None else Selector(wanted.by, close)


def alike(name: str, names: Iterable[str]) -> str | None:
    """The name that is most like it, if any is."""
    by_folded: dict[str, str] = {}
    for each in names:
        by_folded.setdefault(folded(each), each)
        if len(by_folded) > _MOST:
            return None
    close = get_close_matches(folded(name), by_folded.keys() - {""}, n=1, cutoff=_ALIKE)
    return by_folded[close[0]] if close else None
