"""Values as servers send them, made what they mean (OneRoster 1.1 vendors; every oddity here was seen in the wild)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

from roster_operator.roster.models import Role

MAX_ID: Final = 512
"""Characters; a longer identifier is taken for garbage."""
MAX_TEXT: Final = 1024
"""Characters; what is longer is cut off."""
_GONE: Final = frozenset({"tobedeleted", "inactive", "deleted"})
_FALSE: Final = frozenset({"false", "0", "no", "n", "f"})
_ROLES: Final = {
    "": Role.UNKNOWN,
    "student": Role.STUDENT,
    "teacher": Role.TEACHER,
    "aide": Role.AIDE,
    "administrator": Role.ADMINISTRATOR,
    "districtadministrator": Role.ADMINISTRATOR,
    "siteadministrator": Role.ADMINISTRATOR,
    "systemadministrator": Role.ADMINISTRATOR,
    "principal": Role.ADMINISTRATOR,
    **dict.fromkeys(("counselor", "guardian", "parent", "proctor", "relative", "other"), Role.OTHER),
}
_EXTENSION: Final = "ext:"
"""Before words that a district agreed on (OneRoster 1.2, extended enumerations)."""
_LATE_AT_NIGHT: Final = re.compile(r"[T ]23:5")
_EARLIEST_YEAR: Final = 1981
"""Earlier dates are a system's way to say that there is none (0001-01-01, 1753-01-01, 1899-12-30, 1970-01-01)."""


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


def is_active(status: object) -> bool:
    """False for rows that are marked as deleted; `inactive` is the word of OneRoster 1.0."""
    return status is None or status == "active" or _token(status) not in _GONE


def is_enabled(value: object) -> bool:
    """`enabledUser`: a boolean, a word or a number; what is not said is true."""
    return value is True or value is None or _token(value) not in _FALSE


@lru_cache(maxsize=256)
def role(value: str | int | None) -> Role:
    """The role a token names; `Role.OTHER` for those of OneRoster that this operator has no use for."""
    token = _token(value)
    return Role.OTHER if token.startswith(_EXTENSION) else _ROLES.get(token, Role.STRANGE)


def _token(value: object) -> str:
    return text(value).lower().replace(" ", "").replace("_", "").replace("-", "")


@lru_cache(maxsize=4096)
def iso_date(value: str | int | None) -> str:
    """`YYYY-MM-DD`, from a date or from a time that begins with one; empty if there is none to be read."""
    written = text(value)[:10]
    try:
        parsed = date.fromisoformat(written) if written[4:5] == "-" else _american(text(value))
    except ValueError:
        return ""
    return parsed.isoformat() if parsed.year >= _EARLIEST_YEAR else ""


@lru_cache(maxsize=4096)
def end_date(value: str | int | None) -> str:
    """The day on which something is over, from an end as `iso_date` reads it: the next day where it is late at night.

    Ends are exclusive, and a server that writes 23:59 means that this day is the last one.
    """
    day = iso_date(value)
    if not day or day == date.max.isoformat() or not _LATE_AT_NIGHT.search(text(value)):
        return day
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _american(written: str) -> date:
    month, day, year = written.split(" ", maxsplit=1)[0].split("/")
    return date(int(year), int(month), int(day))


def reference(value: object) -> str:
    """The identifier that a GUIDRef names: its `sourcedId`, else the end of its `href`; or a plain value."""
    if isinstance(value, list):
        return reference(value[0]) if value else ""
    if not isinstance(value, dict):
        return text(value)
    if named := text(value.get("sourcedId")):
        return named
    path = urlsplit(text(value.get("href"))).path if text(value.get("href")) else ""
    return text(unquote(path.rstrip("/").rpartition("/")[2]))


def references(value: object) -> Iterator[str]:
    """The identifiers that a list of GUIDRefs names; one that is not in a list, or a comma-separated text, will do."""
    if isinstance(value, str):
        value = value.split(",")
    for item in value if isinstance(value, list) else [value]:
        if named := reference(item):
            yield named
