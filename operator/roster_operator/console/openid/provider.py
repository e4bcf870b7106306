"""The provider: where people sign in, and whose word for it is believed once all of it is checked.

OpenID Connect Core 1.0, the authorization code flow with PKCE (RFC 7636); what the provider offers, by OpenID Connect
Discovery 1.0. Requests and signatures are authlib's and joserfc's; what must hold of an answer is decided here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from roster_operator.clock import Clock
from roster_operator.console.openid.flows import Flow
from roster_operator.console.openid.tokens import MALFORMED, Expected, NotBelieved, UnknownKey, claims_of
from roster_operator.errors import InputError
from roster_operator.service.refusals import Refused

logger = logging.getLogger(__name__)

_PATIENCE: Final = 10.0
_AT_A_TIME: Final = 8
"""Sign-ins of which the provider is asked something."""
_FRESH: Final = timedelta(hours=1)
_KEYS_EVERY: Final = timedelta(seconds=30)
"""At most: anybody can send tokens that name a key which the provider never had."""
_RESPITE: Final = timedelta(seconds=5)
"""For which a provider that did not answer is not asked again: others would wait for it one after the other."""
_LARGEST: Final = 1024 * 1024
_AWAY: Final = "The sign-in provider does not answer as it should. Try again. Platform: see the console's log."
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Client:
    """The console, as the provider knows it."""

    issuer: str
    id: str
    callback: str
    """The address to which the provider sends people back."""
    scopes: Sequence[str] = ("openid",)
    find_secret: Callable[[], str] = field(default=str, repr=False)
    """Empty: a public client."""


class Provider:
    """Of one issuer; its answers are believed for an hour."""

    def __init__(self, client: Client, clock: Clock, *, trust: ssl.SSLContext | None = None) -> None:
        """`trust`: the authorities of its certificates, if not those of the machine. Raises `InputError`."""
        if not is_safe(client.issuer):
            raise InputError("The issuer of OpenID Connect must be an https:// address. Platform: correct it.")
        self.issuer = client.issuer
        self._client = client
        self._clock = clock
        self._trust = trust or ssl.create_default_context()
        self._asked = asyncio.Semaphore(_AT_A_TIME)
        self._one_at_a_time = asyncio.Lock()
        self._found: tuple[datetime, Mapping[str, Any]] | None = None
        self._failed: datetime | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    async def address(self, flow: Flow) -> str:
        """Where the browser goes to sign in; raises `Refused`."""
        metadata = await self._metadata()
        async with self._session(metadata) as session:
            asked = {"nonce": flow.nonce, "code_verifier": flow.verifier, "state": flow.state}
            address, _ = session.create_authorization_url(metadata["authorization_endpoint"], **asked)
        return str(address)

    async def goodbye(self) -> str:
        """Where people end their session at the provider; empty if it has no such page, or does not answer."""
        try:
            end = (await self._metadata()).get("end_session_endpoint")
        except Refused:
            return ""
        asked = urlencode({"client_id": self._client.id})
        return f"{end}{'&' if '?' in end else '?'}{asked}" if isinstance(end, str) and is_safe(end) else ""

    async def claims(self, code: str, flow: Flow, issuer: str) -> Mapping[str, Any]:
        """What the provider says of who signed in, for the code that came back; raises `Refused`.

        `issuer`: who says that it sent the code (RFC 9207), if it says so.
        """
        metadata = await self._metadata()
        if (issuer or metadata.get("authorization_response_iss_parameter_supported")) and issuer != self._client.issuer:
            raise _not_believed("the code comes from another issuer")
        token = await self._token(metadata, code, flow)
        expected = Expected(self._client.issuer, self._client.id, flow.nonce)
        for last in (False, True):
            keys = await self._key_set(metadata, anew=last)
            try:
                return claims_of(token, keys, expected, self._clock.now())
            except UnknownKey:
                if last:
                    raise _not_believed("it is signed by a key that is not the provider's") from None
            except NotBelieved as reason:
                raise _not_believed(str(reason)) from None
        raise AssertionError

    async def _token(self, metadata: Mapping[str, Any], code: str, flow: Flow) -> Mapping[str, Any]:
        try:
            async with self._asked, asyncio.timeout(_PATIENCE), self._session(metadata) as session:
                answer = await session.fetch_token(
                    metadata["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=flow.verifier
                )
            return dict(answer)
        except OAuthError as error:
            raise _not_believed(f"it refused the code: {_word(error.error)}") from None
        except (httpx2.HTTPError, TimeoutError, *MALFORMED) as error:
            raise _away(f"its token endpoint: {type(error).__name__}") from None

    async def _metadata(self) -> Mapping[str, Any]:
        async with self._one_at_a_time:
            now = self._clock.now()
            if self._failed is not None and now - self._failed < _RESPITE:
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, _AWAY)
            if self._found is None or now - self._found[0] > _FRESH:
                self._failed = now
                found = await self._json(f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self._client.issuer:
                    raise _away("the issuer that it names is not the one that is configured")
                if not all(isinstance(found.get(each), str) and is_safe(found[each]) for each in _ENDPOINTS):
                    raise _away("its configuration lacks an endpoint, or has one that is not https")
                self._found, self._failed = (now, found), None
            return self._found[1]

    async def _key_set(self, metadata: Mapping[str, Any], *, anew: bool) -> KeySet:
        async with self._one_at_a_time:
            now = self._clock.now()
            age = now - self._keys[0] if self._keys else None
            if self._keys is None or age is None or age > _FRESH or (anew and age > _KEYS_EVERY):
                self._keys = now, _key_set(await self._json(metadata["jwks_uri"]))
            return self._keys[1]

    async def _json(self, address: str) -> dict[str, Any]:
        try:
            async with (
                self._asked,
                asyncio.timeout(_PATIENCE),
                httpx2.AsyncClient(verify=self._trust) as session,
                session.stream("GET", address, headers={"Accept": "application/json"}) as answer,
            ):
                answer.raise_for_status()
                body = b""
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > _LARGEST:
                        raise _away(f"{address}: more than {_LARGEST} bytes")
                found = httpx2.Response(200, content=body).json()
        except (httpx2.HTTPError, TimeoutError, ValueError) as error:
            raise _away(f"{address}: {type(error).__name__}") from None
        if not isinstance(found, dict):
            raise _away(f"{address}: no object")
        return found

    def _session(self, metadata: Mapping[str, Any]) -> Any:
        """authlib's client, for one request."""
        secret = self._client.find_secret()
        offered = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        by = "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
        return AsyncOAuth2Client(
            client_id=self._client.id,
            client_secret=secret or None,
            token_endpoint_auth_method=by if secret else "none",
            scope=" ".join(dict.fromkeys(("openid", *self._client.scopes))),
            redirect_uri=self._client.callback,
            code_challenge_method="S256",
            verify=self._trust,
            timeout=_PATIENCE,
        )


