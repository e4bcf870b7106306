"""OAuth 1.0a signatures, against vectors that were computed independently."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime
from urllib.parse import quote

import httpx2
import pytest

from roster_operator.clock import FixedClock
from roster_operator.sources.oneroster.oauth1 import HMAC_SHA1, HMAC_SHA256, SignedRequest

URL = (
    "https://sis.example.org/ims/oneroster/v1p1/users"
    "?filter=status%3D%27active%27%20AND%20role%3D%27student%27&limit=100&offset=0"
)
CLOCK = FixedClock(datetime.fromtimestamp(1_700_000_000, UTC))


class KnownNonce(SignedRequest):
    """With the nonce of the vectors and without the optional `oauth_version`, which they leave out."""

    def parameters(self) -> list[tuple[str, str]]:
        made = dict(super().parameters()) | {"oauth_nonce": "abc123"}
        return [each for each in made.items() if each[0] != "oauth_version"]


def signed(auth: SignedRequest, url: str = URL) -> str:
    request = next(auth.auth_flow(httpx2.Request("GET", url)))
    assert str(request.url) == url
    return request.headers["Authorization"]


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        (HMAC_SHA256, "kMJCX6p0N3eiVUSDkau1amJWiNRziNnxEeIAPpPrHcE="),
        (HMAC_SHA1, "G3a7BVg/i4gQvVl++MwHMEV53EQ="),
    ],
)
def test_a_signature_covers_method_path_and_decoded_query(method: str, signature: str) -> None:
    header = signed(KnownNonce("demo-key", "demo-secret", method, CLOCK))
    encoded = signature.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")
    assert f'oauth_signature="{encoded}"' in header
    assert header.startswith("OAuth ")


def test_the_time_is_that_of_the_clock_and_the_nonce_is_new_each_time() -> None:
    auth = SignedRequest("demo-key", "demo-secret", HMAC_SHA256, CLOCK)
    first, second = signed(auth), signed(auth)
    assert 'oauth_timestamp="1700000000"' in first
    assert first != second


def test_a_signed_request_says_nothing_of_a_body() -> None:
    request = next(SignedRequest("k", "s", HMAC_SHA256, CLOCK).auth_flow(httpx2.Request("GET", URL)))
    assert "content-length" not in request.headers


def test_what_looks_like_an_escape_in_a_key_is_signed_as_it_is() -> None:
    """Checked by what a server does: it takes the key out of the header, and escapes it once for its base string."""
    header = signed(KnownNonce("demo%2Fkey", "demo-secret", HMAC_SHA1, CLOCK))
    base_string = "&".join(quote(part, safe="") for part in ("GET", URL.partition("?")[0], PARAMETERS))
    expected = base64.b64encode(hmac.digest(b"demo-secret&", base_string.encode(), "sha1")).decode()
    assert f'oauth_signature="{quote(expected, safe="")}"' in header


PARAMETERS = (
    "filter=status%3D%27active%27%20AND%20role%3D%27student%27&limit=100&oauth_consumer_key=demo%252Fkey"
    "&oauth_nonce=abc123&oauth_signature_method=HMAC-SHA1&oauth_timestamp=1700000000&offset=0"
)
