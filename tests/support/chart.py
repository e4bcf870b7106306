"""The operator's identity as the chart ships it: a ServiceAccount with the chart's permissions and no others.

    kubeconfig = install_rbac(control_plane, namespace, watch_namespaces=[namespace])

Whoever uses this kubeconfig may do exactly what an installed operator may do.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
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
    stand_ins = {name: f"stand-in-{index}" for index, name in enumerate(dict.fromkeys((namespace, *watch_namespaces)))}
    watched = tuple(stand_ins[name] for name in watch_namespaces)
    manifests = _rendered(cluster, stand_ins[namespace], watched, watch_secrets)
    for name, stand_in in stand_ins.items():
        manifests = manifests.replace(stand_in, name)
    return manifests


@cache
def _rendered(cluster: Cluster, namespace: str, watch_namespaces: tuple[str, ...], watch_secrets: bool | None) -> str:
    """What helm makes of it; most tests differ in the namespace's name alone, so it is asked once for all of them."""
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
    roles = (f"{namespace}:{RELEASE}", f"{namespace}:{RELEASE}:ebooks", f"{namespace}:{RELEASE}:letting-go")
    made = [f"{kind}/{name}" for kind in ("clusterrolebinding", "clusterrole") for name in roles]
    policy = f"{namespace}.{RELEASE}.catalogs"
    made += [f"validatingadmissionpolicybinding/{policy}", f"validatingadmissionpolicy/{policy}"]
    cluster.kubectl("delete", *made, "--ignore-not-found", "--wait=false")
