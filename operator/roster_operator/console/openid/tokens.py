"""An ID token is believed if all of it is right: signature, issuer, audience, nonce, times, and the token beside it.

OpenID Connect Core 1.0, section 3.1.3.7. Only signatures that a provider alone can make count: no `none`, and no HMAC,
with which whoever knows the client's secret could sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

_ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519", "EdDSA"),
)
_LEEWAY: Final = 60
"""Seconds by which clocks may differ."""
_OLDEST: Final = 10 * 60
"""Seconds; a code lives for less, and its token is made when it is redeemed."""
_LARGEST: Final = 64 * 1024
MALFORMED: Final = (ValueError, TypeError, LookupError, AttributeError)
"""What the libraries stumble over in an answer that is none."""


class NotBelieved(Exception):
    """An ID token in which something is wrong; the message says what, and nothing of whom it names."""


class UnknownKey(Exception):
    """It names a key that is not among those known: the provider may have new ones."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be in a token for it to be ours."""

    issuer: str
    client_id: str
    nonce: str


def claims_of(answer: Mapping[str, Any], keys: KeySet, expected: Expected, now: datetime) -> Mapping[str, Any]:
    """What the ID token in an answer of the token endpoint says; raises `NotBelieved`, `UnknownKey`."""
    token, seconds = answer.get("id_token"), int(now.timestamp())
    if not isinstance(token, str) or len(token) > _LARGEST:
        raise NotBelieved("there is no ID token")
    try:
        decoded = jwt.decode(token, keys, algorithms=list(_ALGORITHMS))
        access = answer.get("access_token")
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.client_id},
                "sub": {"essential": True},
            },
            params={"nonce": expected.nonce, "client_id": expected.client_id, "access_token": access},
        )
        claims.validate(now=seconds, leeway=_LEEWAY)
        issued = claims["iat"]
    except InvalidKeyIdError:
        raise UnknownKey from None
    except JoseError as error:
        claim = getattr(error, "claim", "")
        raise NotBelieved(f"its ID token: {error.error}{f' {claim}' if claim else ''}") from None
    except MALFORMED as error:
        raise NotBelieved(f"its ID token: {type(error).__name__}") from None
    found = claims["iss"], claims.get("nonce")
    if found != (expected.issuer, expected.nonce) or expected.client_id not in _audiences(claims):
        raise NotBelieved("its ID token is another's")
    if isinstance(issued, bool) or not seconds - _OLDEST <= issued <= seconds + _LEEWAY:
        raise NotBelieved("its ID token was not issued just now")
    return dict(claims)


def _audiences(claims: Mapping[str, Any]) -> list[Any]:
    audience = claims["aud"]
    return audience if isinstance(audience, list) else [audience]
