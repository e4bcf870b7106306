"""What the chart installs is known to the oldest Kubernetes that it takes, and to the one that the tests run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import kubernetes_validate
import pytest
from hack.controlplane.recipe import kubernetes_version
from tests.chart.every_value import POSTGRES, all_at_once
from tests.docs.pages import text_of

from roster_operator.operations.check import OLDEST

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]

OLDEST_VERSION = ".".join(map(str, OLDEST))
NEWEST_VERSION = ".".join(kubernetes_version().removeprefix("v").split(".")[:2])
THEIRS = {"monitoring.coreos.com/v1"}
"""Known where the Prometheus operator is."""


@pytest.mark.parametrize("version", [OLDEST_VERSION, NEWEST_VERSION])
@pytest.mark.parametrize("ledger", [{}, POSTGRES], ids=["sqlite", "postgres"])
def test_the_schemas_of_kubernetes_know_every_field(render: Render, version: str, ledger: Manifest) -> None:
    known = [manifest for manifest in render(all_at_once(ledger)) if manifest["apiVersion"] not in THEIRS]

    for manifest in known:
        kubernetes_validate.validate(manifest, version, strict=True)
    kinds = {manifest["kind"] for manifest in known}
    assert {"CustomResourceDefinition", "Deployment", "NetworkPolicy", "ValidatingAdmissionPolicy"} <= kinds


def test_they_would_not_know_another(render: Render) -> None:
    (account,) = [each for each in render() if each["kind"] == "ServiceAccount"]

    with pytest.raises(kubernetes_validate.ValidationError, match="'owner' was unexpected"):
        kubernetes_validate.validate({**account, "owner": "x"}, OLDEST_VERSION, strict=True)


@pytest.mark.parametrize("page", ["docs/how-to/install.md", "docs/start/cluster.md"])
def test_the_documentation_names_the_oldest(page: str) -> None:
    assert f"Kubernetes {OLDEST_VERSION} or newer" in text_of(page)


def test_the_page_names_the_newest_that_was_tried() -> None:
    assert f"tried with {NEWEST_VERSION}" in text_of("docs/how-to/install.md")
