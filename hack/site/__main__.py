"""`make site`: the documentation as a site, in `build/site/VERSION`.

Each version has a folder of its own, and `versions.json` lists the folders that are there, for the menu of versions: to
publish, copy the new folder and both files beside it to where the older ones are.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from hack.site.pages import HOME
from sphinx.cmd.build import main as sphinx

from roster_operator import __version__

ROOT: Final = Path(__file__).resolve().parents[2]


def build(source: Path, target: Path) -> int:
    """Build a version's folder; anything that Sphinx warns of, such as a link that leads nowhere, fails."""
    settings = str(Path(__file__).parent)
    return sphinx(
        ["--quiet", "--fail-on-warning", "--fresh-env", "-c", settings, str(source), str(target / __version__)]
    )


def enter(site: Path) -> None:
    """Write what stands beside the folders: the list of versions, and a first page that leads to the one just built."""
    folders = sorted((page.parent.name for page in site.glob("*/searchindex.js")), reverse=True)
    versions = [{"version": folder, "url": f"../{folder}/{HOME}.html"} for folder in folders]
    (site / "versions.json").write_text(json.dumps(versions, indent=1) + "\n", encoding="utf-8")
    there = f"{__version__}/{HOME}.html"
    page = f'<!doctype html><meta http-equiv="refresh" content="0; url={there}"><a href="{there}">Roster Operator</a>\n'
    (site / "index.html").write_text(page, encoding="utf-8")


def main() -> int:
    """Build the site, and say where it is."""
    options = argparse.ArgumentParser(prog="python -m hack.site", description=__doc__)
    options.add_argument("--source", type=Path, default=ROOT, help="the repository")
    options.add_argument("--target", type=Path, default=ROOT / "build" / "site", help="where the site goes")
    chosen = options.parse_args()
    code = build(chosen.source, chosen.target)
    if code == 0:
        enter(chosen.target)
        print(f"site: {chosen.target}/index.html")
        print(f"site: to read it: python3 -m http.server --bind 127.0.0.1 --directory {chosen.target}")
    return code


if __name__ == "__main__":
    sys.exit(main())
