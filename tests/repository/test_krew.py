"""What krew installs: a manifest as krew reads it, of an archive that runs the plugin."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hack.krew import MANIFEST, PROGRAM, archive_name, make

from roster_operator import __version__

WHEEL = f"roster_operator-{__version__}-py3-none-any.whl"
FIELDS = {
    "": {"apiVersion", "kind", "metadata", "spec"},
    "metadata": {"name"},
    "spec": {"version", "shortDescription", "description", "caveats", "homepage", "platforms"},
    "platform": {"uri", "sha256", "selector", "files", "bin"},
}
"""All that krew documents."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("krew")
    (folder / WHEEL).write_bytes(b"a wheel")
    make("example/roster-operator", folder / "made", folder / WHEEL)
    return folder / "made"


def unpacked(made: Path, folder: Path) -> Path:
    with tarfile.open(made / archive_name(__version__)) as opened:
        opened.extractall(folder, filter="data")
    return folder


def test_the_manifest_is_one_that_krew_takes(made: Path) -> None:
    """As krew's own validation has it, field by field."""
    told: dict[str, Any] = yaml.safe_load((made / MANIFEST).read_text())
    assert told.keys() == FIELDS[""]
    assert (told["apiVersion"], told["kind"]) == ("krew.googlecontainertools.github.com/v1alpha2", "Plugin")
    assert told["metadata"] == {"name": Path(MANIFEST).stem}
    spec = told["spec"]
    assert spec.keys() == FIELDS["spec"]
    assert spec["version"] == f"v{__version__}"
    assert re.fullmatch(r"v\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?", spec["version"])
    assert 0 < len(spec["shortDescription"]) <= 50
    assert "\n" not in spec["shortDescription"]
    for platform in spec["platforms"]:
        assert platform.keys() <= FIELDS["platform"]
        assert re.fullmatch(r"[a-f0-9]{64}", platform["sha256"])
        assert re.fullmatch(r"https://[^ ]+\.(tar\.gz|zip)", platform["uri"])
        (chosen,) = platform["selector"]["matchExpressions"]
        assert (chosen["key"], chosen["operator"]) == ("os", "In")
        assert set(chosen["values"]) <= {"darwin", "linux", "windows"}


def test_it_names_the_archive_that_was_made_and_nothing_is_left_to_fill_in(made: Path) -> None:
    text = (made / MANIFEST).read_text()
    (platform,) = yaml.safe_load(text)["spec"]["platforms"]
    packed = (made / archive_name(__version__)).read_bytes()
    assert platform["sha256"] == hashlib.sha256(packed).hexdigest()
    released = f"https://github.com/example/roster-operator/releases/download/v{__version__}"
    assert platform["uri"] == f"{released}/{archive_name(__version__)}"
    assert not re.search(r"ORGANIZATION|TODO|XXX|<[a-z]|\{\{|0{64}", text)
    with tarfile.open(fileobj=io.BytesIO(packed)) as opened:
        entries = {entry.name: entry for entry in opened}
    assert entries.keys() == {PROGRAM, "LICENSE", WHEEL}
    assert platform["bin"] in entries
    assert entries[PROGRAM].mode == 0o755
    assert {(entry.uid, entry.uname) for entry in entries.values()} == {(0, "")}


def test_whoever_makes_it_anew_gets_the_same(made: Path, tmp_path: Path) -> None:
    (tmp_path / WHEEL).write_bytes(b"a wheel")
    make("example/roster-operator", tmp_path / "again", tmp_path / WHEEL)
    for path in made.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(("program", "asks"), [("uvx", "--from"), ("pipx", "--spec")])
def test_the_program_runs_the_wheel_beside_it_by_what_there_is(
    made: Path, tmp_path: Path, program: str, asks: str
) -> None:
    """krew links it into a folder of the PATH."""
    store, links, tools = unpacked(made, tmp_path / "store dir"), tmp_path / "bin", tmp_path / "tools"
    links.mkdir()
    tools.mkdir()
    (links / PROGRAM).symlink_to(Path("..") / "store dir" / PROGRAM)
    stand_in = tools / program
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    stand_in.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}:/usr/bin:/bin"}
    told = subprocess.run(
        [links / PROGRAM, "status", "two words"], env=environment, capture_output=True, text=True, check=True
    )
    lines = told.stdout.splitlines()
    assert lines[-3:] == ["kubectl-roster", "status", "two words"]
    assert Path(lines[lines.index(asks) + 1]).resolve() == store / WHEEL


def test_without_what_runs_it_it_says_what_to_install(made: Path, tmp_path: Path) -> None:
    store, tools = unpacked(made, tmp_path / "store"), tmp_path / "tools"
    tools.mkdir()
    for needed in ("dirname", "readlink"):
        (tools / needed).symlink_to(f"/usr/bin/{needed}")
    answer = subprocess.run(
        ["/bin/sh", store / PROGRAM, "status"], env={"PATH": str(tools)}, capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.startswith("error: kubectl roster needs uv")
