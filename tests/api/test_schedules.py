"""A schedule is taken as people write it, and a mistyped time zone is refused before anything follows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from tests.api.bad_manifests import changed, good_integration

from roster_operator.api.strict import parse
from roster_operator.api.v1alpha1 import RosterIntegration

Kubectl = Callable[..., str]

SCHEDULE = """
paused: false
windows:
- {days: [Monday, Friday], start: "22:00", end: "05:00"}
- {start: "12:00", end: "12:30"}
blackouts:
- {firstDay: 2026-12-21, lastDay: 2027-01-03}
"""


def kept(kubectl: Kubectl, namespace: str, change: dict[str, Any]) -> dict[str, Any]:
    manifest = changed(good_integration(), {"live": False, "schools": None, **change})
    manifest["metadata"] = {"name": "springfield", "namespace": namespace}
    text = yaml.safe_dump(manifest)
    spec: dict[str, Any] = json.loads(kubectl("apply", "-f", "-", "-o", "json", "--dry-run=server", input=text))["spec"]
    return spec


@pytest.mark.usefixtures("crds_installed")
def test_a_schedule_is_taken_as_it_is_written(kubectl: Kubectl, namespace: str) -> None:
    schedule = kept(kubectl, namespace, {"schedule": yaml.safe_load(SCHEDULE)})["schedule"]
    assert schedule["blackouts"] == [{"firstDay": "2026-12-21", "lastDay": "2027-01-03"}]
    assert [len(window["days"]) for window in schedule["windows"]] == [2, 7]
    manifest = changed(good_integration(), {"schedule": schedule})
    read = parse(RosterIntegration, manifest, where="district.yaml").spec.schedule
    assert read is not None
    assert read.to_wire() == schedule


@pytest.mark.usefixtures("crds_installed")
@pytest.mark.parametrize("zone", ["UTC", "America/Chicago", "US/Pacific", "America/Indiana/Knox", "Etc/GMT+6"])
def test_a_time_zone_is_known_by_its_name(kubectl: Kubectl, namespace: str, zone: str) -> None:
    assert kept(kubectl, namespace, {"timeZone": zone})["timeZone"] == zone


@pytest.mark.usefixtures("crds_installed")
@pytest.mark.parametrize("zone", ["America/Chigaco", "Chicago", "america/chicago", "Central", "Local"])
def test_a_mistyped_time_zone_is_refused(kubectl: Kubectl, namespace: str, zone: str) -> None:
    with pytest.raises(Exception, match=r"spec\.timeZone.*must be the IANA name of a time zone"):
        kept(kubectl, namespace, {"timeZone": zone})
