"""The first five minutes with the README, as a newcomer types them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml
from hack.processes import Child, free_ports
from tests.docs.pages import ROOT, Block, blocks, section, text_of

from district_simulator import SimulatedDistrict

README = text_of("README.md")
PORT_IN_README = "8099"
LAST_ARGUMENT = "--file examples/ebooks"
IN_A_TERMINAL = "set -m"
"""Where `kill %1` finds the simulator."""


def first_steps() -> tuple[Block, Block]:
    """Commands and output of the section that needs no cluster."""
    commands, output = blocks(section(README, "Without a cluster"))
    return commands, output


def typed(output: Path) -> str:
    """The commands, on a free port. `make setup` was done by whoever runs this test."""
    setup, rest = first_steps()[0].text.split("\n", 1)
    assert setup == "make setup"
    assert rest.count(PORT_IN_README) == 2
    assert rest.count(LAST_ARGUMENT) == 1
    (port,) = free_ports(1)
    return (
        f"{IN_A_TERMINAL}\n{rest}".replace(PORT_IN_README, str(port))
        .replace(".venv/bin/", f"{Path(sys.executable).parent}/")
        .replace(LAST_ARGUMENT, f"{LAST_ARGUMENT} > {output}")
    )


def test_the_plan_of_the_first_district_needs_no_cluster(tmp_path: Path) -> None:
    output, log = tmp_path / "status.yaml", tmp_path / "log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ROSTER_")}
    bash = ["/usr/bin/env", "bash", "-e", "-o", "pipefail", "-c", typed(output)]
    shell = Child(bash, log, environment=environment, folder=ROOT)
    try:
        assert shell.wait(120) == 0, shell.last_words()
    finally:
        shell.stop()

    status = yaml.safe_load(output.read_text(encoding="utf-8"))["status"]
    assert status["lastSync"]["outcome"] == "Planned"
    assert {check["result"] for check in status["checklist"]} == {"Pass"}
    shown = yaml.safe_load(first_steps()[1].text)["status"]
    assert status["roster"] == shown["roster"]
    assert status["plan"].items() >= shown["plan"].items()


def test_what_the_readme_applies_is_there() -> None:
    commands = "\n".join(block.text for block in blocks(text_of("docs/start/cluster.md")))
    named = {word for word in commands.split() if word.startswith(("examples/", "charts/"))}

    assert len(named) == 4
    assert all((ROOT / path).exists() for path in named)


def test_the_readme_applies_the_district_when_its_sis_answers() -> None:
    commands = "\n".join(block.text for block in blocks(text_of("docs/start/cluster.md")))

    order = ["-f examples/simulator", "rollout status deployment district-simulator", "-f examples/springfield"]
    assert sorted(order, key=commands.index) == order


def test_the_page_for_a_cluster_ends_with_the_licenses_that_its_district_has_then(tmp_path: Path) -> None:
    """Of the students and seed of examples/simulator, without the course that the page takes away."""
    page = text_of("docs/start/cluster.md")
    (told,) = re.findall(r"`LIVE` false and (\d+) licenses", page)
    assert '{"op":"remove","path":"/spec/courses/0"}' in page
    deployment = next(yaml.safe_load_all(text_of("examples/simulator/simulator.yaml")))
    words = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
    students, seed = (int(words[words.index(word) + 1]) for word in ("--students", "--seed"))
    manifest = yaml.safe_load(text_of("examples/springfield/rosterintegration.yaml"))
    del manifest["spec"]["courses"][0]
    changed = tmp_path / "rosterintegration.yaml"
    files = (changed, ROOT / "examples" / "springfield" / "secret.yaml", ROOT / "examples" / "ebooks")

    with SimulatedDistrict(students=students, seed=seed) as district:
        manifest["spec"]["source"]["baseURL"] = district.base_url
        changed.write_text(yaml.safe_dump(manifest), encoding="utf-8")
        command = [str(Path(sys.executable).parent / "roster-operator"), "sync", "--plan-only"]
        command += [word for file in files for word in ("--file", str(file))]
        synced = subprocess.run(command, capture_output=True, text=True, check=True)

    assert int(told) == yaml.safe_load(synced.stdout)["status"]["plan"]["grants"]


def test_the_commands_of_the_readme_are_shell() -> None:
    for block in blocks(README):
        if block.language == "sh":
            checked = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True, check=False)
            assert checked.returncode == 0, checked.stderr
