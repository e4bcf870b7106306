"""On one volume each namespace has a folder of its own, and learns nothing of the others'."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sources.csv.opened import opened
from tests.sources.csv.sets import CsvSet

from district_simulator.library import SimulatedDistrict
from roster_operator.errors import InvalidSpec, RosterOperatorError
from roster_operator.sources.roster_files import RosterFiles


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A volume with the rosters of two namespaces."""
    delivered = CsvSet.of(SimulatedDistrict(students=20, schools=1, seed=3))
    delivered.zip(tmp_path / "rosters" / "north" / "springfield.zip")
    delivered.folder(tmp_path / "rosters" / "south" / "shelbyville")
    delivered.folder(tmp_path / "rosters" / "alone")
    return tmp_path / "rosters"


def refused(path: Path | str, root: Path, namespace: str) -> str:
    with pytest.raises(RosterOperatorError) as error, opened(f"file://{path}", root=root, namespace=namespace) as found:
        found.probe()
    return error.value.message


@pytest.mark.parametrize(
    ("path", "namespace"), [("north/springfield.zip", "north"), ("south/shelbyville/", "south"), ("alone", "alone")]
)
def test_a_namespace_reads_what_lies_in_its_own_folder(root: Path, path: str, namespace: str) -> None:
    with opened(f"file://{root}/{path}", root=root, namespace=namespace) as source:
        assert not source.probe().refused


@pytest.mark.parametrize(
    "path", ["", "/", "/south", "/south/shelbyville", "/south/nothing", "/northern/x.zip", "/north/../south/x.zip"]
)
def test_the_root_and_the_folders_of_others_are_refused_whatever_is_there(root: Path, path: str) -> None:
    message = refused(f"{root}{path}", root, "north")
    assert "not below" in message or "'..'" in message
    assert "south" not in message
    assert "Publisher:" in message


def test_no_link_leads_to_the_folder_of_another_namespace(root: Path) -> None:
    (root / "north" / "theirs").symlink_to(root / "south" / "shelbyville")
    (root / "north" / "relative").symlink_to("../south/shelbyville")
    (root / "north" / "up").symlink_to("..")
    (root / "west").symlink_to("south")
    said = {refused(root / "north" / name, root, "north").replace(name, "") for name in ("theirs", "relative", "up")}
    assert len(said) == 1
    assert "leads by a symbolic link out of the folder of rosters" in said.pop()
    assert "leads by a symbolic link" in refused(root / "west" / "shelbyville", root, "west")


def test_a_link_does_not_tell_what_is_there_in_the_folders_of_others(root: Path) -> None:
    (root / "north" / "link").symlink_to("../south/shelbyville")
    there = refused(root / "north" / "link", root, "north")
    (root / "north" / "link").unlink()
    (root / "north" / "link").symlink_to("../south/nothing")
    assert refused(root / "north" / "link", root, "north") == there


def test_a_folder_with_a_link_to_a_file_of_others_is_refused(root: Path) -> None:
    (root / "north" / "mixed").mkdir()
    (root / "north" / "mixed" / "users.csv").symlink_to(root / "south" / "shelbyville" / "users.csv")
    assert "leads by a symbolic link" in refused(root / "north" / "mixed", root, "north")


@pytest.mark.parametrize("namespace", ["", "..", "north/x", "../south", ".", "North"])
def test_what_is_no_namespace_has_no_folder(root: Path, namespace: str) -> None:
    with pytest.raises(InvalidSpec, match="no name of a namespace"):
        RosterFiles(root).of(namespace)
