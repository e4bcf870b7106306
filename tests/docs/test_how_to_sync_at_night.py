"""What the page says is taken by a real API server, and means what the page says it means."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hack.controlplane.cluster import Cluster
from tests.docs.pages import ROOT
from tests.docs.typed import shown

from roster_operator.api.v1alpha1 import Schedule
from roster_operator.reconcile.sync_windows import SyncHours, SyncWindows

PAGE = "docs/how-to/sync-at-night.md"
(SPEC,) = (yaml.safe_load(block.text)["spec"] for block in shown(PAGE, "yaml"))
ROWS = dict(re.findall(r"^\| ([^|]+) \| .*?`(?:windows: )?(\[?\{.+\}\]?)` \|$", (ROOT / PAGE).read_text("utf-8"), re.M))
CHICAGO = ZoneInfo("America/Chicago")


def windows(of: Any) -> SyncWindows:
    schedule = Schedule.model_validate({"windows": of if isinstance(of, list) else [of]})
    found = SyncHours.of(schedule, "America/Chicago").windows
    assert found is not None
    return found


def hours(of: Any, day: int) -> str:
    """The 24 hours of a day of December 2026, each with an x if a sync may begin at half past."""
    found = windows(of)
    allowed = [found.allow(datetime(2026, 12, day, hour, 30, tzinfo=CHICAGO)) for hour in range(24)]
    return "".join("x" if each else "." for each in allowed)


@pytest.mark.parametrize(
    ("row", "saturday", "monday"),
    [
        ("nothing in school hours", "x" * 6 + "." * 11 + "x" * 7, "x" * 6 + "." * 11 + "x" * 7),
        ("the weekend all day, other days at night", "x" * 24, ".xxxx" + "." * 19),
        ("once a week, on Sunday", "." * 24, "." * 24),
        ("a certain minute", "..x" + "." * 21, "..x" + "." * 21),
    ],
)
def test_each_row_means_what_it_says(row: str, saturday: str, monday: str) -> None:
    written = yaml.safe_load(ROWS[row])
    assert (hours(written, 5), hours(written, 7)) == (saturday, monday)


def test_the_first_example_is_taken(control_plane: Cluster, crds_installed: None, namespace: str) -> None:
    source = {"baseURL": "https://springfield.example.org", "secretRef": {"name": "springfield-sis"}}
    district = {
        "apiVersion": "rostering.cpm.org/v1alpha1",
        "kind": "RosterIntegration",
        "metadata": {"name": "springfield"},
        "spec": {"source": source, **SPEC},
    }
    applied = control_plane.kubectl("apply", "-n", namespace, "-f", "-", input=yaml.safe_dump(district))
    assert "created" in applied
    assert hours(SPEC["schedule"]["windows"], 7) == ".xxxx" + "." * 19
