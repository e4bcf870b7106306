"""What an installed operator may do, and what it may not, as a real API server judges it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hack.controlplane.cluster import Cluster, CommandFailed
from kubernetes import client
from tests.controller.fakes import wait_until
from tests.support.chart import ACCOUNT, install_rbac, remove_rbac

GROUP = "rostering.cpm.org"

NEEDED = [
    ("get", f"rosterintegrations.{GROUP}"),
    ("list", f"rosterintegrations.{GROUP}"),
    ("watch", f"rosterintegrations.{GROUP}"),
    ("patch", f"rosterintegrations.{GROUP}"),
    ("patch", f"rosterintegrations.{GROUP}/status"),
    ("get", "secrets"),
    ("get", "configmaps"),
    ("create", "configmaps"),
    ("patch", "configmaps"),
    ("create", "events.events.k8s.io"),
    ("patch", "events.events.k8s.io"),
]

# Each of these would be an accident or a leak waiting to happen.
REFUSED = [
    ("create", f"rosterintegrations.{GROUP}"),
    ("update", f"rosterintegrations.{GROUP}"),
    ("update", f"rosterintegrations.{GROUP}/status"),
    ("get", f"rosterintegrations.{GROUP}/status"),
    ("delete", f"rosterintegrations.{GROUP}"),
    ("deletecollection", f"rosterintegrations.{GROUP}"),
    ("patch", f"ebooks.{GROUP}"),
    ("delete", f"ebooks.{GROUP}"),
    ("list", "secrets"),
    ("watch", "secrets"),
    ("create", "secrets"),
    ("update", "secrets"),
    ("patch", "secrets"),
    ("delete", "secrets"),
    ("list", "configmaps"),
    ("delete", "configmaps"),
    ("list", "pods"),
    ("create", "pods"),
    ("create", "pods/exec"),
    ("list", "nodes"),
    ("list", "namespaces"),
    ("list", "customresourcedefinitions.apiextensions.k8s.io"),
    ("create", "serviceaccounts/token"),
    ("create", "clusterrolebindings.rbac.authorization.k8s.io"),
    ("escalate", "clusterroles.rbac.authorization.k8s.io"),
    ("impersonate", "users"),
]


@dataclass(frozen=True)
class Operator:
    """The account of an operator in `home` that serves the namespace `watched`; all of them if that is empty."""

    api: client.ApiClient
    home: str
    watched: str = ""

    def can(self, verb: str, resource: str, namespace: str = "") -> bool:
        """Ask the server what `kubectl auth can-i --as` asks; without a namespace, for all of them at once."""
        kind, _, subresource = resource.partition("/")
        plural, _, group = kind.partition(".")
        account = f"system:serviceaccount:{self.home}:{ACCOUNT}"
        groups = ["system:serviceaccounts", f"system:serviceaccounts:{self.home}", "system:authenticated"]
        question = client.V1ResourceAttributes(
            verb=verb, group=group, resource=plural, subresource=subresource, namespace=namespace
        )
        spec = client.V1SubjectAccessReviewSpec(user=account, groups=groups, resource_attributes=question)
        review = client.V1SubjectAccessReview(spec=spec)
        answer = client.AuthorizationV1Api(self.api).create_subject_access_review(review)
        return bool(answer.status and answer.status.allowed)


@pytest.fixture(scope="module")
def home(control_plane: Cluster) -> Iterator[str]:
    """The namespace of the operators of this file."""
    name = "test-chart-permissions"
    control_plane.kubectl("create", "namespace", name)
    yield name
    remove_rbac(control_plane, name)
    control_plane.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="module", params=["clusterwide", "namespaced"])
def operator(
    request: pytest.FixtureRequest, control_plane: Cluster, api_client: client.ApiClient, home: str
) -> Operator:
    """An operator with the chart's permissions, in both scopes."""
    watched = "default" if request.param == "namespaced" else ""
    remove_rbac(control_plane, home)
    install_rbac(control_plane, home, watch_namespaces=[watched] if watched else [], watch_secrets=False)
    return Operator(api_client, home, watched)


@pytest.mark.parametrize(("verb", "resource"), NEEDED)
def test_the_operator_may_do_its_work(operator: Operator, verb: str, resource: str) -> None:
    assert operator.can(verb, resource, operator.watched)


