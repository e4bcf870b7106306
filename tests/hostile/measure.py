"""Measures what a sync of hostile input takes, in a process of its own: peak memory, time, threads that stay.

The kernel's own figure for an ended child counts what its parent had too, so the child reads its own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
NAMESPACE = "districts"
MOST_MEMORY = 400
"""MiB that a sync may take, whatever it is given to read."""
MOST_LEFT = 150
"""MiB that it may leave; the program itself takes half of it."""


@dataclass(frozen=True)
class Taken:
    """What one sync took. Sizes in MiB, times in seconds."""

    peak: float
    left: float
    """Resident when it had ended and garbage was collected."""
    threads: int
    """Of sources, still running when it had ended."""
    seconds: float
    exit: int
    ready: str
    """The reason of Ready, if there is a status."""
    message: str
    """Of Ready; else what was written to standard error."""
    output: str
    """All that was printed."""


def sync(*arguments: str | Path, timeout: float = 120.0, stdin: bytes = b"") -> Taken:
    """Run `roster-operator sync` with these arguments; an error if it does not end by itself."""
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.hostile.child", "sync", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'operator'}"}
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        printed, said = child.communicate(stdin, timeout=timeout)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.communicate()
        raise AssertionError(f"a sync of hostile input did not end within {timeout:.0f} s") from None
    seconds = time.monotonic() - began
    errors, _, last = said.decode().strip().rpartition("\n")
    if not last.startswith("{"):
        raise AssertionError(f"a sync of hostile input ended with {child.returncode}: {said.decode()[-2000:]}")
    found = json.loads(last)
    ready = _ready(printed)
    return Taken(
        peak=found["peak"],
        left=found["left"],
        threads=found["threads"],
        seconds=seconds,
        exit=found["exit"] or 0,
        ready=ready.get("reason", ""),
        message=ready.get("message", errors),
        output=printed.decode() + errors,
    )


def _ready(printed: bytes) -> dict[str, Any]:
    statuses = [each["status"] for each in yaml.safe_load_all(printed) if each and "status" in each]
    conditions = [each for status in statuses for each in status.get("conditions", [])]
    return next((each for each in conditions if each["type"] == "Ready"), {})


def manifests(folder: Path, source: dict[str, Any], secret: dict[str, str] | None = None, **spec: Any) -> Path:
    """A file with a live district on this source, one eBook, and its Secret."""
    if secret is not None:
        source = {**source, "secretRef": {"name": "sis"}}
    documents: list[dict[str, Any]] = [
        {
            "apiVersion": "rostering.cpm.org/v1alpha1",
            "kind": "RosterIntegration",
            "metadata": {"name": "springfield", "namespace": NAMESPACE},
            "spec": {
                "live": True,
                "timeZone": "UTC",
                "timeout": "60s",
                "source": source,
                "schools": [{"id": "s1"}],
                "courses": [{"code": "MA1", "ebooks": ["algebra"]}],
                **spec,
            },
        },
        {
            "apiVersion": "rostering.cpm.org/v1alpha1",
            "kind": "EBook",
            "metadata": {"name": "algebra"},
            "spec": {"title": "Algebra", "editions": ["Student", "Teacher"]},
        },
    ]
    if secret is not None:
        documents.append(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": "sis", "namespace": NAMESPACE},
                "stringData": secret,
            }
        )
    path = folder / "manifests.yaml"
    path.write_text(yaml.safe_dump_all(documents), encoding="utf-8")
    return path
