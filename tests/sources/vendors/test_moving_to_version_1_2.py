"""A district that moves from OneRoster 1.1 to 1.2 gets new sourcedIds for all persons, and loses nothing by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.vendors.sis import credentials_of, source_of

from district_simulator.library import SimulatedDistrict
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.clock import Clock
from roster_operator.interruption import Interruption
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oneroster import open_oneroster
from roster_operator.sources.oneroster.from_spec import oneroster_settings
from roster_operator.sources.source import RosterSource

pytestmark = pytest.mark.slow

NEW = "v2-"


class NewIdentifiers(httpx2.BaseTransport):
    """The network; in answers of 1.2, persons have other sourcedIds than in 1.1, as Infinite Campus has it."""

    def __init__(self) -> None:
        self._network = httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask the server, and rename."""
        response = self._network.handle_request(request)
        body = response.read()
        if "/v1p2/" not in request.url.path or response.status_code != 200:
            return httpx2.Response(response.status_code, headers=response.headers, content=body)
        answer = json.loads(body)
        for row in answer.get("users", []):
            row["sourcedId"] = NEW + row["sourcedId"]
        for row in answer.get("enrollments", []):
            row["user"]["sourcedId"] = NEW + row["user"]["sourcedId"]
        telling = {name: value for name, value in response.headers.items() if name.lower() in {"x-total-count", "link"}}
        return httpx2.Response(200, headers=telling, json=answer)

    def close(self) -> None:
        """Give back connections."""
        self._network.close()


def open_renaming(
    integration: RosterIntegration, credentials: Credentials, clock: Clock, interruption: Interruption
) -> RosterSource:
    """As the operator does, over that network."""
    settings = oneroster_settings(integration.spec.source)
    return open_oneroster(settings, credentials, clock=clock, interruption=interruption, transport=NewIdentifiers())


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with SimulatedDistrict(students=120, schools=2, seed=7, vendor="InfiniteCampus", version="both") as district:
        scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        scene.open_source = open_renaming
        scene.credentials = credentials_of(district)
        scene.spec["source"] = source_of(district)
        yield scene
        scene.close()


def move(scene: Scene) -> None:
    """The publisher writes the URL of 1.2, which is at another path, and the token URL that belongs to it."""
    origin = scene.district.root_url
    moved: dict[str, Any] = {
        "baseURL": f"{origin}/campus/api/ims/oneroster/rostering/v1p2",
        "tokenURL": f"{origin}/campus/oauth2/token?appName=cpm",
    }
    scene.change_spec(source={**scene.spec["source"], **moved})


def approve(scene: Scene) -> None:
    """All come under other identifiers from another path, so somebody looks first."""
    assert scene.reconcile().outcome is Outcome.HELD, scene.status
    assert scene.condition("Ready") == ("False", "SourceChanged")
    assert (scene.status["plan"]["rekey"]["neither"], scene.status["plan"]["revocations"]) == (0, 0)
    scene.change_spec(approval={"plan": scene.status["plan"]["digest"]})


def of_accounts(scene: Scene) -> set[tuple[Any, ...]]:
    return set(scene.query("SELECT account, ebook, edition, since FROM active_licenses"))


def test_accounts_keep_their_licenses_and_get_the_new_identifiers(scene: Scene) -> None:
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    before, expected = of_accounts(scene), scene.expected()
    move(scene)
    approve(scene)
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert of_accounts(scene) == before
    assert scene.licenses() == {(NEW + person, edition, ebook) for person, edition, ebook in expected}
    last = scene.status["lastSync"]
    assert (last.get("granted", 0), last.get("revoked", 0), last.get("held", 0)) == (0, 0, 0)
    assert scene.condition("DataClean")[0] == "True", scene.message("DataClean")


def test_after_the_move_the_roster_is_followed_as_before(scene: Scene) -> None:
    scene.reconcile()
    move(scene)
    approve(scene)
    scene.reconcile()
    scene.district.change("student-arrives,count=3", "student-leaves:S1000003,count=2")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == {(NEW + person, edition, ebook) for person, edition, ebook in scene.expected()}


def test_the_other_vendors_keep_their_identifiers_and_nobody_is_looked_up_anew(tmp_path: Path) -> None:
    with SimulatedDistrict(students=120, schools=2, seed=7, vendor="Aeries", version="both") as district:
        scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        scene.credentials = credentials_of(district)
        scene.spec["source"] = source_of(district)
        scene.reconcile()
        before = scene.licenses()
        scene.change_spec(source={**scene.spec["source"], "version": "1.2"})
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
        assert scene.licenses() == before == scene.expected()
        scene.close()
