"""The version of the project: `operator/roster_operator/__init__.py` states it, and every other place repeats it.

    python -m hack.release                 print the version
    python -m hack.release --check         fail if a place names another version
    python -m hack.release --write X.Y.Z   state a new version, and bring it to every place
    python -m hack.release --notes X.Y.Z   print what CHANGELOG.md says of it, for the page of the release

pyproject.toml repeats nothing: setuptools reads the version from the package.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = "operator/roster_operator/__init__.py"
CHANGES: Final = "CHANGELOG.md"

VERSION: Final = r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?"
"""As https://semver.org has it, without build metadata: a tag of an image cannot hold a plus sign."""

_IMAGE: Final = r"(?<=roster-operator:)"
PLACES: Final = (
    (SOURCE, r'(?<=^__version__ = ")'),
    ("charts/roster-operator/Chart.yaml", r"(?<=^version: )"),
    ("charts/roster-operator/Chart.yaml", r"(?<=^appVersion: )"),
    ("Dockerfile", _IMAGE),
    ("README.md", r"(?<=^- The version is )"),
    ("docs/**/*.md", _IMAGE),
    ("docs/reference/accessibility.md", r"(?<=^\*\*Version\*\* )"),
    ("e2e/README.md", _IMAGE),
    ("examples/**/*.yaml", _IMAGE),
    ("examples/gitops/argocd/**/*.yaml", r"(?<=targetRevision: v)"),
    ("examples/gitops/flux/**/*.yaml", r"(?<=tag: v)"),
    ("examples/kustomize/**/*.yaml", r"(?<=app.kubernetes.io/version: )"),
    ("examples/kustomize/**/*.yaml", r"(?<=newTag: )"),
    ("examples/kustomize/**/*.yaml", r"(?<=[?]ref=v)"),
)
"""Files, and what stands before the version in them."""


class ReleaseError(Exception):
    """The version or its notes are not as they should be; the message says what to do."""


def version(root: Path = ROOT) -> str:
    """The version that the package states."""
    found = re.search(rf'^__version__ = "({VERSION})"$', (root / SOURCE).read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise ReleaseError(f"{SOURCE} states no version such as 1.2.3")
    return found[1]


def written(root: Path, wanted: str) -> dict[Path, str]:
    """The files that name another version than `wanted`, as they should be."""
    texts: dict[Path, str] = {}
    for pattern, before in PLACES:
        for path in sorted(root.glob(pattern)):
            text = texts.get(path, path.read_text(encoding="utf-8"))
            texts[path] = re.sub(before + VERSION, wanted, text, flags=re.MULTILINE)
    return {path: text for path, text in texts.items() if text != path.read_text(encoding="utf-8")}


def notes(root: Path, wanted: str) -> str:
    """What CHANGELOG.md says of a version."""
    changes = (root / CHANGES).read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(wanted)}(?: [^\n]*)?\n(.*?)(?=^## |\Z)", changes, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        raise ReleaseError(f"{CHANGES} says nothing under a heading '## {wanted}'")
    return found[1].strip() + "\n"


def check(root: Path) -> None:
    """Raise if a place names another version than the package."""
    wrong = written(root, version(root))
    if wrong:
        files = ", ".join(str(path.relative_to(root)) for path in wrong)
        raise ReleaseError(f"not the version {version(root)}: {files}. Run: make version VERSION={version(root)}")


def write(root: Path, wanted: str) -> None:
    """Bring a version to every place."""
    if not re.fullmatch(VERSION, wanted):
        raise ReleaseError(f"'{wanted}' is no version such as 1.2.3")
    for path, text in written(root, wanted).items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(root)}")


def main() -> int:
    """Check, write, or print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true")
    what.add_argument("--write", metavar="VERSION")
    what.add_argument("--notes", metavar="VERSION")
    arguments = parser.parse_args()
    try:
        if arguments.check:
            check(ROOT)
        elif arguments.write is not None:
            write(ROOT, arguments.write)
        elif arguments.notes is not None:
            print(notes(ROOT, arguments.notes), end="")
        else:
            print(version())
    except ReleaseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
