"""The words of statuses and roles, in the spellings that systems have for them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from roster_operator.roster.models import Role, Status
from roster_operator.sources.values.text import told

_STATUSES: Final = {
    "": Status.ACTIVE,
    **dict.fromkeys(("active", "current", "enrolled", "open", "enabled"), Status.ACTIVE),
    **dict.fromkeys(("tobedeleted", "deleted", "delete", "removed", "inactive", "closed", "ended"), Status.GONE),
    **dict.fromkeys(("withdrawn", "withdrew", "dropped", "drop", "graduate", "graduated", "completed"), Status.GONE),
    **dict.fromkeys(("exited", "transferred", "cancelled", "canceled", "archived", "expired"), Status.GONE),
    **dict.fromkeys(("complete", "concluded", "finished", "terminated", "deactivated", "disabled"), Status.GONE),
    **dict.fromkeys(("exit", "left", "former", "transferredout", "expelled", "deceased"), Status.GONE),
    **dict.fromkeys(("unenrolled", "disenrolled", "notenrolled", "softdeleted", "markedfordeletion"), Status.GONE),
}
"""`tobedeleted` is OneRoster's word for what has ended (1.1, section 4.13.8), `inactive` that of 1.0."""
_ENABLED: Final = {
    "": Status.ACTIVE,
    **dict.fromkeys(("true", "1", "1.0", "yes", "y", "t", "on", "active", "enabled", "enable"), Status.ACTIVE),
    **dict.fromkeys(("false", "0", "0.0", "no", "n", "f", "off", "inactive", "disabled", "disable"), Status.GONE),
    **dict.fromkeys(("notenabled", "notactive", "deactivated"), Status.GONE),
}
"""Who is suspended or locked may be back tomorrow, and -1 is true in some databases: they are not understood."""
_ROLES: Final = {
    "": Role.UNKNOWN,
    "student": Role.STUDENT,
    "teacher": Role.TEACHER,
    "coteacher": Role.TEACHER,
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
_INSIDE_WORDS: Final = re.compile(r"(?<=[a-z])[-_ ]+(?=[a-z])")
_LONGEST: Final = 64
"""Characters; what is longer is no word, and not kept."""


def status(value: object) -> Status:
    """What `status` says of a row; what is not said is active."""
    if value is None or value == "active":
        return Status.ACTIVE
    return _STATUSES.get(_token(value), Status.UNRECOGNIZED)


def enabled(value: object) -> Status:
    """The same for `enabledUser`: a boolean, a word or a number."""
    if value is True or value is None:
        return Status.ACTIVE
    return _ENABLED.get(_token(value), Status.UNRECOGNIZED)


def standing(status_of_row: object, enabled_user: object) -> Status:
    """Whether a person counts: who is deleted or disabled does not, whatever the other word means."""
    both = {status(status_of_row), enabled(enabled_user)}
    return next(each for each in (Status.GONE, Status.UNRECOGNIZED, Status.ACTIVE) if each in both)


def role(value: str | int | None) -> Role:
    """The role a token names; `Role.OTHER` for those of OneRoster that this operator has no use for."""
    if isinstance(value, str) and len(value) > _LONGEST:
        return Role.UNRECOGNIZED
    return _role(value)


@lru_cache(maxsize=256)
def _role(value: str | int | None) -> Role:
    token = _token(value)
    return Role.OTHER if token.startswith(_EXTENSION) else _ROLES.get(token, Role.UNRECOGNIZED)


def is_told(value: object) -> bool:
    """Whether a member holds anything at all."""
    return value is not None and bool(told(value))


def _token(value: object) -> str:
    """In lower case, of a word in several parts as one; a byte that went astray in it is passed over."""
    cleaned = told(value).encode("ascii", "ignore").decode()
    return _INSIDE_WORDS.sub("", cleaned.lower()) if len(cleaned) <= _LONGEST else cleaned
