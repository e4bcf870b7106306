"""OAuth 2 client credentials: a token endpoint and the ways in which it wants to be asked (RFC 6749, section 4.4)."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import httpx2
import msgspec
from authlib.oauth2.auth import ClientAuth

from roster_operator.api.v1alpha1.choices import TokenCredentials, TokenParameters
from roster_operator.errors import SourceError
from roster_operator.sources.addresses import label
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.failures import from_status
from roster_operator.sources.http import Answer, BoundedHttp
from roster_operator.sources.retries import Retrier

_ERRORS_OF_THE_KEY: Final = frozenset({"invalid_client", "unauthorized_client", "invalid_grant", "access_denied"})
_ERRORS_OF_THE_FORM: Final = frozenset({"invalid_request", "unsupported_grant_type"})
"""What a server says that did not look where the parameters were."""
_WRONG_SCOPE: Final = "invalid_scope"
_EARLY: Final = 60.0
"""Seconds before its end at which a token is renewed; a tenth of its life if that is shorter."""


_AUTHLIB_WORDS: Final = {TokenCredentials.BASIC: "client_secret_basic", TokenCredentials.BODY: "client_secret_post"}

_Way = tuple[TokenCredentials, TokenParameters]


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

    def __init__(self, error: str | None) -> None:
        """`error`: the code of RFC 6749, if the answer has one: then it is a token endpoint and knows what it says."""
        super().__init__()
        self.key_is_wrong = error in _ERRORS_OF_THE_KEY
        self.scope_is_wrong = error == _WRONG_SCOPE


class BearerAuth(httpx2.Auth):
    """Sends a token with each request."""

    def __init__(self, token: str) -> None:
        """`token` is sent as it is."""
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Adds the Authorization header."""
        request.headers["Authorization"] = self._header
        yield request


class _ClientAuth(httpx2.Auth, ClientAuth):  # type: ignore[misc]  # authlib has no types
    """Sends client id and secret with the request for a token."""

    requires_request_body = True

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Adds them to the header or to the form."""
        url, headers, body = self.prepare(request.method, str(request.url), request.headers, request.content)
        headers["Content-Length"] = str(len(body))
        yield httpx2.Request(request.method, url, headers=headers, content=body, extensions=request.extensions)


class _Grant(msgspec.Struct):
    access_token: str
    expires_in: str | int | float | None = None


class _Refusal(msgspec.Struct):
    error: str


# Built once, as msgspec must not build one type's decoder in two threads at the same time: the process would crash.
_decode_grant: Final = msgspec.json.Decoder(_Grant).decode
_decode_refusal: Final = msgspec.json.Decoder(_Refusal).decode


class TokenEndpoint:
    """One URL that may give out tokens. Remembers in which way it wanted to be asked."""

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        scope: str | None,
        http: BoundedHttp,
        retrier: Retrier,
        *,
        credentials_in: TokenCredentials = TokenCredentials.AUTO,
        parameters_in: TokenParameters = TokenParameters.BODY,
    ) -> None:
        """`url` may have a query, which some vendors need. Parameters are put elsewhere if they are not found there."""
        self._url = url
        self._credentials = credentials
        self._scope = scope
        self._http = http
        self._retrier = retrier
        self._ways = _ways(credentials_in, parameters_in)
        self.where = label(httpx2.URL(url))

    def fetch(self) -> Token:
        """A new token.

        Raises `NoTokenEndpoint`, `TokenRefused`, or a `SourceError` if it could not be asked.
        """
        refusals: list[Answer] = []
        for way in self._ways:
            if refusals and way[1] is not self._ways[0][1] and not _looked_elsewhere(refusals):
                break
            answer = self._scoped(way)
            if not _refused(answer):
                self._ways = (way,)
                return self._judge(answer)
            refusals.append(answer)
        return self._judge(next(filter(_is_telling, refusals), refusals[0]))

    def _scoped(self, way: _Way) -> Answer:
        """Without the scope if the server does not know it."""
        answer = self._ask(way, self._scope)
        if self._scope and _refused(answer) and _error_of(answer) == _WRONG_SCOPE:
            unscoped = self._ask(way, None)
            if not _refused(unscoped):
                self._scope = None
                return unscoped
        return answer

    def _ask(self, way: _Way, scope: str | None) -> Answer:
        credentials_in, parameters_in = way
        parameters = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
        in_query = parameters_in is TokenParameters.QUERY
        url = str(httpx2.URL(self._url).copy_merge_params(parameters)) if in_query else self._url
        auth = _ClientAuth(self._credentials.client_id, self._credentials.client_secret, _AUTHLIB_WORDS[credentials_in])

        def attempt() -> Answer:
            answer = self._http.post(url, where=self.where, auth=auth, form={} if in_query else parameters)
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
        if error is not None or _refused(answer):
            raise TokenRefused(error)
        if answer.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise NoTokenEndpoint
        try:
            grant = _decode_grant(answer.body)
        except (ValueError, RecursionError):
            raise NoTokenEndpoint from None
        if not grant.access_token.strip() or not grant.access_token.isascii() or not grant.access_token.isprintable():
            raise NoTokenEndpoint
        return Token(grant.access_token.strip(), _lifetime(grant.expires_in))


def _ways(credentials_in: TokenCredentials, parameters_in: TokenParameters) -> tuple[_Way, ...]:
    """In which order to ask; those that put the parameters elsewhere come last."""
    automatic = credentials_in is TokenCredentials.AUTO
    places = (TokenCredentials.BASIC, TokenCredentials.BODY) if automatic else (credentials_in,)
    elsewhere = next(other for other in TokenParameters if other is not parameters_in)
    return tuple((place, parameters) for parameters in (parameters_in, elsewhere) for place in places)


def _is_telling(refusal: Answer) -> bool:
    return _error_of(refusal) in {*_ERRORS_OF_THE_KEY, _WRONG_SCOPE}


def _looked_elsewhere(refusals: list[Answer]) -> bool:
    """Whether the server seems not to have found the parameters."""
    return _error_of(refusals[-1]) in _ERRORS_OF_THE_FORM and not any(map(_is_telling, refusals))


def _refused(answer: Answer) -> bool:
    return answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def _error_of(answer: Answer) -> str | None:
    """The error code of RFC 6749, section 5.2, if the answer has one."""
    try:
        return _decode_refusal(answer.body).error
    except (ValueError, RecursionError):
        return None


def _lifetime(expires_in: str | int | float | None) -> float | None:
    """Seconds; vendors write a number or a string."""
    try:
        seconds = float(expires_in) if expires_in is not None else 0.0
    except ValueError:
        return None
    return seconds if 0 < seconds < 1e9 else None
