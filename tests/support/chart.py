"""The operator's identity as the chart ships it: a ServiceAccount with the chart's permissions and no others.

    kubeconfig = install_rbac(control_plane, namespace, watch_namespaces=[namespace])

Whoever uses this kubeconfig may do exactly what an installed operator may do.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hack.controlplane.binaries import BinariesMissing
from hack.controlplane.cluster import Cluster
from tests.support.availability import unavailable

CHART = Path(__file__).resolve().parents[2] / "charts" / "roster-operator"
RELEASE = "roster-operator"
ACCOUNT = "roster-operator"


def render_rbac(
    cluster: Cluster, namespace: str, *, watch_namespaces: Sequence[str] = (), watch_secrets: bool | None = None
) -> str:
    """Return the manifests (YAML) of the ServiceAccount in `namespace`, and of its roles, bindings and policy.

    Without `watch_namespaces` the permissions hold in every namespace, as `watch.namespaces: []` has it; without
    `watch_secrets` Secrets are watched where the chart says so.
    """
    options = [f"--set=watch.namespaces[{index}]={name}" for index, name in enumerate(watch_namespaces)]
    if watch_secrets is not None:
        options.append(f"--set=secrets.watch={str(watch_secrets).lower()}")
    templates = [f"--show-only=templates/{name}.yaml" for name in ("serviceaccount", "rbac", "catalog-policy")]
    try:
        return cluster.helm("template", RELEASE, CHART, "--namespace", namespace, *templates, *options)
    except BinariesMissing as error:
        unavailable("helm", str(error))


def install_rbac(
    cluster: Cluster, namespace: str, *, watch_namespaces: Sequence[str] = (), watch_secrets: bool | None = None
) -> Path:
    """Give the operator its identity in `namespace`, which must exist; return the kubeconfig to run it with.

    The names of the cluster-scoped roles contain `namespace`: tests with namespaces of their own do not meet.
    """
    manifests = render_rbac(cluster, namespace, watch_namespaces=watch_namespaces, watch_secrets=watch_secrets)
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input=manifests)
    return cluster.kubeconfig_for_service_account(namespace, ACCOUNT)


def remove_rbac(cluster: Cluster, namespace: str) -> None:
    """Remove the cluster-scoped roles and bindings that `install_rbac` made for `namespace`."""
    for name in (f"{namespace}:{RELEASE}", f"{namespace}:{RELEASE}:ebooks"):
        cluster.kubectl("delete", "clusterrolebinding,clusterrole", name, "--ignore-not-found", "--wait=false")
    policies = "validatingadmissionpolicybinding,validatingadmissionpolicy"
    cluster.kubectl("delete", policies, f"{namespace}.{RELEASE}.catalogs", "--ignore-not-found", "--wait=false")
