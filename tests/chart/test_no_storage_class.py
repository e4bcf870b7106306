"""A cluster has no default StorageClass: the ledger's claim waits, and a value names one without a new installation."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hack.controlplane.cluster import Cluster
from tests.chart.conftest import Manifest, Render


def claim_of(render: Render, namespace: str, values: Manifest | None = None) -> str:
    """As helm would apply it."""
    [claim] = [each for each in render(values, namespace) if each["kind"] == "PersistentVolumeClaim"]
    return yaml.safe_dump(claim)


def test_a_claim_that_waits_takes_the_class_that_an_upgrade_names(
    control_plane: Cluster, namespace: str, render: Render
) -> None:
    def claim() -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(control_plane.kubectl("get", "pvc", "-n", namespace, "--output=json"))
        [found] = answer["items"]
        return dict(found)

    control_plane.kubectl("apply", "-f", "-", input=claim_of(render, namespace))
    assert claim()["status"]["phase"] == "Pending"
    assert "storageClassName" not in claim()["spec"]

    named = {"ledger": {"sqlite": {"storageClass": "fast"}}}
    control_plane.kubectl("apply", "-f", "-", input=claim_of(render, namespace, named))

    assert claim()["spec"]["storageClassName"] == "fast"
    let_go = '--patch={"metadata":{"finalizers":null}}'
    control_plane.kubectl("patch", "pvc", claim()["metadata"]["name"], "-n", namespace, "--type=merge", let_go)
