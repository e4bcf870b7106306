"""One small district on SQLite, for tests of one night or two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from tests.nights.stage import Stage
from tests.nights.world import World


@pytest.fixture
def world() -> World:
    """The district."""
    world = World(Random(7))
    world.populate(students=20)
    return world


@pytest.fixture
def stage(world: World, tmp_path: Path) -> Iterator[Stage]:
    """Its operator."""
    stage = Stage(Random(7), tmp_path, f"sqlite:///{tmp_path / 'ledger.sqlite'}", "OneRosterCSV")
    stage.dawn(world, jumpy=False)
    yield stage
    stage.close()


@pytest.fixture(params=["OneRosterCSV", "PowerSchool", "OneRoster 1.2"])
def any_stage(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Iterator[Stage]:
    """An operator of a district of each type."""
    url = f"sqlite:///{tmp_path / 'another.sqlite'}"
    with closing(Stage(Random(7), tmp_path, url, request.param)) as stage:
        stage.dawn(world, jumpy=False)
        yield stage
