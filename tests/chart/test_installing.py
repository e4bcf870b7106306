"""The chart against a real API server: installed, upgraded, uninstalled, and installed again.

Nothing runs pods there, so helm does not wait for them.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hack.controlplane.cluster import Cluster, CommandFailed
from tests.chart.every_value import FIXED, POSTGRES, all_at_once
from tests.support.chart import CHART, RELEASE

NAMESPACE = "default"
DELETION_TRIES = 24
CRDS = ("ebooks.rostering.cpm.org", "rosterintegrations.rostering.cpm.org")
EVERYTHING = [all_at_once({}), all_at_once(POSTGRES)]
KINDS = (
    "deployment,service,serviceaccount,networkpolicy,pvc,clusterrole,clusterrolebinding,role,rolebinding,pdb,"
    "validatingadmissionpolicy,validatingadmissionpolicybinding"
)
MONITORING = Path(__file__).parent / "prometheus-operator-0.85.0.json"
"""Definitions of the Prometheus operator (Apache 2.0), without their descriptions."""
DISTRICT = {
    "apiVersion": "rostering.cpm.org/v1alpha1",
    "kind": "RosterIntegration",
    "metadata": {"name": "springfield", "namespace": NAMESPACE, "finalizers": ["rostering.cpm.org/cleanup"]},
    "spec": {"source": {"baseURL": "https://sis.example.org", "secretRef": {"name": "springfield-sis"}}},
}


@pytest.fixture
def cluster(chart_cluster: Cluster) -> Iterator[Cluster]:
    """The module's cluster without a release and without the chart's CRDs, before and after."""
    yield chart_cluster
    chart_cluster.helm("uninstall", RELEASE, "--namespace", NAMESPACE, "--ignore-not-found", "--wait=hookOnly")
    remove_district(chart_cluster)
    chart_cluster.kubectl("delete", "crd", *CRDS, "--ignore-not-found", "--wait=false")
    await_no_crds(chart_cluster)
    release_volume = '--patch={"metadata":{"finalizers":null}}'
    for claim in chart_cluster.kubectl("get", "pvc", "-n", NAMESPACE, "--output=name").split():
        chart_cluster.kubectl("delete", claim, "-n", NAMESPACE, "--wait=false")
        chart_cluster.kubectl("patch", claim, "-n", NAMESPACE, "--type=merge", release_volume)


@pytest.fixture(scope="module")
def others(chart_cluster: Cluster) -> None:
    """What the values name and somebody else installs."""
    chart_cluster.kubectl("apply", "--server-side", "-f", MONITORING)
    for namespace in ("north", "elsewhere"):
        chart_cluster.kubectl("create", "namespace", namespace)


def install(cluster: Cluster, *options: str, chart: Path = CHART, values: dict[str, Any] | None = None) -> str:
    text = yaml.safe_dump(values or {})
    namespace = ("--namespace", NAMESPACE)
    return cluster.helm(
        "upgrade", "--install", RELEASE, chart, *namespace, "--reset-values", "--values", "-", *options, input=text
    )


def get(cluster: Cluster, kind: str, name: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(cluster.kubectl("get", kind, name, "-n", NAMESPACE, "--output=json"))
    return answer


def names(cluster: Cluster, kinds: str) -> list[str]:
    selector = f"--selector=app.kubernetes.io/instance={RELEASE}"
    return cluster.kubectl("get", kinds, "-n", NAMESPACE, selector, "--output=name").split()


def await_crds(cluster: Cluster) -> None:
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", *CRDS)


def await_no_crds(cluster: Cluster) -> None:
    """Wait until the CRDs, which were deleted, are gone.

    Where one is deleted within moments of its creation, the API server's finalizer can fail once ("storage is
    (re)initializing") and then waits five minutes, unless the CRD changes: its second try may meet its own write
    of the condition and takes that for somebody else's change to come.
    """
    for attempt in range(DELETION_TRIES):
        with suppress(CommandFailed):
            cluster.kubectl("wait", "--for=delete", "--timeout=5s", "crd", *CRDS)
        remaining = cluster.kubectl("get", "crd", *CRDS, "--ignore-not-found", "--output=name").split()
        if not remaining:
            return
        with suppress(CommandFailed):
            cluster.kubectl("annotate", "--overwrite", *remaining, f"tests/try={attempt}")
    pytest.fail(cluster.kubectl("get", "crd", *CRDS, "--output=jsonpath={..status.conditions}"))


def remove_district(cluster: Cluster) -> None:
    """Delete the district of `DISTRICT`, if there is one, as the chart's notes say for when the operator is gone."""
    try:
        cluster.kubectl("delete", "rosterintegration", "springfield", "-n", NAMESPACE, "--wait=false")
        patch = '--patch={"metadata":{"finalizers":null}}'
        cluster.kubectl("patch", "rosterintegration", "springfield", "-n", NAMESPACE, "--type=merge", patch)
    except CommandFailed as error:
        if "NotFound" not in error.stderr and "doesn't have a resource type" not in error.stderr:
            raise


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize("values", EVERYTHING, ids=["sqlite", "postgres"])
def test_the_server_takes_every_value_and_knows_every_field(cluster: Cluster, values: dict[str, Any]) -> None:
    install(cluster, values=values)

    manifest = cluster.helm("get", "manifest", RELEASE, "--namespace", NAMESPACE)
    wanted = [entry for entry in yaml.load_all(manifest, Loader=yaml.CSafeLoader) if entry]
    kinds = {entry["kind"] for entry in wanted}
    monitoring = {"ServiceMonitor", "PodMonitor", "PrometheusRule"}
    assert {"CustomResourceDefinition", "Deployment", "NetworkPolicy", "RoleBinding"} | monitoring <= kinds
    await_crds(cluster)
    cluster.kubectl(
        "apply",
        "--dry-run=server",
        "--server-side",
        "--force-conflicts",
        "--validate=strict",
        "-f",
        "-",
        input=manifest,
    )


