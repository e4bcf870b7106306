"""A plan by the last reading is the plan that the sync would make, without the SIS and its credentials."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.folders import integration, statuses, write
from tests.operations.conftest import LiveDistrict, call

from district_simulator.library import SimulatedDistrict

TOLD = ("digest", "grants", "unchanged", "held", "accountsCreated")


@pytest.fixture
def ledger_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.sqlite'}"


def changed(live: LiveDistrict, **spec: Any) -> Path:
    """A folder with the district as it is to be, and no Secret."""
    folder = live.folder.parent / "changed"
    folder.mkdir(exist_ok=True)
    write(folder / "integration.yaml", integration(live.simulated, **spec))
    (folder / "ebooks.yaml").write_text((live.folder / "ebooks.yaml").read_text())
    return folder


def planned(live: LiveDistrict, folder: Path, *more: object) -> dict[str, Any]:
    result = call("plan", "springfield", "--file", folder, live.ledger, "-o", "yaml", *more)
    assert result.exit_code in {0, 3}, result.output
    told = yaml.safe_load(result.stdout)
    assert isinstance(told, dict)
    return told


def by_the_sis(live: LiveDistrict, folder: Path) -> dict[str, Any]:
    """What the sync itself would do, of the roster as the SIS tells it now."""
    result = call("sync", "--plan-only", "--file", folder, "--file", live.folder / "secret.yaml", live.ledger)
    plan = statuses(result)["springfield"]["plan"]
    assert isinstance(plan, dict)
    return plan


CHANGES = {
    "nothing": {},
    "another eBook": {"courses": [{"code": "MA101", "ebooks": ["geometry"]}]},
    "an eBook more": {"courses": [{"code": "MA101", "ebooks": ["algebra", "geometry"]}]},
    "another course": {"courses": [{"code": "MA102", "ebooks": ["algebra"]}]},
}


@pytest.mark.parametrize("spec", CHANGES.values(), ids=CHANGES)
def test_it_says_what_the_sync_would_do(live: LiveDistrict, spec: dict[str, Any]) -> None:
    folder = changed(live, **spec)
    told, expected = planned(live, folder), by_the_sis(live, folder)
    assert {name: told[name] for name in TOLD} == {name: expected[name] for name in TOLD}
    assert told["removals"] == expected["revocations"]
    for listed in ("byEBook", "bySchool"):
        assert told[listed] == expected.get(listed, [])
    assert [told["grants"], told["removals"]] == [
        sum(each.get(kind, 0) for each in told["byEBook"]) for kind in ("grants", "revocations")
    ]


def test_it_needs_neither_the_sis_nor_credentials(live: LiveDistrict) -> None:
    folder = changed(live, courses=[{"code": "MA101", "ebooks": ["geometry"]}])
    before = live.simulated.stats()["requests"]
    told = planned(live, folder)
    assert live.simulated.stats()["requests"] == before
    assert told["grants"] > 0
    assert told["held"] == told["removals"] > 10


def test_nothing_is_written(live: LiveDistrict) -> None:
    path = Path(live.url.removeprefix("sqlite:///"))
    history = live.asked("history")
    planned(live, changed(live, courses=[{"code": "MA101", "ebooks": ["geometry"]}]))
    assert live.asked("history") == history
    assert sorted(each.name for each in path.parent.iterdir() if each.name.startswith(path.name)) == [
        path.name,
        f"{path.name}.key",
    ]


def test_a_school_that_was_not_read_is_told(tmp_path: Path) -> None:
    with SimulatedDistrict(students=60, schools=2, seed=3) as simulated:
        folder, ledger = tmp_path / "districts", f"--ledger=sqlite:///{tmp_path / 'ledger.sqlite'}"
        folder.mkdir()
        from tests.cli.folders import EBOOK, SECRET  # noqa: PLC0415

        write(folder / "secret.yaml", SECRET)
        write(folder / "ebooks.yaml", EBOOK)
        first, second = simulated.school_ids
        write(folder / "integration.yaml", integration(simulated, schools=[{"id": first}]))
        assert call("sync", "--file", folder, "--create", ledger).exit_code == 0
        write(folder / "integration.yaml", integration(simulated, schools=[{"id": first}, {"id": second}]))
        result = call("plan", "springfield", "--file", folder, ledger)
        assert result.exit_code == 0, result.output
        assert "was not selected when the roster was read" in result.stdout


def test_names_that_stand_for_nothing_are_told(live: LiveDistrict) -> None:
    right, wrong = {"code": "MA101", "ebooks": ["algebra"]}, {"code": "MA1O2", "ebooks": ["algebra"]}
    result = call("plan", "springfield", "--file", changed(live, courses=[right, wrong]), live.ledger)
    assert (result.exit_code, "MA1O2" in result.stdout) == (3, True), result.output
    result = call("plan", "springfield", "--file", changed(live, courses=[wrong]), live.ledger)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert "MA1O2" in result.stderr


def test_for_a_pull_request_it_is_markdown_that_names_cannot_break(live: LiveDistrict) -> None:
    folder = changed(live, courses=[{"code": "MA101", "ebooks": ["geometry"]}])
    result = call("plan", "springfield", "--file", folder, live.ledger, "-o", "markdown")
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert lines[0] == "### districts/springfield"
    assert "| Ebook | Edition | Grant | Remove | From before |" in lines
    assert any(line.startswith("| geometry | Student |") for line in lines)
    assert all(line.count("|") in {0, 5, 6} for line in lines)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("springfeld",), "Did you mean springfield?"),
        (("springfield", "-n", "elsewhere"), "There is no district springfield in the files."),
    ],
)
def test_what_is_not_there_is_told(live: LiveDistrict, arguments: tuple[str, ...], says: str) -> None:
    result = call("plan", *arguments, "--file", changed(live), live.ledger)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_without_a_snapshot_or_its_key_it_says_what_to_do(live: LiveDistrict) -> None:
    key = Path(f"{live.url.removeprefix('sqlite:///')}.key")
    kept = key.read_text()
    key.write_text("0" * 64)
    result = call("plan", "springfield", "--file", changed(live), live.ledger)
    assert (result.exit_code, "--snapshot-key-file" in result.stderr) == (2, True), result.output
    key.write_text(kept)
    live.sync(snapshot="None", courses=[{"code": "MA101", "ebooks": ["algebra", "geometry"]}])
    result = call("plan", "springfield", "--file", changed(live), live.ledger)
    assert (result.exit_code, "spec.snapshot" in result.stderr) == (2, True), result.output
