"""Which Kubernetes user somebody is, by the claims of their ID token: as the API server's own `--oidc-` flags say it.

So a RoleBinding that serves people with kubectl serves them here too. Nobody becomes a part of the cluster by it: names
and groups that begin with `system:` are the cluster's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from roster_operator.kube.reviews import User
from roster_operator.service.acting import arrives_as_it_is
from roster_operator.service.refusals import Refused

_OF_THE_CLUSTER: Final = "system:"
_EVERYBODY: Final = "system:authenticated"
"""The group that the API server gives whoever signs in."""
_NONE: Final = "-"
"""As a prefix: none, as the API server's flag has it."""
_LONGEST: Final = 256


@dataclass(frozen=True, slots=True)
class ClaimMapping:
    """Which claims count."""

    username_claim: str = "sub"
    username_prefix: str = ""
    """Empty: none for `email`, else the issuer and `#`; `-`: none."""
    groups_claim: str = ""
    groups_prefix: str = ""
    required: Mapping[str, str] = field(default_factory=dict)
    """Claims without whose values nobody is let in."""
    groups: Collection[str] = ()
    """Which count, with their prefix; empty: all."""


def user_of(claims: Mapping[str, Any], mapping: ClaimMapping) -> User:
    """Whose a verified ID token is; raises `Refused`."""
    for claim, value in mapping.required.items():
        if claims.get(claim) != value:
            raise _not_admitted(f"has no claim {claim} of the value that it takes here")
    name = claims.get(mapping.username_claim)
    if not isinstance(name, str) or not name.strip():
        raise _not_admitted(f"has no claim {mapping.username_claim}, by which people are known here")
    if mapping.username_claim == "email" and claims.get("email_verified", True) is not True:
        raise _not_admitted("has an email address that nobody has verified")
    user = _username_prefix(claims, mapping) + name
    if user.startswith(_OF_THE_CLUSTER) or not arrives_as_it_is(user) or len(user) > _LONGEST:
        raise _not_admitted("has a name that nobody may have here")
    return User(user, groups=(*_groups(claims, mapping), _EVERYBODY))


def _username_prefix(claims: Mapping[str, Any], mapping: ClaimMapping) -> str:
    if mapping.username_prefix:
        return "" if mapping.username_prefix == _NONE else mapping.username_prefix
    return "" if mapping.username_claim == "email" else f"{claims['iss']}#"


def _groups(claims: Mapping[str, Any], mapping: ClaimMapping) -> tuple[str, ...]:
    """In the order of the claim; what can be no group here is left out."""
    told = claims.get(mapping.groups_claim, []) if mapping.groups_claim else []
    told = [told] if isinstance(told, str) else told
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise _not_admitted(f"has a claim {mapping.groups_claim} that is no list of names")
    prefix = "" if mapping.groups_prefix == _NONE else mapping.groups_prefix
    named = dict.fromkeys(f"{prefix}{each}" for each in told)
    return tuple(
        each
        for each in named
        if arrives_as_it_is(each)
        and not each.startswith(_OF_THE_CLUSTER)
        and (not mapping.groups or each in mapping.groups)
    )


def _not_admitted(why: str) -> Refused:
    return Refused(
        HTTPStatus.FORBIDDEN,
        f"The sign-in provider knows you, but your account {why}. Platform: change that.",
    )
