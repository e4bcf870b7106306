"""Telling a server who asks by a signature of OAuth 1.0a."""

from __future__ import annotations

from typing import Final

import httpx2

from roster_operator.clock import Clock
from roster_operator.errors import ClockSkewed, SourceError
from roster_operator.sources.authorization import rejected
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.http import Answer
from roster_operator.sources.oneroster.oauth1 import SignedRequest
from roster_operator.sources.retries import parse_http_date
from roster_operator.sources.words import WORDS, Words

_TOLERATED_SKEW: Final = 300.0
"""Seconds. Servers accept signatures that are 5 to 10 minutes off."""


class Signatures:
    """OAuth 1.0a."""

    def __init__(self, credentials: Credentials, method: str, where: str, clock: Clock, words: Words = WORDS) -> None:
        """`method`: one of the signature methods of `oauth1`. `where` and `words` are for messages."""
        self.accepted = False
        """To be set once a signature was seen to be accepted."""
        self._auth = SignedRequest(credentials.client_id, credentials.client_secret, method, clock)
        self._where = where
        self._words = words
        self._clock = clock

    def current(self) -> httpx2.Auth:
        """Signs each request anew."""
        return self._auth

    def renew(self, used: httpx2.Auth) -> bool:
        """Never helps: a signature has nothing to renew."""
        del used
        return False

    def rejection(self, answer: Answer) -> SourceError:
        """The clocks differ, if the server's `Date` says so; else the key or the secret is wrong."""
        theirs = parse_http_date(answer.headers.get("date"))
        if theirs is not None:
            ahead = (theirs - self._clock.now()).total_seconds()
            if abs(ahead) > _TOLERATED_SKEW:
                return ClockSkewed(
                    f"{self._where} refuses the signature, and its clock is {abs(ahead) / 60:.0f} minutes "
                    f"{'ahead of' if ahead > 0 else 'behind'} ours. District: set the server's clock. "
                    "Platform: check the clocks of the cluster's nodes."
                )
        return rejected(self._where, words=self._words)
