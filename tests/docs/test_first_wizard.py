"""The first district with the wizard, as a newcomer answers by the page."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.pages import ROOT, blocks, text_of
from tests.support.terminal import DOWN, ENTER, Program

from district_simulator.library import SimulatedDistrict

pytestmark = pytest.mark.slow

PAGE = text_of("docs/start/wizard.md")
KEYS = {"Enter": ENTER, "Down": DOWN, "Ctrl-A": "\x01", "Ctrl-U": "\x15"}
BIN = f"{Path(sys.executable).parent}/"


def answers() -> list[tuple[str, list[str]]]:
    """Each question with what is typed and pressed."""
    rows = re.findall(r"^\| (?!The wizard|-)([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    typed = re.compile("`([^`]+)`|" + f"({'|'.join(KEYS)})")
    return [(question, [text or KEYS[key] for text, key in typed.findall(answer)]) for question, answer in rows]


def test_the_answers_of_the_page_come_to_the_licenses_that_it_tells_of(tmp_path: Path) -> None:
    setup, go_live = (block.text for block in blocks(PAGE))
    command = setup.splitlines()[-1]
    place = str(tmp_path / "springfield")
    (licenses,) = set(re.findall(r"(\d+) licenses", PAGE))

    with SimulatedDistrict(students=120, seed=1, vendor="Aeries") as district:
        said = {"http://127.0.0.1:8099/aeries": district.base_url, "/tmp/springfield": place}
        arguments = [*command.replace(".venv/bin/", BIN).split(), "--state", str(tmp_path / "state")]
        assert command.startswith(".venv/bin/roster-operator wizard")
        with Program(arguments, {"KUBECONFIG": "/nowhere"}, folder=ROOT) as program:
            for question, keys in answers():
                program.wait_for(question)
                for key in keys:
                    program.press(said.get(key, key))
            assert program.end() == 0, program.shown
        assert f"going live would grant {licenses} licenses" in program.shown
        for line in go_live.splitlines()[:-1]:
            there = line.replace(".venv/bin/", BIN).replace("/tmp/springfield", place)
            done = subprocess.run(["bash", "-c", there], cwd=ROOT, capture_output=True, text=True, check=True)
            if " history " in line:
                assert done.stdout.splitlines()[1].split()[3] == licenses

    assert go_live.splitlines()[-1] == "kill %1"
    assert "core-connections-course-1   Student" in done.stdout
