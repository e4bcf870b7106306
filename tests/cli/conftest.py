"""A district, and a folder of manifests that are about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.folders import EBOOK, SECRET, write

from district_simulator.library import SimulatedDistrict


@pytest.fixture(scope="module")
def district() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=40, schools=1, seed=3) as district:
        yield district


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A GitOps folder; other kinds in it are none of our business."""
    path = tmp_path / "districts"
    path.mkdir()
    write(path / "secret.yaml", SECRET)
    write(path / "ebooks.yaml", EBOOK, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "districts"}})
    return path
