"""The platform lists districts and gives them to another namespace."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result
from tests.cli.folders import integration, ledger, ready, run, statuses, write

from district_simulator.library import SimulatedDistrict
from roster_operator.cli.main import cli


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_a_district_is_listed_and_transferred(district: SimulatedDistrict, folder: Path, tmp_path: Path) -> None:
    at = ledger(tmp_path)
    write(folder / "integration.yaml", integration(district))
    assert ready(statuses(run("--file", folder, at))["springfield"]) == "Synced"
    listed = call("districts", at).stdout.splitlines()
    assert listed[0].split() == ["DISTRICT", "NAMESPACE", "HELD", "BY", "LIVE", "SINCE", "LICENSES"]
    source, namespace, owner, _since, licenses = listed[1].split()
    assert owner == f"{namespace}/springfield"
    assert int(licenses) > 0

    assert call("transfer", source, "--to", "new-home", at).stdout == f"{source} is new-home's\n"

    assert call("districts", at).stdout.splitlines()[1].split()[1:4] == ["new-home", "-", "-"]
    assert ready(statuses(run("--file", folder, at))["springfield"]) == "DistrictConflict"


def test_what_is_wrong_is_told(tmp_path: Path) -> None:
    assert "--ledger" in call("districts").stderr
    missing = f"sqlite:///{tmp_path / 'nowhere.sqlite'}"
    wrong = call("districts", "--ledger", missing)
    assert (wrong.exit_code, "There is no ledger at" in wrong.stderr) == (2, True)
    assert not (tmp_path / "nowhere.sqlite").exists()
    assert "not the name of a namespace" in call("transfer", "x", "--to", "A/b", "--ledger", missing).stderr
