"""A class may be at an organization that is no school: it is served if the spec names it, and else said as it is."""

from __future__ import annotations

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.oneroster_v1p1 import Question, Stranger, ref
from tests.sources.independent_servers.serving import Reply

from roster_operator.reconcile.contract import Outcome

DEPARTMENT = "dept/math"


def with_department(stranger: Stranger) -> None:
    """The classes 0 and 3 are at a department of the first school; both are of MA101."""
    stranger.orgs.append(
        {"sourcedId": DEPARTMENT, "status": "active", "name": "Math", "type": "Department", "identifier": "905"}
    )
    for number in (0, 3):
        stranger.classes[number]["school"] = ref(DEPARTMENT)


def there(scene: Scene) -> set[tuple[str, str, str]]:
    return scene.expected([*scene.district.school_ids, DEPARTMENT])


def without_route(stranger: Stranger, route: str, status: int) -> None:
    def twist(question: Question, honest: Reply) -> Reply:
        return stranger.failure(status, "unknownobject") if question.route == route else honest

    stranger.spoil(twist)


@pytest.mark.parametrize("named", [{"id": DEPARTMENT}, {"identifier": "905"}])
@pytest.mark.parametrize("schools", [True, False], ids=["schools", "orgs only"])
def test_it_is_served_if_the_spec_names_it(
    scene: Scene, stranger: Stranger, named: dict[str, str], schools: bool
) -> None:
    with_department(stranger)
    if not schools:
        without_route(stranger, "schools", 404)
    scene.change_spec(schools=[*scene.spec["schools"], named])
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == there(scene) > scene.expected()
    assert scene.condition("MappingsResolved")[0] == "True"
    assert [question.route for question in stranger.questions].count("orgs") == 2
    stranger.remove_person("student-0")
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == there(scene)


@pytest.mark.parametrize("schools", [True, False], ids=["schools", "orgs only"])
def test_it_is_said_if_the_spec_does_not_name_it(scene: Scene, stranger: Stranger, schools: bool) -> None:
    with_department(stranger)
    if not schools:
        without_route(stranger, "schools", 404)
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()
    (item,) = [item for item in scene.status["checklist"] if item["name"] == "ClassAtNoSchool"]
    assert item["count"] == 2
    assert not [item for item in scene.status["checklist"] if item["name"] == "ClassAstray"]


def test_its_name_alone_stands_for_nothing(scene: Scene, stranger: Stranger) -> None:
    with_department(stranger)
    scene.change_spec(schools=[*scene.spec["schools"], {"name": "Math"}])
    scene.reconcile()
    assert scene.condition("MappingsResolved") == ("False", "Unresolved")


@pytest.mark.parametrize("status", [403, 404, 500])
def test_while_it_cannot_be_seen_nothing_is_removed(scene: Scene, stranger: Stranger, status: int) -> None:
    with_department(stranger)
    scene.change_spec(schools=[*scene.spec["schools"], {"id": DEPARTMENT}])
    assert scene.reconcile().outcome is Outcome.SYNCED
    before = scene.licenses()
    without_route(stranger, "orgs", status)
    stranger.remove_person("student-5")
    scene.reconcile()
    assert scene.condition("MappingsResolved") == ("False", "Unresolved")
    assert scene.licenses() == before


def test_where_all_is_at_schools_no_other_list_is_read(scene: Scene, stranger: Stranger) -> None:
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert "orgs" not in {question.route for question in stranger.questions}
