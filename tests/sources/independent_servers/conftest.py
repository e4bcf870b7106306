"""A district whose SIS nobody here wrote, with guards that hold nothing back: what is removed wrongly is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from tests.reconcile.district_harness import COURSES, Scene
from tests.sources.independent_servers.oneroster_v1p1 import Stranger

from district_simulator.library import SimulatedDistrict
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.clock import Clock
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oneroster import open_oneroster
from roster_operator.sources.oneroster.from_spec import oneroster_settings
from roster_operator.sources.retries import RetryPolicy
from roster_operator.sources.source import RosterSource


def open_impatient(
    integration: RosterIntegration, credentials: Credentials, clock: Clock, interruption: Interruption
) -> RosterSource:
    """As always, but little time is lost with servers that fail for good."""
    settings = oneroster_settings(integration.spec.source)
    quick = replace(settings, retries=RetryPolicy(retries=2, first_wait=0.01), max_page_bytes=2_000_000)
    return open_oneroster(quick, credentials, clock=clock, interruption=interruption)


def scene_of(stranger: Stranger, folder: Path) -> Scene:
    """Live, on SQLite."""
    scene = Scene(cast(SimulatedDistrict, stranger), f"sqlite:///{folder / 'ledger.sqlite'}")
    scene.open_source = open_impatient
    offered = {row["courseCode"] for row in stranger.courses}
    scene.change_spec(
        guard={"districtPercent": 100, "schoolPercent": 100, "absentReads": 1},
        courses=[course for course in COURSES if course["code"] in offered],
    )
    return scene


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    """A server with OAuth 2."""
    with Stranger() as stranger:
        yield stranger


@pytest.fixture
def scene(stranger: Stranger, tmp_path: Path) -> Iterator[Scene]:
    """Its district, not synced yet."""
    scene = scene_of(stranger, tmp_path)
    yield scene
    scene.close()
