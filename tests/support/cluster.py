"""Fixtures with a real Kubernetes API server.

It is, in this order: the cluster of `--kubeconfig`, the programs of KUBEBUILDER_ASSETS, those that
`make controlplane` built. A test that uses one of these fixtures is marked `cluster` by that alone.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hack.controlplane.binaries import Binaries, BinariesMissing, find_binaries
from hack.controlplane.cluster import Cluster
from hack.controlplane.server import ControlPlane
from kubernetes import client, config
from tests.support.availability import unavailable

SERVER = "a Kubernetes API server"
CRDS = Path(__file__).resolve().parents[2] / "crds"
GROUP = "rostering.cpm.org"


def _binaries() -> Binaries:
    try:
        return find_binaries()
    except BinariesMissing as error:
        unavailable(SERVER, str(error))


@pytest.fixture(scope="session")
def control_plane(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A cluster for the whole session; all tests share it, so each keeps to a `namespace` of its own."""
    named = request.config.getoption("--kubeconfig")
    if named:
        with tempfile.TemporaryDirectory(prefix="roster-cluster-") as folder:
            yield Cluster(Path(named).resolve(), _binaries(), Path(folder))
        return
    with ControlPlane(_binaries()) as own:
        yield own


@pytest.fixture
def stoppable_control_plane(request: pytest.FixtureRequest) -> Iterator[ControlPlane]:
    """A control plane that the test may take away and bring back: `stop_apiserver`, `start_apiserver`.

    The session's, unless that is somebody's cluster; it runs again when the test has ended.
    """
    shared = request.getfixturevalue("control_plane")
    if isinstance(shared, ControlPlane):
        yield shared
        shared.start_apiserver()
        return
    with ControlPlane(_binaries()) as own:
        yield own


@pytest.fixture(scope="session")
def garbage_collection(control_plane: Cluster) -> None:
    """Makes the cluster remove what belongs to a deleted owner, and the content of deleted namespaces."""
    if isinstance(control_plane, ControlPlane):
        try:
            control_plane.start_controller_manager()
        except BinariesMissing as error:
            unavailable("the Kubernetes controller manager", str(error))


@pytest.fixture(scope="session")
def admin_kubeconfig(control_plane: Cluster) -> Path:
    """The path of the kubeconfig of the cluster's admin."""
    return control_plane.kubeconfig


@pytest.fixture(scope="session")
def kubectl(control_plane: Cluster) -> Callable[..., str]:
    """`kubectl(*arguments, input=None, kubeconfig=None) -> str`, as the admin; raises `CommandFailed`."""
    return control_plane.kubectl


@pytest.fixture(scope="session")
def helm(control_plane: Cluster) -> Callable[..., str]:
    """`helm(*arguments, input=None, kubeconfig=None) -> str`, as the admin; raises `CommandFailed`."""
    try:
        control_plane.binaries.path("helm")
    except BinariesMissing as error:
        unavailable("helm", str(error))
    return control_plane.helm


@pytest.fixture(scope="session")
def api_client(admin_kubeconfig: Path) -> Iterator[client.ApiClient]:
    """A `kubernetes.client.ApiClient` of the admin, for assertions: a call takes milliseconds, kubectl 100."""
    with config.new_client_from_config(str(admin_kubeconfig)) as admin:  # type: ignore[no-untyped-call]
        yield admin


@pytest.fixture(scope="session")
def crds_installed(control_plane: Cluster) -> None:
    """Makes sure that the CRDs of `crds/` are installed and served."""
    control_plane.kubectl("apply", "--server-side", "--force-conflicts", "-f", CRDS)
    control_plane.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", CRDS)


@pytest.fixture
def namespace(api_client: client.ApiClient) -> Iterator[str]:
    """A fresh namespace; it and its RosterIntegrations are gone, finalizers or not, after the test."""
    name = f"test-{secrets.token_hex(4)}"
    core = client.CoreV1Api(api_client)
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=name)))
    yield name
    _remove_integrations(api_client, name)
    core.delete_namespace(name)


def _remove_integrations(api_client: client.ApiClient, namespace: str) -> None:
    """Remove what an operator of a later test would otherwise find and reconcile."""
    objects = client.CustomObjectsApi(api_client)
    kind = (GROUP, "v1alpha1", namespace, "rosterintegrations")
    try:
        objects.delete_collection_namespaced_custom_object(*kind)
        left: Any = objects.list_namespaced_custom_object(*kind)
    except client.ApiException as error:
        if error.status == 404:  # no such kind: the test did not need the CRDs
            return
        raise
    for item in left["items"]:
        try:
            objects.patch_namespaced_custom_object(*kind, item["metadata"]["name"], {"metadata": {"finalizers": None}})
        except client.ApiException as error:
            if error.status != 404:  # somebody finished its deletion meanwhile
                raise
