"""Telling a server who asks, by a token; signatures are in `oneroster.signatures`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, Protocol

import httpx2

from roster_operator.clock import Clock
from roster_operator.errors import (
    CredentialsRejected,
    ScopeRejected,
    SourceError,
    SourceRateLimited,
    SourceUnreachable,
)
from roster_operator.sources.failures import TRANSIENT, RedirectedAway, SlowDown
from roster_operator.sources.http import Answer
from roster_operator.sources.oauth2 import BearerAuth, NoTokenEndpoint, Token, TokenEndpoint, TokenRefused
from roster_operator.sources.terminology import WORDS, Words

Request = Callable[[httpx2.Auth], Answer]
"""Makes one request, with what tells who asks."""


def unauthorized(answer: Answer) -> bool:
    """HTTP 401."""
    return answer.status == HTTPStatus.UNAUTHORIZED


class Authorization(Protocol):
    """One way of telling who asks. Thread-safe."""

    @property
    def accepted(self) -> bool:
        """Whether the server, or its token endpoint, has accepted the credentials already."""
        ...

    def current(self) -> httpx2.Auth:
        """What the next request carries."""
        ...

    def ask(self, request: Request, refused: Callable[[Answer], bool] = unauthorized) -> Answer:
        """The answer to a request, which is made again if it is `refused` and something else may be accepted."""
        ...

    def rejection(self, answer: Answer) -> SourceError:
        """What a 401 that stays means."""
        ...


class GivenToken:
    """The token of the Secret."""

    accepted: Final = False

    def __init__(self, token: str, where: str, words: Words = WORDS) -> None:
        """`where` and `words` are for messages."""
        self._auth = BearerAuth(token)
        self._where = where
        self._words = words

    def current(self) -> httpx2.Auth:
        """Always the same."""
        return self._auth

    def ask(self, request: Request, refused: Callable[[Answer], bool] = unauthorized) -> Answer:
        """Once: there is only this token."""
        del refused
        return request(self._auth)

    def rejection(self, answer: Answer) -> SourceError:
        """The token is wrong or has ended."""
        del answer
        return CredentialsRejected(
            f"{self._where} refuses the {self._words.token}. District: issue a new one in {self._words.issue}. "
            "Publisher: put it into the Secret as token."
        )


class Tokens:
    """OAuth 2 client credentials. Fetches a token when it is needed, shortly before it ends, or when it is refused."""

    def __init__(self, endpoint: TokenEndpoint, clock: Clock, first: Token | None = None, words: Words = WORDS) -> None:
        """`first`: a token that was fetched already. `words` are for messages."""
        self._endpoint = endpoint
        self._clock = clock
        self._words = words
        self._lock = threading.Lock()
        self._auth: BearerAuth | None = None
        self._renew_at: float | None = None
        if first is not None:
            self._keep(first)

    @property
    def accepted(self) -> bool:
        """Whether a token was given out."""
        return self._auth is not None

    def current(self) -> httpx2.Auth:
        """A token that has some time to live."""
        with self._lock:
            if self._auth is None or (self._renew_at is not None and self._clock.monotonic() >= self._renew_at):
                return self._fetch()
            return self._auth

    def ask(self, request: Request, refused: Callable[[Answer], bool] = unauthorized) -> Answer:
        """Again if the token is refused: servers forget tokens early, and some take each for few requests only.

        So what was asked with a token that others used, too, is asked with one that is fetched for it alone: if that is
        refused, it is not because of the token. Meanwhile nobody fetches another, as that may end this one.
        """
        used = self.current()
        answer = request(used)
        if not refused(answer):
            return answer
        with self._lock:
            renewed = self._auth
            if renewed is used or renewed is None:
                return request(self._fetch())
        answer = request(renewed)
        if not refused(answer):
            return answer
        with self._lock:
            return request(self._fetch())

    def rejection(self, answer: Answer) -> SourceError:
        """The API refuses a token that its own endpoint has just given out."""
        del answer
        return CredentialsRejected(
            f"{self._endpoint.where} gives out a token, but the OneRoster API refuses it. "
            f"District: enable OneRoster for this application in {self._words.issue}, and check that the "
            f"{self._words.key} and {self._words.secret} are for it."
        )

    def _keep(self, token: Token) -> BearerAuth:
        self._auth = BearerAuth(token.value)
        self._renew_at = None if token.renew_after is None else self._clock.monotonic() + token.renew_after
        return self._auth

    def _fetch(self) -> BearerAuth:
        try:
            return self._keep(self._endpoint.fetch())
        except TokenRefused as refused:
            raise refusal(refused, self._endpoint.where, self._words) from None
        except (NoTokenEndpoint, RedirectedAway):
            raise SourceUnreachable(
                f"{self._endpoint.where} gives out no token. District: see whether the SIS is up, "
                "and check its token URL."
            ) from None
        except TRANSIENT as failure:
            # It was tried often enough; the request that needs the token must not try it all again.
            final = SourceRateLimited if isinstance(failure, SlowDown) else SourceUnreachable
            raise final(failure.message, retry_after=failure.retry_after) from None


def refusal(refused: TokenRefused, where: str, words: Words = WORDS, *, hint: str = "") -> CredentialsRejected:
    """What it means that a token was not given."""
    if not refused.scope_is_wrong:
        return rejected(where, hint, words=words)
    return ScopeRejected(
        f"{where} gives out no token for the scope that is asked for. District: permit the {words.key} to read rosters "
        f"(roster-core.readonly) in {words.issue}. Publisher: or set spec.source.scope to the scope that the SIS wants."
    )


def rejected(where: str, hint: str = "", *, words: Words = WORDS) -> CredentialsRejected:
    """The key or the secret is wrong."""
    return CredentialsRejected(
        f"{where} refuses the {words.key} or {words.secret}. District: compare them with what {words.issue} shows "
        f"for this application, and see that it is enabled and has not ended.{hint}"
    )
