"""Texts and references as systems write them (OneRoster 1.1 vendors; every oddity here was seen in the wild)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

MAX_ID: Final = 512
"""Characters; a longer identifier is taken for garbage."""
MAX_TEXT: Final = 1024
"""Characters; what is longer is cut off."""
NULLS: Final = frozenset(
    {
        *("null", "(null)", "<null>", "nil", "none", "nan", "undefined", "blank", "empty", "\\n", "-", "--", "---"),
        *("n/a", "na", "n.a.", "#n/a", "#na", "#null!"),
    }
)
"""What exports and spreadsheets write into a cell that is empty, in lower case."""
FILLERS: Final = NULLS | frozenset(
    {
        *("unknown", "tbd", "tba", "#ref!", "#value!", "#name?", "#num!", "#div/0!", "missing", "unassigned"),
        *("no email", "noemail", "no login", "no username", "not available", "not applicable", "none none", "[null]"),
    }
)
"""What people type where a login or an email is asked for that is not there."""
SAYS_NOTHING: Final = re.compile(
    r"^(?:[\W_0]+$|(?:[Nn](?:one|ull|il|o[-_.]?(?:[Ee]?[Mm]ail|[Rr]eply)|obody|/a)|N/A|NONE|NULL|[Uu]nknown)@)",
    re.MULTILINE,
)
"""Marks and zeros alone, and the address of nobody; searched in one text or in several, a line each."""
_COLLECTIONS: Final = frozenset(
    {
        *("orgs", "schools", "academicSessions", "terms", "gradingPeriods", "courses", "classes"),
        *("enrollments", "users", "students", "teachers"),
    }
)
"""What an address ends with that was made for a row without an identifier."""
_BETWEEN: Final = re.compile(r"[,;|]")
_AROUND: Final = " \t[](){}\"'"


def text(value: object) -> str:
    """A trimmed string without control characters; numbers as they are written; anything else is empty."""
    if type(value) is str:
        value = value.strip()
        return value if value.isprintable() and len(value) <= MAX_TEXT else _cleaned(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return ""


def _cleaned(value: str) -> str:
    """Without what no identifier, name or address holds: controls, NUL, byte order marks, halves of characters."""
    kept = (" " if character.isspace() else character for character in value[:MAX_TEXT])
    return "".join(character for character in kept if character.isprintable()).strip()


def told(value: object) -> str:
    """What `text` makes of a value; empty for a word that stands for an empty cell."""
    cleaned = text(value)
    return "" if cleaned.lower() in NULLS else cleaned


def login(value: object) -> str:
    """A username, an email or a student number; empty for whatever people write where there is none."""
    cleaned = text(value)
    return "" if is_filler(cleaned) else cleaned


def is_filler(cleaned: str) -> bool:
    """Whether what is written for a login is none."""
    return cleaned.lower() in FILLERS or SAYS_NOTHING.search(cleaned) is not None


def reference(value: object) -> str:
    """The identifier that a GUIDRef names: its `sourcedId`, else the end of its `href`; or a plain value."""
    if isinstance(value, list):
        return reference(value[0]) if value else ""
    if not isinstance(value, dict):
        return text(value)
    if named := text(value.get("sourcedId")):
        return named
    path = urlsplit(text(value.get("href"))).path if text(value.get("href")) else ""
    last = path.rstrip("/").rpartition("/")[2]
    return "" if last in _COLLECTIONS else text(unquote(last))


def references(value: object) -> Iterator[str]:
    """The identifiers that a list of GUIDRefs names; one that is not in a list will do.

    So will a text that separates them by commas, semicolons or bars, in brackets or quotation marks or without.
    """
    if isinstance(value, str):
        value = [item.strip(_AROUND) for item in _BETWEEN.split(value.strip(_AROUND))]
    for item in value if isinstance(value, list) else [value]:
        if (named := reference(item)) and named.lower() not in NULLS:
            yield named