@pytest.mark.usefixtures("others")
def test_every_value_comes_and_goes_by_an_upgrade(cluster: Cluster) -> None:
    install(cluster)
    before = names(cluster, KINDS)

    install(cluster, values=all_at_once({}, leave_out=FIXED))
    assert len(names(cluster, KINDS)) > len(before)

    install(cluster)
    assert names(cluster, KINDS) == before


def test_a_district_can_be_applied_once_the_chart_is_installed(cluster: Cluster) -> None:
    install(cluster)
    await_crds(cluster)

    cluster.kubectl("apply", "--server-side", "-f", "-", input=json.dumps(DISTRICT))

    assert get(cluster, "rosterintegration", "springfield")["spec"]["live"] is False


def test_an_upgrade_changes_the_deployment(cluster: Cluster) -> None:
    install(cluster)
    install(cluster, "--set=workers=9")

    deployment = get(cluster, "deployment", RELEASE)
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert {"name": "ROSTER_OPERATOR_WORKERS", "value": "9"} in container["env"]
    assert deployment["metadata"]["generation"] == 2


def test_an_upgrade_without_a_change_restarts_nothing(cluster: Cluster) -> None:
    install(cluster)
    install(cluster)

    assert get(cluster, "deployment", RELEASE)["metadata"]["generation"] == 1


def test_an_upgrade_brings_the_new_definitions(cluster: Cluster, tmp_path: Path) -> None:
    older = tmp_path / "roster-operator"
    shutil.copytree(CHART, older)
    definition = older / "templates" / "crds" / "ebooks.yaml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace("An eBook of the publisher", "A book of the publisher", 1), encoding="utf-8")
    install(cluster, chart=older)
    await_crds(cluster)
    assert "A book of the publisher" in cluster.kubectl("get", "crd", CRDS[0], "--output=yaml")

    install(cluster)

    assert "A book of the publisher" not in cluster.kubectl("get", "crd", CRDS[0], "--output=yaml")


def test_no_definition_is_where_helm_never_upgrades_it() -> None:
    assert not (CHART / "crds").exists()


