"""What is measured of a run: the program as a whole process, and what its database spends."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

PROGRAM = str(Path(sys.executable).parent / "roster-operator")
_TICK = os.sysconf("SC_CLK_TCK")
_LOOK_EVERY = 0.02


@dataclass(frozen=True, slots=True)
class Measured:
    """One run."""

    wall: float
    """Seconds."""
    cpu: float = 0.0
    """Seconds, user and system, of the operator's process."""
    memory: float = 0.0
    """Its peak resident set, MiB."""
    database_cpu: float = 0.0
    database_memory: float = 0.0
    """Peak memory of its own of all processes of the database together, MiB; shared buffers left out."""
    written: int = 0
    """Rows inserted, changed and deleted in the ledger."""


class Processes:
    """A process and those below it, looked at while something runs: what they spend, and their memory at most."""

    def __init__(self, pid: int | None) -> None:
        """None: there is nothing to look at."""
        self._pid = pid
        self._peak = 0.0
        self._before = 0.0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Processes:
        self._before = self._spent()
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watcher.join()

    @property
    def cpu(self) -> float:
        """Seconds since it was entered, those of processes that have ended among them."""
        return self._spent() - self._before

    @property
    def memory(self) -> float:
        """MiB of their own, together, at most."""
        return self._peak

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_EVERY):
            self._peak = max(self._peak, sum(_status(pid, "RssAnon:") for pid in self._all()))

    def _all(self) -> list[int]:
        if self._pid is None:
            return []
        family = [self._pid]
        for pid in family:
            listed = Path(f"/proc/{pid}/task/{pid}/children")
            try:
                family += [int(child) for child in listed.read_text(encoding="ascii").split()]
            except OSError:
                continue
        return family

    def _spent(self) -> float:
        """Ended children count in their parent's."""
        return sum(_cpu(pid, with_ended_children=True) for pid in self._all())


def _cpu(pid: int, *, with_ended_children: bool) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11 : 15 if with_ended_children else 13]) / _TICK


class _Peak:
    """The peak resident set of one process. The kernel's own figure at its end counts what its parent had, too."""

    def __init__(self, pid: int) -> None:
        self.memory = 0.0
        self._pid = pid
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Peak:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_EVERY):
            self.memory = max(self.memory, _status(self._pid, "VmHWM:"))


def _status(pid: int, field: str) -> float:
    """MiB, by a line of /proc/PID/status."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def compile_program() -> None:
    """Write the program's bytecode: the image has it, and some environments are told never to write any."""
    compileall.compile_dir(Path(__file__).resolve().parents[1] / "operator", quiet=1)


def process(command: Sequence[str | Path], database: Processes | None = None) -> Measured:
    """Run a program to its end; an error if it does not end well. `database`: its processes."""
    with database or Processes(None) as of_database, TemporaryFile() as said:
        started = time.perf_counter()
        child = subprocess.Popen([str(part) for part in command], stdout=said)  # noqa: S603 - our own
        with _Peak(child.pid) as peak:
            _, status, usage = os.wait4(child.pid, 0)
            wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise RuntimeError(f"{Path(str(command[0])).name} ended with {child.returncode}: {said.read().decode()}")
    return Measured(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        memory=peak.memory,
        database_cpu=of_database.cpu,
        database_memory=of_database.memory,
    )
