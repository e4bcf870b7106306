"""Somebody with three values and no YAML comes to a plan, and to a folder for Git."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml
from tests.cli.wizard.conftest import EBOOKS, KEY, SECRET, Start, choose, connect
from tests.support.terminal import CTRL_C, DOWN, ENTER, SPACE

from district_simulator.library import SimulatedDistrict
from roster_operator.cli.manifests import load

pytestmark = pytest.mark.slow


def everything_below(folder: Path) -> str:
    return "\n".join(path.read_text() for path in folder.rglob("*") if path.is_file())


def test_three_values_become_a_plan_and_a_folder_for_git(
    district: SimulatedDistrict, start: Start, tmp_path: Path
) -> None:
    folder = tmp_path / "districts"
    program = start("--file", EBOOKS, "-n", "districts")
    connect(program, district.base_url)
    program.wait_for("✔ The SIS accepts the credentials, and every section of the roster can be read.")
    choose(program)
    assert "High School 2" in program.shown
    assert "21 classes, 40 students" in program.shown
    program.wait_for("Core Connections Algebra")
    program.answer("Are these the right eBooks?", DOWN)
    program.answer("eBooks of MA101")
    program.answer("eBooks of MA104", "practice", SPACE)
    program.wait_for("✔ Sections: All sections are shared.")
    program.wait_for("Setup mode: going live would grant 33 licenses, remove 0 and leave 0.")
    program.answer("What now?")
    program.wait_for("will replace any existing eBook license assignments")
    program.answer("Enable automated rostering?")
    program.answer("What becomes of it?")
    program.answer("Folder:", "\x15", str(folder))
    program.answer("How do the credentials get into your cluster?")
    program.answer("Name of the ClusterSecretStore:", "vault")

    assert program.end() == 0
    (integration,) = load([str(folder)]).integrations
    assert [school.id for school in integration.spec.schools] == ["995", "994"]
    assert [(course.code, course.ebooks) for course in integration.spec.courses] == [
        ("MA101", ("core-connections-course-1",)),
        ("MA104", ("core-connections-algebra", "checkpoint-practice")),
    ]
    assert (integration.spec.live, integration.spec.source.vendor, integration.namespace) == (
        False,
        "Aeries",
        "districts",
    )
    text = (folder / "rosterintegration.yaml").read_text()
    assert "- id: '995'  # High School 2" in text
    external = yaml.safe_load((folder / "externalsecret.yaml").read_text())
    assert external["spec"]["target"] == {"name": "springfield-sis"}
    assert SECRET not in everything_below(tmp_path) + program.shown
    assert not list((tmp_path / "state").iterdir())


def test_a_wrong_secret_and_a_wrong_url_are_said_at_once_with_who_mends_them(
    district: SimulatedDistrict, start: Start
) -> None:
    program = start("--file", EBOOKS)
    connect(program, f"{district.root_url}/nowhere/aeries")
    told = program.wait_for("What now?")
    assert "✘ No OAuth 2 token is given out" in told
    assert "District: " in told
    program.press(ENTER)
    program.answer("URL of your OneRoster API server:", "\x15", district.base_url)
    program.answer("Which system is it?")
    program.answer("Consumer ID (public key):")
    program.answer("Consumer Secret Key:", "not-the-secret")
    told = program.wait_for("What now?")
    assert "refuses the Consumer ID or Consumer Secret Key. District: compare them" in told
    program.press(ENTER)
    program.answer("URL of your OneRoster API server:")
    program.answer("Which system is it?")
    program.answer("Consumer ID (public key):")
    program.answer("Consumer Secret Key:", SECRET)
    program.wait_for("✔ The SIS accepts the credentials")

    assert "not-the-secret" not in program.shown


def test_whoever_leaves_comes_back_to_where_they_were_and_enters_the_secret_again(
    district: SimulatedDistrict, start: Start, tmp_path: Path
) -> None:
    program = start("--file", EBOOKS)
    connect(program, district.base_url)
    program.answer("Time zone of the district:")
    program.answer("Schools:", SPACE)
    program.wait_for("Courses:")
    program.press(CTRL_C)
    program.wait_for("All but the secret is kept. Go on with the same command.")
    assert program.end() == 3
    (kept,) = (tmp_path / "state").iterdir()
    assert (stat.S_IMODE(kept.stat().st_mode), stat.S_IMODE(kept.parent.stat().st_mode)) == (0o600, 0o700)
    assert SECRET not in kept.read_text()

    again = start("--file", EBOOKS, "--folder", tmp_path / "out", "--secret", "plain")
    again.wait_for("Going on where you left default/springfield.")
    again.answer("Courses:", "geometry", SPACE)
    again.answer("Are these the right eBooks?")
    again.wait_for("The secret was not kept.")
    again.answer("Consumer ID (public key):")
    again.answer("Consumer Secret Key:", "mistyped")
    again.wait_for("refuses the Consumer ID or Consumer Secret Key")
    again.wait_for("» Try again")
    again.press(ENTER)
    again.answer("Consumer ID (public key):")
    again.answer("Consumer Secret Key:", SECRET)
    again.wait_for("» Go on")
    again.press(ENTER)
    again.answer("Enable automated rostering?", DOWN)

    assert again.end() == 0
    manifests = load([str(tmp_path / "out")])
    assert manifests.integrations[0].spec.live
    assert manifests.secrets["default", "springfield-sis"] == {
        "clientID": KEY.encode(),
        "clientSecret": SECRET.encode(),
    }
    assert stat.S_IMODE((tmp_path / "out" / "secret.yaml").stat().st_mode) == 0o600
    assert SECRET not in again.shown


def test_any_setting_of_a_district_that_is_there_can_be_changed_and_the_rest_stays_as_it_is_written(
    district: SimulatedDistrict, start: Start, tmp_path: Path
) -> None:
    folder = tmp_path / "districts"
    folder.mkdir()
    spec = {
        "timeZone": "America/Denver",
        "interval": "12h",
        "source": {"vendor": "Aeries", "baseURL": district.base_url, "secretRef": {"name": "mine"}, "pageSize": 500},
        "schools": [{"name": "High School 2"}],
        "courses": [{"name": "Geometry", "ebooks": ["core-connections-geometry"]}],
    }
    body = {"apiVersion": "rostering.cpm.org/v1alpha1", "kind": "RosterIntegration", "spec": spec}
    path = folder / "rosterintegration.yaml"
    path.write_text(yaml.safe_dump({**body, "metadata": {"name": "springfield", "namespace": "west"}}))
    program = start("--file", EBOOKS, "--file", folder, "--folder", folder)
    program.wait_for("west/springfield is there already: you can change any setting.")
    program.answer("What do you want to change?", DOWN, DOWN)
    program.answer("Consumer ID (public key):", KEY)
    program.answer("Consumer Secret Key:", SECRET)
    program.answer("Courses:", "algebra", SPACE)
    program.answer("Are these the right eBooks?")
    program.answer("What now?")
    program.answer("Enable automated rostering?")
    program.answer("What do you want to change?", "\x1b[A")

    assert program.end() == 0
    (changed,) = load([str(folder)]).integrations
    written = yaml.safe_load(path.read_text())["spec"]
    assert written["interval"] == "12h"
    assert written["source"] == spec["source"]
    assert written["schools"] == spec["schools"]
    assert {course.name or course.code for course in changed.spec.courses} == {"Geometry", "MA104"}


def test_what_was_changed_meanwhile_counts_and_not_what_was_left(
    district: SimulatedDistrict, start: Start, tmp_path: Path
) -> None:
    program = start("--file", EBOOKS)
    connect(program, district.base_url)
    program.answer("Time zone of the district:")
    program.wait_for("Schools:")
    program.press(CTRL_C)
    assert program.end() == 3

    made = tmp_path / "made.yaml"
    source = {"baseURL": district.base_url, "secretRef": {"name": "sis"}}
    body = {"apiVersion": "rostering.cpm.org/v1alpha1", "kind": "RosterIntegration", "spec": {"source": source}}
    made.write_text(yaml.safe_dump({**body, "metadata": {"name": "springfield", "namespace": "default"}}))
    again = start("--file", EBOOKS, "--file", made)
    again.wait_for("default/springfield has been changed since you left. What is there now counts.")
    again.wait_for("What do you want to change?")
