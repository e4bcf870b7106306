"""Logins that a privacy shield has put in the place of the real ones. Pure.

Districts switch such a shield on for a publisher: each username and email is a token then, or an address that nobody
has. Nobody may be matched by it: it may be somebody else's tomorrow, and single sign-on knows none of it.
"""

from __future__ import annotations

import re
from typing import Final

_FEW: Final = 10
_MOST: Final = 80
"""Percent of those who have a login; a few such logins are people's own."""
_TOKEN: Final = re.compile(
    r"^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=\w*[0-9])(?=\w*[a-f])[0-9a-f]{20,})(?:@|$)"
    r"|mask|redacted|anonym|pseudonym|@[^@]*\.invalid$"
)


def is_masked(login: str) -> bool:
    """Whether a login looks like a token, or like the address of nobody."""
    return _TOKEN.search(login.lower()) is not None


class Masks:
    """Counts them among people in scope."""

    def __init__(self) -> None:
        """Nobody was given yet."""
        self.found = 0
        self._logins = 0

    def add(self, login: str) -> None:
        """Take somebody's login."""
        self._logins += 1
        self.found += is_masked(login)

    @property
    def prevail(self) -> bool:
        """Whether the feed is masked, and not just somebody's login odd."""
        return self.found >= _FEW and self.found * 100 >= self._logins * _MOST
