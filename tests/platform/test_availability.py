"""Where a server is missing, the run says so loudly; in CI it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]


def run(*module: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module on a machine on which nothing was ever built, and outside CI."""
    clean = {name: value for name, value in os.environ.items() if name not in {"CI", "KUBEBUILDER_ASSETS"}}
    return subprocess.run(
        [sys.executable, "-m", *module],
        cwd=REPOSITORY,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def run_a_cluster_test(**environment: str) -> subprocess.CompletedProcess[str]:
    test = "tests/platform/test_control_plane.py::test_the_api_server_reports_the_release_that_kubectl_has"
    return run("pytest", test, "-p", "no:cacheprovider", **environment)


def test_without_a_control_plane_its_tests_are_skipped_loudly(tmp_path: Path) -> None:
    result = run_a_cluster_test(XDG_CACHE_HOME=str(tmp_path))

    assert result.returncode == 0
    assert "1 skipped" in result.stdout
    assert "NOT A FULL RUN: tests that need a Kubernetes API server did not run" in result.stdout
    assert "run `make controlplane`" in result.stdout


def test_without_a_control_plane_its_tests_fail_in_ci(tmp_path: Path) -> None:
    result = run_a_cluster_test(XDG_CACHE_HOME=str(tmp_path), CI="true")

    assert result.returncode == 1
    assert "a Kubernetes API server is missing" in result.stdout


def test_a_named_folder_without_the_programs_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "etcd").touch()

    result = run("hack.controlplane.build", KUBEBUILDER_ASSETS=str(tmp_path))

    assert result.returncode == 1
    assert "lacks kube-apiserver, kubectl" in result.stderr


def test_a_named_folder_with_the_programs_is_used_as_it_is(tmp_path: Path) -> None:
    for program in ("etcd", "kube-apiserver", "kubectl"):
        (tmp_path / program).touch()

    result = run("hack.controlplane.build", KUBEBUILDER_ASSETS=str(tmp_path))

    assert result.stdout.splitlines()[-1] == f"KUBEBUILDER_ASSETS={tmp_path}"


def test_a_cache_that_cannot_be_written_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    result = run("hack.controlplane.build", XDG_CACHE_HOME=str(tmp_path / "file"))

    assert result.returncode == 1
    assert "XDG_CACHE_HOME moves it" in result.stderr
