"""The page about districts whose people have licenses already: its SQL, its stop rule, and the way back."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from tests.docs.pages import text_of
from tests.docs.typed import SOURCE, psql, statements
from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.reconcile.contract import Outcome

PAGE = "docs/how-to/go-live-with-existing-licenses.md"
IMPORT, TAKE_BACK, ORIGINS = statements(PAGE)
COLUMNS = re.search(r"```text\n *(\w+(?:,\w+)+)\n", text_of(PAGE))

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def prepared(district: SimulatedDistrict, postgres_url: str) -> Any:
    """A district in setup mode that has its plan."""
    scene = Scene(district, postgres_url)
    scene.spec["live"] = False
    assert scene.reconcile().outcome is Outcome.PLANNED
    yield scene
    scene.close()


def name_of(scene: Scene) -> str:
    """What `roster-operator districts` shows."""
    (holding,) = scene.ledger.holdings()
    return holding.source


def logins(scene: Scene, tmp_path: Path) -> list[tuple[str, str]]:
    """Username and email of those who are due a license, as the SIS has them: by a sync into a ledger of its own."""
    other = Scene(scene.district, f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert other.reconcile().outcome is Outcome.SYNCED
    found = other.query("SELECT username, email FROM accounts ORDER BY id")
    other.close()
    return [(str(username), str(email)) for username, email in found]


def export(folder: Path, rows: list[tuple[str, ...]]) -> None:
    assert COLUMNS is not None
    with (folder / "old-licenses.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS[1].split(","), *rows])


def with_source(sql: str, source: str) -> str:
    assert SOURCE in sql
    return sql.replace(SOURCE, source)


def imported(scene: Scene, folder: Path, source: str) -> str:
    people = logins(scene, folder)
    old = [(username.upper(), f" {email}", "algebra", "Student", "false") for username, email in people[:40]]
    gone = [(f"left{number}", "", "algebra", "Student", "false") for number in range(3)]
    export(folder, [*old, *gone, ("coach", "coach@example.org", "algebra", "Teacher", "true")])
    return psql(scene.ledger_url, with_source(IMPORT, source), folder=folder)


def test_who_had_a_license_keeps_the_account_and_old_licenses_are_replaced(prepared: Scene, tmp_path: Path) -> None:
    printed = imported(prepared, tmp_path, name_of(prepared))
    assert re.search(r"44 \|\s+44", printed), printed

    prepared.reconcile()
    plan = prepared.status["plan"]
    assert plan["accountsLinked"] == 40
    assert plan.get("conflicts", 0) == 0

    prepared.change_spec(live=True, approval={"plan": plan["digest"]})
    assert prepared.reconcile().outcome is Outcome.SYNCED, prepared.status

    assert {row for row in prepared.licenses() if row[0] != "None"} >= prepared.expected()
    origins = psql(prepared.ledger_url, with_source(ORIGINS, name_of(prepared)), folder=tmp_path)
    assert "Roster" in origins
    assert re.search(r"Sticky \|\s+1", origins)
    assert "Manual" not in origins


def test_the_stop_rule_stops_where_the_import_is_another_districts(prepared: Scene, tmp_path: Path) -> None:
    imported(prepared, tmp_path, "other.example.org")

    prepared.reconcile()

    assert prepared.status["plan"]["accountsLinked"] == 0
    assert "it is at least 9 in 10" in text_of(PAGE)


def test_an_import_can_be_taken_back_until_the_district_is_live(prepared: Scene, tmp_path: Path) -> None:
    before = prepared.rows()
    imported(prepared, tmp_path, name_of(prepared))

    psql(prepared.ledger_url, with_source(TAKE_BACK, name_of(prepared)), folder=tmp_path)

    assert prepared.rows() == before
    assert "44" in psql(prepared.ledger_url, with_source(IMPORT, name_of(prepared)), folder=tmp_path)
