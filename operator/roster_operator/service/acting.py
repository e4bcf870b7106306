"""Changes of the cluster's objects as whoever is signed in: by their rights, and under their name in its audit log."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from typing import Final

from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.reviews import User
from roster_operator.service.refusals import Refused

_OF_THE_CLUSTER: Final = "system:"
_SERVICE_ACCOUNT: Final = "system:serviceaccount:"
_SCOPES: Final = "scopes.authorization.openshift.io"
_ALL_SCOPES: Final = "user:full"
"""As OpenShift says that a token is good for all that somebody may; one of another scope is for part of it."""


class Acting:
    """Where the platform permits it (`console.apply` of the chart)."""

    def __init__(self, client: KubernetesClient, groups: Collection[str] = ()) -> None:
        """`client`: of an account that may impersonate people; `groups`: those of theirs that it may; empty: all."""
        self._client = client
        self._groups = groups

    def client_of(self, user: User) -> KubernetesClient:
        """The API server as this person sees it; raises `Refused` for whoever is a part of the cluster itself.

        Their groups go with them, but for those that Kubernetes keeps for itself, such as `system:masters`: it adds
        those that everybody has, and the console gives nobody the others.
        """
        if user.name.startswith(_OF_THE_CLUSTER) and not user.name.startswith(_SERVICE_ACCOUNT):
            raise Refused(HTTPStatus.FORBIDDEN, "You are signed in as a part of the cluster. Sign in as a person.")
        if not all(map(arrives_as_it_is, (user.name, *user.groups))):
            message = "Your name or groups have blanks around them, or characters in them, that no header can hold."
            raise Refused(HTTPStatus.FORBIDDEN, message)
        if user.extra.get(_SCOPES) and _ALL_SCOPES not in user.extra[_SCOPES]:
            message = "Your token is for part of what you may. Sign in with one for all of it, or do this with kubectl."
            raise Refused(HTTPStatus.FORBIDDEN, message)
        own = [group for group in user.groups if not group.startswith(_OF_THE_CLUSTER)]
        groups = [group for group in own if not self._groups or group in self._groups]
        return self._client.acting_as(user.name, groups)


def arrives_as_it_is(name: str) -> bool:
    """Whether the API server reads a name in a header as it was sent: blanks around it would be taken off.

    So ` system:masters` would become `system:masters` on the way.
    """
    return bool(name) and name.isprintable() and name == name.strip()
