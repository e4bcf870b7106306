"""The terms of a class are those that it names, in whatever case and form: over is over, and on is on."""

from __future__ import annotations

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.oneroster_v1p1 import Stranger, ref

from roster_operator.reconcile.contract import Outcome

OVER: list[object] = [
    [ref("S1-old")],
    [ref("s1-OLD")],
    ["S1-OLD"],
    "s1-old",
    "S1-OLD, s2-old",
    "s1-old;S2-OLD",
    "[s1-old|s2-old]",
    [ref("S1-old;S2-old")],
    [["S1-old", "S2-old"]],
    [ref("deleted-and-over")],
    {"sourcedId": "S1-old"},
    {"SourcedId": "s1-old"},
    [{"href": "https://elsewhere.example.org/academicSessions/S1-old"}],
    [ref("S1-old"), ref("S2-old")],
]
ON: list[object] = [
    [ref("YEAR")],
    "s1-old,year",
    "YEAR;S1-OLD",
    ["S1-old", "year"],
    [ref("S1-old"), {"sourcedid": "Year"}],
    [["S1-old", "year"]],
    [ref("S1-old / year")],
    [ref("deleted"), ref("year")],
    [],
    None,
    "",
]
UNCLEAR: list[object] = [
    [ref("S1-old"), ref("not-listed")],
    "s1-old,not-listed",
    [ref("soon")],
    [ref("S1-old/not-listed")],
    "S1-old not-listed",
    [ref("S1-old"), {"sourcedId": None}],
    [ref("S1-old"), {"href": "https://elsewhere.example.org/terms/"}],
    [ref("S1-old"), {"id": "year"}],
    [ref("deleted")],
    [ref("completed"), ref("not-listed")],
]


def terms(stranger: Stranger) -> None:
    """Two that are over, one whose end cannot be read, and some that are marked as ended."""
    for name in ("S1-old", "S2-old"):
        stranger.sessions.append({**stranger.sessions[0], "sourcedId": name, "endDate": "2025-01-31"})
    stranger.sessions.append({**stranger.sessions[0], "sourcedId": "soon", "endDate": "soon"})
    for name, word, end in (
        ("deleted", "tobedeleted", "2035-07-31"),
        ("completed", "completed", "2035-07-31"),
        ("deleted-and-over", "tobedeleted", "2025-01-31"),
    ):
        stranger.sessions.append({**stranger.sessions[0], "sourcedId": name, "status": word, "endDate": end})


@pytest.mark.parametrize("written", OVER, ids=str)
def test_a_class_whose_terms_are_over_is_over(scene: Scene, stranger: Stranger, written: object) -> None:
    terms(stranger)
    stranger.add_person("only-0", "student", [0])
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert "only-0" in {person for person, _, _ in scene.licenses()}
    stranger.classes[0]["terms"] = written
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert "only-0" not in {person for person, _, _ in scene.licenses()}


@pytest.mark.parametrize("written", ON, ids=str)
def test_a_class_one_of_whose_terms_is_on_is_on(scene: Scene, stranger: Stranger, written: object) -> None:
    terms(stranger)
    stranger.classes[0]["terms"] = written
    stranger.add_person("only-0", "student", [0])
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()


@pytest.mark.parametrize("written", UNCLEAR, ids=str)
def test_in_a_class_whose_terms_are_unclear_all_stays_as_it_is(
    scene: Scene, stranger: Stranger, written: object
) -> None:
    terms(stranger)
    stranger.add_person("only-0", "student", [0])
    scene.reconcile()
    before = scene.licenses()
    stranger.classes[0]["terms"] = written
    stranger.add_person("late-0", "student", [0])
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == before
    assert any(item["name"] == "ClassOfUnclearTerm" for item in scene.status["checklist"])
