"""The CronJob of the page, against a real API server: it is taken, and its account may do that and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hack.controlplane.cluster import Cluster, CommandFailed
from tests.docs.typed import shown

PAGE = "docs/how-to/sync-at-night.md"
SPEC, MANIFESTS = (block.text for block in shown(PAGE, "yaml"))
DISTRICT = {
    "apiVersion": "rostering.cpm.org/v1alpha1",
    "kind": "RosterIntegration",
    "metadata": {"name": "springfield"},
    "spec": {
        "source": {"baseURL": "https://springfield.example.org", "secretRef": {"name": "springfield-sis"}},
        **yaml.safe_load(SPEC)["spec"],
    },
}

pytestmark = pytest.mark.slow


@pytest.fixture
def applied(control_plane: Cluster, crds_installed: None, namespace: str) -> str:
    """A namespace that has what the page says, and two districts."""
    other = {**DISTRICT, "metadata": {"name": "shelbyville"}}
    for text in (
        MANIFESTS.replace("namespace: districts", f"namespace: {namespace}"),
        yaml.safe_dump_all([DISTRICT, other]),
    ):
        control_plane.kubectl("apply", "-n", namespace, "-f", "-", input=text)
    return namespace


def command() -> str:
    (job,) = [document for document in yaml.safe_load_all(MANIFESTS) if document["kind"] == "CronJob"]
    container: dict[str, Any] = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    assert container["command"] == ["sh", "-ec"]
    return str(container["args"][0])


def test_the_command_of_the_job_asks_for_a_sync_under_its_own_account(
    applied: str, control_plane: Cluster, tmp_path: Path
) -> None:
    kubeconfig = control_plane.kubeconfig_for_service_account(applied, "sync-at-night")
    night = Cluster(kubeconfig, control_plane.binaries, tmp_path)
    words = re.sub(r'"\$\(date .*?\)"', "2026-11-30T08:30:00Z", command()).split()
    assert words[0] == "kubectl"

    night.kubectl(*words[1:], "-n", applied)

    path = "jsonpath={.metadata.annotations.rostering\\.cpm\\.org/requested-at}"
    assert control_plane.kubectl("get", "ri", "springfield", "-n", applied, "-o", path) == "2026-11-30T08:30:00Z"
    with pytest.raises(CommandFailed, match="forbidden"):
        night.kubectl("annotate", "ri", "shelbyville", "-n", applied, "a=b")
    with pytest.raises(CommandFailed, match="forbidden"):
        night.kubectl("get", "secrets", "-n", applied)
