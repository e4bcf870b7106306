"""Who is enrolled and in no list is asked for by id; an answer that is not understood leaves them as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.conftest import scene_of
from tests.sources.independent_servers.oneroster_v1p1 import Stranger
from tests.sources.independent_servers.serving import Reply, Row

from roster_operator.reconcile.contract import Outcome


class WithAide(Stranger):
    """An aide is in no list, and is answered as `answer_of` says."""

    def __init__(self) -> None:
        super().__init__(students=20)
        self.add_person("aide-0", "aide", [0])
        self.add_person("aide-1", "aide", [0])
        self.answer_of: Callable[[Row], object] = lambda row: {"user": row}

    def _single(self, route: str) -> Reply:
        honest = super()._single(route)
        if route.endswith("aide-0") and honest.status == 200:
            return Reply.of(self.answer_of(json.loads(honest.body)["user"]))
        return honest


@pytest.fixture
def district() -> Iterator[WithAide]:
    with WithAide() as server:
        yield server


@pytest.fixture
def scene(district: WithAide, tmp_path: Path) -> Iterator[Scene]:
    scene = scene_of(district, tmp_path)
    yield scene
    scene.close()


def renamed(row: Row, member: str, other: str) -> Row:
    return {other if name == member else name: value for name, value in row.items()}


NOT_UNDERSTOOD: dict[str, Callable[[Row], object]] = {
    "no id": lambda row: {"user": {**row, "sourcedId": "NULL"}},
    "a rounded id": lambda row: {"user": {**row, "sourcedId": "1E+11"}},
    "an id with a point": lambda row: {"user": {**row, "sourcedId": 47.0}},
    "somebody else": lambda row: {"user": {**row, "sourcedId": "student-3"}},
    "enabledUser renamed": lambda row: {"user": renamed({**row, "enabledUser": "false"}, "enabledUser", "isActive")},
    "status renamed": lambda row: {"user": renamed({**row, "status": "tobedeleted"}, "status", "state")},
    "an unknown status": lambda row: {"user": {**row, "status": "pending"}},
    "no object": lambda row: {"user": "aide-0"},
    "an error": lambda row: {"statusInfoSet": [{"imsx_codeMajor": "failure"}]},
}


@pytest.mark.parametrize("answer", NOT_UNDERSTOOD)
def test_an_answer_that_is_not_understood_changes_nothing_for_them(
    scene: Scene, district: WithAide, answer: str
) -> None:
    district.answer_of = NOT_UNDERSTOOD[answer]
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert "aide-0" not in {person for person, _, _ in scene.licenses()}
    district.answer_of = lambda row: {"user": row}
    scene.reconcile()
    before = scene.licenses()
    assert {"aide-0", "aide-1"} <= {person for person, _, _ in before}
    district.answer_of = NOT_UNDERSTOOD[answer]
    district.remove_person("student-3")
    scene.reconcile()
    assert {one for one in scene.licenses() if one[0] == "aide-0"} == {one for one in before if one[0] == "aide-0"}


@pytest.mark.parametrize(
    "answer",
    [
        lambda row: {"User": {name[:1].upper() + name[1:]: value for name, value in row.items()}},
        lambda row: {"users": [{name.lower(): value for name, value in row.items()}]},
        lambda row: [row],
    ],
)
def test_an_answer_in_another_spelling_is_understood(
    scene: Scene, district: WithAide, answer: Callable[[Row], object]
) -> None:
    district.answer_of = answer
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected() | {
        (person, "Teacher", book) for person in ("aide-0", "aide-1") for book in ("algebra",)
    }
