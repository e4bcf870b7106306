"""Asks `explain` of a small district whose rows a test writes, as the command does."""

from __future__ import annotations

from collections.abc import Callable

from tests.reconcile.small import SmallDistrict

from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.cli.resources import Files
from roster_operator.interruption import Interruption
from roster_operator.ledger.people import open_people
from roster_operator.ledger.queries import open_queries
from roster_operator.operations.explain import Asked, explain
from roster_operator.operations.explained import Explained
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.ports import Caller, DistrictName, Sis
from roster_operator.sources.source import RosterSource

CALLER = Caller("ann", "os")


def resources_of(scene: SmallDistrict) -> Files:
    """The RosterIntegration as it is now, with the status that the last sync left."""
    metadata = {"name": scene.name, "namespace": scene.namespace, "generation": scene.generation}
    integration = RosterIntegration.model_validate({"metadata": metadata, "spec": scene.spec, "status": scene.status})
    ebooks = {
        name: EBook.model_validate({"metadata": {"name": name}, "spec": spec}) for name, spec in scene.ebooks.items()
    }
    return Files([integration], "", ebooks)


def sis_of(scene: SmallDistrict, told: Callable[[str, int], None] = lambda _what, _rows: None) -> Sis:
    """The way to what the scene delivers."""

    def opened(integration: RosterIntegration) -> RosterSource:
        assert not isinstance(scene.credentials, Exception)
        interruption = Interruption(scene.clock, 60)
        return scene.open_source(integration, scene.credentials, scene.clock, interruption)

    return Sis(opened, told)


def ask(scene: SmallDistrict, person: str = "s1", *, ebook: str = "", live: bool = False) -> Explained:
    """What is told of a person."""
    queries, people = open_queries(scene.ledger_url), open_people(scene.ledger_url)
    try:
        inquiry = Inquiry(queries, people, CALLER, scene.clock.now(), scene.snapshot_key)
        district = DistrictName(scene.name, scene.namespace)
        asked = Asked(district, person, ebook, sis_of(scene) if live else None)
        return explain(inquiry, resources_of(scene), asked)
    finally:
        people.close()
        queries.close()
