"""Choosing the way of authorization, once for the life of a source."""

from __future__ import annotations

from http import HTTPStatus

from roster_operator.clock import Clock
from roster_operator.errors import CredentialsMissing, CredentialsRejected, SourceError, WrongURL
from roster_operator.sources.addresses import parse_address
from roster_operator.sources.authorization import Authorization, GivenToken, Tokens, rejected
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.failures import ServerFailed, from_status, web_page
from roster_operator.sources.http import Answer, BoundedHttp
from roster_operator.sources.oauth2 import NoTokenEndpoint, TokenEndpoint, TokenRefused
from roster_operator.sources.oneroster.oauth1 import HMAC_SHA1, HMAC_SHA256
from roster_operator.sources.oneroster.settings import AuthKind, OneRosterSettings
from roster_operator.sources.oneroster.signatures import Signatures
from roster_operator.sources.oneroster.urls import ApiBase
from roster_operator.sources.retries import Retrier

_ANOTHER_ENDPOINT = (
    " If the SIS gives out OAuth 2 tokens at an address of its own, set spec.source.tokenURL to it: "
    "none was found at the usual places beside the API."
)


class Negotiation:
    """Finds what a server accepts.

    With `AuthKind.AUTO` and no token: a token endpoint is believed, whether it says yes or, in the words of OAuth 2,
    that the key is wrong. Anything else there (not found, a web page, a bare 401 as servers give that check a
    signature on every path) leaves OAuth 1.0a to be tried, with HMAC-SHA256 and then HMAC-SHA1.
    """

    def __init__(
        self,
        settings: OneRosterSettings,
        credentials: Credentials,
        base: ApiBase,
        *,
        http: BoundedHttp,
        retrier: Retrier,
        clock: Clock,
    ) -> None:
        """Raises `CredentialsMissing` if the Secret lacks what the kind of authorization needs."""
        self._settings = settings
        self._credentials = credentials
        self._base = base
        self._http = http
        self._retrier = retrier
        self._clock = clock
        kind = settings.auth
        self._bearer = kind is AuthKind.BEARER or (kind is AuthKind.AUTO and bool(credentials.token))
        if self._bearer and not credentials.token:
            raise CredentialsMissing(
                "spec.source.auth is Bearer, but the Secret holds no token. Platform: add the key token to the Secret. "
                "Publisher: or set spec.source.auth to Auto."
            )
        if not self._bearer and not (credentials.client_id and credentials.client_secret):
            raise CredentialsMissing("The Secret needs clientID and clientSecret (or consumer key and secret).")
        self._token_urls = self._candidates()
        self._scope = (settings.scope or "").replace("{version}", "v1p1")

    def settle(self) -> Authorization:
        """What the server accepts, or a `SourceError` that says why nothing was accepted."""
        if self._bearer:
            return GivenToken(self._credentials.token, self._base.where)
        match self._settings.auth:
            case AuthKind.OAUTH1_HMAC_SHA256:
                return self._signatures(HMAC_SHA256)
            case AuthKind.OAUTH1_HMAC_SHA1:
                return self._signatures(HMAC_SHA1)
            case AuthKind.OAUTH2:
                return self._tokens(only=True)
            case _:
                return self._tokens(only=self._settings.token_url is not None)

    def _candidates(self) -> tuple[str, ...]:
        if self._settings.token_url is None:
            return (f"{self._base.root}/token", f"{self._base.root}/oauth/token")
        return (str(parse_address(self._settings.token_url, field="spec.source.tokenURL")),)

    def _tokens(self, *, only: bool) -> Authorization:
        """OAuth 2; if `only` is false, OAuth 1.0a where the server has no token endpoint that knows its business."""
        refusal: CredentialsRejected | None = None
        failure: SourceError | None = None
        for url in self._token_urls:
            endpoint = TokenEndpoint(url, self._credentials, self._scope, self._http, self._retrier)
            try:
                return Tokens(endpoint, self._clock, endpoint.fetch())
            except NoTokenEndpoint:
                continue
            except TokenRefused as refused:
                refusal = rejected(endpoint.where)
                if refused.key_is_wrong:
                    raise refusal from None
            except (ServerFailed, WrongURL) as error:
                failure = failure or (error if isinstance(error, ServerFailed) else None)
        if only:
            raise refusal or failure or self._no_endpoint()
        try:
            return self._signed()
        except CredentialsRejected:
            if failure is not None:
                raise failure from None
            raise

    def _no_endpoint(self) -> WrongURL:
        return WrongURL(
            f"No OAuth 2 token is given out at {' or '.join(url.partition('?')[0] for url in self._token_urls)}. "
            "District: tell the publisher the token URL of the SIS. Publisher: set spec.source.tokenURL to it."
        )

    def _signatures(self, method: str) -> Signatures:
        return Signatures(self._credentials, method, self._base.where, self._clock)

    def _signed(self) -> Authorization:
        rejection: SourceError = rejected(self._base.where)
        for method in (HMAC_SHA256, HMAC_SHA1):
            signatures = self._signatures(method)
            answer = self._try(signatures)
            if answer.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
                return signatures
            rejection = signatures.rejection(answer)
        if isinstance(rejection, CredentialsRejected):
            raise rejected(self._base.where, _ANOTHER_ENDPOINT)
        raise rejection

    def _try(self, signatures: Signatures) -> Answer:
        """The answer to one signed request; raises if it says nothing about the signature."""

        def attempt(route: str) -> Answer:
            answer = self._http.get(
                self._base.route(route, limit=1, offset=0), where=self._base.where, auth=signatures.current()
            )
            if answer.status == HTTPStatus.OK and answer.is_html:
                raise web_page(self._base.where)
            telling = {
                HTTPStatus.OK,
                HTTPStatus.NO_CONTENT,
                HTTPStatus.BAD_REQUEST,
                HTTPStatus.UNAUTHORIZED,
                HTTPStatus.FORBIDDEN,
                HTTPStatus.NOT_FOUND,
            }
            if answer.status not in telling:
                asked = self._retrier.asked_for(answer.headers)
                raise from_status(answer.status, self._base.where, retry_after=asked)
            return answer

        answer = self._retrier.call(lambda: attempt("schools"))
        if answer.status == HTTPStatus.NOT_FOUND:
            answer = self._retrier.call(lambda: attempt("orgs"))
        if answer.status == HTTPStatus.NOT_FOUND:
            raise from_status(answer.status, self._base.where)
        return answer
