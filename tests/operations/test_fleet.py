"""`fleet` is a table of all districts by who must act, quick enough to be filtered while somebody waits."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from tests.operations.conftest import call
from tests.operations.test_standing import HELD, SYNCED, condition, district

from roster_operator.operations.fleet import FleetRow, Mode, Order, Wanted, fleet, row_of

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
DISTRICTS = 17_526


def manifest(name: str, *conditions: dict[str, Any], spec: dict[str, Any] | None = None, **status: Any) -> Any:
    found = district(*conditions, spec=spec, **status).to_wire()
    return {
        **found,
        "apiVersion": "rostering.cpm.org/v1alpha1",
        "kind": "RosterIntegration",
        "metadata": {"name": name, "namespace": "districts"},
    }


def written(tmp_path: Path) -> Path:
    unreachable = condition("Ready", "False", "SourceUnreachable", "No answer. District: look at the server.")
    held = condition("Ready", "False", "RemovalsHeld", "9 wait. Publisher: approve them.")
    path = tmp_path / "fleet.yaml"
    path.write_text(
        yaml.safe_dump_all(
            [
                manifest("ames", SYNCED, licenses={"active": 40}),
                manifest("boone", unreachable, spec={"source": {**SOURCE, "vendor": "Aeries"}}),
                manifest("cedar", held, HELD, licenses={"active": 90}, plan={"digest": "plan-12345678", "held": 9}),
                manifest("delta", SYNCED, spec={"suspend": True}),
            ]
        )
    )
    return path


SOURCE = {"baseURL": "https://sis.example", "secretRef": {"name": "sis"}}


def names(tmp_path: Path, *arguments: str) -> list[str]:
    result = call("fleet", "--file", written(tmp_path), *arguments, "-o", "yaml")
    assert result.exit_code == 0, result.output
    return [row["name"] for row in yaml.safe_load(result.stdout)["rows"]]


def test_who_must_act_comes_first_and_is_counted(tmp_path: Path) -> None:
    lines = call("fleet", "--file", written(tmp_path)).stdout.splitlines()
    assert [line.split()[1:5] for line in lines[1:5]] == [
        ["cedar", "setup", "Publisher", "RemovalsHeld"],
        ["delta", "suspended", "Publisher", "Suspended"],
        ["boone", "setup", "District", "SourceUnreachable"],
        ["ames", "setup", "Nobody", "Synced"],
    ]
    assert lines[-1] == "4 of 4 districts. Of all: District 1, Publisher 2, Nobody 1."


def test_rows_are_filtered_and_sorted(tmp_path: Path) -> None:
    assert names(tmp_path, "--acts", "district", "--acts", "Nobody") == ["boone", "ames"]
    assert names(tmp_path, "--reason", "removalsheld") == ["cedar"]
    assert names(tmp_path, "--mode", "suspended") == names(tmp_path, "--forgotten") == ["delta"]
    assert names(tmp_path, "--vendor", "Aeries") == ["boone"]
    assert names(tmp_path, "--contains", "cts/ce") == ["cedar"]
    assert names(tmp_path, "--sort", "name") == ["ames", "boone", "cedar", "delta"]
    assert names(tmp_path, "--sort", "licenses", "--limit", "2") == ["cedar", "ames"]
    assert names(tmp_path, "--sort", "held", "--limit", "1") == ["cedar"]


def test_all_districts_there_are_take_less_than_a_third_of_a_second() -> None:
    one = row_of(district(SYNCED), NOW)
    rows = [FleetRow(**{**fields(one), "name": f"d{n}", "since": NOW - timedelta(minutes=n)}) for n in range(DISTRICTS)]
    begun = time.process_time()
    for order in Order:
        assert fleet(rows, Wanted(mode=Mode.SETUP), order).found == DISTRICTS
    assert (time.process_time() - begun) / len(Order) < 0.3


def fields(row: FleetRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FleetRow.__slots__}


def test_a_row_says_where_those_who_act_are_reached() -> None:
    contacts = {"contacts": {"district": "sis-team@springfield.example.org"}}
    held, synced = district(HELD | {"type": "Ready", "status": "False"}, spec=contacts), district(SYNCED, spec=contacts)
    assert row_of(held, NOW).contact == "sis-team@springfield.example.org"
    late = row_of(district(SYNCED, spec=contacts, nextSyncTime="2026-11-30T06:00:00Z"), NOW)
    assert [row_of(synced, NOW).contact, late.acts, late.contact] == ["", "Platform", ""]
