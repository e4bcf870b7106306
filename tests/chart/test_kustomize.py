"""The base for who installs by Kustomize is what the chart installs, wherever an overlay puts it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hack.controlplane.cluster import Cluster
from hack.kustomize import BASE, ROOT, VALUES, written
from tests.chart.test_rendering import of_kind

Manifest = dict[str, Any]
Build = Callable[[Path], list[Manifest]]
OVERLAY = BASE.parent / "overlay"


@pytest.fixture(scope="module")
def build(chart_cluster: Cluster) -> Build:
    """`build(folder)` is what `kubectl kustomize` makes of it."""
    return lambda folder: list(yaml.load_all(chart_cluster.kubectl("kustomize", folder), Loader=yaml.CSafeLoader))


def test_the_base_is_what_the_chart_renders(offline_helm: Callable[..., str]) -> None:
    assert (BASE / "operator.yaml").read_text(encoding="utf-8") == written(offline_helm), "make kustomize"


def test_the_definitions_are_those_of_the_repository() -> None:
    for definition in (ROOT / "crds").glob("*.yaml"):
        assert (BASE / "crds" / definition.name).read_text() == definition.read_text(), "make crds"
    assert len(list((BASE / "crds").iterdir())) == len(list((ROOT / "crds").glob("*.yaml")))


@pytest.mark.parametrize("folder", [BASE, OVERLAY], ids=["base", "overlay"])
def test_the_server_takes_it_and_knows_every_field(chart_cluster: Cluster, build: Build, folder: Path) -> None:
    namespace = of_kind(build(folder), "Namespace")[0]["metadata"]["name"]

    chart_cluster.kubectl("apply", "--server-side", "--validate=strict", "-k", folder)

    assert "roster-operator" in chart_cluster.kubectl("get", "deployment", "-n", namespace, "--output=name")


def test_an_overlay_moves_it_to_another_namespace_with_every_text(build: Build) -> None:
    built = build(OVERLAY)

    assert {each["metadata"]["namespace"] for each in built if "namespace" in each["metadata"]} == {"rosters"}
    conditions = [each["spec"].get("matchConditions", []) for each in of_kind(built, "ValidatingAdmissionPolicy")]
    (condition,) = [condition for each in conditions for condition in each]
    bindings = [each["spec"] for each in of_kind(built, "ValidatingAdmissionPolicyBinding")]
    assert [each["matchResources"]["namespaceSelector"] for each in bindings if "matchResources" in each] == [
        {"matchLabels": {"kubernetes.io/metadata.name": "rosters"}}
    ]
    assert condition["expression"].endswith('"system:serviceaccount:rosters:roster-operator"')
    (deployment,) = of_kind(built, "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    env = {entry["name"]: entry.get("value") for entry in container["env"]}
    assert env["ROSTER_OPERATOR_SNAPSHOT_SECRET"] == "rosters/roster-operator-snapshot-key"
    assert container["image"] == "registry.example.org/roster-operator:0.1.0"


def test_there_is_no_third_text_with_the_namespace_in_it(render: Callable[..., list[Manifest]]) -> None:
    texts = {text for each in render(VALUES, namespace="elsewhere") for text in texts_of(each) if "elsewhere" in text}

    names = {text for text in texts if text == "elsewhere" or text.startswith(("elsewhere:", "elsewhere."))}
    assert sorted(texts - names) == [
        "elsewhere/roster-operator-snapshot-key",
        'request.userInfo.username == "system:serviceaccount:elsewhere:roster-operator"',
    ]


def texts_of(value: Any) -> list[str]:
    """Every text in an object."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts_of(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts_of(each)]
    return [value] if isinstance(value, str) else []
