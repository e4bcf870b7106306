"""The version is stated once, and what repeats it is written and checked by `hack.release`."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from hack.release import CHANGES, PLACES, ROOT, SOURCE, ReleaseError, check, notes, version, write

from roster_operator import __version__

NAME_OTHERS = {"requirements", "go.mod", "go.sum", "kubelet.sum", "tests"}
"""Files and folders with versions that are not ours."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that name the version, and the changelog."""
    for path in {path for pattern, _ in PLACES for path in ROOT.glob(pattern)} | {ROOT / CHANGES}:
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return tmp_path


def naming(root: Path, wanted: str) -> list[str]:
    """Files under `root` that name a version."""
    files = (path for path in root.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(root)) for path in files if wanted in path.read_text(encoding="utf-8"))


def test_the_package_states_the_version_and_setuptools_reads_it_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert version() == __version__
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "roster_operator.__version__"}


def test_every_place_names_the_version_of_the_package() -> None:
    check(ROOT)


def test_a_place_that_was_forgotten_is_named_with_the_command_that_mends_it(copy: Path) -> None:
    chart = copy / "charts" / "roster-operator" / "Chart.yaml"
    chart.write_text(chart.read_text(encoding="utf-8").replace(f"version: {__version__}", "version: 9.9.9"), "utf-8")

    with pytest.raises(ReleaseError, match=rf"Chart\.yaml\. Run: make version VERSION={re.escape(__version__)}"):
        check(copy)


def test_a_new_version_reaches_every_place(copy: Path) -> None:
    before = naming(copy, __version__)

    write(copy, "7.8.9-rc.1")

    assert version(copy) == "7.8.9-rc.1"
    assert naming(copy, "7.8.9-rc.1") == [name for name in before if name != CHANGES]
    assert {SOURCE, "README.md", "charts/roster-operator/Chart.yaml"} <= set(before)
    check(copy)


def test_nothing_else_of_the_repository_names_the_version(copy: Path) -> None:
    """A new page or manifest that names it has to be one of the places."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    known = {path.relative_to(copy) for path in copy.rglob("*")}
    others = {Path(name) for name in listed.splitlines()} - known
    named = {
        str(path)
        for path in others
        if not NAME_OTHERS & {*path.parts} and (ROOT / path).is_file()
        if __version__ in (ROOT / path).read_text(encoding="utf-8", errors="ignore")
    }
    write(copy, "7.8.9")

    assert named == set()
    assert naming(copy, __version__) == [CHANGES]


@pytest.mark.parametrize("word", ["", "1.0", "v1.0.0", "1.0.0+build"])
def test_what_is_no_version_is_refused(copy: Path, word: str) -> None:
    with pytest.raises(ReleaseError, match=r"is no version such as 1\.2\.3"):
        write(copy, word)


def test_the_notes_of_a_release_are_its_part_of_the_changelog(tmp_path: Path) -> None:
    (tmp_path / CHANGES).write_text("# Changes\n\n## 9.2.0\n\n- New.\n\n## 9.1.0 (2026-01-02)\n\n- Old.\n", "utf-8")

    assert notes(tmp_path, "9.2.0") == "- New.\n"
    assert notes(tmp_path, "9.1.0") == "- Old.\n"
    with pytest.raises(ReleaseError, match=r"'## 9\.3\.0'"):
        notes(tmp_path, "9.3.0")


def test_the_changelog_says_what_is_in_this_version() -> None:
    assert notes(ROOT, __version__)
