"""OAuth 2 bearer tokens by client credentials (RFC 6749 section 4.4), as OneRoster servers issue them."""

from __future__ import annotations

import base64
import binascii
import hmac
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Literal
from urllib.parse import unquote

from district_simulator.styles import Version

ClientAuth = Literal["basic", "body", "any"]
_KEPT_TOKENS = 10_000


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes of a version's rostering service: all but demographics, demographics alone, and everything."""

    core: str
    demographics: str
    everything: str


@lru_cache(maxsize=2)
def scopes_of(version: Version) -> Scopes:
    """The scopes of a version."""
    prefix = f"https://purl.imsglobal.org/spec/or/{'v1p1' if version == '1.1' else 'v1p2'}/scope"
    names = ("roster-core.readonly", "roster-demographics.readonly", "roster.readonly")
    return Scopes(*(f"{prefix}/{name}" for name in names))


class TokenRefusedError(Exception):
    """No token is issued; `code` is the error code of RFC 6749 section 5.2."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and what it is good for; `issued` counts tokens from 1."""

    value: str
    scopes: frozenset[str]
    expires_at: float
    issued: int


@dataclass(slots=True)
class TokenIssuer:
    """Issues tokens of one client; older tokens stay valid when a new one is issued."""

    client_id: str
    client_secret: str
    client_auth: ClientAuth = "any"
    scope_required: bool = True
    expires_in: int = 3600
    versions: tuple[Version, ...] = ("1.1",)
    _tokens: dict[str, Token] = field(default_factory=dict)
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def issue(self, form: Mapping[str, str], authorization: str | None, now: float) -> Token:
        """A new token for the parameters of a token request."""
        client_id, secret = self._credentials(form, authorization)
        if client_id != self.client_id or not hmac.compare_digest(secret.encode(), self.client_secret.encode()):
            raise TokenRefusedError("invalid_client", "unknown client or wrong secret", 401)
        if form.get("grant_type") != "client_credentials":
            raise TokenRefusedError("unsupported_grant_type", "grant_type must be client_credentials")
        asked = frozenset(form.get("scope", "").split())
        if not asked and self.scope_required:
            raise TokenRefusedError("invalid_scope", "at least one scope is required")
        offered = [scopes_of(version) for version in self.versions]
        known = {scope for scopes in offered for scope in (scopes.core, scopes.demographics, scopes.everything)}
        granted = frozenset(asked & known if asked else {scopes.core for scopes in offered})
        if not granted:
            raise TokenRefusedError("invalid_scope", "none of the scopes is known")
        number = next(self._count)
        value = sha256(f"{self.client_secret}:{number}:{now}".encode()).hexdigest()
        token = Token(value, granted, now + self.expires_in, number)
        self._tokens[value] = token
        if len(self._tokens) > _KEPT_TOKENS:
            del self._tokens[next(iter(self._tokens))]
        return token

    def find(self, value: str, now: float) -> Token | None:
        """The token behind a bearer value if it is neither unknown, revoked nor expired."""
        token = self._tokens.get(value)
        return token if token is not None and token.expires_at > now else None

    def revoke_all(self) -> None:
        """Forget every token issued so far."""
        self._tokens.clear()

    def revoke(self, value: str) -> None:
        """Forget one token."""
        self._tokens.pop(value, None)

    def _credentials(self, form: Mapping[str, str], authorization: str | None) -> tuple[str, str]:
        if authorization is not None and authorization[:6].lower() == "basic ":
            if self.client_auth == "body":
                raise TokenRefusedError("invalid_client", "send the client id and secret in the body", 401)
            try:
                decoded = base64.b64decode(authorization[6:].strip(), validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                raise TokenRefusedError("invalid_client", "unreadable Basic credentials", 401) from None
            client_id, _, secret = decoded.partition(":")
            if client_id == self.client_id and secret != self.client_secret:
                secret = unquote(secret)
            return client_id, secret
        if self.client_auth == "basic":
            raise TokenRefusedError("invalid_client", "send the client id and secret as Basic credentials", 401)
        return form.get("client_id", ""), form.get("client_secret", "")
