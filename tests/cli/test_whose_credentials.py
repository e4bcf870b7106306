"""Who gets which credentials: a Secret in the files wins, and what the environment holds goes where the job says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.folders import EBOOK, SECRET, integration, ledger, message, ready, run, statuses, write

from district_simulator.library import SimulatedDistrict

KEYS = {"ROSTER_CLIENT_ID": "demo-key", "ROSTER_CLIENT_SECRET": "demo-secret"}


@pytest.fixture
def other() -> Iterator[SimulatedDistrict]:
    """A server that is none of the district's."""
    with SimulatedDistrict(students=4, schools=1, seed=5) as other:
        yield other


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder without a Secret."""
    path = tmp_path / "files"
    path.mkdir()
    write(path / "ebooks.yaml", EBOOK)
    return path


def host_of(district: SimulatedDistrict) -> str:
    return district.base_url.partition("://")[2].partition("/")[0]


def source(district: SimulatedDistrict, **more: Any) -> dict[str, Any]:
    return {"baseURL": district.base_url, "secretRef": {"name": "sis"}, **more}


def asked(district: SimulatedDistrict) -> int:
    """Requests that the server had, tokens included."""
    return sum(district.stats()["requests"].values())


@pytest.mark.parametrize("spelling", ["{host}", "http://{host}/aeries", "elsewhere.example.org {host}"])
def test_the_environment_is_for_the_host_that_the_job_names(
    district: SimulatedDistrict, files: Path, tmp_path: Path, spelling: str
) -> None:
    write(files / "integration.yaml", integration(district))
    environment = {**KEYS, "ROSTER_HOST": spelling.format(host=host_of(district))}
    assert run("--file", files, ledger(tmp_path), environment=environment).exit_code == 0
    assert run("--file", files, ledger(tmp_path), "--host", host_of(district), environment=KEYS).exit_code == 0


@pytest.mark.parametrize("changed", ["baseURL", "tokenURL"])
def test_who_changes_a_url_in_a_pull_request_gets_no_credentials(
    district: SimulatedDistrict, other: SimulatedDistrict, files: Path, changed: str
) -> None:
    stolen = source(district, **{changed: f"{other.base_url}/token"})
    write(files / "integration.yaml", integration(district, source=stolen))
    result = run("--file", files, "--plan-only", environment={**KEYS, "ROSTER_HOST": host_of(district)})
    assert result.exit_code == 2
    status = statuses(result)["springfield"]
    assert ready(status) == "CredentialsMissing"
    assert f"would send them to {host_of(other)}" in message(status)
    assert asked(other) == 0


def test_another_port_is_another_server(district: SimulatedDistrict, files: Path) -> None:
    write(files / "integration.yaml", integration(district))
    result = run("--file", files, "--plan-only", environment={**KEYS, "ROSTER_HOST": "127.0.0.1"})
    assert ready(statuses(result)["springfield"]) == "CredentialsMissing"


def test_the_environment_is_for_nobody_until_a_host_is_named(district: SimulatedDistrict, files: Path) -> None:
    write(files / "integration.yaml", integration(district))
    result = run("--file", files, "--plan-only", environment=KEYS)
    assert result.exit_code == 2
    assert "set ROSTER_HOST" in message(statuses(result)["springfield"])


def test_a_secret_in_the_files_wins_over_the_environment(
    district: SimulatedDistrict, folder: Path, tmp_path: Path
) -> None:
    write(folder / "integration.yaml", integration(district))
    strange = {"ROSTER_CLIENT_ID": "strange", "ROSTER_CLIENT_SECRET": "strange", "ROSTER_TOKEN": "strange"}
    result = run("--file", folder, ledger(tmp_path), environment={**strange, "ROSTER_HOST": host_of(district)})
    assert result.exit_code == 0, result.output


def test_nobody_gets_the_credentials_of_one_district_for_several(
    district: SimulatedDistrict, other: SimulatedDistrict, files: Path
) -> None:
    write(files / "a.yaml", integration(district))
    write(files / "b.yaml", integration(district, "shelbyville", source=source(other)))
    hosts = f"{host_of(district)} {host_of(other)}"
    result = run("--file", files, "--plan-only", environment={**KEYS, "ROSTER_HOST": hosts})
    assert result.exit_code == 2
    assert {ready(status) for status in statuses(result).values()} == {"CredentialsMissing"}
    assert "one district" in message(statuses(result)["springfield"])
    assert asked(other) == 0


def test_a_district_beside_those_with_secrets_may_have_them(
    district: SimulatedDistrict, other: SimulatedDistrict, folder: Path
) -> None:
    elsewhere = {**source(other), "secretRef": {"name": "other"}}
    write(folder / "a.yaml", integration(district), integration(district, "shelbyville", source=elsewhere))
    result = run("--file", folder, "--plan-only", environment={**KEYS, "ROSTER_HOST": host_of(other)})
    assert "CredentialsMissing" not in {ready(status) for status in statuses(result).values()}
    result = run("--file", folder, "--plan-only", environment={**KEYS, "ROSTER_HOST": host_of(district)})
    assert ready(statuses(result)["shelbyville"]) == "CredentialsMissing"


def test_two_secrets_of_one_name_are_no_answer(district: SimulatedDistrict, folder: Path) -> None:
    """As in a folder of districts whose manifests name no namespace: the last one would go to every server."""
    write(folder / "integration.yaml", integration(district))
    write(folder / "zzz.yaml", {**SECRET, "stringData": {"clientID": "another", "clientSecret": "another"}})
    result = run("--file", folder, "--plan-only")
    assert result.exit_code == 2
    assert "Secret districts/sis" in result.stderr
    assert "secret.yaml" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("kind", ["EBook", "RosterIntegration"])
def test_two_objects_of_one_name_are_no_answer(district: SimulatedDistrict, folder: Path, kind: str) -> None:
    write(folder / "integration.yaml", integration(district))
    changed = {"EBook": {**EBOOK, "spec": {"title": "Another"}}, "RosterIntegration": integration(district, live=False)}
    write(folder / "zzz.yaml", changed[kind])
    result = run("--file", folder, "--plan-only")
    assert result.exit_code == 2
    assert f"{kind} " in result.stderr


def test_a_file_that_is_given_twice_is_one(district: SimulatedDistrict, folder: Path) -> None:
    write(folder / "integration.yaml", integration(district))
    result = run("--file", folder, "--file", folder / "integration.yaml", "--file", folder, "--plan-only")
    assert result.exit_code == 0, result.output
    assert list(statuses(result)) == ["springfield"]
    assert result.stdout.count("kind: RosterIntegration") == 1


def test_a_variable_that_is_empty_is_not_set(district: SimulatedDistrict, files: Path) -> None:
    """As a pipeline has those whose secret it may not see."""
    write(files / "integration.yaml", integration(district))
    empty = {"ROSTER_CLIENT_ID": "", "ROSTER_CLIENT_SECRET": "", "ROSTER_HOST": host_of(district)}
    result = run("--file", files, "--plan-only", environment=empty)
    assert "ROSTER_CLIENT_ID is not set" in message(statuses(result)["springfield"])
