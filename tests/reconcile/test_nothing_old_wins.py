"""Who read the roster before somebody else did changes nothing any more, though nothing was changed in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.registry import open_source


class Interrupted:
    """A source between two of whose sections something else happens."""

    def __init__(self, source: Any, meanwhile: Callable[[], None]) -> None:
        self._source, self._meanwhile = source, meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def people(self, scope: Any) -> Any:
        self._meanwhile()
        return self._source.people(scope)


@pytest.fixture
def other(district: SimulatedDistrict, scene_on_both: Scene) -> Iterator[Scene]:
    """Another operator, on the same resource and ledger."""
    scene_on_both.reconcile()
    other = Scene(district, scene_on_both.ledger_url)
    other.status = scene_on_both.status
    for _ in range(2):
        other.reconcile(plan_only=True)  # runs have ids of their own
    yield other
    other.close()


def test_a_sync_that_was_stopped_while_the_sis_was_put_right_removes_nobody(scene_on_both: Scene, other: Scene) -> None:
    late, before = scene_on_both, scene_on_both.licenses()
    with SimulatedDistrict(students=120, schools=3, seed=7, changes=["student-leaves:S1000003,count=5"]) as wrong:

        def told_wrongly(integration: RosterIntegration, *given: Any) -> Any:
            source = integration.spec.source.model_copy(update={"base_url": wrong.base_url})
            spec = integration.spec.model_copy(update={"source": source})
            credentials = Credentials(wrong.client_id, wrong.client_secret)
            opened = open_source(integration.model_copy(update={"spec": spec}), credentials, *given[1:])
            return Interrupted(opened, lambda: synced(other))

        late.open_source = told_wrongly
        assert late.reconcile().outcome is Outcome.FAILED, late.status
    assert late.condition("Ready") == ("False", "DistrictBusy")
    assert late.licenses() == before == late.expected()


def synced(scene: Scene) -> None:
    """By another operator, to whom the SIS tells all, and who finds nothing to change."""
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()
