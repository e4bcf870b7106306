"""Who may ask a stranger's server: signatures and tokens as oauthlib judges them."""

from __future__ import annotations

import base64
import time
from typing import Any, Protocol

from oauthlib import oauth1, oauth2


class Gated(Protocol):
    """A server with one client."""

    speaks: str
    client_id: str
    client_secret: str
    scope: str
    tokens: set[str]
    skew: float


class Signatures(oauth1.RequestValidator):  # type: ignore[misc]
    """Two-legged OAuth 1.0a with one consumer; a signature may be used once."""

    enforce_ssl = False
    client_key_length = nonce_length = (3, 100)
    dummy_client = "nobody"

    def __init__(self, server: Gated) -> None:
        super().__init__()
        self._server = server
        self._used: set[tuple[str, str]] = set()

    @property
    def allowed_signature_methods(self) -> list[str]:
        """One, by what the server speaks."""
        return ["HMAC-SHA1"] if self._server.speaks == "oauth1-sha1" else ["HMAC-SHA256"]

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        """Whether the key is known."""
        return client_key == self._server.client_id

    def get_client_secret(self, client_key: str, request: Any) -> str:
        """Its secret."""
        return self._server.client_secret

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, **tokens: Any
    ) -> bool:
        """Ten minutes are tolerated."""
        fresh = (timestamp, nonce) not in self._used
        self._used.add((timestamp, nonce))
        return fresh and abs(int(timestamp) - time.time() - self._server.skew) < 600

    @property
    def timestamp_lifetime(self) -> int:
        """Judged above, by this server's clock."""
        return 10**9


class Grants(oauth2.RequestValidator):  # type: ignore[misc]
    """OAuth 2 client credentials with one client, which may present them as Basic."""

    def __init__(self, server: Gated) -> None:
        self._server = server

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """By HTTP Basic."""
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        request.client = type("Client", (), {"client_id": self._server.client_id})()
        expected = base64.b64encode(f"{self._server.client_id}:{self._server.client_secret}".encode()).decode()
        return bool(kind == "Basic" and given == expected)

    def validate_grant_type(self, client_id: str, grant_type: str, client: Any, *rest: Any, **more: Any) -> bool:
        """Client credentials."""
        return grant_type == "client_credentials"

    def validate_scopes(self, client_id: str, scopes: list[str], client: Any, *rest: Any, **more: Any) -> bool:
        """The one scope that a publisher has a business with."""
        return scopes == [self._server.scope]

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        """None: a scope must be asked for."""
        return []

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Keep it."""
        self._server.tokens.add(token["access_token"])

    def validate_bearer_token(self, token: str, scopes: list[str], request: Any) -> bool:
        """Whether it was given out and is still good."""
        return token in self._server.tokens
