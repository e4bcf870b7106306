"""Who somebody is, and what they may do: the API server's answers, which are the only ones that count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from roster_operator.api import names
from roster_operator.kube.client import KubernetesClient

_TOKEN_REVIEWS: Final = "/apis/authentication.k8s.io/v1/tokenreviews"  # noqa: S105 - a path
_ACCESS_REVIEWS: Final = "/apis/authorization.k8s.io/v1/subjectaccessreviews"


@dataclass(frozen=True, slots=True)
class User:
    """Whom a token stands for, as the cluster knows them."""

    name: str
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: Mapping[str, Sequence[str]] = field(default_factory=dict)


async def user_of(client: KubernetesClient, token: str, audiences: Sequence[str] = ()) -> User | None:
    """Whose a token is; None if it is nobody's, or not for any of `audiences`. Empty: the API server's own."""
    spec: dict[str, Any] = {"token": token}
    if audiences:
        spec["audiences"] = list(audiences)
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": spec}
    status = (await client.create(_TOKEN_REVIEWS, review)).get("status") or {}
    if not status.get("authenticated") or (audiences and not set(audiences) & set(status.get("audiences") or ())):
        return None
    user = status.get("user") or {}
    if not user.get("username"):
        return None
    return User(user["username"], user.get("uid") or "", tuple(user.get("groups") or ()), dict(user.get("extra") or {}))


async def may(client: KubernetesClient, user: User, verb: str, *, subresource: str, namespace: str, name: str) -> bool:
    """Whether somebody may do this with a RosterIntegration, or with one of its subresources."""
    attributes = {
        "group": names.GROUP,
        "version": names.VERSION,
        "resource": names.ROSTER_INTEGRATION_PLURAL,
        "verb": verb,
        "namespace": namespace,
        "name": name,
        **({"subresource": subresource} if subresource else {}),
    }
    spec = {
        "user": user.name,
        "uid": user.uid,
        "groups": list(user.groups),
        "extra": {key: list(values) for key, values in user.extra.items()},
        "resourceAttributes": attributes,
    }
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    status = (await client.create(_ACCESS_REVIEWS, review)).get("status") or {}
    return status.get("allowed") is True and status.get("denied") is not True