@pytest.mark.parametrize("verb", ["get", "list", "watch"])
def test_the_operator_may_read_the_ebooks_of_the_publisher(operator: Operator, verb: str) -> None:
    assert operator.can(verb, f"ebooks.{GROUP}")


@pytest.mark.parametrize(("verb", "resource"), REFUSED)
def test_the_operator_may_do_nothing_else(operator: Operator, verb: str, resource: str) -> None:
    assert not operator.can(verb, resource, operator.watched or "default")


def test_an_operator_of_one_namespace_may_let_go_of_districts_in_another_and_nothing_else(
    control_plane: Cluster, api_client: client.ApiClient, home: str
) -> None:
    remove_rbac(control_plane, home)
    install_rbac(control_plane, home, watch_namespaces=["default"])
    operator = Operator(api_client, home, "default")

    letting_go = [(verb, f"rosterintegrations.{GROUP}") for verb in ("get", "list", "watch", "patch")]
    assert [need for need in NEEDED if operator.can(*need, "kube-system") or operator.can(*need)] == letting_go


def test_a_namespace_that_is_not_served_is_refused_to_the_operators_own_token(
    control_plane: Cluster, home: str
) -> None:
    remove_rbac(control_plane, home)
    identity = install_rbac(control_plane, home, watch_namespaces=["default"])

    with pytest.raises(CommandFailed, match=f"{home}:{ACCOUNT}.*cannot get resource"):
        control_plane.kubectl("get", "secret", "any", "--namespace", "kube-system", kubeconfig=identity)
    with pytest.raises(CommandFailed, match="not found"):
        control_plane.kubectl("get", "secret", "any", "--namespace", "default", kubeconfig=identity)


def test_watching_secrets_is_granted_only_where_it_was_asked_for(
    control_plane: Cluster, api_client: client.ApiClient, home: str
) -> None:
    remove_rbac(control_plane, home)
    install_rbac(control_plane, home, watch_secrets=True)
    operator = Operator(api_client, home)

    assert operator.can("list", "secrets")
    assert operator.can("watch", "secrets")
    assert not operator.can("update", "secrets")


def test_if_nobody_says_secrets_are_listed_in_named_namespaces_and_never_in_the_cluster(
    control_plane: Cluster, api_client: client.ApiClient, home: str
) -> None:
    operator = Operator(api_client, home)
    remove_rbac(control_plane, home)
    install_rbac(control_plane, home)
    assert operator.can("get", "secrets", "default")
    assert not operator.can("list", "secrets", "default")

    remove_rbac(control_plane, home)
    install_rbac(control_plane, home, watch_namespaces=["default"])
    assert operator.can("list", "secrets", "default")
    assert not operator.can("list", "secrets", "kube-system")
    assert not operator.can("list", "secrets")


def test_of_config_maps_the_operators_token_writes_catalogs_and_nothing_else(
    control_plane: Cluster, home: str, crds_installed: None
) -> None:
    remove_rbac(control_plane, home)
    identity = install_rbac(control_plane, home)
    owner = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "RosterIntegration", "name": "springfield", "uid": "1"}

    def apply(name: str, *owners: dict[str, str]) -> str:
        metadata = {"name": name, "namespace": home, "ownerReferences": owners}
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"schools": "- id: 1"}}
        options = ("--server-side", "--force-conflicts", "--field-manager=roster-operator", "--validate=false")
        return control_plane.kubectl("apply", *options, "-f", "-", input=json.dumps(manifest), kubeconfig=identity)

    wait_until(lambda: refused(apply, "anything"))  # a new policy holds within a moment
    assert "serverside-applied" in apply("springfield-catalog", owner)
    assert "serverside-applied" in apply("springfield-catalog", owner)
    assert refused(apply, "springfield-catalog")
    assert refused(apply, "shelbyville-catalog", owner)
    control_plane.kubectl("create", "configmap", "other-catalog", "--namespace", home)
    assert refused(apply, "other-catalog", {**owner, "name": "other"})
    assert refused(apply, "kube-root-ca.crt", {**owner, "name": "kube-root-ca.crt"})


def refused(apply: Callable[..., str], *arguments: Any) -> bool:
    """Whether the policy is what refuses it."""
    try:
        apply(*arguments)
    except CommandFailed as failed:
        return "ValidatingAdmissionPolicy" in failed.stderr
    return False
