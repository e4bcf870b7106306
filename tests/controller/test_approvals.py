"""Removals that wait, approved through the API server: what was seen goes, once, and what came later waits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.controller.conftest import Districts
from tests.controller.fakes import wait_until
from tests.controller.test_operator_process import Launch, district, launch, springfield
from tests.operations.conftest import call

from district_simulator.library import SimulatedDistrict

__all__ = ["district", "launch"]

GUARD = {"floor": 0, "districtPercent": 1, "schoolPercent": 1}
pytestmark = pytest.mark.slow


def test_the_approved_part_of_a_grown_plan_goes_and_the_new_part_waits(
    districts: Districts,
    district: SimulatedDistrict,
    launch: Launch,
    admin_kubeconfig: Path,
    kubectl: Callable[..., str],
) -> None:
    launch()
    springfield(districts, district, guard=GUARD)
    districts.await_condition("springfield", "True", "Synced", seconds=60)
    had = districts.status("springfield")["licenses"]["active"]
    first, second, third, *_ = district.students_in(district.school_ids[0], "MA101")
    seen = _removals_wait(districts, district, "one", first, second, removals=2)
    grown = _removals_wait(districts, district, "two", third, removals=3)
    assert grown != seen

    asked = ("approve", "springfield", seen, "-n", districts.namespace, "--kubeconfig", admin_kubeconfig, "--apply")
    assert f"that waits is {grown}, not {seen}" in call(*asked).stderr
    districts.change("springfield", approval={"plan": seen})

    wait_until(lambda: districts.status("springfield").get("approval", {}).get("state") == "Spent", seconds=60)
    status = districts.status("springfield")
    assert (status["licenses"]["active"], status["plan"]["held"]) == (had - 2, 1)
    rest = status["plan"]["digest"]
    assert rest not in {seen, grown}
    assert districts.condition("springfield", "Held") == ("True", "RemovalsHeld")

    asked = ("approve", "springfield", rest, "-n", districts.namespace, "--kubeconfig", admin_kubeconfig, "--apply")
    said = call(*asked, "--for", "48h")
    assert "# Set in the cluster." in said.stdout, said.output
    districts.await_condition("springfield", "True", "Synced", seconds=60)
    status = districts.status("springfield")
    assert status["licenses"]["active"] == had - 3
    path = r"jsonpath={.metadata.annotations.rostering\.cpm\.org/approved-plan}"
    plan, expires = kubectl("get", "ri", "springfield", "-n", districts.namespace, "-o", path).split(" until ")
    assert status["approval"] == {"plan": plan, "state": "Spent", "expires": expires}
    assert plan == rest


def _removals_wait(districts: Districts, district: SimulatedDistrict, token: str, *people: str, removals: int) -> str:
    """After these have left: the digest under which so many wait."""
    district.change(*(f"student-leaves:{person}" for person in people))
    districts.request("springfield", token)
    wait_until(lambda: districts.status("springfield").get("lastHandledRequestedAt") == token, seconds=60)
    status = districts.status("springfield")
    assert status["plan"]["held"] == removals, status
    return str(status["plan"]["digest"])
