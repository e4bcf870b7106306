"""Runs `roster-operator sync` in a process of its own and says on its last line what that took.

python -m tests.hostile.child --file manifests.yaml ...
"""

from __future__ import annotations

import ctypes
import gc
import json
import sys
import threading
from pathlib import Path

from roster_operator.cli.main import cli

PATIENCE = 2.0
"""Seconds for threads that were told to end."""


def memory(field: str) -> float:
    """MiB, by a line of /proc/self/status."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    """Sync, then look around: how high memory went, what of it stays, and which threads are still there."""
    code: object = 0
    try:
        cli(sys.argv[1:])
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    peak = memory("VmHWM:")
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("roster-source")]
    for thread in threads:
        thread.join(PATIENCE / len(threads))
    threads = [thread for thread in threads if thread.is_alive()]
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what is free and not given back is no leak
    found = {"exit": code, "peak": peak, "left": memory("VmRSS:"), "threads": len(threads)}
    print(json.dumps(found), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
