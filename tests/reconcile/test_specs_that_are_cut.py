"""A spec that loses what it named, by a bad merge or a template without its values, takes nobody's books away."""

from __future__ import annotations

from typing import Any

import pytest
from tests.reconcile.district_harness import COURSES, Scene

from roster_operator.reconcile.contract import Outcome

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("cut", [COURSES[:1], [{**course, "ebooks": course["ebooks"][-1:]} for course in COURSES]])
def test_most_licenses_would_go_with_what_a_spec_no_longer_names(scene: Scene, cut: list[dict[str, Any]]) -> None:
    _cut(scene, courses=cut)


def test_most_licenses_would_go_with_schools_that_a_spec_no_longer_names(scene: Scene) -> None:
    _cut(scene, schools=[{"id": scene.district.school_ids[0]}])


@pytest.mark.parametrize("ebooks", [{"algebra": {"title": "Algebra", "editions": ["Teacher"]}}, {"algebra": None}])
def test_an_ebook_that_loses_its_editions_or_goes_takes_no_license_either(scene: Scene, ebooks: dict[str, Any]) -> None:
    scene.reconcile()
    before = scene.licenses()
    scene.ebooks = {name: spec for name, spec in {**scene.ebooks, **ebooks}.items() if spec is not None}
    scene.reconcile()
    assert scene.licenses() == before
    assert scene.condition("Ready")[0] == "False"


@pytest.mark.parametrize("emptied", [{"schools": []}, {"courses": []}, {"schools": [], "courses": [], "live": False}])
def test_a_spec_that_names_nothing_is_refused_or_no_longer_live(scene: Scene, emptied: dict[str, Any]) -> None:
    scene.reconcile()
    before = scene.licenses()
    scene.change_spec(**emptied)
    if emptied.get("live", True):
        with pytest.raises(ValueError, match="before live can be true"):
            scene.reconcile()
    else:
        scene.reconcile()
    assert scene.licenses() == before


def _cut(scene: Scene, **cut: list[dict[str, Any]]) -> None:
    """Nothing is taken, and when the spec is whole again nothing waits."""
    scene.reconcile()
    before, whole = scene.licenses(), {name: scene.spec[name] for name in cut}
    scene.change_spec(**cut)
    assert scene.reconcile().outcome is Outcome.HELD, scene.status
    assert scene.licenses() == before
    assert scene.condition("Ready") == ("False", "RemovalsHeld")
    scene.change_spec(**whole)
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == before
