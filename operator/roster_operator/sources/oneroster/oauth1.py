"""OAuth 1.0a without a user: each request is signed with the consumer key and secret (RFC 5849).

Signed by authlib's functions and not by its client, which refuses to sign for plain http. Which addresses may be asked
without TLS is decided once, for all ways to sign in, where the spec's URL is read (`sources/addresses.py`).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Generator
from typing import Final
from urllib.parse import parse_qsl

import httpx2
from authlib.common.security import generate_token
from authlib.oauth1.rfc5849.parameters import prepare_headers
from authlib.oauth1.rfc5849.signature import construct_base_string
from authlib.oauth1.rfc5849.util import escape

from roster_operator.clock import Clock

HMAC_SHA256: Final = "HMAC-SHA256"
"""What OneRoster 1.1 asks for."""
HMAC_SHA1: Final = "HMAC-SHA1"
_DIGESTS: Final = {HMAC_SHA256: "sha256", HMAC_SHA1: "sha1"}

_Parameters = list[tuple[str, str]]


class SignedRequest(httpx2.Auth):
    """Signs a GET. The URL must be fully percent-encoded; its query is part of what is signed."""

    def __init__(self, key: str, secret: str, method: str, clock: Clock) -> None:
        """`method` is `HMAC_SHA256` or `HMAC_SHA1`."""
        self._key = key
        self._secret = secret
        self._method = method
        self._clock = clock

    def parameters(self) -> _Parameters:
        """What the header says beside the signature, afresh for each request."""
        return [
            ("oauth_nonce", generate_token()),
            ("oauth_timestamp", str(int(self._clock.now().timestamp()))),
            ("oauth_version", "1.0"),
            ("oauth_signature_method", self._method),
            ("oauth_consumer_key", self._key),
        ]

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Adds the Authorization header and nothing else."""
        parameters = self.parameters()
        signature = ("oauth_signature", self._signature(request, parameters))
        request.headers["Authorization"] = prepare_headers([*parameters, signature])["Authorization"]
        yield request

    def _signature(self, request: httpx2.Request, parameters: _Parameters) -> str:
        asked = parse_qsl(request.url.query.decode("ascii"), keep_blank_values=True)
        ours = [(name, escape(value)) for name, value in parameters]  # the base string is made of what they stand for
        base_string: str = construct_base_string(request.method, str(request.url), [*asked, *ours])
        digest = hmac.new(f"{escape(self._secret)}&".encode(), base_string.encode(), _DIGESTS[self._method]).digest()
        return base64.b64encode(digest).decode("ascii")
