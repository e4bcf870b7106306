"""Choosing the way of authorization for one place where the API may be."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from http import HTTPStatus

from roster_operator.api.v1alpha1.choices import AuthMethod
from roster_operator.clock import Clock
from roster_operator.errors import (
    CredentialsMissing,
    CredentialsRejected,
    SourceError,
    SourceProtocolError,
    SourceRateLimited,
    SourceUnreachable,
    WrongURL,
)
from roster_operator.sources.addresses import parse_address
from roster_operator.sources.authorization import Authorization, GivenToken, Tokens, refusal, rejected
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.failures import RedirectedAway, ServerFailed, from_status, web_page
from roster_operator.sources.http import WITH_ROWS, Answer, BoundedHttp
from roster_operator.sources.oauth2 import NoTokenEndpoint, TokenEndpoint, TokenRefused
from roster_operator.sources.oneroster.applications import find_application
from roster_operator.sources.oneroster.oauth1 import HMAC_SHA1, HMAC_SHA256
from roster_operator.sources.oneroster.settings import OneRosterSettings, headers_of, token_of
from roster_operator.sources.oneroster.signatures import Signatures
from roster_operator.sources.oneroster.urls import APPLICATION, ApiBase
from roster_operator.sources.retries import Retrier

_ANOTHER_ENDPOINT = (
    " If the SIS gives out OAuth 2 tokens at an address of its own, set spec.source.tokenURL to it: "
    "none was found at the usual places beside the API."
)
_TELL_US = "District: tell the publisher the token URL of the SIS. Publisher: set spec.source.tokenURL to it."
_AN_APPLICATION = (
    " Publisher: if the token URL that the SIS shows ends in an application's name (?appName=...), set "
    "spec.source.tokenURL to it, or spec.source.applicationID to the name."
)


@dataclass(slots=True)
class _Heard:
    """What places said that gave out no token."""

    rejection: CredentialsRejected | None = None
    failure: ServerFailed | None = None
    away: RedirectedAway | None = None


class Negotiation:
    """Finds what a server accepts.

    With `AuthMethod.AUTO` and no token: a token endpoint is believed, whether it says yes or, in the words of OAuth 2,
    that the key is wrong. Anything else there (not found, a web page, a bare 401 as servers give that check a
    signature on every path) leaves OAuth 1.0a to be tried, with HMAC-SHA256 and then HMAC-SHA1.
    """

    def __init__(
        self,
        settings: OneRosterSettings,
        credentials: Credentials,
        *,
        http: BoundedHttp,
        retrier: Retrier,
        clock: Clock,
    ) -> None:
        """Raises `CredentialsMissing` if the Secret lacks what the kind of authorization needs."""
        self._settings = settings
        self._credentials = credentials
        self._http = http
        self._retrier = retrier
        self._clock = clock
        self._words = words = settings.words
        kind = settings.auth
        self._bearer = kind is AuthMethod.BEARER or (kind is AuthMethod.AUTO and bool(credentials.token))
        if self._bearer and not credentials.token:
            raise CredentialsMissing(
                f"The Secret holds no token, and this SIS is asked with one (spec.source.auth Bearer). Publisher: put "
                f"the {words.token} of {words.issue} into the Secret as token, or set spec.source.auth to Auto."
            )
        if not self._bearer and not (credentials.client_id and credentials.client_secret):
            raise CredentialsMissing(
                f"The Secret needs clientID and clientSecret: the {words.key} and {words.secret} of {words.issue}."
            )
        self._token_url = (
            None if settings.token_url is None else str(parse_address(settings.token_url, field="spec.source.tokenURL"))
        )

    def settle(self, base: ApiBase) -> tuple[ApiBase, Authorization]:
        """Where exactly the API is and what it accepts, or a `SourceError` that says why nothing was accepted."""
        authorization = self._authorization(base)
        if base.lacks_application:
            base = base.of(
                find_application(
                    base,
                    self._settings.discovery,
                    authorization,
                    http=self._http,
                    retrier=self._retrier,
                    words=self._words,
                )
            )
        return base, authorization

    def _authorization(self, base: ApiBase) -> Authorization:
        if self._bearer:
            return GivenToken(self._credentials.token, base.where, self._words)
        match self._settings.auth:
            case AuthMethod.OAUTH1:
                return self._signatures(base, HMAC_SHA256, other_method=AuthMethod.OAUTH1_SHA1)
            case AuthMethod.OAUTH1_SHA1:
                return self._signatures(base, HMAC_SHA1, other_method=AuthMethod.OAUTH1)
            case AuthMethod.OAUTH2:
                return self._tokens(base, only=True)
            case _:
                return self._tokens(base, only=self._token_url is not None)

    def _token_urls(self, base: ApiBase) -> tuple[str, ...]:
        if self._token_url is not None:
            return (self._token_url,)
        known = {"{origin}": base.origin, "{root}": base.root, "{api}": base.url}
        urls = []
        for template in self._settings.token_urls:
            if APPLICATION in template and not base.application:
                continue
            url = template.replace(APPLICATION, base.application)
            for variable, value in known.items():
                url = url.replace(variable, value)
            urls.append(url)
        return tuple(urls)

    def _hint(self, base: ApiBase) -> str:
        """Where tokens are given out for an application that nobody named."""
        nameless = self._token_url is None and not base.application
        return _AN_APPLICATION if nameless and any(APPLICATION in url for url in self._settings.token_urls) else ""

    def _tokens(self, base: ApiBase, *, only: bool) -> Authorization:
        """OAuth 2; if `only` is false, OAuth 1.0a where the server has no token endpoint that knows its business.

        Below its own path an API may answer whatever it likes to what it does not know: that is asked last.
        """
        heard = _Heard()
        urls = self._token_urls(base)
        below = tuple(url for url in urls if url.startswith(f"{base.url}/") and url != self._token_url)
        beside = tuple(url for url in urls if url not in below)
        if found := self._given_out(base, beside, heard):
            return found
        if only:
            found = self._given_out_below(base, below)
            if found is None:
                raise heard.rejection or heard.failure or self._no_endpoint(base, urls, heard.away)
            return found
        try:
            return self._signed(base, heard.away)
        except CredentialsRejected as rejected_signature:
            if found := self._given_out_below(base, below):
                return found
            raise heard.failure or rejected_signature from None

    def _given_out_below(self, base: ApiBase, urls: tuple[str, ...]) -> Tokens | None:
        with contextlib.suppress(SourceUnreachable, SourceProtocolError, SourceRateLimited):
            return self._given_out(base, urls, _Heard())
        return None

    def _given_out(self, base: ApiBase, urls: tuple[str, ...], heard: _Heard) -> Tokens | None:
        """Tokens of the first of these places that gives out any; `heard` takes what the others said."""
        scope = (self._settings.scope or "").replace("{version}", token_of(base.version))
        for url in urls:
            endpoint = TokenEndpoint(
                url,
                self._credentials,
                scope,
                self._http,
                self._retrier,
                credentials_in=self._settings.token_credentials,
                parameters_in=self._settings.token_parameters,
            )
            try:
                return Tokens(endpoint, self._clock, endpoint.fetch(), self._words)
            except NoTokenEndpoint:
                continue
            except TokenRefused as refused:
                heard.rejection = refusal(refused, endpoint.where, self._words, hint=self._hint(base))
                if refused.key_is_wrong or refused.scope_is_wrong:
                    raise heard.rejection from None
            except RedirectedAway as error:
                heard.away = heard.away or error
            except ServerFailed as error:
                heard.failure = heard.failure or error
            except WrongURL:
                continue
        return None

    def _no_endpoint(self, base: ApiBase, urls: tuple[str, ...], away: RedirectedAway | None) -> WrongURL:
        """The token URL is wrong; or the base URL, if there is no API either."""
        if away is not None:
            return WrongURL(
                f"{away.where} gives out no token and redirects to another server; credentials are not sent there. "
                f"{_TELL_US}"
            )
        if self._token_url is None:
            self._try(base, None)
        tried = " or ".join(dict.fromkeys(url.partition("?")[0] for url in urls))
        return WrongURL(f"No OAuth 2 token is given out{f' at {tried}' if tried else ''}. {_TELL_US}")

    def _signatures(self, base: ApiBase, method: str, *, other_method: str = "") -> Signatures:
        return Signatures(self._credentials, method, base.where, self._clock, self._words, other_method=other_method)

    def _signed(self, base: ApiBase, away: RedirectedAway | None) -> Authorization:
        rejection: SourceError = rejected(base.where, words=self._words)
        for method in (HMAC_SHA256, HMAC_SHA1):
            signatures = self._signatures(base, method)
            answer = self._try(base, signatures)
            if answer.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
                signatures.accepted = True
                return signatures
            rejection = signatures.rejection(answer)
        if isinstance(rejection, CredentialsRejected):
            led = f" {away.where} redirects to another server." if away is not None else ""
            raise rejected(base.where, _ANOTHER_ENDPOINT + led, words=self._words)
        raise rejection

    def _try(self, base: ApiBase, signatures: Signatures | None) -> Answer:
        """The answer to one request, signed or not; raises if it says nothing about the signature.

        So it raises a `WrongURL` where no API is.
        """

        def attempt(route: str) -> Answer:
            answer = self._http.get(
                base.route(route, limit=1, offset=0),
                where=base.where,
                auth=signatures.current() if signatures is not None else None,
                headers=headers_of(self._settings.content_type),
            )
            if answer.status in WITH_ROWS and answer.is_html:
                raise web_page(base.where, words=self._words)
            telling = {
                *WITH_ROWS,
                HTTPStatus.NO_CONTENT,
                HTTPStatus.BAD_REQUEST,
                HTTPStatus.UNAUTHORIZED,
                HTTPStatus.FORBIDDEN,
                HTTPStatus.NOT_FOUND,
            }
            if answer.status not in telling:
                asked = self._retrier.asked_for(answer.headers)
                raise from_status(answer.status, base.where, retry_after=asked, words=self._words)
            return answer

        answer = self._retrier.call(lambda: attempt("schools"))
        if answer.status == HTTPStatus.NOT_FOUND:
            answer = self._retrier.call(lambda: attempt("orgs"))
        if answer.status == HTTPStatus.NOT_FOUND:
            raise from_status(answer.status, base.where, words=self._words)
        return answer
