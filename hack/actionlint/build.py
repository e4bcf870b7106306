"""Builds actionlint, the linter of GitHub's workflows, from the Go module that is pinned beside this file."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Final

from hack.controlplane.recipe import cache_root
from hack.controlplane.toolchain import Report, ToolchainError, find_go, install_go

MODULE: Final = Path(__file__).resolve().parent
PACKAGE: Final = "github.com/rhysd/actionlint/cmd/actionlint"


class LinterMissing(Exception):
    """actionlint could not be built; the message says why."""


def actionlint(report: Report) -> Path:
    """Return the program, from the cache or built into it; a missing Go is installed for that, and removed again."""
    pinned = b"".join((MODULE / name).read_bytes() for name in ("go.mod", "go.sum"))
    system = f"{platform.system()}-{platform.machine()}".lower()
    program = cache_root().parent / "actionlint" / f"{system}-{hashlib.sha256(pinned).hexdigest()[:16]}"
    if program.exists():
        return program
    program.parent.mkdir(parents=True, exist_ok=True)
    unfinished = program.with_name(f"{program.name}.{os.getpid()}")
    try:
        toolchain = find_go() or install_go(program.parent, report)
        report(f"building actionlint with {toolchain.version}")
        built = subprocess.run(  # noqa: S603
            [toolchain.go, "build", "-trimpath", "-mod=readonly", "-buildvcs=false", "-o", unfinished, PACKAGE],
            cwd=MODULE,
            env=toolchain.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    except (ToolchainError, OSError) as error:
        raise LinterMissing(str(error)) from error
    toolchain.remove()
    if built.returncode:
        raise LinterMissing(f"go build ended with {built.returncode}: {built.stderr.strip()[-2000:]}")
    unfinished.rename(program)
    return program


if __name__ == "__main__":
    print(actionlint(lambda line: print(line, file=sys.stderr)))