@pytest.mark.usefixtures("others")
def test_uninstalling_keeps_districts_and_licenses_and_nothing_else(cluster: Cluster) -> None:
    install(cluster, values=all_at_once({}, leave_out=FIXED))
    await_crds(cluster)
    cluster.kubectl("apply", "--server-side", "-f", "-", input=json.dumps(DISTRICT))

    cluster.helm("uninstall", RELEASE, "--namespace", NAMESPACE, "--wait=hookOnly")

    assert get(cluster, "rosterintegration", "springfield")["spec"]["source"]
    assert names(cluster, KINDS) == ["persistentvolumeclaim/roster-operator-ledger"]


def test_a_release_that_is_installed_again_finds_what_was_kept(cluster: Cluster) -> None:
    install(cluster)
    ledger = get(cluster, "pvc", "roster-operator-ledger")["metadata"]["uid"]
    cluster.helm("uninstall", RELEASE, "--namespace", NAMESPACE, "--wait=hookOnly")

    install(cluster)

    assert get(cluster, "pvc", "roster-operator-ledger")["metadata"]["uid"] == ledger


def test_a_release_that_moves_takes_the_definitions_over_as_the_documentation_says(
    cluster: Cluster, repository: Path
) -> None:
    install(cluster)
    cluster.helm("uninstall", RELEASE, "--namespace", NAMESPACE, "--wait=hookOnly")
    elsewhere = ("install", RELEASE, CHART, "--namespace", "elsewhere", "--create-namespace")
    with pytest.raises(CommandFailed, match="invalid ownership metadata"):
        cluster.helm(*elsewhere)

    page = (repository / "docs" / "how-to" / "move-to-another-namespace.md").read_text(encoding="utf-8")
    (option,) = re.findall(r"^ *helm install .* (--take-[a-z]+)$", page, re.MULTILINE)
    try:
        cluster.helm(*elsewhere, option)
        assert "elsewhere" in cluster.kubectl("get", "crd", CRDS[0], "--output=jsonpath={.metadata.annotations}")
    finally:
        cluster.helm("uninstall", RELEASE, "--namespace", "elsewhere", "--ignore-not-found", "--wait=hookOnly")


def test_definitions_go_with_the_release_where_that_was_chosen(cluster: Cluster) -> None:
    install(cluster, "--set=crds.keep=false")
    await_crds(cluster)

    cluster.helm("uninstall", RELEASE, "--namespace", NAMESPACE, "--wait=hookOnly")

    await_no_crds(cluster)


def test_definitions_that_somebody_else_installs_are_left_alone(cluster: Cluster, repository: Path) -> None:
    cluster.kubectl("apply", "--server-side", "-f", repository / "crds")

    install(cluster, "--set=crds.enabled=false")

    assert "helm" not in cluster.kubectl("get", "crd", CRDS[0], "--output=jsonpath={.metadata}")


@pytest.mark.parametrize("ledger", [(), ("--set=ledger.sqlite.enabled=false,ledger.existingSecret.name=ledger",)])
def test_the_pod_is_admitted_where_only_restricted_pods_are(cluster: Cluster, ledger: tuple[str, ...]) -> None:
    cluster.kubectl("label", "namespace", NAMESPACE, "--overwrite", "pod-security.kubernetes.io/enforce=restricted")
    rendered = cluster.helm("template", RELEASE, CHART, "-n", NAMESPACE, "-s", "templates/deployment.yaml", *ledger)
    template = yaml.safe_load(rendered)["spec"]["template"]
    pod = {"apiVersion": "v1", "kind": "Pod", **template}
    pod["metadata"] |= {"name": "operator", "namespace": NAMESPACE}

    cluster.kubectl("create", "--dry-run=server", "-f", "-", input=json.dumps(pod))

    # The same pod without its precautions is refused: the check is at work.
    del pod["spec"]["containers"][0]["securityContext"]
    with pytest.raises(CommandFailed, match='violates PodSecurity "restricted'):
        cluster.kubectl("create", "--dry-run=server", "-f", "-", input=json.dumps(pod))
