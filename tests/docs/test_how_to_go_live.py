"""The page about districts whose people have licenses already: its commands, its stop rule, and the way back."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.docs.pages import blocks, section, text_of
from tests.docs.typed import SOURCE, psql, statements
from tests.operations.conftest import LiveDistrict, call, district_in
from tests.operations.test_undo import rows

from district_simulator.library import SimulatedDistrict

PAGE = text_of("docs/how-to/go-live-with-existing-licenses.md")
(ORIGINS,) = statements("docs/how-to/go-live-with-existing-licenses.md")
(FILE,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
EXAMPLE = [[cell.strip() for cell in row] for row in csv.reader(FILE.strip().splitlines())]

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=40, schools=1, seed=3) as district:
        yield district


@pytest.fixture
def prepared(simulated: SimulatedDistrict, tmp_path: Path, postgres_ledger_url: str) -> LiveDistrict:
    """A district in setup mode that has its plan, and the file of its old licenses beside it."""
    other = district_in(tmp_path / "other", simulated, f"sqlite:///{tmp_path / 'other.sqlite'}")
    other.sync()
    found = rows(other, "SELECT username, email FROM licenses JOIN accounts ON accounts.id = account_id ORDER BY 1")
    old = [[username.upper(), f" {email}", "", "algebra", "Student", "", "", ""] for username, email in found[:40]]
    gone = [[f"left{number}", "", "", "algebra", "Student", "false", "", ""] for number in range(3)]
    with (tmp_path / "old-licenses.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([*EXAMPLE, *old, *gone])
    district = district_in(tmp_path / "districts", simulated, postgres_ledger_url)
    assert district.sync(live=False)["plan"]["accountsLinked"] == 0
    return district


def typed(district: LiveDistrict, title: str, number: int, *, run: str = "", digest: str = "") -> str:
    """What a command of the page prints, about files and a ledger instead of a cluster, and of this run and digest."""
    lines = [block.text for block in blocks(section(PAGE, title)) if block.language == "sh"]
    command = [each for each in "\n".join(lines).splitlines() if each.startswith("kubectl roster ")][number]
    known = {"old-licenses.csv": str(district.folder.parent / "old-licenses.csv"), "1f0c9a52": run}
    words = [digest if word.startswith("plan-") else known.get(word, word) for word in shlex.split(command)[2:]]
    result = call(*words, "--file", district.folder, district.ledger)
    assert result.exit_code == 0, result.output
    return result.stdout


def digest_in(printed: str) -> str:
    return printed.partition("--digest ")[2].split()[0]


def imported(district: LiveDistrict) -> str:
    """The run."""
    shown = typed(district, "2. Import", 0)
    assert "46 licenses and 46 accounts" in shown
    return typed(district, "2. Import", 1, digest=digest_in(shown)).partition("This is the run ")[2].split(".")[0]


def test_who_had_a_license_keeps_the_account_and_old_licenses_are_replaced(
    prepared: LiveDistrict, tmp_path: Path
) -> None:
    imported(prepared)
    before = set(rows(prepared, "SELECT id, lower(username) FROM accounts"))
    plan = prepared.sync(live=False)["plan"]
    assert plan["accountsLinked"] == 40
    assert plan.get("conflicts", 0) == 0

    status = prepared.sync(approval={"plan": plan["digest"]})

    assert "Synced" in str(status["conditions"])
    assert set(rows(prepared, "SELECT id, lower(username) FROM accounts")) >= before
    (source,) = rows(prepared, "SELECT source FROM districts")[0]
    origins = psql(prepared.url, ORIGINS.replace(SOURCE, source), folder=tmp_path)
    assert "Roster" in origins
    assert re.search(r"Sticky +\|\s+1", origins)
    assert re.search(r"Purchased +\|\s+1", origins)
    assert "Manual" not in origins


def test_the_stop_rule_stops_where_the_import_is_another_districts(prepared: LiveDistrict) -> None:
    path = prepared.folder.parent / "old-licenses.csv"
    path.write_text(
        re.sub(r"(?m)(?<=[^\s,])(?=@)|^(?!username)", "other-", path.read_text(encoding="utf-8")), encoding="utf-8"
    )
    imported(prepared)

    assert prepared.sync(live=False)["plan"]["accountsLinked"] == 0
    assert "it is at least 9 in 10" in PAGE


def test_an_import_can_be_taken_back(prepared: LiveDistrict) -> None:
    def kept() -> Any:
        return [rows(prepared, f"SELECT COUNT(*) FROM {table}") for table in ("accounts", "licenses")]

    before = kept()
    run = imported(prepared)
    title = "3. Look, and stop if it is wrong"
    shown = typed(prepared, title, 0, run=run)
    typed(prepared, title, 1, run=run, digest=digest_in(shown))

    assert kept() == before
    imported(prepared)
