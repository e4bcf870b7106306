"""Logins that a privacy shield has put in the place of the real ones. Pure.

Districts switch such a shield on for a publisher: each username and email is a token then, or an address that nobody
has. Nobody may be matched by it: it may be somebody else's tomorrow, and single sign-on knows none of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_FEW: Final = 10
_MOST: Final = 80
"""Percent of those who have a login; a few such logins are people's own."""
_TOKEN: Final = re.compile(
    r"(?=[0-9a-f]{8})(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=\w*[0-9])(?=\w*[a-f])[0-9a-f]{20,})(?:@|$)"
)
_WORDS: Final = ("mask", "redacted", "anonym", "pseudonym")
_NOBODYS: Final = re.compile(r"@[^@]*\.invalid$")


def is_masked(login: str) -> bool:
    """Whether a login looks like a token, or like the address of nobody."""
    lowered = login.lower()
    return _TOKEN.match(lowered) is not None or _says_so(lowered)


def _says_so(lowered: str) -> bool:
    return any(word in lowered for word in _WORDS) or _NOBODYS.search(lowered) is not None


def _masked_among(logins: Sequence[str]) -> int:
    """How many of them are; mostly none is, which a look at all of them together shows."""
    together = "\n".join(logins).lower()
    if ".invalid" in together or any(word in together for word in _WORDS):
        return sum(map(is_masked, logins))
    return len(list(filter(None, map(_TOKEN.match, together.split("\n")))))


class Masks:
    """Counts them among people in scope."""

    def __init__(self) -> None:
        """Nobody was given yet."""
        self.found = 0
        self._logins = 0

    def add(self, logins: Sequence[str]) -> None:
        """Take the logins of several people."""
        self._logins += len(logins)
        self.found += _masked_among(logins)

    @property
    def prevail(self) -> bool:
        """Whether the feed is masked, and not just somebody's login odd."""
        return self.found >= _FEW and self.found * 100 >= self._logins * _MOST
