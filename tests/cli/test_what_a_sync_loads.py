"""A sync loads the libraries that its own source needs, and no others: each would cost every start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.sources.csv.sets import CsvSet

from district_simulator.library import SimulatedDistrict

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, sys
from roster_operator.cli.main import cli
try:
    cli(sys.argv[1:])
except SystemExit as end:
    loaded = sorted({name.partition(".")[0] for name in sys.modules})
    sys.stderr.write(json.dumps({"exit": end.code, "loaded": loaded}))
"""
CLUSTER = {"kopf", "kubernetes", "aiohttp", "prometheus_client"}
CRYPTOGRAPHY = {"cryptography", "joserfc"}
TRACING = {"opentelemetry", "google", "requests"}


@pytest.fixture
def district() -> SimulatedDistrict:
    return SimulatedDistrict(students=20, schools=1, seed=3)


def loaded(folder: Path, source: dict[str, Any], district: SimulatedDistrict) -> set[str]:
    """The top-level packages that are loaded at the end of a sync that succeeded."""
    manifests = folder / "manifests"
    manifests.mkdir()
    (manifests / "all.yaml").write_text(
        yaml.safe_dump_all(
            [
                {
                    "apiVersion": "v1",
                    "kind": "Secret",
                    "metadata": {"name": "sis", "namespace": "districts"},
                    "stringData": {"clientID": "demo-key", "clientSecret": "demo-secret"},
                },
                {
                    "apiVersion": "rostering.cpm.org/v1alpha1",
                    "kind": "RosterIntegration",
                    "metadata": {"name": "springfield", "namespace": "districts"},
                    "spec": {
                        "source": source,
                        "schools": [{"id": district.school_ids[0]}],
                        "courses": [{"code": "MA104", "ebooks": ["core-connections-algebra"]}],
                    },
                },
            ]
        )
    )
    files = ["--file", str(manifests), "--file", str(ROOT / "examples" / "ebooks"), "--roster-files", str(folder)]
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, "sync", "--plan-only", *files], capture_output=True, check=True, text=True
    )
    report = json.loads(ended.stderr)
    assert report["exit"] == 0, ended.stdout
    return set(report["loaded"])


@pytest.mark.parametrize("auth", ["OAuth2", "OAuth1"])
def test_oneroster_needs_no_cluster_no_ssh_and_no_cryptography(
    tmp_path: Path, district: SimulatedDistrict, auth: str
) -> None:
    with district:
        source = {"baseURL": district.base_url, "auth": auth, "secretRef": {"name": "sis"}}
        assert not loaded(tmp_path, source, district) & {*CLUSTER, *CRYPTOGRAPHY, *TRACING, "asyncssh"}


def test_files_of_a_volume_need_no_ssh(tmp_path: Path, district: SimulatedDistrict) -> None:
    CsvSet.of(district).zip(tmp_path / "districts" / "roster.zip")
    source = {"type": "OneRosterCSV", "baseURL": f"file://{tmp_path}/districts/roster.zip", "settleTime": "0s"}
    assert not loaded(tmp_path, source, district) & {*CLUSTER, *CRYPTOGRAPHY, *TRACING, "asyncssh"}
