"""Makes the node's programs in NODE_DIR: `python -m e2e.node.programs`. What was made of the same sources is kept.

`bin/` holds what Go builds: the kubelet and what goes with it by the control plane's go.mod, so that all of Kubernetes
is one release, and the container runtime by `containerd/go.mod`. `tools/` holds what Debian has: its packages are
unpacked, not installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from hack.controlplane.recipe import MODULE, cache_root, link_flags
from hack.controlplane.toolchain import Toolchain, ToolchainError, find_go, install_go

HERE: Final = Path(__file__).resolve().parent
DEBIAN: Final = (
    *("runc", "nftables", "libnftables1", "libnftnl11"),
    *(
        "buildah",
        "golang-github-containers-common",
        "golang-github-containers-image",
        "libgpgme11",
        "libsubid4",
        "uidmap",
    ),
    "debootstrap",
)


class Module(NamedTuple):
    """A Go module, and the programs that are built by its go.mod, each with its folder in `bin/`."""

    folder: Path
    more_sums: Path | None
    flags: tuple[str, ...]
    programs: dict[str, str]


MODULES: Final = (
    Module(
        MODULE,
        HERE / "kubelet.sum",
        ("-ldflags", link_flags()),
        {name: f"k8s.io/kubernetes/cmd/{name}" for name in ("kubelet", "kube-scheduler", "kube-proxy")},
    ),
    Module(
        HERE / "containerd",
        None,
        ("-ldflags", "-s -w", "-tags", "no_btrfs no_devmapper no_zfs netgo osusergo"),
        {
            **{
                name: f"github.com/containerd/containerd/v2/cmd/{name}"
                for name in ("containerd", "containerd-shim-runc-v2", "ctr")
            },
            **{
                f"cni/{Path(path).name}": f"github.com/containernetworking/plugins/plugins/{path}"
                for path in ("main/bridge", "main/loopback", "ipam/host-local")
            },
        },
    ),
    Module(HERE / "pause", None, ("-ldflags", "-s -w"), {"pause": "."}),
)


class MissingError(Exception):
    """Something that this machine must have; the message says how to get it."""


def make(folder: Path) -> None:
    """Make all that is missing in `folder`; raises `MissingError`, `ToolchainError`, `CalledProcessError`."""
    for program in ("apt-get", "dpkg", "unshare", "nsenter", "ip", "openssl", "curl"):
        if not shutil.which(program):
            raise MissingError(
                f"{program} is not here: the node is built on Debian or Ubuntu, as root (apt-get install {program})"
            )
    if os.geteuid():
        raise MissingError("the node needs root: its containers have namespaces and cgroups of their own")
    toolchain = find_go() or install_go(cache_root(), print)
    for module in MODULES:
        _build(module, toolchain, folder)
    _unpack(folder)


def _build(module: Module, toolchain: Toolchain, folder: Path) -> None:
    sources = folder / "sources" / module.folder.name
    shutil.rmtree(sources, ignore_errors=True)
    shutil.copytree(module.folder, sources)
    if module.more_sums:
        with (sources / "go.sum").open("a", encoding="utf-8") as sums:
            sums.write(module.more_sums.read_text(encoding="utf-8"))
    for name, package in module.programs.items():
        program = folder / "bin" / name
        stamp = folder / "stamps" / program.name
        recipe = _digest((*sources.glob("go.*"), *sources.glob("*.go")), f"{package} {module.flags}")
        if program.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == recipe:
            continue
        started = time.monotonic()
        print(f"e2e: building {name} ...", flush=True)
        build = ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", *module.flags]
        command = ["nice", str(toolchain.go), *build, "-o", str(program), package]
        subprocess.run(command, cwd=sources, env=toolchain.environment(), check=True)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(recipe, encoding="ascii")
        print(f"e2e: built {name} in {time.monotonic() - started:.0f} s", flush=True)


def _digest(files: Iterable[Path], more: str) -> str:
    digest = hashlib.sha256(more.encode())
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _unpack(folder: Path) -> None:
    made = folder / "tools" / ".made"
    if made.exists():
        return
    print(f"e2e: unpacking {', '.join(DEBIAN)} ...", flush=True)
    packages = folder / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", *DEBIAN], cwd=packages, check=True, stdout=subprocess.DEVNULL)
    for package in packages.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, folder / "tools"], check=True)
    shutil.rmtree(packages)
    made.touch()


def main() -> int:
    """Make everything in NODE_DIR."""
    try:
        make(Path(os.environ["NODE_DIR"]))
    except (MissingError, ToolchainError) as error:
        print(f"e2e: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"e2e: {error.cmd[0]} ended with {error.returncode}; its words stand above", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
