"""A small district, its ledger and its resource."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.reconcile.multi_day_harness import Nights, simulated

from district_simulator.library import SimulatedDistrict


@pytest.fixture
def district() -> Iterator[SimulatedDistrict]:
    """120 students in three schools, served over HTTP."""
    with SimulatedDistrict(students=120, schools=3, seed=7) as district:
        yield district


@pytest.fixture
def scene(district: SimulatedDistrict, tmp_path: Path) -> Iterator[Scene]:
    """On SQLite, live."""
    scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield scene
    scene.close()


@pytest.fixture
def scene_on_both(district: SimulatedDistrict, new_ledger_url: str) -> Iterator[Scene]:
    """Once on SQLite and once on PostgreSQL, live."""
    scene = Scene(district, new_ledger_url)
    yield scene
    scene.close()


@pytest.fixture
def nights_on_both(new_ledger_url: str) -> Iterator[Nights]:
    """On SQLite and on PostgreSQL, after the first night."""
    with simulated() as district:
        nights = Nights(district, new_ledger_url)
        nights.begin()
        yield nights
        nights.scene.close()


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    """On SQLite, after the first night."""
    with simulated() as district:
        nights = Nights(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        nights.begin()
        yield nights
        nights.scene.close()
