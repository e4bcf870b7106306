"""Programs that tests and the demo start never outlive them."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from hack.processes import Child, free_ports

REPOSITORY = Path(__file__).resolve().parents[2]

STARTER = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
from pathlib import Path
from hack.processes import Child
print(Child(["/bin/sleep", "600"], Path(sys.argv[1])).pid, flush=True)
sys.stdin.read()
"""


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, tmp_path / "log"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()

    ended, _, _ = select.select([child], [], [], 10)
    os.close(child)
    assert ended


def test_a_child_can_be_interrupted_where_its_parent_cannot(tmp_path: Path) -> None:
    """As in the background of a script."""
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, tmp_path / "log"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        child = os.pidfd_open(pid)
        while b"sleep" not in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]:
            select.select([], [], [], 0.02)
        os.kill(pid, signal.SIGINT)
        ended, _, _ = select.select([child], [], [], 10)
        parent.kill()
    os.close(child)
    assert ended


def test_a_child_that_ignores_a_polite_request_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = Child(["/bin/sh", "-c", "trap '' TERM; echo deaf; exec sleep 60"], log)
    while "deaf" not in log.read_text():
        child.wait(0.02)

    child.stop(signal.SIGTERM, patience=0.1)

    assert not child.running


def test_the_last_words_of_a_program_that_failed_are_known(tmp_path: Path) -> None:
    child = Child(["/bin/sh", "-c", "echo first; echo last >&2; exit 3"], tmp_path / "log")

    assert child.wait(10) == 3
    assert child.last_words(lines=1) == "last"


def test_free_ports_differ_and_are_not_those_of_outgoing_connections() -> None:
    ports = free_ports(3)

    assert len(set(ports)) == 3
    assert max(ports) < 32_768
