"""The workflows of `.github/workflows`, taken apart, and the linters that look at them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hack.release import ROOT

FOLDER = ROOT / ".github"
PROGRAMS = Path(sys.executable).parent
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))


def name(path: Path) -> str:
    """The path of a file in the repository."""
    return str(path.relative_to(ROOT))


def read(path: Path) -> dict[str, Any]:
    """A file of YAML as mappings; `on` is a word, as GitHub reads it, and not the truth value of YAML 1.1."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else str(key): value for key, value in content.items()}


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    """The jobs of a workflow."""
    found: dict[str, dict[str, Any]] = read(path)["jobs"]
    return found


def steps(path: Path) -> Iterator[dict[str, Any]]:
    """The steps of all jobs of a workflow."""
    for job in jobs(path).values():
        yield from job.get("steps", [])


def scripts(path: Path) -> str:
    """All commands of a workflow."""
    return "\n".join(step["run"] for step in steps(path) if "run" in step)


def run(program: str | Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a linter; those of `.venv/bin` are on its path, as actionlint asks shellcheck about scripts."""
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [program, *arguments], env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
