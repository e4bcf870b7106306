"""The control plane that other tests rely on is a real one: its release, its RBAC, its memory."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hack.controlplane.cluster import Cluster, CommandFailed
from hack.controlplane.recipe import built_folder, kubernetes_version
from hack.controlplane.server import ControlPlane

Run = Callable[..., str]


def test_the_api_server_reports_the_release_that_kubectl_has(kubectl: Run) -> None:
    versions = json.loads(kubectl("version", "--output=json"))

    server = versions["serverVersion"]["gitVersion"]
    assert re.match(r"v1\.\d+\.\d+", server)
    assert server == versions["clientVersion"]["gitVersion"]


def test_what_make_controlplane_builds_is_the_pinned_release(control_plane: Cluster) -> None:
    for program in ("kube-apiserver", "kubectl"):
        path = control_plane.binaries.path(program)
        options = ["version", "--client"] if program == "kubectl" else ["--version"]
        words = subprocess.run([path, *options], capture_output=True, text=True, check=True).stdout

        assert path.parent != built_folder() or kubernetes_version() in words


def test_a_service_account_without_rights_is_refused(control_plane: Cluster, namespace: str) -> None:
    control_plane.kubectl("create", "serviceaccount", "stranger", "--namespace", namespace)
    stranger = control_plane.kubeconfig_for_service_account(namespace, "stranger")

    with pytest.raises(CommandFailed, match=f"system:serviceaccount:{namespace}:stranger.*cannot list"):
        control_plane.kubectl("get", "secrets", kubeconfig=stranger)


def test_a_service_account_may_do_what_its_role_allows_and_nothing_else(control_plane: Cluster, namespace: str) -> None:
    inside = ("--namespace", namespace)
    control_plane.kubectl("create", "serviceaccount", "reader", *inside)
    control_plane.kubectl("create", "role", "reader", "--verb=list", "--resource=configmaps", *inside)
    control_plane.kubectl(
        "create", "rolebinding", "reader", "--role=reader", f"--serviceaccount={namespace}:reader", *inside
    )
    reader = control_plane.kubeconfig_for_service_account(namespace, "reader")

    control_plane.kubectl("get", "configmaps", kubeconfig=reader)
    with pytest.raises(CommandFailed, match="cannot list"):
        control_plane.kubectl("get", "secrets", kubeconfig=reader)


def test_the_api_server_keeps_its_data_and_address_when_it_is_taken_away_and_brought_back(
    stoppable_control_plane: ControlPlane,
) -> None:
    plane = stoppable_control_plane
    plane.kubectl("create", "configmap", "survivor", "--from-literal=roster=kept")
    address = plane.url

    plane.stop_apiserver()
    with pytest.raises(CommandFailed):
        plane.kubectl("get", "configmap", "survivor")
    plane.start_apiserver()

    assert plane.kubectl("get", "configmap", "survivor", "--output=jsonpath={.data.roster}") == "kept"
    assert plane.url == address
    plane.kubectl("delete", "configmap", "survivor")


def test_what_belongs_to_a_deleted_owner_is_removed(kubectl: Run, namespace: str, garbage_collection: None) -> None:
    kubectl("create", "configmap", "owner", "--namespace", namespace)
    uid = kubectl("get", "configmap", "owner", "--namespace", namespace, "--output=jsonpath={.metadata.uid}")
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid}
    owned = {"name": "owned", "namespace": namespace, "ownerReferences": [owner]}
    kubectl("create", "-f", "-", input=json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": owned}))

    kubectl("delete", "configmap", "owner", "--namespace", namespace)

    kubectl("wait", "--for=delete", "configmap/owned", "--namespace", namespace, "--timeout=60s")


def test_helm_speaks_to_the_cluster(helm: Run, namespace: str) -> None:
    assert json.loads(helm("list", "--namespace", namespace, "--output", "json")) == []


def test_a_control_plane_leaves_nothing_behind(control_plane: Cluster) -> None:
    with ControlPlane(control_plane.binaries) as own:
        before = (own.apiserver_running, own.folder.exists())

    assert before == (True, True)
    assert (own.apiserver_running, own.folder.exists()) == (False, False)


def test_kubeconfigs_are_for_their_owner_alone(control_plane: Cluster, namespace: str, tmp_path: Path) -> None:
    control_plane.kubectl("create", "serviceaccount", "someone", "--namespace", namespace)

    path = control_plane.kubeconfig_for_service_account(namespace, "someone")

    assert path.stat().st_mode & 0o077 == 0
