"""An ID token is believed only if it is this provider's, for this console, for this sign-in, and of now."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from roster_operator.console.openid.tokens import Expected, NotBelieved, UnknownKey, claims_of

NOW: Final = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
SECONDS: Final = int(NOW.timestamp())
KEY: Final = RSAKey.generate_key(2048, {"kid": "a", "use": "sig"})
ANOTHER: Final = RSAKey.generate_key(2048, {"kid": "a"})
EXPECTED: Final = Expected("https://provider.example", "console", "a nonce")
CLAIMS: Final = {
    "iss": "https://provider.example",
    "aud": "console",
    "sub": "1",
    "nonce": "a nonce",
    "iat": SECONDS,
    "exp": SECONDS + 300,
}


def token(claims: dict[str, Any], key: Any = KEY, **header: Any) -> dict[str, Any]:
    return {"id_token": jwt.encode({"alg": "RS256", "kid": "a", **header}, claims, key), "access_token": "access"}


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def believed(answer: dict[str, Any]) -> Any:
    return claims_of(answer, KeySet([KEY]), EXPECTED, NOW)


@pytest.mark.parametrize("audience", ["console", ["console"]])
def test_a_right_one_is_believed(audience: Any) -> None:
    assert believed(token({**CLAIMS, "aud": audience}))["sub"] == "1"
    assert believed(token({**CLAIMS, "aud": ["console", "another"], "azp": "console"}))["sub"] == "1"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"iss": "https://provider.example/"},
        {"iss": ["https://provider.example"]},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": ["console", "another"]},
        {"aud": ["console", "another"], "azp": "another"},
        {"azp": "another"},
        {"aud": {"console": 1}},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"exp": SECONDS - 61},
        {"exp": "tomorrow"},
        {"exp": None},
        {"iat": SECONDS + 3600},
        {"iat": SECONDS - 3600},
        {"iat": None},
        {"iat": True},
        {"nbf": SECONDS + 3600},
        {"at_hash": "of another token"},
    ],
    ids=str,
)
def test_one_that_is_anothers_or_of_another_time_is_not(changed: dict[str, Any]) -> None:
    claims = {key: value for key, value in {**CLAIMS, **changed}.items() if value is not None}
    with pytest.raises(NotBelieved):
        believed(token(claims))


def test_a_signature_that_anybody_could_make_counts_for_nothing() -> None:
    none, by_hmac = encoded(b'{"alg":"none"}'), encoded(b'{"alg":"HS256","kid":"a"}')
    payload = token(CLAIMS)["id_token"].split(".")[1]
    with pytest.raises(NotBelieved):
        believed({"id_token": f"{none}.{payload}."})
    signed = f"{by_hmac}.{payload}"
    for secret in (KEY.as_pem(private=False), b"the client's secret", b""):
        signature = encoded(hmac.digest(secret, signed.encode(), "sha256"))
        with pytest.raises(NotBelieved):
            believed({"id_token": f"{signed}.{signature}"})
    with pytest.raises(NotBelieved):
        believed(token(CLAIMS, ANOTHER))


def test_a_key_that_is_not_known_may_be_new() -> None:
    with pytest.raises(UnknownKey):
        believed(token(CLAIMS, kid="b"))


def test_a_key_that_the_token_brings_along_counts_for_nothing() -> None:
    with pytest.raises((NotBelieved, UnknownKey)):
        believed(token(CLAIMS, ANOTHER, jwk=ANOTHER.as_dict(private=False)))


@pytest.mark.parametrize(
    "answer", [{}, {"id_token": None}, {"id_token": "x"}, {"id_token": "a.b.c"}, {"id_token": "x" * 70_000}]
)
def test_what_is_no_token_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(NotBelieved):
        believed(answer)


def test_no_claim_of_anybody_comes_into_a_message() -> None:
    with pytest.raises(NotBelieved) as raised:
        believed(token({**CLAIMS, "sub": "zebrafish", "aud": "zebrafish", "email": "zebrafish"}))
    assert "zebrafish" not in str(raised.value)
