"""Commands find RosterIntegrations by the kubeconfig, as kubectl does; also as a plugin of kubectl, as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hack.controlplane.cluster import Cluster
from tests.operations.conftest import call

PROGRAMS = Path(sys.executable).parent

pytestmark = pytest.mark.usefixtures("crds_installed")


@pytest.fixture
def springfield(kubectl: Callable[..., str], namespace: str) -> str:
    """The namespace of a RosterIntegration that no operator looks at."""
    manifest = {
        "apiVersion": "rostering.cpm.org/v1alpha1",
        "kind": "RosterIntegration",
        "metadata": {"name": "springfield", "namespace": namespace},
        "spec": {"source": {"baseURL": "https://sis.example", "secretRef": {"name": "sis"}}},
    }
    kubectl("apply", "-f", "-", input=yaml.safe_dump(manifest))
    return namespace


def test_a_district_is_found_by_the_kubeconfig(springfield: str, admin_kubeconfig: Path) -> None:
    result = call("status", "springfield", "-n", springfield, "--kubeconfig", admin_kubeconfig)
    assert result.exit_code == 3, result.output
    assert result.stdout.startswith(f"{springfield}/springfield   setup mode")
    assert "Platform acts first: NotYetChecked" in result.stdout


def test_an_unknown_district_is_told_with_what_is_there(springfield: str, admin_kubeconfig: Path) -> None:
    result = call("status", "springfeld", "-n", springfield, "--kubeconfig", admin_kubeconfig)
    assert (result.exit_code, result.stdout) == (2, "")
    note, error = result.stderr.splitlines()
    assert note.startswith(
        "note: answered without the console, and so without the ledger. The console roster-operator/"
    )
    assert error == f"error: There is no district springfeld in the namespace {springfield}. Did you mean springfield?"


def test_whoever_may_not_look_is_told_so(springfield: str, control_plane: Cluster, tmp_path: Path) -> None:
    control_plane.kubectl("create", "serviceaccount", "nobody", "-n", springfield)
    token = control_plane.kubectl("create", "token", "nobody", "-n", springfield).strip()
    config = yaml.safe_load(control_plane.kubeconfig.read_text())
    config["users"] = [{"name": each["name"], "user": {"token": token}} for each in config["users"]]
    (tmp_path / "config").write_text(yaml.safe_dump(config))
    result = call("status", "springfield", "-n", springfield, "--kubeconfig", tmp_path / "config")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "The cluster refuses this: " in result.stderr
    assert "Platform: give the permission." in result.stderr


def test_no_cluster_is_wrong_input(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("{}")
    result = call("status", "springfield", "--kubeconfig", tmp_path / "config")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: no Kubernetes cluster to talk to")


def test_kubectl_finds_it_as_a_plugin(springfield: str, control_plane: Cluster) -> None:
    environment = {
        **os.environ,
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "KUBECONFIG": str(control_plane.kubeconfig),
    }
    kubectl = control_plane.binaries.path("kubectl")
    answer = subprocess.run(
        [kubectl, "roster", "status", "springfield", "-n", springfield, "-o", "json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr.count("\n")) == (3, 1)
    assert f'"namespace": "{springfield}"' in answer.stdout
    completed = subprocess.run(
        [kubectl, "__complete", "roster", "his"], env=environment, capture_output=True, text=True, check=True
    )
    assert completed.stdout.splitlines()[0].startswith("history\tList the syncs of a DISTRICT")
