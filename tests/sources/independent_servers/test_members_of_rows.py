"""A server that spells members otherwise, gives them other names or rounds identifiers takes and gives nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.conftest import scene_of
from tests.sources.independent_servers.oneroster_v1p1 import Question, Stranger
from tests.sources.independent_servers.oneroster_v1p2 import Newcomer
from tests.sources.independent_servers.serving import Reply, Row

from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Outcome

pytestmark = pytest.mark.slow


def renamed(value: object, rename: Callable[[str], str]) -> object:
    if isinstance(value, list):
        return [renamed(item, rename) for item in value]
    if isinstance(value, dict):
        return {rename(name): renamed(item, rename) for name, item in value.items()}
    return value


def capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]


def left(stranger: Stranger, persons: Iterable[str]) -> None:
    """These left long ago, which only the end of their enrollments says."""
    for row in stranger.enrollments:
        if row["user"]["sourcedId"] in set(persons):
            row["endDate"] = "2026-01-15"


def all_but(scene: Scene, persons: set[str]) -> set[tuple[str, str, str]]:
    return {one for one in scene.expected() if one[0] not in persons}


GONE = {f"student-{number}" for number in range(30)}


@pytest.mark.parametrize("kind", [Stranger, Newcomer])
@pytest.mark.parametrize("spell", [capitalised, str.lower, str.upper])
def test_a_server_with_members_in_another_case_is_read_right(
    kind: type[Stranger], spell: Callable[[str], str], tmp_path: Path
) -> None:
    with kind(students=60) as stranger:
        left(stranger, GONE)
        scene = scene_of(stranger, tmp_path)
        stranger.spoil(lambda _, honest: honest.with_tree(renamed(honest.tree(), spell)))
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
        assert scene.licenses() == all_but(scene, GONE)
        scene.close()


def test_one_row_in_another_case_is_read_right(scene: Scene, stranger: Stranger) -> None:
    left(stranger, {"student-7"})

    def twist(question: Question, honest: Reply) -> Reply:
        if question.route != "enrollments":
            return honest
        rows = honest.rows()
        return honest.with_rows(
            renamed(row, capitalised) if row["user"]["sourcedId"] == "student-7" else row for row in rows
        )

    stranger.spoil(twist)
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == all_but(scene, {"student-7"})


RENAMED = [
    ("enrollments", "endDate", "exitDate"),
    ("enrollments", "beginDate", "entryDate"),
    ("enrollments", "status", "state"),
    ("enrollments", "role", "roleName"),
    ("students", "enabledUser", "isActive"),
    ("students", "username", "loginId"),
    ("teachers", "email", "mail"),
    ("classes", "terms", "termRefs"),
    ("classes", "course", "courseRef"),
    ("academicSessions", "endDate", "stopDate"),
    ("courses", "status", "state"),
]


@pytest.mark.parametrize("live_before", [False, True], ids=["first sync", "later sync"])
@pytest.mark.parametrize(("route", "member", "other"), RENAMED)
def test_a_member_under_another_name_makes_the_section_not_read(
    scene: Scene, stranger: Stranger, route: str, member: str, other: str, live_before: bool
) -> None:
    if live_before:
        assert scene.reconcile().outcome is Outcome.SYNCED
    before = scene.licenses()
    left(stranger, GONE)

    def twist(question: Question, honest: Reply) -> Reply:
        if question.route != route:
            return honest
        return honest.with_rows(
            {other if name == member else name: value for name, value in row.items()} for row in honest.rows()
        )

    stranger.spoil(twist)
    for _ in range(2):
        assert scene.reconcile().outcome is Outcome.INCOMPLETE
        assert scene.condition("Ready") == ("False", "ReadIncomplete")
        assert f"no {member}, but {other}" in scene.message("Ready")
        assert "District: ask the SIS's vendor" in scene.message("Ready")
        assert scene.licenses() == before
    stranger.spoil(None)
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == all_but(scene, GONE)


ROUNDINGS: dict[str, Callable[[Row], Row]] = {
    "ids": lambda row: {**row, "sourcedId": "1.23457E+11"},
    "ids as numbers": lambda row: {**row, "sourcedId": 100000000000.0},
    "references": lambda row: {
        name: {**value, "sourcedId": "1E+11"} if name in {"user", "course"} else value for name, value in row.items()
    },
    "references as numbers": lambda row: {
        name: {**value, "sourcedId": 4711.5} if name in {"user", "course"} else value for name, value in row.items()
    },
}


@pytest.mark.parametrize("route", ["schools", "academicSessions", "courses", "classes", "enrollments", "students"])
@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_identifiers_that_were_rounded_make_the_section_not_read(
    scene: Scene, stranger: Stranger, route: str, rounding: str
) -> None:
    assert scene.reconcile().outcome is Outcome.SYNCED
    before = scene.licenses()

    def twist(question: Question, honest: Reply) -> Reply:
        first, *others = honest.rows() or [{}]
        return honest.with_rows([ROUNDINGS[rounding](first), *others]) if question.route == route and first else honest

    stranger.spoil(twist)
    touched = "references" not in rounding or route in {"classes", "enrollments"}
    outcome = Outcome.INCOMPLETE if touched else Outcome.SYNCED
    assert scene.reconcile().outcome is outcome
    assert scene.licenses() == before
    if touched:
        assert "rounded" in scene.message("Ready")


@pytest.mark.parametrize("route", ["schools", "academicSessions", "courses", "classes", "enrollments", "students"])
@pytest.mark.parametrize("none", ["NULL", "N/A", "", None])
def test_a_section_in_which_no_row_can_be_read_is_not_read_however_long_it_lasts(
    scene: Scene, stranger: Stranger, route: str, none: str | None
) -> None:
    scene.clock = clock = FixedClock(scene.clock.now())
    assert scene.reconcile().outcome is Outcome.SYNCED
    before = scene.licenses()
    stranger.spoil(
        lambda question, honest: (
            honest.with_rows({**row, "sourcedId": none} for row in honest.rows()) if question.route == route else honest
        )
    )
    for _ in range(2):
        assert scene.reconcile().outcome is Outcome.INCOMPLETE
        assert scene.condition("Ready") == ("False", "ReadIncomplete")
        assert scene.licenses() == before
        clock.advance(timedelta(days=8))
