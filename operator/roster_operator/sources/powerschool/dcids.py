"""DCIDs: PowerSchool's numbers of rows, however they are written."""

from __future__ import annotations

import re
from typing import Final

from roster_operator.roster.dates import UNREADABLE
from roster_operator.sources.powerschool.wire import Row, Value
from roster_operator.sources.values.text import MAX_ID, told

_WHOLE: Final = re.compile(r"0*(\d{1,30}?)(?:\.0*)?", re.ASCII)
_ROUNDED: Final = re.compile(r"[-+]?\d+(?:[.,]\d+)?e[-+]?\d+", re.IGNORECASE | re.ASCII)
"""1.2E+11: most of its digits are lost, and many rows would have the same."""
_LARGEST: Final = 10**10
"""No DCID is that large; a number with a point that is may be rounded too."""
_NOBODY: Final = frozenset({"", "0", "-1"})


def number(value: Value) -> str:
    """A DCID however it is written: with zeros before it, or as a decimal; empty for what is none."""
    if isinstance(value, bool) or (isinstance(value, float) and not abs(value) < _LARGEST):
        return ""
    written = told(value)
    if (plain := _WHOLE.fullmatch(written)) is not None:
        return plain[1]
    unreadable = written == UNREADABLE or len(written) > MAX_ID or _ROUNDED.fullmatch(written)
    return "" if unreadable else written


def dcid(row: Row) -> str:
    """A row's DCID; empty if it has none that makes sense."""
    return number(row.id)


def identifier(value: Value) -> str:
    """A DCID that another row names; empty for what is none. PowerSchool writes 0 where nothing is named."""
    written = number(value)
    return "" if written in _NOBODY else written


def is_unreadable(value: Value) -> bool:
    """Whether something is named of which nobody can say what."""
    return bool(told(value)) and not number(value)
