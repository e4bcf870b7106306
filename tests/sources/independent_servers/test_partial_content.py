"""206 Partial Content: some servers answer so to whatever is asked for by offset; it is no error and proves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.conftest import scene_of
from tests.sources.independent_servers.oneroster_v1p1 import CLAMP, Question, Stranger, Twist
from tests.sources.independent_servers.oneroster_v1p2 import Newcomer
from tests.sources.independent_servers.serving import Reply

from roster_operator.reconcile.contract import Outcome

JSON = {"Content-Type": "application/json"}


def partial(honest: Reply) -> Reply:
    return honest.but(status=206)


READ_ON: dict[str, Twist] = {
    "always": lambda _, honest: partial(honest),
    "without totals and links": lambda _, honest: partial(honest).but(headers=JSON),
    "while there is more": lambda _, honest: partial(honest) if "Link" in honest.headers else honest,
    "a few rows at first": lambda question, honest: (
        partial(honest.with_rows(honest.rows()[:3])) if question.offset == 0 else honest
    ),
    "a few rows at first, without totals": lambda question, honest: (
        partial(honest.with_rows(honest.rows()[:3])) if question.offset == 0 else honest
    ).but(headers=JSON),
}

NOT_WHOLE: dict[str, Twist] = {
    "nothing more than a few rows": lambda question, honest: partial(
        honest.with_rows(honest.rows()[:3] if question.offset == 0 else [])
    ),
    "cut off": lambda _, honest: honest.but(status=206, body=honest.body[: len(honest.body) // 2]),
    "an empty page in the middle": lambda question, honest: (
        partial(honest.with_rows([])) if question.offset == CLAMP else partial(honest)
    ),
}


@pytest.mark.parametrize(("kind", "speaks"), [(Stranger, "oauth2"), (Stranger, "oauth1-sha256"), (Newcomer, "oauth2")])
@pytest.mark.parametrize("habit", READ_ON)
def test_what_comes_is_read_on_by_the_rows_received(
    kind: type[Stranger], speaks: str, habit: str, tmp_path: Path
) -> None:
    with kind(speaks=speaks) as stranger:
        scene = scene_of(stranger, tmp_path)
        stranger.spoil(READ_ON[habit])
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
        assert scene.licenses() == scene.expected()
        asked = len(stranger.questions)
        stranger.questions.clear()
        assert scene.reconcile().outcome is Outcome.SYNCED
        assert 0 < len(stranger.questions) < asked
        stranger.remove_person("student-3")
        assert scene.reconcile().outcome is Outcome.SYNCED
        assert scene.licenses() == scene.expected()
        scene.close()


@pytest.mark.parametrize("route", ["enrollments", "students"])
@pytest.mark.parametrize("habit", NOT_WHOLE)
def test_it_proves_nothing(scene: Scene, stranger: Stranger, habit: str, route: str) -> None:
    assert scene.reconcile().outcome is Outcome.SYNCED
    before = scene.licenses()
    twist = NOT_WHOLE[habit]

    def on_one_route(question: Question, honest: Reply) -> Reply:
        return twist(question, honest) if question.route == route else honest

    stranger.spoil(on_one_route)
    assert scene.reconcile().outcome is Outcome.INCOMPLETE
    assert scene.licenses() == before
