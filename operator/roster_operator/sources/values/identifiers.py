"""Identifiers as systems write them: as they are, but for those that are none, and those that a spreadsheet rounded."""

from __future__ import annotations

import re
from typing import Final

from roster_operator.sources.values.text import NULLS, text

NO_IDS: Final = frozenset({"", *(f(word) for word in NULLS for f in (str, str.upper, str.capitalize, str.title))})
"""What is written for an identifier that is not there, in the spellings that are met."""
ROUNDED: Final = r"[+-]?\d+(?:[.,]\d*)?[eE]\+\d{1,3}|[+-]?\d+[.,]\d+[eE]\d{1,3}"
"""A long number as a spreadsheet or Java writes it. Without a plus or a fraction it may be grade 3, room E10."""
_ROUNDED: Final = re.compile(ROUNDED)
_WITH_A_POINT: Final = re.compile(r"\d[.,]\d+[eE]\d")


class Rounded(Exception):
    """An identifier is a number that was rounded: several rows may have become one."""


def identifier(value: object) -> str:
    """An identifier; empty if there is none. Raises `Rounded`."""
    if isinstance(value, float):
        raise Rounded
    cleaned = text(value)
    if is_rounded(cleaned):
        raise Rounded
    return "" if cleaned.lower() in NULLS else cleaned


def is_rounded(cleaned: str) -> bool:
    """Whether a text is a long number as a spreadsheet shows it, such as 1.23457E+11."""
    return _ROUNDED.fullmatch(cleaned) is not None


def may_be_rounded(together: str) -> bool:
    """Whether one of several identifiers, written one after the other, may be so."""
    if "E+" in together or "e+" in together:
        return True
    return ("." in together or "," in together) and _WITH_A_POINT.search(together) is not None
