"""Telling a server who asks by a signature of OAuth 1.0a."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import httpx2

from roster_operator.clock import Clock
from roster_operator.errors import ClockSkewed, SourceError
from roster_operator.sources.authorization import Request, rejected, unauthorized
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.http import Answer
from roster_operator.sources.oneroster.oauth1 import SignedRequest
from roster_operator.sources.retries import parse_http_date
from roster_operator.sources.terminology import WORDS, Words

_TOLERATED_SKEW: Final = 300.0
"""Seconds. Servers accept signatures that are 5 to 10 minutes off."""


class Signatures:
    """OAuth 1.0a."""

    def __init__(
        self,
        credentials: Credentials,
        method: str,
        where: str,
        clock: Clock,
        words: Words = WORDS,
        *,
        other_method: str = "",
    ) -> None:
        """`method`: one of the signature methods of `oauth1`. `where` and `words` are for messages.

        `other_method`: what `spec.source.auth` calls a method that may be tried instead of this one.
        """
        self.accepted = False
        """To be set once a signature was seen to be accepted."""
        self._auth = SignedRequest(credentials.client_id, credentials.client_secret, method, clock)
        self._where = where
        self._words = words
        self._clock = clock
        self._other_method = (
            f" Publisher: if they are right, the SIS may want signatures of another kind: set spec.source.auth to "
            f"{other_method}."
            if other_method
            else ""
        )

    def current(self) -> httpx2.Auth:
        """Signs each request anew."""
        return self._auth

    def ask(self, request: Request, refused: Callable[[Answer], bool] = unauthorized) -> Answer:
        """Once: a signature has nothing to renew."""
        del refused
        return request(self._auth)

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
        return rejected(self._where, self._other_method, words=self._words)
