"""Whoever writes a RosterIntegration reads rosters, and no other file of the pod."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from tests.sources.csv.opened import opened, read
from tests.sources.csv.sets import CsvSet

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import SystemClock
from roster_operator.errors import InvalidSpec, ReadIncomplete, RosterOperatorError, ShuttingDown, WrongURL
from roster_operator.interruption import Interruption
from roster_operator.sources.csv.addresses import LocalAddress
from roster_operator.sources.csv.locations.local import LocalLocation
from roster_operator.sources.roster_files import RosterFiles


@pytest.fixture(scope="module")
def whole() -> CsvSet:
    return CsvSet.of(SimulatedDistrict(students=20, schools=1, seed=3))


@pytest.fixture
def root(whole: CsvSet, tmp_path: Path) -> Path:
    """A folder of rosters beside a folder that is nobody's business."""
    whole.zip(tmp_path / "rosters" / "springfield.zip")
    whole.folder(tmp_path / "rosters" / "shelbyville")
    whole.zip(tmp_path / "secret" / "other.zip")
    return tmp_path / "rosters"


def refused(base_url: str, root: Path | None) -> str:
    with pytest.raises(RosterOperatorError) as error, opened(base_url, root=root) as source:
        source.probe()
    return error.value.message


def location_of(path: Path, root: Path) -> LocalLocation:
    folder = RosterFiles(root, shared=True).of("")
    return LocalLocation(LocalAddress(path, "file://x"), folder, Interruption(SystemClock(), 60))


def test_without_a_folder_of_rosters_no_file_is_read(root: Path) -> None:
    message = refused(f"file://{root}/springfield.zip", None)
    assert "no folder of rosters" in message
    assert "Platform: mount a volume" in message


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "/secret/other.zip", "/rosters-of-others/x.zip", "/rosters/../secret/other.zip", "/", ""]
)
def test_a_path_elsewhere_is_refused(root: Path, path: str) -> None:
    for base_url in (f"file://{path}", f"file://{root.parent}{path}", f"file:///%2e%2e{path}"):
        with pytest.raises(InvalidSpec), opened(base_url, root=root) as source:
            source.probe()


def test_links_are_followed_inside_the_folder_only(root: Path) -> None:
    (root / "current").symlink_to("shelbyville")
    with opened(f"file://{root}/current", root=root) as source:
        assert not source.probe().refused
    (root / "away").symlink_to(root.parent / "secret")
    (root / "away.zip").symlink_to(root.parent / "secret" / "other.zip")
    (root / "mixed").mkdir()
    (root / "mixed" / "users.csv").symlink_to("/etc/passwd")
    (root / "round").symlink_to("round")
    for path in ("away", "away/other.zip", "away.zip", "mixed"):
        assert "leads by a symbolic link out of the folder of rosters" in refused(f"file://{root}/{path}", root)
    assert "does not exist" in refused(f"file://{root}/round", root)


def test_a_link_that_is_put_there_meanwhile_is_not_followed(root: Path) -> None:
    """Between the list and the copy a file becomes a link to a file elsewhere."""
    place = location_of(root / "shelbyville", root)
    (delivery,) = place.deliveries()
    users = next(file for file in delivery.files if file.name == "users.csv")
    target = root.parent / "secret" / "other.zip"
    taken: list[bytes] = []
    for link in (target, root / "springfield.zip"):
        Path(users.path).unlink()
        Path(users.path).symlink_to(link)
        with pytest.raises((ReadIncomplete, InvalidSpec)):
            place.copy(users, lambda: taken.append)
    assert not taken


def test_what_is_not_a_file_is_not_waited_for(root: Path) -> None:
    """Reading a pipe that nobody writes to would hang."""
    (root / "pipes").mkdir()
    os.mkfifo(root / "pipes" / "users.csv")
    os.mkfifo(root / "pipe.zip")
    assert "is not a file" in refused(f"file://{root}/pipes", root)
    assert "is not a file" in refused(f"file://{root}/pipe.zip", root)


def test_a_file_that_changes_while_it_is_read_is_not_taken(root: Path) -> None:
    path = root / "springfield.zip"
    place = location_of(path, root)
    (delivery,) = place.deliveries()

    def write(chunk: bytes) -> None:
        with path.open("ab") as file:
            file.write(b"more")

    with pytest.raises(ReadIncomplete, match="changed while it was read"):
        place.copy(delivery.files[0], lambda: write)


def test_a_set_stays_what_it_was_when_it_is_replaced_in_mid_reading(whole: CsvSet, root: Path) -> None:
    folder = root / "shelbyville"
    with opened(f"file://{folder}", root=root) as source:
        source.probe()
        for file in folder.iterdir():
            file.write_bytes(b"")
        rows, _ = read(source.enrollments())
        assert len(rows) == len(whole.tables["enrollments"])


def test_what_is_not_there_says_who_looks(root: Path) -> None:
    with opened(f"file://{root}/nowhere", root=root) as source, pytest.raises(WrongURL, match="District: see that"):
        source.probe()


def test_a_folder_with_too_many_files_is_not_listed_to_its_end(root: Path) -> None:
    (root / "many").mkdir()
    for number in range(5001):
        (root / "many" / f"{number}.txt").touch()
    assert "more than 5000 files" in refused(f"file://{root}/many", root)


def test_a_large_file_is_not_copied_whole(root: Path) -> None:
    with opened(root / "springfield.zip", max_file_bytes=1000) as source, pytest.raises(RosterOperatorError) as error:
        source.probe()
    assert "more than 1000 bytes" in error.value.message


def test_a_sync_that_is_stopped_stops_reading(root: Path) -> None:
    interruption = Interruption(SystemClock(), 60)
    with opened(root / "springfield.zip", interruption=interruption) as source:
        source.probe()
        threading.Thread(target=interruption.stop).run()
        with pytest.raises(ShuttingDown):
            read(source.enrollments())
