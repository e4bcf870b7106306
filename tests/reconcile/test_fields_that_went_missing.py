"""A column that was renamed is no column that is empty: nobody comes back who has left, and no login is emptied."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.csv.sets import CsvSet

from district_simulator.library import SimulatedDistrict
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.from_secret import NOBODY
from roster_operator.sources.reach import Reach
from roster_operator.sources.registry import open_source
from roster_operator.sources.roster_files import RosterFiles


@pytest.fixture
def whole(district: SimulatedDistrict) -> CsvSet:
    """The district's export; half of the students have left, as their end dates say."""
    export = CsvSet.of(district)
    left = {f"S{1_000_000 + number}" for number in range(1, 61)}
    users = {key: {**row, "email": row["email"] or f"{key}@d.example"} for key, row in export.tables["users"].items()}
    ended = {
        key: {**row, "endDate": "2020-01-01" if row["userSourcedId"] in left else row["endDate"]}
        for key, row in export.tables["enrollments"].items()
    }
    return CsvSet({**export.tables, "users": users, "enrollments": ended}, modes=export.modes)


@pytest.fixture
def live(district: SimulatedDistrict, whole: CsvSet, tmp_path: Path) -> Iterator[Scene]:
    """Live by that export."""
    folder = tmp_path / "in"
    folder.mkdir()
    whole.zip(folder / "roster.zip")
    scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    scene.credentials = NOBODY
    scene.spec["source"] = {"type": "OneRosterCSV", "baseURL": f"file://{tmp_path}/in", "settleTime": "0s"}
    scene.open_source = partial(open_source, reach=Reach(RosterFiles(tmp_path, shared=True)))
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert len(scene.licenses()) > 30
    yield scene
    scene.close()


def renamed(export: CsvSet, table: str, **names: str) -> CsvSet:
    """The same with columns of other names."""
    rows = {
        key: {names.get(column, column): value for column, value in row.items()}
        for key, row in export.tables[table].items()
    }
    return CsvSet({**export.tables, table: rows}, modes=export.modes)


@pytest.mark.parametrize(
    ("table", "names", "said"),
    [
        ("enrollments", {"endDate": "exitDate"}, "endDate of enrollments"),
        ("users", {"username": "loginName", "email": "mail"}, "email and username of students"),
    ],
)
def test_a_renamed_column_changes_nothing_until_it_is_put_right(
    live: Scene, whole: CsvSet, tmp_path: Path, table: str, names: dict[str, str], said: str
) -> None:
    accounts, licenses = live.query("SELECT * FROM accounts"), live.licenses()
    renamed(whole, table, **names).zip(tmp_path / "in" / "roster.zip")
    assert live.reconcile().outcome is not Outcome.SYNCED, live.status
    assert (live.query("SELECT * FROM accounts"), live.licenses()) == (accounts, licenses)
    assert live.condition("Ready")[0] == "False"
    if live.condition("Held")[0]:
        assert said in live.message("Held")
    whole.zip(tmp_path / "in" / "roster.zip")
    assert live.reconcile().outcome is Outcome.SYNCED, live.status
    assert live.licenses() == licenses
