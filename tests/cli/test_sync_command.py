"""`roster-operator sync`: manifests in, status as YAML out, and exit codes that a pipeline can tell apart."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from tests.cli.folders import EBOOK, SECRET, integration, ledger, ready, run, statuses, write

from district_simulator.library import SimulatedDistrict


def test_a_folder_is_synced_and_its_status_printed(district: SimulatedDistrict, folder: Path, tmp_path: Path) -> None:
    write(folder / "integration.yaml", integration(district))
    result = run("--file", folder, ledger(tmp_path))
    assert result.exit_code == 0, result.output
    status = statuses(result)["springfield"]
    assert status["licenses"]["active"] == status["lastSync"]["granted"] > 30
    again = run("--file", folder, ledger(tmp_path))
    assert statuses(again)["springfield"]["lastSync"]["granted"] == 0


def test_plan_only_writes_nothing_even_if_live(district: SimulatedDistrict, folder: Path, tmp_path: Path) -> None:
    write(folder / "integration.yaml", integration(district))
    for _ in range(2):
        result = run("--file", folder, "--plan-only", "--create", f"--ledger=sqlite:///{tmp_path / 'new.sqlite'}")
        assert result.exit_code == 0, result.output
        assert statuses(result)["springfield"]["plan"]["grants"] > 30
    assert run("--file", folder, "--plan-only").exit_code == 0


def test_plan_only_creates_no_ledger_and_migrates_none(
    district: SimulatedDistrict, folder: Path, tmp_path: Path
) -> None:
    write(folder / "integration.yaml", integration(district))
    file = tmp_path / "ledger.sqlite"
    assert run("--file", folder, "--plan-only", "--create", f"--ledger=sqlite:///{file}").exit_code == 0
    assert not file.exists()
    file.touch()
    assert run("--file", folder, "--plan-only", f"--ledger=sqlite:///{file}").exit_code == 1
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == []


def test_a_ledger_that_is_not_there_is_created_only_if_that_is_asked_for(
    district: SimulatedDistrict, folder: Path, tmp_path: Path
) -> None:
    write(folder / "integration.yaml", integration(district))
    mistyped = f"--ledger=sqlite:///{tmp_path / 'leger.sqlite'}"
    for options in ((), ("--plan-only",)):
        refused = run("--file", folder, mistyped, *options)
        assert refused.exit_code == 2
        assert "There is no ledger at" in refused.stderr
        assert refused.stdout == ""
    assert not (tmp_path / "leger.sqlite").exists()
    assert run("--file", folder, mistyped, "--create").exit_code == 0
    assert run("--file", folder, mistyped).exit_code == 0
    assert (tmp_path / "leger.sqlite").stat().st_mode & 0o077 == 0


def test_a_plan_whose_removals_would_be_held_exits_with_three(
    district: SimulatedDistrict, folder: Path, tmp_path: Path
) -> None:
    write(folder / "integration.yaml", integration(district))
    run("--file", folder, ledger(tmp_path))
    write(folder / "integration.yaml", integration(district, courses=[{"code": "MA101", "ebooks": ["algebra"]}]))
    result = run("--file", folder, "--plan-only", ledger(tmp_path))
    assert result.exit_code == 3
    assert statuses(result)["springfield"]["plan"]["held"] > 10


def test_a_name_that_does_not_resolve_exits_with_two(district: SimulatedDistrict, folder: Path, tmp_path: Path) -> None:
    write(folder / "integration.yaml", integration(district, schools=[{"id": "994"}, {"name": "Nowhere High"}]))
    result = run("--file", folder, ledger(tmp_path))
    assert result.exit_code == 2
    assert ready(statuses(result)["springfield"]) == "Unresolved"
    assert statuses(result)["springfield"]["lastSync"]["granted"] > 30


def test_manifests_come_from_standard_input(district: SimulatedDistrict, tmp_path: Path) -> None:
    text = yaml.safe_dump_all([integration(district), EBOOK, SECRET])
    assert run("-f", "-", ledger(tmp_path), stdin=text).exit_code == 0


def test_held_removals_exit_with_three(district: SimulatedDistrict, folder: Path, tmp_path: Path) -> None:
    write(folder / "integration.yaml", integration(district))
    run("--file", folder, ledger(tmp_path))
    write(folder / "integration.yaml", integration(district, courses=[{"code": "MA101", "ebooks": ["algebra"]}]))
    result = run("--file", folder, ledger(tmp_path))
    assert result.exit_code == 3
    assert ready(statuses(result)["springfield"]) == "RemovalsHeld"
    digest = statuses(result)["springfield"]["plan"]["digest"]
    approved = integration(district, courses=[{"code": "MA101", "ebooks": ["algebra"]}], approval={"plan": digest})
    write(folder / "integration.yaml", approved)
    assert run("--file", folder, ledger(tmp_path)).exit_code == 0


def test_an_sis_that_cannot_be_read_exits_with_three(district: SimulatedDistrict, folder: Path, tmp_path: Path) -> None:
    source = {"baseURL": "http://127.0.0.1:9", "secretRef": {"name": "sis"}}
    write(folder / "integration.yaml", integration(district, source=source))
    assert run("--file", folder, ledger(tmp_path)).exit_code == 3


def test_refused_credentials_exit_with_two(district: SimulatedDistrict, folder: Path, tmp_path: Path) -> None:
    write(folder / "integration.yaml", integration(district))
    write(folder / "secret.yaml", {**SECRET, "stringData": {"clientID": "demo-key", "clientSecret": "wrong"}})
    result = run("--file", folder, ledger(tmp_path))
    assert result.exit_code == 2
    assert ready(statuses(result)["springfield"]) == "CredentialsRejected"


def test_a_ledger_that_cannot_be_reached_exits_with_one(district: SimulatedDistrict, folder: Path) -> None:
    write(folder / "integration.yaml", integration(district))
    result = run("--file", folder, "--ledger", "postgresql://nobody:hush-hush@127.0.0.1:9/none")
    assert result.exit_code == 1
    assert "hush-hush" not in result.output


def test_several_resources_are_all_reconciled_and_the_worst_decides(
    district: SimulatedDistrict, folder: Path, tmp_path: Path
) -> None:
    source = {"baseURL": district.base_url, "secretRef": {"name": "other"}}
    write(folder / "integrations.yaml", integration(district), integration(district, "shelbyville", source=source))
    result = run("--file", folder, ledger(tmp_path))
    assert result.exit_code == 2
    assert {name: ready(status) for name, status in statuses(result).items()} == {
        "springfield": "Synced",
        "shelbyville": "CredentialsMissing",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "is not YAML"),
        ("kind: Namespace\napiVersion: v1", "no RosterIntegration"),
        (
            "kind: RosterIntegration\napiVersion: rostering.cpm.org/v1alpha1\nmetadata: {name: a}\nspec: {lvie: true}",
            "did you mean live?",
        ),
        ("kind: Secret\napiVersion: v1\nmetadata: {name: a}\ndata: {clientID: '???'}", "must be base64"),
        ("- just\n- a list", "no RosterIntegration"),
        ("", "no RosterIntegration"),
    ],
)
def test_wrong_files_exit_with_two_and_say_where(folder: Path, tmp_path: Path, text: str, words: str) -> None:
    path = folder / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    result = run("--file", path, ledger(tmp_path))
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = run("--file", tmp_path / "nowhere.yaml")
    assert result.exit_code == 2
    assert "nowhere.yaml" in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        "a: 2026-99-99",
        "a: !!int x",
        "a: !!timestamp x",
        pytest.param("[" * 200_000, id="nested deeply"),
        "{apiVersion: v1, kind: Secret, metadata: [1]}",
        "{apiVersion: v1, kind: Secret, metadata: {name: sis}, data: 5}",
        "{apiVersion: v1, kind: Secret, metadata: {name: sis}, stringData: text}",
        "{apiVersion: v1, kind: Secret, metadata: {name: sis, namespace: [x]}, stringData: {1: 2}}",
    ],
)
def test_a_file_that_makes_no_sense_is_named_and_never_a_traceback(folder: Path, text: str) -> None:
    (folder / "odd.yaml").write_text(text, encoding="utf-8")
    result = run("--file", folder)
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert "odd.yaml" in result.stderr or "no RosterIntegration" in result.stderr
