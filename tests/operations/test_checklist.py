"""`checklist` lists what the last sync found, what stands in the way of going live first."""

from __future__ import annotations

from pathlib import Path

import yaml
from tests.operations.conftest import call
from tests.operations.test_fleet import manifest
from tests.operations.test_standing import SYNCED

ITEMS = [
    {"name": "Credentials", "result": "Pass", "message": "accepted"},
    {"name": "Rows", "result": "Warn", "count": 3, "message": "3 rows", "action": "District: correct them."},
    {"name": "Schools", "result": "Fail", "count": 1, "message": "1 unknown", "action": "Publisher: correct it."},
]


def test_what_stands_in_the_way_comes_first_with_who_does_what(tmp_path: Path) -> None:
    path = tmp_path / "district.yaml"
    path.write_text(yaml.safe_dump(manifest("ames", SYNCED, checklist=ITEMS)))
    result = call("checklist", "ames", "--file", path, "-o", "json")
    assert result.exit_code == 3
    told = yaml.safe_load(result.stdout)
    assert [(item["name"], item.get("acts")) for item in told["items"]] == [
        ("Schools", "Publisher"),
        ("Rows", "District"),
        ("Credentials", None),
    ]
    path.write_text(yaml.safe_dump(manifest("ames", SYNCED, checklist=ITEMS[:2])))
    result = call("checklist", "ames", "--file", path)
    assert (result.exit_code, result.stdout.splitlines()[1].split()[:3]) == (0, ["Warn", "Rows", "3"])


def test_a_district_that_nobody_looked_at_is_not_ready(tmp_path: Path) -> None:
    path = tmp_path / "district.yaml"
    path.write_text(yaml.safe_dump(manifest("ames")))
    result = call("checklist", "ames", "--file", path)
    assert (result.exit_code, result.stdout) == (3, "No sync has looked yet.\n")
