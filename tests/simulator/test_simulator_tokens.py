"""OAuth 2: which token requests the simulated district grants, and how long a token is good for."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from district_simulator.tokens import TokenIssuer, TokenRefusedError, scopes_of

CORE_SCOPE, DEMOGRAPHICS_SCOPE = scopes_of("1.1").core, scopes_of("1.1").demographics
FORM = {"grant_type": "client_credentials", "scope": CORE_SCOPE}
SECRETS = {"client_id": "demo-key", "client_secret": "s/e:c ret"}


def issuer(**options: Any) -> TokenIssuer:
    return TokenIssuer("demo-key", "s/e:c ret", **options)


def basic(client_id: str = "demo-key", secret: str = "s/e:c ret") -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


@pytest.mark.parametrize("secret", ["s/e:c ret", "s%2Fe%3Ac%20ret"])
def test_basic_credentials_are_accepted_plain_and_percent_encoded(secret: str) -> None:
    assert issuer().issue(FORM, basic(secret=secret), 0).scopes == {CORE_SCOPE}


def test_credentials_in_the_body_are_accepted() -> None:
    assert issuer().issue({**FORM, **SECRETS}, None, 0).value


@pytest.mark.parametrize(
    ("options", "form", "authorization", "code"),
    [
        ({}, FORM, basic(secret="wrong"), "invalid_client"),
        ({}, FORM, basic(client_id="other"), "invalid_client"),
        ({}, FORM, "Basic ???", "invalid_client"),
        ({}, FORM, None, "invalid_client"),
        ({"client_auth": "body"}, FORM, basic(), "invalid_client"),
        ({"client_auth": "basic"}, {**FORM, **SECRETS}, None, "invalid_client"),
        ({}, {**FORM, "grant_type": "password"}, basic(), "unsupported_grant_type"),
        ({}, {"grant_type": "client_credentials"}, basic(), "invalid_scope"),
        ({}, {**FORM, "scope": "everything"}, basic(), "invalid_scope"),
    ],
)
def test_a_wrong_token_request_is_refused(
    options: dict[str, Any], form: dict[str, str], authorization: str | None, code: str
) -> None:
    with pytest.raises(TokenRefusedError) as refused:
        issuer(**options).issue(form, authorization, 0)
    assert refused.value.code == code
    assert refused.value.status == (401 if code == "invalid_client" else 400)


def test_a_scope_can_be_optional() -> None:
    token = issuer(scope_required=False).issue({"grant_type": "client_credentials"}, basic(), 0)
    assert token.scopes == {CORE_SCOPE}


def test_tokens_expire_and_coexist() -> None:
    tokens = issuer(expires_in=60)
    first, second = tokens.issue(FORM, basic(), 0), tokens.issue(FORM, basic(), 30)
    assert first.value != second.value
    assert tokens.find(first.value, 59) is first
    assert tokens.find(first.value, 60) is None
    assert tokens.find(second.value, 60) is second


def test_tokens_can_be_revoked(reader: Any) -> None:
    assert reader.get("orgs").status_code == 200
    reader.district.revoke_tokens()
    assert reader.get("orgs").status_code == 401
    reader.renew()
    assert reader.get("orgs").status_code == 200


def test_demographics_need_their_own_scope(reader: Any) -> None:
    refused = reader.get("demographics")
    assert refused.status_code == 403
    assert refused.json()["statusInfoSet"][0]["imsx_codeMinor"] == "forbidden"
    assert reader.get("demographics", token=reader.token(DEMOGRAPHICS_SCOPE)).status_code == 200


def test_a_wrong_secret_is_refused_over_http_too(reader: Any) -> None:
    answer = reader.client.post(reader.district.token_url, data=FORM, auth=("demo-key", "wrong"))
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_token_parameters_may_come_in_the_query(reader: Any) -> None:
    auth = (reader.district.client_id, reader.district.client_secret)
    answer = reader.client.post(reader.district.token_url, params={**FORM, "appName": "cpm"}, auth=auth)
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 3600
