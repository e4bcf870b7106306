"""`roster-operator sync` reads rosters in files, below the folder that it is told."""

from __future__ import annotations

from pathlib import Path

import yaml
from click.testing import CliRunner, Result
from tests.sources.csv.sets import CsvSet

from district_simulator.library import SimulatedDistrict
from roster_operator.cli.sync import sync as command

ROOT = Path(__file__).parents[2]


def sync(manifests: Path, *options: str) -> Result:
    ebooks = str(ROOT / "examples" / "ebooks")
    return CliRunner().invoke(command, ["--plan-only", "--file", str(manifests), "--file", ebooks, *options])


def test_files_are_planned_without_a_cluster_and_without_a_secret(tmp_path: Path) -> None:
    district = SimulatedDistrict(students=60, schools=2, seed=3)
    CsvSet.of(district).zip(tmp_path / "rosters" / "districts" / "roster.zip")
    manifest = {
        "apiVersion": "rostering.cpm.org/v1alpha1",
        "kind": "RosterIntegration",
        "metadata": {"name": "springfield", "namespace": "districts"},
        "spec": {
            "source": {
                "type": "OneRosterCSV",
                "baseURL": f"file://{tmp_path}/rosters/districts/roster.zip",
                "settleTime": "0s",
            },
            "schools": [{"id": school} for school in district.school_ids],
            "courses": [{"code": "MA104", "ebooks": ["core-connections-algebra"]}],
        },
    }
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "ri.yaml").write_text(yaml.safe_dump(manifest))
    planned = sync(tmp_path / "manifests", "--roster-files", str(tmp_path / "rosters"))
    assert planned.exit_code == 0, planned.output
    assert yaml.safe_load(planned.stdout)["status"]["plan"]["grants"] > 0
    shared = sync(tmp_path / "manifests", "--roster-files", str(tmp_path), "--shared-roster-files")
    assert shared.exit_code == 0, shared.output
    for options, words in (
        (["--roster-files", str(tmp_path / "manifests")], "the only folder that rosters may be read from"),
        (["--roster-files", str(tmp_path)], f"not below {tmp_path}/districts, the only folder"),
        ([], "option --roster-files"),
    ):
        refused = sync(tmp_path / "manifests", *options)
        assert refused.exit_code == 2
        said = [each["message"] for each in yaml.safe_load(refused.stdout)["status"]["conditions"]]
        assert any(words in message for message in said)
