"""What the hooks of git ask of a contributor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hack.release import ROOT
from hack.subject import fault

HOOKS = ROOT / ".pre-commit-config.yaml"


@pytest.mark.parametrize(
    "subject",
    [
        "ledger: keep runs for a year",
        "docs, chart: say what a floor is\n\nA body follows.",
        "tests/ledger: wait for no clock",
        "Merge branch 'main' into seats",
        'Revert "ledger: keep runs for a year"',
        "fixup! ledger: keep runs for a year",
        f"ledger: {'x' * 64}",
    ],
)
def test_a_subject_that_names_its_area_is_taken(subject: str) -> None:
    assert fault(subject) == ""


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("Keep runs for a year", "area: what changes"),
        ("Ledger: keep runs for a year", "area: what changes"),
        ("ledger: keep runs for a year.", "without a full stop"),
        ("", "area: what changes"),
        (f"ledger: {'x' * 65}", "73 characters"),
    ],
)
def test_another_is_refused_with_what_to_do(subject: str, said: str) -> None:
    assert said in fault(subject)


@pytest.mark.parametrize(("subject", "code"), [("ledger: keep runs for a year", 0), ("Keep runs", 1)])
def test_git_hears_by_the_exit_code_whether_to_go_on(tmp_path: Path, subject: str, code: int) -> None:
    message = tmp_path / "COMMIT_EDITMSG"
    message.write_text(subject, encoding="utf-8")
    checked = subprocess.run([sys.executable, "-m", "hack.subject", str(message)], cwd=ROOT, check=False)

    assert checked.returncode == code


def test_the_hooks_are_in_the_form_that_pre_commit_reads() -> None:
    command = [str(Path(sys.executable).parent / "pre-commit"), "validate-config", str(HOOKS)]

    subprocess.run(command, check=True)


def test_every_hook_runs_a_tool_that_is_locked_or_ours() -> None:
    hooks = [hook for repo in yaml.safe_load(HOOKS.read_text("utf-8"))["repos"] for hook in repo["hooks"]]
    locked = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")

    for hook in hooks:
        program, *arguments = hook["entry"].split()
        if program == ".venv/bin/python":
            module = arguments[1]
            assert f"\n{module}==" in locked or module.startswith(("hack.", "roster_operator.")), hook["id"]
        elif program != "make":
            assert f"\n{Path(program).name}" in locked, hook["id"]
