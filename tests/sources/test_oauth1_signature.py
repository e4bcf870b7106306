"""OAuth 1.0a signatures, against vectors that were computed independently."""

from __future__ import annotations

from datetime import UTC, datetime

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

    def get_oauth_params(self, nonce: str, timestamp: str) -> list[tuple[str, str]]:
        return [p for p in super().get_oauth_params("abc123", timestamp) if p[0] != "oauth_version"]


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
