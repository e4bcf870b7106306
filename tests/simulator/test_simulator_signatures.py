"""OAuth 1.0a: which requests the simulated district believes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from authlib.oauth1.rfc5849.client_auth import ClientAuth

from district_simulator import AccessSettings
from district_simulator.oauth1 import SignatureRefusedError, SignatureVerifier, base_string, signature

NOW = 1_700_000_000.0
URL = (
    "https://sis.example.org/ims/oneroster/v1p1/users"
    "?filter=status%3D%27active%27%20AND%20role%3D%27student%27&limit=100&offset=0"
)


def oauth(algorithm: str = "HMAC-SHA256", **changed: str) -> list[tuple[str, str]]:
    parameters = {
        "oauth_consumer_key": "demo-key",
        "oauth_nonce": "abc123",
        "oauth_signature_method": algorithm,
        "oauth_timestamp": "1700000000",
    }
    return list({**parameters, **changed}.items())


def header(parameters: list[tuple[str, str]], signed: str, scheme: str = "OAuth ") -> str:
    fields = [*parameters, ("oauth_signature", signed)]
    return scheme + ",".join(f'{name}="{quote(value, safe="")}"' for name, value in fields)


def signed_header(url: str = URL, secret: str = "demo-secret", scheme: str = "OAuth ", **changed: str) -> str:
    algorithm = changed.get("oauth_signature_method", "HMAC-SHA256")
    parameters = oauth(**changed)
    made_with = algorithm if algorithm in ("HMAC-SHA256", "HMAC-SHA1") else "HMAC-SHA1"
    return header(parameters, signature("GET", url, parameters, made_with, secret), scheme)


@pytest.fixture
def verifier() -> SignatureVerifier:
    return SignatureVerifier("demo-key", "demo-secret")


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("HMAC-SHA256", "kMJCX6p0N3eiVUSDkau1amJWiNRziNnxEeIAPpPrHcE="),
        ("HMAC-SHA1", "G3a7BVg/i4gQvVl++MwHMEV53EQ="),
    ],
)
def test_the_known_vectors_come_out(algorithm: str, expected: str) -> None:
    assert signature("GET", URL, oauth(algorithm), algorithm, "demo-secret") == expected


def test_the_base_string_signs_the_query_encoded_anew() -> None:
    assert base_string("get", URL, oauth()) == (
        "GET&https%3A%2F%2Fsis.example.org%2Fims%2Foneroster%2Fv1p1%2Fusers&filter%3Dstatus%253D%2527active%2527%2520"
        "AND%2520role%253D%2527student%2527%26limit%3D100%26oauth_consumer_key%3Ddemo-key%26oauth_nonce%3Dabc123%26"
        "oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1700000000%26offset%3D0"
    )


def test_default_ports_are_left_out_and_others_kept() -> None:
    assert base_string("GET", "HTTPS://SIS.example.org:443/a", []) == base_string(
        "GET", "https://sis.example.org/a", []
    )
    assert "%3A8443" in base_string("GET", "https://sis.example.org:8443/a", [])


@pytest.mark.parametrize("scheme", ["OAuth ", "OAuth, ", "oauth "])
def test_a_signed_request_is_believed(verifier: SignatureVerifier, scheme: str) -> None:
    verifier.verify("GET", URL, signed_header(scheme=scheme), NOW)


@pytest.mark.parametrize("spelled", ["%20", "+"])
def test_a_space_may_be_spelled_either_way(verifier: SignatureVerifier, spelled: str) -> None:
    verifier.verify("GET", URL.replace("%20", spelled), signed_header(), NOW)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"url": URL.replace("offset=0", "offset=100")}, "signature"),
        ({"secret": "wrong"}, "signature"),
        ({"oauth_consumer_key": "someone"}, "consumer key"),
        ({"oauth_signature_method": "PLAINTEXT"}, "signature method"),
        ({"oauth_timestamp": "1699999300"}, "clock"),
        ({"oauth_timestamp": "1700000400"}, "clock"),
        ({"oauth_timestamp": "noon"}, "timestamp"),
        ({"oauth_version": "2.0"}, "oauth_version"),
    ],
)
def test_a_wrong_request_is_refused(verifier: SignatureVerifier, given: dict[str, Any], reason: str) -> None:
    with pytest.raises(SignatureRefusedError, match=reason):
        verifier.verify("GET", URL, signed_header(**given), NOW)


def test_a_header_without_its_parts_is_refused(verifier: SignatureVerifier) -> None:
    with pytest.raises(SignatureRefusedError, match="oauth_signature"):
        verifier.verify("GET", URL, 'OAuth oauth_consumer_key="demo-key"', NOW)


def test_a_request_is_believed_once(verifier: SignatureVerifier) -> None:
    given = signed_header()
    verifier.verify("GET", URL, given, NOW)
    with pytest.raises(SignatureRefusedError, match="nonce"):
        verifier.verify("GET", URL, given, NOW)


def authlib_get(url: str, key: str, secret: str) -> httpx2.Response:
    _, headers, _ = ClientAuth(key, client_secret=secret, signature_method="HMAC-SHA1").sign("GET", url, {}, b"")
    return httpx2.get(url, headers={"Authorization": headers["Authorization"]})


def test_a_request_that_authlib_signed_is_answered(simulate: Callable[..., Any]) -> None:
    district = simulate(students=120, access=AccessSettings(auth="oauth1")).district
    url = f"{district.service_url}/users?filter=role%3D%27teacher%27%20AND%20status%3D%27active%27&limit=3"
    answer = authlib_get(url, district.client_id, district.client_secret)
    assert answer.status_code == 200
    assert len(answer.json()["users"]) == 3
    assert authlib_get(url, district.client_id, "wrong").status_code == 401


@pytest.mark.parametrize(("auth", "oauth1", "bearer"), [("any", 200, 200), ("oauth1", 200, 401), ("oauth2", 401, 200)])
def test_a_district_may_accept_only_one_kind(simulate: Callable[..., Any], auth: Any, oauth1: int, bearer: int) -> None:
    reader = simulate(students=10, access=AccessSettings(auth=auth))
    district = reader.district
    url = f"{district.service_url}/orgs"
    assert authlib_get(url, district.client_id, district.client_secret).status_code == oauth1
    assert reader.get("orgs").status_code == bearer


def test_no_credentials_are_refused_with_a_status_body_and_a_date(simulate: Callable[..., Any]) -> None:
    answer = httpx2.get(f"{simulate(students=10).district.service_url}/orgs")
    assert answer.status_code == 401
    assert answer.json()["statusInfoSet"][0]["imsx_codeMinor"] == "unauthorized"
    assert "Date" in answer.headers
