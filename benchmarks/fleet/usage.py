"""What processes use, by /proc: the whole tree of each, so that a database's connections count with it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one process and its children that still run."""

    cpu: float
    """Seconds, user and system; those of children that have ended included."""
    memory: float
    """Resident, MiB. What PostgreSQL shares between its processes counts in each of them."""
    peak: float
    """The most that the process itself ever had, MiB."""
    threads: int

    def since(self, before: Usage | None) -> Usage:
        """With the CPU time that came after `before`."""
        return Usage(self.cpu - (before.cpu if before else 0.0), self.memory, self.peak, self.threads)


def usage(pid: int) -> Usage:
    """What a process uses now."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            children[int(fields[1])].append(int(folder.name))
    tree, pending = [], [pid]
    while pending:
        tree.append(pending.pop())
        pending += children[tree[-1]]
    cpu = sum(sum(int(ticks) for ticks in fields[11:15]) for each in tree if (fields := _stat(each)))
    own = _status(pid)
    return Usage(
        cpu=cpu / _TICK,
        memory=sum(_status(each).get("VmRSS", 0) for each in tree) / 1024,
        peak=own.get("VmHWM", 0) / 1024,
        threads=own.get("Threads", 0),
    )


def usages(pids: Mapping[str, int]) -> dict[str, Usage]:
    """The same for several, by name."""
    return {name: usage(pid) for name, pid in pids.items()}


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none if the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _status(pid: int) -> dict[str, int]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    wanted = (line.split() for line in lines if line.startswith(("VmRSS", "VmHWM", "Threads")))
    return {words[0].rstrip(":"): int(words[1]) for words in wanted}
