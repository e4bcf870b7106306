"""Changes are made as whoever is signed in, exactly: the API server hears the same name and groups, or nothing."""

from __future__ import annotations

import asyncio

import pytest
from hack.controlplane.cluster import Cluster

from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import connect
from roster_operator.kube.reviews import User
from roster_operator.service.acting import Acting
from roster_operator.service.refusals import Refused

_REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
_REVIEW = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}


def heard(cluster: Cluster, user: User, *groups: str) -> tuple[str, set[str]]:
    """Whom the API server takes the console for, if it may take `groups` (all); raises `Refused`."""

    async def asked() -> tuple[str, set[str]]:
        client = KubernetesClient(await connect(cluster.kubeconfig))
        try:
            told = (await Acting(client, groups).client_of(user).create(_REVIEWS, _REVIEW))["status"]["userInfo"]
            return told["username"], set(told.get("groups") or ())
        finally:
            await client.close()

    return asyncio.run(asked())


@pytest.mark.parametrize("name", ["ann", "oidc:ann lee", "https://provider.example#17", "oidc:Zoë"])
def test_the_api_server_hears_who_it_is(control_plane: Cluster, name: str) -> None:
    user = User(name, groups=("oidc:support staff", "system:masters", "system:authenticated"))
    assert heard(control_plane, user) == (name, {"oidc:support staff", "system:authenticated"})


def test_groups_that_the_console_may_not_take_stay_behind(control_plane: Cluster) -> None:
    """With one of them, the API server would refuse whatever this person does."""
    user = User("ann", groups=("staff", "choir"))
    assert heard(control_plane, user, "staff", "support") == ("ann", {"staff", "system:authenticated"})


@pytest.mark.parametrize(
    "name", [" system:admin", "system:admin", "ann ", " ann", "a\r\nImpersonate-Uid: 1", "a\tb", ""]
)
def test_a_name_that_would_arrive_as_another_is_refused(control_plane: Cluster, name: str) -> None:
    with pytest.raises(Refused):
        heard(control_plane, User(name))


@pytest.mark.parametrize("group", [" system:masters", "  system:masters ", "support ", "a\nb"])
def test_a_group_that_would_arrive_as_another_is_refused(control_plane: Cluster, group: str) -> None:
    with pytest.raises(Refused):
        heard(control_plane, User("ann", groups=("support", group)))


@pytest.mark.parametrize("scopes", [["user:info"], ["role:view:districts", "user:check-access"]])
def test_who_shows_a_token_for_part_of_what_they_may_changes_nothing_by_it(
    control_plane: Cluster, scopes: list[str]
) -> None:
    """As OpenShift's tokens have it."""
    extra = "scopes.authorization.openshift.io"
    with pytest.raises(Refused, match="part of what you may"):
        heard(control_plane, User("ann", extra={extra: scopes}))
    assert heard(control_plane, User("ann", extra={extra: ["user:full"]}))[0] == "ann"
