"""OAuth 2 client credentials: a token endpoint and the ways in which it wants to be asked (RFC 6749, section 4.4)."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

import httpx2
import msgspec
from authlib.integrations.httpx_client import OAuth2ClientAuth

from roster_operator.errors import SourceError
from roster_operator.sources.addresses import label
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.failures import from_status
from roster_operator.sources.http import Answer, BoundedHttp
from roster_operator.sources.retries import Retrier

_ERRORS_OF_THE_KEY: Final = frozenset({"invalid_client", "unauthorized_client", "invalid_grant", "access_denied"})
_EARLY: Final = 60.0
"""Seconds before its end at which a token is renewed; a tenth of its life if that is shorter."""


class ClientAuthentication(StrEnum):
    """Where the client id and secret are put, in authlib's words."""

    BASIC = "client_secret_basic"
    BODY = "client_secret_post"


@dataclass(frozen=True, slots=True)
class Token:
    """An access token."""

    value: str
    lifetime: float | None
    """Seconds; None if the server does not say."""

    def __repr__(self) -> str:
        """Nothing of the token: reprs end up in logs."""
        return "Token(...)"

    @property
    def renew_after(self) -> float | None:
        """Seconds after which a new one should be fetched."""
        return None if self.lifetime is None else self.lifetime - min(_EARLY, self.lifetime / 10)


class NoTokenEndpoint(Exception):
    """What answers there does not give out tokens."""


class TokenRefused(Exception):
    """The answer to the request for a token was no."""

    def __init__(self, *, key_is_wrong: bool) -> None:
        """`key_is_wrong`: it said so in the words of OAuth 2, so it is a token endpoint and knows what it says."""
        super().__init__()
        self.key_is_wrong = key_is_wrong


class BearerAuth(httpx2.Auth):
    """Sends a token with each request."""

    def __init__(self, token: str) -> None:
        """`token` is sent as it is."""
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Adds the Authorization header."""
        request.headers["Authorization"] = self._header
        yield request


class _Grant(msgspec.Struct):
    access_token: str
    expires_in: str | int | float | None = None


class _Refusal(msgspec.Struct):
    error: str


class TokenEndpoint:
    """One URL that may give out tokens. Remembers in which way it wanted to be asked."""

    def __init__(self, url: str, credentials: Credentials, scope: str | None, http: BoundedHttp, retrier: Retrier):
        """`url` may have a query, which some vendors need."""
        self._url = url
        self._credentials = credentials
        self._scope = scope
        self._http = http
        self._retrier = retrier
        self._authentication = ClientAuthentication.BASIC
        self.where = label(httpx2.URL(url))

    def fetch(self) -> Token:
        """A new token.

        Raises `NoTokenEndpoint`, `TokenRefused`, or a `SourceError` if it could not be asked.
        """
        answer = self._ask(self._authentication)
        if _refused(answer) and _error_of(answer) == "invalid_scope" and self._scope:
            self._scope = None
            answer = self._ask(self._authentication)
        if _refused(answer) and self._authentication is ClientAuthentication.BASIC:
            in_body = self._ask(ClientAuthentication.BODY)
            if not _refused(in_body):
                self._authentication = ClientAuthentication.BODY
                answer = in_body
        return self._judge(answer)

    def _ask(self, authentication: ClientAuthentication) -> Answer:
        form = {"grant_type": "client_credentials"}
        if self._scope:
            form["scope"] = self._scope
        auth = OAuth2ClientAuth(self._credentials.client_id, self._credentials.client_secret, authentication.value)

        def attempt() -> Answer:
            answer = self._http.post(self._url, where=self.where, auth=auth, form=form)
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise self._failure(answer)
            return answer

        return self._retrier.call(attempt)

    def _failure(self, answer: Answer) -> SourceError:
        if answer.status == HTTPStatus.NOT_IMPLEMENTED:
            raise NoTokenEndpoint
        return from_status(answer.status, self.where, retry_after=self._retrier.asked_for(answer.headers))

    def _judge(self, answer: Answer) -> Token:
        error = _error_of(answer)
        if _refused(answer):
            raise TokenRefused(key_is_wrong=error in _ERRORS_OF_THE_KEY)
        if error is not None:
            raise TokenRefused(key_is_wrong=error in _ERRORS_OF_THE_KEY)
        if answer.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise NoTokenEndpoint
        try:
            grant = msgspec.json.decode(answer.body, type=_Grant)
        except (ValueError, RecursionError):
            raise NoTokenEndpoint from None
        if not grant.access_token.strip() or not grant.access_token.isascii() or not grant.access_token.isprintable():
            raise NoTokenEndpoint
        return Token(grant.access_token.strip(), _lifetime(grant.expires_in))


def _refused(answer: Answer) -> bool:
    return answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def _error_of(answer: Answer) -> str | None:
    """The error code of RFC 6749, section 5.2, if the answer has one."""
    try:
        return msgspec.json.decode(answer.body, type=_Refusal).error
    except (ValueError, RecursionError):
        return None


def _lifetime(expires_in: str | int | float | None) -> float | None:
    """Seconds; vendors write a number or a string."""
    try:
        seconds = float(expires_in) if expires_in is not None else 0.0
    except ValueError:
        return None
    return seconds if 0 < seconds < 1e9 else None
