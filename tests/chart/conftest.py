"""helm without a cluster, to render the chart, and a cluster of its own, to install it into."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hack.controlplane.binaries import BinariesMissing, find_binaries
from hack.controlplane.cluster import Cluster
from hack.controlplane.server import ControlPlane
from tests.support.availability import unavailable
from tests.support.chart import CHART, RELEASE

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]
RenderMany = Callable[[Sequence[Manifest]], list[str]]


@pytest.fixture(scope="session")
def offline_helm(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """`helm(*arguments, input=None) -> str`, for what needs no cluster; raises `CommandFailed`."""
    folder = tmp_path_factory.mktemp("helm")
    try:
        binaries = find_binaries()
        binaries.path("helm")
    except BinariesMissing as error:
        unavailable("helm", str(error))
    return Cluster(folder / "no.kubeconfig", binaries, folder).helm


@pytest.fixture(scope="session")
def render(offline_helm: Callable[..., str]) -> Render:
    """`render(values={}, namespace="roster") -> manifests` of the chart."""

    @cache
    def template(namespace: str, values: str) -> str:
        return offline_helm("template", RELEASE, CHART, "--namespace", namespace, "--values", "-", input=values)

    def rendered(values: Manifest | None = None, namespace: str = "roster") -> list[Manifest]:
        text = template(namespace, yaml.safe_dump(values or {}))
        return [manifest for manifest in yaml.load_all(text, Loader=yaml.CSafeLoader) if manifest]

    return rendered


@pytest.fixture(scope="session")
def render_many(offline_helm: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> RenderMany:
    """`render_many([values, ...]) -> [text, ...]`: the chart many times over as parts of one, in one call of helm."""
    whole = tmp_path_factory.mktemp("whole")
    shutil.copytree(CHART, whole / "charts" / CHART.name)
    version = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))["version"]

    def rendered(each: Sequence[Manifest]) -> list[str]:
        parts = {f"part-{number:03}": values for number, values in enumerate(each)}
        needs = [{"name": CHART.name, "version": version, "repository": "", "alias": part} for part in parts]
        chart = {"apiVersion": "v2", "name": "whole", "version": "0.0.0", "dependencies": needs}
        (whole / "Chart.yaml").write_text(yaml.safe_dump(chart), encoding="utf-8")
        # A part is called after its alias.
        names = {"nameOverride": CHART.name, "fullnameOverride": RELEASE}
        values = yaml.safe_dump({part: names | values for part, values in parts.items()})
        text = offline_helm("template", RELEASE, whole, "--values", "-", input=values)
        texts = dict.fromkeys(parts, "")
        for part, manifest in re.findall(
            r"^# Source: whole/charts/([^/]+)/(.*?)(?=^---$|\Z)", text, re.DOTALL | re.MULTILINE
        ):
            texts[part] += manifest.strip().replace(part, CHART.name)
        return list(texts.values())

    return rendered


@pytest.fixture(scope="session")
def default_values() -> Manifest:
    """The chart's values.yaml."""
    values: Manifest = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    return values


@pytest.fixture(scope="module")
def chart_cluster() -> Iterator[Cluster]:
    """A cluster of the module's own: the chart installs CRDs, which other tests share."""
    try:
        find_binaries().path("helm")
    except BinariesMissing as error:
        unavailable("helm", str(error))
    with ControlPlane() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return CHART.parents[1]
