"""Who uninstalls is warned of what hangs without the operator, and not held up, as a hook of helm would."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from hack.controlplane.cluster import Cluster, CommandFailed
from tests.support.chart import CHART, RELEASE

NAMESPACE = "default"
WARNING = "RosterIntegrations that are still there hang when they are deleted"
IN_TIME = 60.0
"""The API server goes by a new policy some moments after it was made."""
HOOK = """
apiVersion: batch/v1
kind: Job
metadata:
  name: asks-first
  annotations: {helm.sh/hook: pre-delete}
spec:
  template:
    spec: {restartPolicy: Never, containers: [{name: ask, image: gone}]}
"""


def both_streams(cluster: Cluster, program: str, *arguments: str) -> str:
    """What a program prints, and what it warns of."""
    command = [str(cluster.binaries.path(program)), *arguments]
    done = subprocess.run(command, env=cluster.environment, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout + done.stderr


def uninstall(cluster: Cluster) -> str:
    return both_streams(cluster, "helm", "uninstall", RELEASE, "--namespace", NAMESPACE, "--wait=hookOnly")


@pytest.fixture
def installed(chart_cluster: Cluster) -> Cluster:
    """The release, of which the API server warns."""
    chart_cluster.helm("upgrade", "--install", RELEASE, str(CHART), "--namespace", NAMESPACE, "--reset-values")
    trying = ("delete", "deployment", RELEASE, "-n", NAMESPACE, "--dry-run=server")
    end = time.monotonic() + IN_TIME
    while WARNING not in (said := both_streams(chart_cluster, "kubectl", *trying)):
        assert time.monotonic() < end, said
        time.sleep(0.5)
    return chart_cluster


def test_helm_shows_the_warning_and_uninstalls_all_the_same(installed: Cluster) -> None:
    said = uninstall(installed)

    assert WARNING in said
    assert "docs/how-to/uninstall.md" in said
    assert "uninstalled" in said
    assert not installed.kubectl("get", "deployment", "-n", NAMESPACE, "--output=name")


def test_no_other_deployment_is_meant(installed: Cluster) -> None:
    installed.kubectl("create", "deployment", "other", "--image=other", "-n", NAMESPACE)
    installed.kubectl("create", "namespace", "neighbor")
    installed.kubectl("create", "deployment", RELEASE, "--image=other", "-n", "neighbor")

    assert WARNING not in both_streams(installed, "kubectl", "delete", "deployment", "other", "-n", NAMESPACE)
    assert WARNING not in both_streams(installed, "kubectl", "delete", "deployment", RELEASE, "-n", "neighbor")
    uninstall(installed)


def test_a_hook_that_cannot_run_or_refuses_leaves_a_release_that_cannot_be_upgraded(
    chart_cluster: Cluster, tmp_path: Path
) -> None:
    """Why there is none: docs/decisions/0057-uninstalling-warns-by-admission.md."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("{apiVersion: v2, name: hooked, version: 1.0.0}")
    (tmp_path / "templates" / "hook.yaml").write_text(HOOK)
    chart_cluster.helm("install", "hooked", str(tmp_path), "--namespace", NAMESPACE)

    with pytest.raises(CommandFailed):
        chart_cluster.helm("uninstall", "hooked", "--namespace", NAMESPACE, "--timeout=3s", "--wait=hookOnly")

    with pytest.raises(CommandFailed, match="no deployed releases"):
        chart_cluster.helm("upgrade", "hooked", str(tmp_path), "--namespace", NAMESPACE)
