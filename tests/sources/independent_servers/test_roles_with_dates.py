"""In OneRoster 1.2 a role has dates: the edition with the answers needs one that holds today, and no student's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.conftest import scene_of
from tests.sources.independent_servers.oneroster_v1p1 import Stranger, ref
from tests.sources.independent_servers.oneroster_v1p2 import Newcomer
from tests.sources.independent_servers.serving import Row

from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.registry import open_source

pytestmark = pytest.mark.slow

SCHOOL = ref("s-2")


class Dated(Newcomer):
    """Its teachers have the roles that `roles` says."""

    def __init__(self) -> None:
        super().__init__(students=40)
        self.roles: dict[str, list[Row]] = {}
        self.more: Row = {}

    def user(self, row: Row) -> Row:
        """The roles that were set, else one that holds."""
        written = {**super().user(row), **self.more}
        roles = self.roles.get(row["sourcedId"])
        return written if roles is None else {**written, "roles": [{"org": SCHOOL, **role} for role in roles]}


@pytest.fixture
def dated() -> Iterator[Dated]:
    """The server."""
    with Dated() as server:
        yield server


@pytest.fixture
def scene(dated: Dated, tmp_path: Path) -> Iterator[Scene]:
    """Its district, with a clock that stands still, not synced yet."""
    scene = scene_of(dated, tmp_path)
    scene.clock = FixedClock(scene.clock.now())
    yield scene
    scene.close()


def day(scene: Scene, days: int) -> str:
    return (scene.clock.now() + timedelta(days=days)).date().isoformat()


def teacher(**more: object) -> Row:
    return {"roleType": "primary", "role": "teacher", **more}


WITHOUT_ANSWERS: dict[str, Callable[[Scene], list[Row]]] = {
    "ended 500 days ago": lambda scene: [teacher(endDate=day(scene, -500))],
    "ended today": lambda scene: [teacher(beginDate="2020-08-01", endDate=day(scene, 0))],
    "not begun": lambda scene: [teacher(beginDate=day(scene, 3))],
    "deleted": lambda scene: [teacher(status="tobedeleted")],
    "in another case": lambda scene: [{"Role": "teacher", "EndDate": day(scene, -500)}],
    "in words": lambda scene: [teacher(endDate="June 5, 2021")],
    "student and aide, both primary": lambda scene: [
        {"roleType": "primary", "role": "aide"},
        {"roleType": "primary", "role": "student"},
    ],
    "student and aide, no type": lambda scene: [{"role": "aide"}, {"role": "student"}],
    "a student too": lambda scene: [teacher(), {"roleType": "secondary", "role": "student"}],
    "a parent by now": lambda scene: [teacher(endDate=day(scene, -500)), {"roleType": "secondary", "role": "parent"}],
}

LEFT_AS_THEY_ARE: dict[str, Callable[[Scene], list[Row]]] = {
    "an end that cannot be read": lambda scene: [teacher(endDate="soon")],
    "a begin that cannot be read": lambda scene: [teacher(beginDate="2026-02-30")],
    "a word that is not known": lambda scene: [teacher(), {"roleType": "secondary", "role": "learner"}],
    "a status that is not known": lambda scene: [teacher(status="pending")],
    "a student, perhaps": lambda scene: [teacher(), {"role": "student", "endDate": "soon"}],
}


def answers(scene: Scene) -> set[str]:
    return {person for person, edition, _ in scene.licenses() if edition == "Teacher"}


@pytest.mark.parametrize("case", WITHOUT_ANSWERS)
def test_without_a_role_that_holds_nobody_gets_the_answers_and_who_had_them_has_them_no_more(
    scene: Scene, dated: Dated, case: str
) -> None:
    dated.roles = {"teacher-0": WITHOUT_ANSWERS[case](scene)}
    assert scene.reconcile().outcome is Outcome.SYNCED
    everybody = {person for person, edition, _ in scene.expected() if edition == "Teacher"}
    assert everybody - answers(scene) == {"teacher-0"}
    dated.roles = {"teacher-1": WITHOUT_ANSWERS[case](scene)}
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert everybody - answers(scene) == {"teacher-1"}


@pytest.mark.parametrize("case", LEFT_AS_THEY_ARE)
def test_who_may_have_a_role_or_not_is_left_as_they_are(scene: Scene, dated: Dated, case: str) -> None:
    dated.roles = {"teacher-0": LEFT_AS_THEY_ARE[case](scene)}
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert "teacher-0" not in answers(scene)
    before = answers(scene)
    dated.roles = {"teacher-0": [teacher()], "teacher-1": LEFT_AS_THEY_ARE[case](scene)}
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert answers(scene) == before | {"teacher-0"}
    assert any(item["name"] == "PersonsLeftAsTheyAre" for item in scene.status["checklist"])


def test_a_role_ends_and_begins_by_itself_though_the_roster_stays_as_it_was(scene: Scene, dated: Dated) -> None:
    dated.roles = {
        "teacher-0": [teacher(endDate=day(scene, 2))],
        "teacher-1": [teacher(beginDate=day(scene, 3))],
    }
    assert scene.reconcile().outcome is Outcome.SYNCED
    seen = []
    for _ in range(5):
        seen.append(sorted({"teacher-0", "teacher-1"} & answers(scene)))
        assert isinstance(scene.clock, FixedClock)
        scene.clock.advance(timedelta(days=1))
        assert scene.reconcile().outcome is Outcome.SYNCED
    assert seen == [["teacher-0"], ["teacher-0"], [], ["teacher-1"], ["teacher-1"]]


def test_a_role_ends_at_midnight_of_the_district(scene: Scene, dated: Dated) -> None:
    """In Sydney, where it is tomorrow already."""
    scene.open_source = open_source
    scene.clock = FixedClock(scene.clock.now().replace(hour=20))
    scene.change_spec(timeZone="Australia/Sydney")
    dated.roles = {"teacher-0": [teacher(endDate=day(scene, 1))], "teacher-1": [teacher(endDate=day(scene, 2))]}
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert {"teacher-0", "teacher-1"} & answers(scene) == {"teacher-1"}


@pytest.mark.parametrize("word", ["", None, "teacher"])
def test_a_word_beside_the_roles_changes_nothing(scene: Scene, dated: Dated, word: str | None) -> None:
    dated.roles = {"teacher-0": [teacher(endDate=day(scene, -500))]}
    dated.more = {"role": word}
    assert scene.reconcile().outcome is Outcome.SYNCED
    if word is None:
        assert answers(scene) == {person for person, edition, _ in scene.expected() if edition == "Teacher"} - {
            "teacher-0"
        }
    assert "teacher-0" not in answers(scene)


class Forerunner(Stranger):
    """A server of 1.1 whose users have `role` empty, and the roles of 1.2."""

    def user(self, row: Row) -> Row:
        """Who teaches, teaches no more."""
        ended = {"endDate": "2021-06-01"} if row["sourcedId"] == "teacher-0" else {}
        return {**row, "role": "", "roles": [{"roleType": "primary", "role": row["role"], **ended}]}


def test_roles_of_users_in_1_1_are_heeded_too(tmp_path: Path) -> None:
    with Forerunner(students=40) as server:
        scene = scene_of(server, tmp_path)
        assert scene.reconcile().outcome is Outcome.SYNCED
        everybody = {person for person, edition, _ in scene.expected() if edition == "Teacher"}
        assert answers(scene) == everybody - {"teacher-0"}
        scene.close()
