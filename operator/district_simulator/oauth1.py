"""Verifying OAuth 1.0a signatures of two-legged requests (RFC 5849; consumer key and secret, no token)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

_PARAMETER = re.compile(r'([A-Za-z_]+)="([^"]*)"')
_DIGESTS = {"HMAC-SHA256": hashlib.sha256, "HMAC-SHA1": hashlib.sha1}
_REQUIRED = ("oauth_consumer_key", "oauth_signature_method", "oauth_timestamp", "oauth_nonce", "oauth_signature")
OLDEST_SECONDS = 600
NEWEST_SECONDS = 300
_REMEMBERED_NONCES = 200_000


class SignatureRefusedError(Exception):
    """The request is not authentic; the message says why, in words that help the author of a client."""


def parse_header(header: str) -> dict[str, str]:
    """The oauth_ parameters of an Authorization header, percent-decoded; `OAuth,` as old ClassLink helpers write it
    is accepted."""
    return {name: unquote(value) for name, value in _PARAMETER.findall(header)}


def base_string(method: str, url: str, oauth: Sequence[tuple[str, str]]) -> str:
    """The signature base string (RFC 5849 section 3.4.1): query and oauth parameters are both signed."""
    parts = urlsplit(url)
    default_port = {"http": 80, "https": 443}.get(parts.scheme.lower())
    host = (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and parts.port != default_port:
        host = f"{host}:{parts.port}"
    parameters = [*parse_qsl(parts.query, keep_blank_values=True), *oauth]
    encoded = sorted((_escape(name), _escape(value)) for name, value in parameters)
    normalised = "&".join(f"{name}={value}" for name, value in encoded)
    return "&".join(
        (method.upper(), _escape(f"{parts.scheme.lower()}://{host}{parts.path or '/'}"), _escape(normalised))
    )


def signature(method: str, url: str, oauth: Sequence[tuple[str, str]], algorithm: str, secret: str) -> str:
    """The signature that a request must carry; `algorithm` is HMAC-SHA256 or HMAC-SHA1."""
    key = f"{_escape(secret)}&".encode()
    digest = hmac.new(key, base_string(method, url, oauth).encode(), _DIGESTS[algorithm]).digest()
    return base64.b64encode(digest).decode()


def _escape(text: str) -> str:
    return quote(text, safe="-._~")


@dataclass(slots=True)
class SignatureVerifier:
    """Checks requests of one consumer and remembers which nonces it has seen within the time window."""

    key: str
    secret: str
    algorithms: tuple[str, ...] = ("HMAC-SHA256", "HMAC-SHA1")
    _seen: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)

    def verify(self, method: str, url: str, header: str, now: float) -> None:
        """Return quietly for an authentic request, else raise SignatureRefusedError."""
        given = parse_header(header)
        missing = [name for name in _REQUIRED if name not in given]
        if missing:
            raise SignatureRefusedError(f"missing {', '.join(missing)}")
        if given.get("oauth_version", "1.0") != "1.0":
            raise SignatureRefusedError("oauth_version is not 1.0")
        if given["oauth_consumer_key"] != self.key:
            raise SignatureRefusedError("unknown consumer key")
        algorithm = given["oauth_signature_method"]
        if algorithm not in self.algorithms:
            raise SignatureRefusedError(f"signature method is not one of {', '.join(self.algorithms)}")
        self._check_time(given["oauth_timestamp"], now)
        signed = [(name, value) for name, value in given.items() if name not in ("oauth_signature", "realm")]
        if not hmac.compare_digest(
            signature(method, url, signed, algorithm, self.secret).encode(), given["oauth_signature"].encode()
        ):
            raise SignatureRefusedError("the signature does not match")
        self._remember(given["oauth_timestamp"], given["oauth_nonce"])

    def _check_time(self, timestamp: str, now: float) -> None:
        if not (timestamp.isascii() and timestamp.isdigit()):
            raise SignatureRefusedError("the timestamp is not a number of seconds")
        age = now - int(timestamp)
        if age > OLDEST_SECONDS or age < -NEWEST_SECONDS:
            raise SignatureRefusedError("the timestamp is outside the accepted window: check the clock")

    def _remember(self, timestamp: str, nonce: str) -> None:
        if (timestamp, nonce) in self._seen:
            raise SignatureRefusedError("the nonce was used before")
        self._seen[timestamp, nonce] = None
        if len(self._seen) > _REMEMBERED_NONCES:
            self._seen.popitem(last=False)
