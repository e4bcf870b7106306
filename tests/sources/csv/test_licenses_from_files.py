"""From files to licenses: they are what the simulated district says that they should be, and nothing else goes."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.csv.opened import LaterClock
from tests.sources.csv.sets import CsvSet

from district_simulator.library import SimulatedDistrict
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.from_secret import NOBODY
from roster_operator.sources.reach import Reach
from roster_operator.sources.registry import open_source
from roster_operator.sources.roster_files import RosterFiles


@pytest.fixture
def district() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=120, schools=3, seed=7) as district:
        yield district


@pytest.fixture
def scene(district: SimulatedDistrict, new_ledger_url: str, tmp_path: Path) -> Iterator[Scene]:
    """Live, on SQLite and on PostgreSQL, with a folder for files."""
    scene = Scene(district, new_ledger_url)
    scene.credentials = NOBODY
    scene.spec["source"] = {"type": "OneRosterCSV", "baseURL": f"file://{tmp_path}/in", "settleTime": "0s"}
    scene.spec["guard"] = {"absentReads": 1}
    scene.open_source = partial(open_source, reach=Reach(RosterFiles(tmp_path, shared=True)))
    yield scene
    scene.close()


def deliver(district: SimulatedDistrict, path: Path, *, since: CsvSet | None = None, newer: bool = False) -> CsvSet:
    """What the district exports now, in full or as a delta; the whole of it is returned."""
    whole = CsvSet.of(district)
    delivered = whole if since is None else whole.since(since)
    (delivered.in_1_2() if newer else delivered).zip(path)
    return whole


@pytest.mark.parametrize("newer", [False, True], ids=["1.1", "1.2"])
def test_a_bulk_set_gives_the_licenses_of_the_roster(scene: Scene, tmp_path: Path, newer: bool) -> None:
    deliver(scene.district, tmp_path / "in" / "roster.zip", newer=newer)
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()
    assert len(scene.licenses()) > 100
    assert scene.condition("Ready") == ("True", "Synced")
    before = scene.rows()
    assert scene.reconcile().outcome is Outcome.SYNCED
    after = scene.rows()
    assert after.pop("sync_runs") == before.pop("sync_runs") + 1
    assert after == before


def test_loose_files_give_the_same(scene: Scene, tmp_path: Path) -> None:
    CsvSet.of(scene.district).unmanifested().folder(tmp_path / "in")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()


def test_deltas_day_by_day_give_the_licenses_of_the_day(scene: Scene, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    known = deliver(scene.district, folder / "roster-2026-11-20.zip")
    scene.reconcile()
    before = scene.licenses()
    for day, change in enumerate(
        (
            "student-arrives,count=3",
            "student-leaves:S1000003,count=2",
            "student-moves:S1000020",
            "student-arrives",
        ),
        21,
    ):
        scene.district.change(change)
        known = deliver(scene.district, folder / f"roster-2026-11-{day}.zip", since=known)
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
        assert scene.licenses() == scene.expected()
    assert before != scene.licenses()
    deliver(scene.district, folder / "roster-2026-11-30.zip")
    held = scene.licenses()
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == held == scene.expected()


def test_a_delta_that_is_gone_is_missed(scene: Scene, tmp_path: Path) -> None:
    """Whoever came by it would lose a license, though nobody said so."""
    folder = tmp_path / "in"
    known = deliver(scene.district, folder / "roster-2026-11-20.zip")
    scene.district.change("student-arrives,count=3")
    known = deliver(scene.district, folder / "roster-2026-11-21.zip", since=known)
    assert scene.reconcile().outcome is Outcome.SYNCED
    lost = (folder / "roster-2026-11-21.zip").read_bytes()
    (folder / "roster-2026-11-21.zip").unlink()
    unharmed(scene, "ReadIncomplete", "roster-2026-11-21.zip is not there any more", "deliver a new bulk set")
    (folder / "roster-2026-11-21.zip").write_bytes(lost)
    scene.district.change("student-arrives")
    deliver(scene.district, folder / "roster-2026-11-22.zip", since=known)
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()
    (folder / "roster-2026-11-21.zip").unlink()
    unharmed(scene, "ReadIncomplete", "roster-2026-11-21.zip is not there any more")
    deliver(scene.district, folder / "roster-2026-11-23.zip")
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()


def unharmed(scene: Scene, reason: str, *words: str) -> None:
    before = scene.licenses()
    assert before
    assert scene.reconcile().outcome is Outcome.INCOMPLETE, scene.status
    assert scene.licenses() == before
    assert scene.condition("Synced") == ("False", reason)
    for word in words:
        assert word in scene.message("Synced")


def test_a_set_that_is_not_whole_removes_nobodys_license(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "in" / "roster.zip"
    whole = deliver(scene.district, path)
    scene.reconcile()
    text = whole.text("enrollments").encode()
    whole.spoil(enrollments=text[: len(text) // 2 + 7]).zip(path)
    unharmed(scene, "ReadIncomplete", "enrollments.csv of roster.zip ends in the middle of line")
    whole.without("users").zip(path)
    unharmed(scene, "SectionNotShared", "users.csv is missing")
    whole.spoil(enrollments=text.partition(b"\r\n")[0] + b"\r\n").zip(path)
    unharmed(scene, "SectionEmpty")
    path.write_bytes(whole.zipped()[:-100])
    unharmed(scene, "ReadIncomplete", "District: deliver it again")
    whole.with_modes(enrollments="delta").zip(path)
    unharmed(scene, "ReadIncomplete", "no bulk set before them")
    whole.zip(path)
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()


def test_rows_that_cannot_be_read_hold_removals(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "in" / "roster.zip"
    whole = deliver(scene.district, path)
    scene.reconcile()
    before = scene.licenses()
    header, *rows = whole.text("enrollments").splitlines(keepends=True)
    spoiled = [row.replace(",", ";", 2) for row in rows[:3]]
    gone = "".join([header, *spoiled, *rows[30:]])
    whole.spoil(enrollments=gone.encode()).zip(path)
    assert scene.reconcile().outcome is Outcome.HELD
    assert scene.licenses() == before
    checks = {check["name"]: check["count"] for check in scene.status["checklist"]}
    assert checks["RejectedRow"] == 3


def test_a_settling_delivery_is_waited_for_as_long_as_it_says(scene: Scene, tmp_path: Path) -> None:
    scene.spec["source"] |= {"settleTime": "10m"}
    deliver(scene.district, tmp_path / "in" / "roster.zip")
    waiting = scene.reconcile()
    assert (waiting.outcome, waiting.status.actor) == (Outcome.INCOMPLETE, None)
    assert "left alone for 600 s" in scene.message("Synced")
    assert not re.search(r"(District|Publisher|Platform):", scene.message("Ready"))
    scene.clock = LaterClock(timedelta(minutes=11))
    assert scene.reconcile().outcome is Outcome.SYNCED


def test_inclusive_ends_are_shifted(scene: Scene, tmp_path: Path) -> None:
    """Everything ends today: licenses stay until tomorrow if the district says that ends are inclusive."""
    whole = CsvSet.of(scene.district)
    today = scene.clock.now().date().isoformat()
    ending = {key: {**row, "endDate": today} for key, row in whole.tables["enrollments"].items()}
    CsvSet({**whole.tables, "enrollments": ending}, modes=whole.modes).zip(tmp_path / "in" / "roster.zip")
    scene.reconcile()
    assert not scene.licenses()
    scene.spec["source"] |= {"endDates": "Inclusive"}
    scene.reconcile()
    assert scene.licenses() == scene.expected()


def test_nothing_personal_is_said(scene: Scene, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "in" / "roster.zip"
    whole = deliver(scene.district, path)
    scene.reconcile()
    said = [str(scene.status)]
    for name in whole.tables:
        text = whole.text(name).encode()
        whole.spoil(**{name: text[: len(text) * 2 // 3].replace(b",", b'",', 5)}).zip(path)
        scene.reconcile()
        said.append(str(scene.status))
    everything = "\n".join([*said, caplog.text])
    assert not [secret for secret in scene.district.personal_strings() if secret and secret in everything]


def test_two_districts_cannot_hold_one_folder(scene: Scene, tmp_path: Path) -> None:
    deliver(scene.district, tmp_path / "in" / "roster.zip")
    scene.reconcile()
    scene.name = "shelbyville"
    scene.spec["source"] |= {"baseURL": f"file://{tmp_path}/in/"}
    scene.status = {}
    assert scene.reconcile().outcome is Outcome.INVALID_INPUT
    assert scene.condition("Ready") == ("False", "DistrictConflict")


def test_threads_end_with_the_reading(scene: Scene, tmp_path: Path) -> None:
    before = threading.active_count()
    deliver(scene.district, tmp_path / "in" / "roster.zip")
    scene.reconcile()
    assert threading.active_count() <= before