def _key_set(found: Mapping[str, Any]) -> KeySet:
    """The keys for signatures that can be used here; a provider may have others beside them."""
    keys = []
    for each in found.get("keys") or ():
        try:
            if each.get("use", "sig") == "sig" and each.get("kty") != "oct":
                keys.append(JWKRegistry.import_key(each))
        except (JoseError, *MALFORMED):
            continue
    return KeySet(keys)


def is_safe(address: str) -> bool:
    """Whether what is sent there is encrypted, or does not leave the machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        here = host == "localhost" or (parts.scheme == "http" and ipaddress.ip_address(host).is_loopback)
    except ValueError:
        here = False
        parts = urlsplit("")
    return bool(parts.netloc) and (parts.scheme == "https" or (parts.scheme == "http" and here))


def _word(told: object) -> str:
    """A code of OAuth, such as invalid_grant; nothing else that an answer may hold comes into a log."""
    word = str(told)
    return word if len(word) < 50 and word.isascii() and word.replace("_", "").isalpha() else "no code"


def _not_believed(why: str) -> Refused:
    logger.warning("a sign-in was refused: %s", why)
    message = "The sign-in provider's answer is not believed. Sign in again. Platform: see the console's log."
    return Refused(HTTPStatus.FORBIDDEN, message)


def _away(why: str) -> Refused:
    logger.warning("the sign-in provider does not answer as it should: %s", why)
    return Refused(HTTPStatus.SERVICE_UNAVAILABLE, _AWAY)
