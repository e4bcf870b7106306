"""How many requests a sync makes: of a section its pages, what proves its end, and a second look only if needed.

The numbers in comments are what it took when every section without totals ended in three empty pages, and was
read twice whenever anything had changed anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.conftest import scene_of
from tests.sources.independent_servers.oneroster_v1p1 import Question, Stranger, Twist
from tests.sources.independent_servers.serving import Reply

from roster_operator.reconcile.contract import Outcome

JSON = {"Content-Type": "application/json"}


def unsaid(_: Question, honest: Reply) -> Reply:
    """No totals and no links."""
    return honest.but(headers=JSON)


def linked(_: Question, honest: Reply) -> Reply:
    """Links to the next page, and from the last one to the first."""
    last = {"Link": '<https://elsewhere.example.org/?offset=0>; rel="first"'}
    return honest.but(
        headers={**JSON, **last, **({"Link": honest.headers["Link"]} if "Link" in honest.headers else {})}
    )


def named(_: Question, honest: Reply) -> Reply:
    """Totals and links."""
    return honest


class WithoutLists(Stranger):
    """It has no lists of teachers and students."""

    def _rows(self, route: str, query: dict[str, list[str]]) -> Reply:
        if route in {"teachers", "students"}:
            self.questions.append(Question(route, 0, 0, 1))
            return self.failure(404, "unknownobject")
        return super()._rows(route, query)


def asked(stranger: Stranger, scene: Scene) -> int:
    stranger.questions.clear()
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == scene.expected()
    return len(stranger.questions)


def end_one(stranger: Stranger) -> None:
    """In the middle of the enrollments, so that no other page changes."""
    next(row for row in stranger.enrollments if row["user"]["sourcedId"] == "student-33")["endDate"] = "2033-01-01"


@pytest.mark.parametrize(
    ("kind", "habit", "first", "same", "changed"),
    [
        (Stranger, named, 30, 27, 27),  # 30, 27, 27
        (Stranger, unsaid, 65, 34, 49),  # 79, 34, 76
        (Stranger, linked, 53, 27, 40),  # 68, 34, 65
        (WithoutLists, named, 30, 27, 27),  # 31, 27, 28
        (WithoutLists, unsaid, 63, 33, 48),  # 75, 33, 72
    ],
)
def test_a_sync_makes_as_many_requests_as_its_proofs_need(
    kind: type[Stranger], habit: Twist, first: int, same: int, changed: int, tmp_path: Path
) -> None:
    with kind() as stranger:
        scene = scene_of(stranger, tmp_path)
        stranger.spoil(habit)
        assert asked(stranger, scene) == first
        assert asked(stranger, scene) == same
        end_one(stranger)
        # The look at yesterday's pages goes from the last to the first: when the second shows the change, the first may
        # be on its way, and is asked for again.
        assert asked(stranger, scene) in {changed, changed + 1}
        scene.close()


def test_only_what_changed_is_read_a_second_time(scene: Scene, stranger: Stranger) -> None:
    stranger.spoil(unsaid)
    asked(stranger, scene)
    once = Counter(question.route for question in stranger.questions)
    end_one(stranger)
    asked(stranger, scene)
    again = Counter(question.route for question in stranger.questions)
    assert {route for route in again if again[route] > 4} == {"enrollments", "students"}
    assert (once["students"], again["students"]) == (13, 6)
    sizes = {question.limit for question in stranger.questions if question.route == "enrollments"}
    assert len(sizes) == 2


def test_nobody_is_read_twice_where_all_users_are_in_one_list(tmp_path: Path) -> None:
    """Not even to look for the many whom enrollments name and the list does not have."""
    with WithoutLists() as stranger:
        for number in range(250):
            stranger.add_person(f"ghost-{number}", "student", [number % 24])
        stranger.users = [row for row in stranger.users if not row["sourcedId"].startswith("ghost")]
        scene = scene_of(stranger, tmp_path)
        assert scene.reconcile().outcome is Outcome.SYNCED
        places = Counter(question.offset for question in stranger.questions if question.route == "users")
        assert set(places.values()) == {1}
        scene.close()


@pytest.mark.parametrize(
    "behind",
    [
        lambda question, honest: honest.with_rows([]) if question.offset == 20 and question.number == 1 else honest,
        lambda question, honest: honest.with_rows([]) if question.offset == 20 else honest,
    ],
    ids=["once", "always"],
)
@pytest.mark.parametrize("route", ["enrollments", "students", "classes"])
def test_an_empty_page_in_the_middle_is_never_the_end(
    scene: Scene, stranger: Stranger, route: str, behind: Callable[[Question, Reply], Reply]
) -> None:
    assert scene.reconcile().outcome is Outcome.SYNCED
    before = scene.licenses()
    stranger.spoil(
        lambda question, honest: (behind(question, honest) if question.route == route else honest).but(headers=JSON)
    )
    assert scene.reconcile().outcome is Outcome.INCOMPLETE
    assert scene.licenses() == before


@pytest.mark.parametrize(("route", "rows"), [("schools", 1), ("courses", 1), ("courses", 2), ("academicSessions", 1)])
def test_a_section_of_one_page_that_grows_while_its_end_is_looked_for_is_not_read(
    scene: Scene, stranger: Stranger, route: str, rows: int
) -> None:
    """As servers do that send a page while they still load the next."""
    assert scene.reconcile().outcome is Outcome.SYNCED
    before = scene.licenses()

    def loading(question: Question, honest: Reply) -> Reply:
        some = honest.with_rows(honest.rows()[:rows]) if question.route == route and question.offset == 0 else honest
        late = question.route == route and question.offset == rows and question.number == 1
        return (honest.with_rows([]) if late else some).but(headers=JSON)

    stranger.sessions.append({**stranger.sessions[0], "sourcedId": "another"})
    stranger.spoil(loading)
    assert scene.reconcile().outcome is Outcome.INCOMPLETE
    assert scene.licenses() == before
