"""`make demo ARGS=--keep` leaves everything running, as it says, until it is told to stop."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.pages import ROOT

pytestmark = pytest.mark.slow


def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """As a script does in its background: a shell makes that deaf to interrupts."""
    deaf = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]
    command = [*deaf, sys.executable, "-m", "hack.demo", "--folder", str(folder), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)


def shell(folder: Path, command: str) -> str:
    """What a newcomer sees who types this after the line that the demo told them to type first."""
    typed = ["bash", "-e", "-c", f". {folder / 'env'}\n{command}"]
    return subprocess.run(typed, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def kept(control_plane: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The folder of a kept demo, and what it said."""
    folder = tmp_path_factory.mktemp("kept") / "demo"
    played = demo(folder, "--keep")
    assert played.returncode == 0, played.stdout + played.stderr
    yield folder, played.stdout
    demo(folder, "--stop")


def test_the_terminal_is_free_and_says_how_to_reach_everything_and_how_to_end_it(kept: tuple[Path, str]) -> None:
    folder, said = kept

    assert f". {folder / 'env'}" in said
    assert str(folder / "ledger.sqlite") in said
    assert "make demo ARGS=--stop" in said
    assert "Cleaning up" not in said


def test_a_dirty_district_was_made_clean_and_went_live_school_by_school(kept: tuple[Path, str]) -> None:
    _, said = kept
    told = re.search(r"Fail +ExistingAccounts.*?--username-from local-part", said, re.DOTALL)

    assert told, "the checklist names the rule"
    assert "93 accounts with other logins, 2 accounts merged" in said
    assert "accountsLinked: 89" in said
    assert re.search(r"Live at 994 alone.*Promotion would grant 24 licenses and remove 4", said)
    assert "24 licenses granted, 4 removed, 92 unchanged" in said


def test_the_commands_that_it_names_work(kept: tuple[Path, str]) -> None:
    folder, said = kept
    commands = re.findall(r"^\$ ((?:curl|kubectl annotate) .*)$", said, re.MULTILINE)

    shell(folder, "\n".join(command for command in commands if "$(date" in command or "$DISTRICT" in command))

    assert "springfield" in shell(folder, "kubectl get ri -n districts")
    assert "springfield" in shell(folder, "roster-operator districts")


def test_a_second_demo_does_not_take_the_first_one_away(kept: tuple[Path, str]) -> None:
    second = demo(kept[0])

    assert second.returncode == 1
    assert "kept here already" in second.stdout


def test_it_ends_when_it_is_told_to_and_leaves_nothing(kept: tuple[Path, str]) -> None:
    folder, _ = kept
    address = shell(folder, "echo $DISTRICT").strip()

    assert demo(folder, "--stop").returncode == 0

    assert not folder.exists()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{address}/_simulator/stats", timeout=5)
    assert demo(folder, "--stop").returncode == 1
