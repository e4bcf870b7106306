"""Three values and a vendor's name bring a district live, whatever its SIS is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.vendors.sis import credentials_of, simulated_by, source_of

from district_simulator.library import SimulatedDistrict
from roster_operator import vendors
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.vendor_profile import profile_of

pytestmark = pytest.mark.slow


@pytest.fixture(params=vendors.names())
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with SimulatedDistrict(students=120, schools=2, seed=7, vendor=simulated_by(request.param)) as district:
        scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        scene.credentials = credentials_of(district)
        scene.spec["source"] = source_of(district, request.param)
        yield scene
        scene.close()


def test_a_district_goes_live_and_follows_its_roster(scene: Scene) -> None:
    result = scene.reconcile()
    assert result.outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()
    assert len(scene.licenses()) > 100
    scene.district.change("student-arrives,count=3", "student-leaves:S1000003,count=2", "student-moves:S1000020")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()


def test_no_request_goes_to_a_route_that_is_not_there(scene: Scene) -> None:
    scene.reconcile()
    answers = scene.district.stats()["statuses"]
    assert not [status for status in answers if int(status) >= 400], scene.district.stats()


MORE_FOR_1_2: dict[str, dict[str, Any]] = {
    "InfiniteCampus": {"applicationID": "cpm"},
    "PowerSchool": {"scope": profile_of("Generic").scope.value},
}
"""What is in the URL of 1.1, and what the vendor describes for 1.1 alone."""


@pytest.mark.parametrize("vendor", vendors.names())
def test_version_1_2_gives_the_same_licenses(vendor: str, tmp_path: Path) -> None:
    with SimulatedDistrict(students=120, schools=2, seed=7, vendor=simulated_by(vendor), version="1.2") as district:
        scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        scene.credentials = credentials_of(district)
        scene.spec["source"] = source_of(district, vendor, **MORE_FOR_1_2.get(vendor, {}))
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
        assert scene.licenses() == scene.expected()
        scene.close()
