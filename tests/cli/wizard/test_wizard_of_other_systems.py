"""Files of OneRoster CSV, PowerSchool's own API, and ways to sign in other than OAuth 2."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
import yaml
from tests.cli.wizard.conftest import EBOOKS, KEY, SECRET, Start
from tests.cli.wizard.test_wizard_with_answers import run
from tests.support.terminal import DOWN, SPACE, UP

from district_simulator.library import SimulatedDistrict
from roster_operator.cli.manifests import load

pytestmark = pytest.mark.slow
BOOKS = ["core-connections-algebra"]


def test_files_are_named_by_their_path_and_need_no_secret(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "rosters" / "districts" / "roster.zip"
    path.parent.mkdir(parents=True)
    with SimulatedDistrict(students=60, seed=2, vendor="OneRosterCSV") as district:
        path.write_bytes(httpx2.get(district.base_url, auth=(KEY, SECRET)).content)
    out = tmp_path / "out"
    out.mkdir()
    source = {"type": "OneRosterCSV", "baseURL": "file:///rosters/districts/old.zip", "settleTime": "0s"}
    body = {"apiVersion": "rostering.cpm.org/v1alpha1", "kind": "RosterIntegration", "spec": {"source": source}}
    (out / "springfield.yaml").write_text(
        yaml.safe_dump({**body, "metadata": {"name": "springfield", "namespace": "districts"}})
    )
    program = start("--file", EBOOKS, "--file", out, "--roster-files", tmp_path / "rosters", "--folder", out)
    program.answer("What do you want to change?")
    program.answer("URL of your OneRoster API server:", "\x15", str(path))
    program.answer("Which system is it?")
    program.wait_for("✔ The SIS accepts the credentials")
    program.answer("Time zone of the district:")
    program.answer("Schools:", SPACE)
    program.answer("Courses:", "algebra", SPACE)
    program.answer("Are these the right eBooks?")
    program.wait_for("Setup mode: going live would grant")
    program.answer("What now?")
    program.answer("Enable automated rostering?")
    program.answer("What do you want to change?", UP)

    assert program.end() == 0
    (integration,) = load([str(out)]).integrations
    read = integration.spec.source
    assert (read.type, read.base_url, read.secret_ref) == ("OneRosterCSV", f"file://{path}", None)
    assert [file.name for file in out.iterdir()] == ["springfield.yaml"]


@pytest.mark.parametrize(
    ("vendor", "source"),
    [
        ("OneRosterCSV", {}),
        ("PowerSchoolNative", {"type": "PowerSchool"}),
        ("ClassLink", {"vendor": "ClassLink"}),
        ("Generic", {"vendor": "Generic"}),
    ],
)
def test_another_system_comes_to_a_plan_too(tmp_path: Path, vendor: str, source: dict[str, str]) -> None:
    with SimulatedDistrict(students=120, seed=2, vendor=vendor) as district:
        answers = {
            "source": {**source, "baseURL": district.base_url},
            "schools": [{"name": "High School 2"}],
            "courses": [{"name": "Geometry"}],
        }
        out = tmp_path / "out"
        result = run(district, tmp_path, answers, "--folder", str(out), "--secret", "external", "--store", "vault")

    assert result.exit_code == 0, result.output
    assert "going live would grant" in result.stderr
    (integration,) = load([str(out)]).integrations
    assert integration.spec.courses[0].ebooks == ("core-connections-geometry",)


def test_a_setting_that_a_message_names_can_be_set_at_once(start: Start) -> None:
    with SimulatedDistrict(students=60, seed=2, vendor="InfiniteCampus") as district:
        program = start("--file", EBOOKS)
        program.answer("URL of your OneRoster API server:", district.base_url)
        program.answer("Which system is it?", DOWN * 7)
        program.answer("Client id (consumer key):", KEY)
        program.answer("Secret:", SECRET)
        told = program.wait_for("What now?")
        program.answer("» Enter them again", DOWN)
        program.answer("spec.source.tokenURL:", district.token_url)
        program.wait_for("✔ The SIS accepts the credentials")
    assert "set spec.source.tokenURL to it" in " ".join(told.split())


def test_an_access_token_stands_for_key_and_secret(start: Start, tmp_path: Path) -> None:
    with SimulatedDistrict(students=60, seed=2, vendor="ClassLinkProxy") as district:
        token = district.client_secret
        program = start("--file", EBOOKS, "--folder", tmp_path / "out", "--secret", "plain")
        program.answer("URL of your OneRoster API server:", district.base_url)
        program.answer("Which system is it?", DOWN * 3)
        program.answer("oneroster_application_id (empty")
        program.answer("Access Token:", token)
        told = program.wait_for("Time zone of the district:")

    assert "✔ The SIS accepts the credentials" in told
    assert token not in program.shown
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and token in path.read_text()]
